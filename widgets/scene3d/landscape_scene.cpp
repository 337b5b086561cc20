// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/landscape_scene.h"

#include "widgets/scene3d/height_surface.inl.h"
#include "widgets/views/pixel_colouring.h"

#include <vtkProperty.h>
#include <vtkSphereSource.h>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr double kLift = 0.6;
constexpr double kHalfDepth = 0.7;

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

}  // namespace

struct LandscapeScene::State {
  explicit State(vtkRenderer* renderer) : surface(renderer, 1, kHalfDepth, kLift) {}
  HeightSurface surface;
  vtkNew<vtkSphereSource> ball;
  vtkNew<vtkPolyDataMapper> ballMapper;
  vtkNew<vtkActor> ballActor;
  std::vector<double> temperatures, thresholds;
  Grid<float> metric;
  ColourTable table = colourTable(ColourMap::Viridis);
  double temperature = 1, threshold = 0;
  std::array<double, 3> at{};
};

LandscapeScene::LandscapeScene() : m(std::make_unique<State>(parts().renderer)) {
  m->ball->SetRadius(0.03);
  m->ball->SetThetaResolution(24);
  m->ball->SetPhiResolution(24);
  m->ballMapper->SetInputConnection(m->ball->GetOutputPort());
  m->ballActor->SetMapper(m->ballMapper);
  m->ballActor->PickableOff();
  parts().renderer->AddActor(m->ballActor);
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

void LandscapeScene::setColourTable(const ColourTable& table) {
  m->table = table;
  if (!m->metric.empty()) place();
}

void LandscapeScene::place() {
  m->surface.setHeights(m->metric);
  QImage texture(m->metric.width(), m->metric.height(), QImage::Format_RGB32);
  for (int y = 0; y < m->metric.height(); ++y) {
    colourScores(m->metric.row(y), 0, 1, m->table, qRgb(140, 145, 152),
                 {reinterpret_cast<QRgb*>(texture.scanLine(y)), static_cast<std::size_t>(texture.width())});
  }
  m->surface.setTexture(texture);
  parts().data = m->surface.mesh();
  setCurrent(m->temperature, m->threshold);
}

void LandscapeScene::setCurrent(double temperature, double threshold) {
  m->temperature = temperature;
  m->threshold = threshold;
  if (m->metric.empty()) return;
  const double u = shareOf(m->temperatures, temperature), v = shareOf(m->thresholds, threshold);
  m->at = {2 * u - 1, (1 - 2 * v) * kHalfDepth, m->surface.heightAt(u, v) * kLift + 0.02};
  m->ballActor->SetPosition(m->at.data());
  notify();
}

void LandscapeScene::setCoarse(bool coarse) { m->surface.setCoarse(coarse); }

std::optional<QPointF> LandscapeScene::meaningOf(double x, double y, double) const {
  const double u = (x + 1) / 2, v = (1 - y / kHalfDepth) / 2;
  if (m->metric.empty() || u < 0 || v < 0 || u > 1 || v > 1) return {};
  return QPointF(valueAt(m->temperatures, u), valueAt(m->thresholds, v));
}

std::optional<std::array<double, 3>> LandscapeScene::handle() const {
  if (m->metric.empty()) return {};
  return m->at;
}

void LandscapeScene::restyle(const Tokens& tokens) {
  const QColor c = tokens.focus;
  m->ballActor->GetProperty()->SetColor(static_cast<double>(c.redF()), static_cast<double>(c.greenF()),
                                        static_cast<double>(c.blueF()));
}

}  // namespace oodscope
