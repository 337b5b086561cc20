// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/landscape_scene.h"

#include "widgets/scene3d/height_surface.inl.h"
#include "widgets/scene3d/scene_axes.inl.h"
#include "widgets/theme/number_text.h"
#include "widgets/views/pixel_colouring.h"

#include <QCoreApplication>

#include <vtkProperty.h>
#include <vtkSphereSource.h>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

using scene3d::tr;

constexpr double kSurfaceLift = 0.32;
constexpr double kHalfDepth = 0.6;
constexpr double kBall = 0.03;
constexpr int kMostRefined = 256;  // points a side: few values are drawn as straight stretches between them

/// A temperature or threshold in three digits.
QString shortNumber(double value) { return QString::number(value, 'g', 3).replace(QLatin1Char('-'), kMinusSign); }

// Position of `value` among rising `knots` as a share of the index range, and back.
double shareOf(const std::vector<double>& knots, double value) {
  const auto right = std::upper_bound(knots.begin(), knots.end(), value);
  if (right == knots.begin()) return 0;
  if (right == knots.end()) return 1;
  const auto left = right - 1;
  const double within = (value - *left) / (*right - *left);
  return (static_cast<double>(left - knots.begin()) + within) / static_cast<double>(knots.size() - 1);
}
double valueAt(const std::vector<double>& knots, double share) {
  const double at = std::clamp(share, 0.0, 1.0) * static_cast<double>(knots.size() - 1);
  const auto left = std::min(static_cast<std::size_t>(at), knots.size() - 2);
  const double within = at - static_cast<double>(left);
  return knots[left] * (1 - within) + knots[left + 1] * within;
}

/// Linear between the values, NaN as 0.
Grid<float> refined(const Grid<float>& values) {
  const auto fine = [](int count) { return (count - 1) * std::max(1, kMostRefined / count) + 1; };
  Grid<float> out({fine(values.width()), fine(values.height())});
  const auto value = [&](int x, int y) {
    const float v = values.at(std::min(x, values.width() - 1), std::min(y, values.height() - 1));
    return std::isfinite(v) ? v : 0.0F;
  };
  for (int y = 0; y < out.height(); ++y) {
    const float fy = static_cast<float>(y * (values.height() - 1)) / static_cast<float>(out.height() - 1);
    const int y0 = static_cast<int>(fy);
    const float wy = fy - static_cast<float>(y0);
    for (int x = 0; x < out.width(); ++x) {
      const float fx = static_cast<float>(x * (values.width() - 1)) / static_cast<float>(out.width() - 1);
      const int x0 = static_cast<int>(fx);
      const float wx = fx - static_cast<float>(x0);
      out.at(x, y) = (value(x0, y0) * (1 - wx) + value(x0 + 1, y0) * wx) * (1 - wy) +
                     (value(x0, y0 + 1) * (1 - wx) + value(x0 + 1, y0 + 1) * wx) * wy;
    }
  }
  return out;
}

/// The round share that no value passes: a weak detector's landscape is no flat sheet.
double topFor(const Grid<float>& values) {
  const float most = *std::max_element(values.values().begin(), values.values().end());
  for (const double top : {0.05, 0.1, 0.2, 0.4, 0.6, 0.8})
    if (static_cast<double>(most) <= top) return top;
  return 1;
}

}  // namespace

struct LandscapeScene::State {
  explicit State(vtkRenderer* renderer) : surface(renderer, 1, kHalfDepth, kSurfaceLift), axes(renderer) {}
  HeightSurface surface;
  SceneAxes axes;
  vtkNew<vtkSphereSource> ball;
  vtkNew<vtkPolyDataMapper> ballMapper;
  vtkNew<vtkActor> ballActor;
  std::vector<double> temperatures, thresholds;
  Grid<float> metric;
  QString name;
  QStringList rows;
  ColourTable table = colourTable(ColourMap::Viridis);
  double temperature = 1, threshold = 0;
  double top = 1;  ///< the metric that stands highest
  ScenePoint at{};
};

LandscapeScene::LandscapeScene() : m(std::make_unique<State>(parts().renderer)) {
  m->ball->SetRadius(kBall);
  m->ball->SetThetaResolution(24);
  m->ball->SetPhiResolution(24);
  m->ballMapper->SetInputConnection(m->ball->GetOutputPort());
  m->ballActor->SetMapper(m->ballMapper);
  m->ballActor->PickableOff();
  m->ballActor->VisibilityOff();
  parts().renderer->AddActor(m->ballActor);
  parts().box = m->surface.box();
}

LandscapeScene::~LandscapeScene() = default;

void LandscapeScene::setSurface(std::vector<double> temperatures, std::vector<double> thresholds,
                                const Grid<float>& metric) {
  require(temperatures.size() > 1 && thresholds.size() > 1 &&
              metric.size() == Size{static_cast<int>(temperatures.size()), static_cast<int>(thresholds.size())},
          "LandscapeScene: one column a temperature, one row a threshold, at least two of each");
  m->temperatures = std::move(temperatures);
  m->thresholds = std::move(thresholds);
  m->metric = metric;
  place();
}

void LandscapeScene::setNames(const QString& metric, const QStringList& rows) {
  m->name = metric;
  m->rows = rows;
  if (!m->metric.empty()) drawAxes();
}

void LandscapeScene::setColourTable(const ColourTable& table) {
  m->table = table;
  if (!m->metric.empty()) place();
}

void LandscapeScene::place() {
  Grid<float> heights = refined(m->metric);
  m->top = topFor(heights);
  for (float& height : heights.values()) height /= static_cast<float>(m->top);
  QImage texture(heights.width(), heights.height(), QImage::Format_RGB32);
  for (int y = 0; y < heights.height(); ++y) {
    colourScores(heights.row(y), 0, 1, m->table, qRgb(140, 145, 152),
                 {reinterpret_cast<QRgb*>(texture.scanLine(y)), static_cast<std::size_t>(texture.width())});
  }
  m->surface.setHeights(std::move(heights));
  m->surface.setTexture(texture);
  drawAxes();
  setCurrent(m->temperature, m->threshold);
  notify();
}

void LandscapeScene::drawAxes() {
  SceneAxes& axes = m->axes;
  axes.clear();
  const ScenePoint front{0, -1, 0}, side{1, 0, 0}, left{-1, 0, 0};
  const ScenePoint corners[4] = {{-1, -kHalfDepth, 0}, {1, -kHalfDepth, 0}, {1, kHalfDepth, 0}, {-1, kHalfDepth, 0}};
  for (std::size_t i = 0; i < 4; ++i) axes.addLine(corners[i], corners[(i + 1) % 4]);
  axes.addLine(corners[0], {-1, -kHalfDepth, kSurfaceLift});
  for (const double t : {0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0})
    if (t >= m->temperatures.front() && t <= m->temperatures.back())
      axes.addTick({2 * shareOf(m->temperatures, t) - 1, -kHalfDepth, 0}, front, shortNumber(t));
  axes.addTitle({0, -kHalfDepth, 0}, front, tr("temperature T"));
  const auto rowAt = [](double share) { return (1 - 2 * share) * kHalfDepth; };
  if (m->rows.isEmpty()) {
    for (const double value : roundTicks(m->thresholds.front(), m->thresholds.back(), 5))
      axes.addTick({1, rowAt(shareOf(m->thresholds, value)), 0}, side, shortNumber(value));
    axes.addTitle({1, 0, 0}, side, tr("threshold δ"));
  } else {
    for (int i = 0; i < m->rows.size(); ++i)
      axes.addTick({1, rowAt(i / std::max(1.0, static_cast<double>(m->rows.size()) - 1)), 0}, side, m->rows[i]);
  }
  for (const double share : {0.0, 0.5, 1.0})
    axes.addTick({-1, -kHalfDepth, share * kSurfaceLift}, left, shortNumber(100 * share * m->top));
  axes.addTick({-1, -kHalfDepth, kSurfaceLift}, {0, 0, 1}, tr("%1, %").arg(m->name));
  axes.commit();
}

void LandscapeScene::setCurrent(double temperature, double threshold) {
  m->temperature = temperature;
  m->threshold = threshold;
  if (m->metric.empty()) return;
  const double u = shareOf(m->temperatures, temperature), v = shareOf(m->thresholds, threshold);
  m->at = {2 * u - 1, (1 - 2 * v) * kHalfDepth, m->surface.heightAt(u, v) * kSurfaceLift + kBall / 2};
  m->ballActor->SetPosition(m->at.data());
  m->ballActor->VisibilityOn();
  if (changed) changed();
}

void LandscapeScene::build(bool coarse) {
  m->surface.show(coarse);
  if (!coarse) parts().data = m->surface.mesh();
}

std::optional<ScenePoint> LandscapeScene::hit(const ScenePoint& from, const ScenePoint& along) const {
  return m->surface.hit(from, along);
}

std::vector<SceneLabel> LandscapeScene::labels() const { return m->axes.labels(); }

std::optional<QPointF> LandscapeScene::meaningOf(const ScenePoint& point) const {
  const double u = (point[0] + 1) / 2, v = (1 - point[1] / kHalfDepth) / 2;
  if (m->metric.empty() || u < -1e-9 || v < -1e-9 || u > 1 + 1e-9 || v > 1 + 1e-9) return {};
  return QPointF(valueAt(m->temperatures, u), valueAt(m->thresholds, v));
}

std::optional<ScenePoint> LandscapeScene::handle() const {
  if (m->metric.empty()) return {};
  return m->at;
}

void LandscapeScene::restyle(const Tokens& tokens) {
  const QColor c = tokens.focus;
  m->ballActor->GetProperty()->SetColor(static_cast<double>(c.redF()), static_cast<double>(c.greenF()),
                                        static_cast<double>(c.blueF()));
  m->axes.setColour(tokens.strong);
}

}  // namespace oodscope
