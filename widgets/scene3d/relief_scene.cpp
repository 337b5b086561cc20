// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/relief_scene.h"

#include "widgets/scene3d/height_surface.inl.h"
#include "widgets/scene3d/scene_axes.inl.h"
#include "widgets/scene3d/scene_colours.h"
#include "widgets/theme/number_text.h"
#include "widgets/views/pixel_colouring.h"

#include <QCoreApplication>

#include <vtkPlaneSource.h>
#include <vtkProperty.h>

#include <algorithm>

namespace oodscope {
namespace {

using scene3d::tr;

constexpr double kReliefLift = 0.45;  // height of the highest score; the picture is 2 wide
constexpr double kOverhang = 1.02;

/// Digits that tell the ends of a range apart.
int decimalsFor(float range) { return range >= 100.0F ? 0 : range >= 10.0F ? 1 : range >= 0.5F ? 2 : 3; }

}  // namespace

struct ReliefScene::State {
  explicit State(vtkRenderer* renderer) : surface(renderer, 1, 0.5, kReliefLift), axes(renderer) {}
  HeightSurface surface;
  SceneAxes axes;
  vtkNew<vtkPlaneSource> plane;
  vtkNew<vtkPolyDataMapper> planeMapper;
  vtkNew<vtkActor> planeActor;
  std::shared_ptr<const RgbImage> image;
  std::shared_ptr<const ScoreMap> scores;
  ColourTable table = colourTable(ColourMap::Inferno);
  ColourTable shown = table;  ///< as it can be seen on the background
  Texture texture = Texture::Heatmap;
  float min = 0, max = 1;
  std::optional<float> threshold;
  bool stale = true;  ///< the surface is of older values
  [[nodiscard]] Size shape() const { return image && !image->empty() ? image->size() : scores->size(); }
};

ReliefScene::ReliefScene() : m(std::make_unique<State>(parts().renderer)) {
  m->planeMapper->SetInputConnection(m->plane->GetOutputPort());
  m->planeActor->SetMapper(m->planeMapper);
  m->planeActor->GetProperty()->SetOpacity(0.35);
  m->planeActor->GetProperty()->LightingOff();
  // Drawn last and blended as it is: a pass for translucent things costs as much as the whole surface.
  m->planeActor->ForceOpaqueOn();
  m->planeActor->PickableOff();
  m->planeActor->VisibilityOff();
  parts().renderer->AddActor(m->planeActor);
}

ReliefScene::~ReliefScene() = default;

void ReliefScene::setFrame(const std::shared_ptr<const RgbImage>& image,
                           const std::shared_ptr<const ScoreMap>& scores) {
  m->image = image;
  m->scores = scores;
  changedValues();
}
void ReliefScene::setScale(float min, float max) {
  m->min = min;
  m->max = max;
  changedValues();
}
void ReliefScene::setColourTable(const ColourTable& table) {
  m->table = table;
  m->shown = visibleOn(table, parts().background);
  changedValues();
}
void ReliefScene::setTexture(Texture texture) {
  m->texture = texture;
  changedValues();
}
ReliefScene::Texture ReliefScene::texture() const { return m->texture; }

double ReliefScene::planeHeight() const {
  const double range = static_cast<double>(m->max) - static_cast<double>(m->min);
  const double share = range > 0 ? (static_cast<double>(*m->threshold) - static_cast<double>(m->min)) / range : 0.0;
  return std::clamp(share, 0.0, 1.0) * kReliefLift;
}

void ReliefScene::setThreshold(float threshold) {
  m->threshold = threshold;
  const double z = planeHeight();
  const double w = m->surface.halfWidth() * kOverhang, d = m->surface.halfDepth() * kOverhang;
  m->plane->SetOrigin(-w, -d, z);
  m->plane->SetPoint1(w, -d, z);
  m->plane->SetPoint2(-w, d, z);
  m->planeActor->SetVisibility(m->scores != nullptr);
  if (changed) changed();
}

void ReliefScene::changedValues() {
  m->stale = true;
  if (!m->scores || m->scores->empty()) return;
  const Size shape = m->shape();
  m->surface.setHalfSides(1, static_cast<double>(shape.height) / std::max(1, shape.width));
  parts().box = m->surface.box();

  SceneAxes& axes = m->axes;
  axes.clear();
  const double w = m->surface.halfWidth(), d = m->surface.halfDepth();
  const ScenePoint front{0, -1, 0}, side{1, 0, 0}, left{-1, 0, 0};
  const ScenePoint corners[4] = {{-w, -d, 0}, {w, -d, 0}, {w, d, 0}, {-w, d, 0}};
  for (std::size_t i = 0; i < 4; ++i) axes.addLine(corners[i], corners[(i + 1) % 4]);
  axes.addLine({-w, -d, 0}, {-w, -d, kReliefLift});
  for (const double x : roundTicks(0, shape.width, 5))
    axes.addTick({(2 * x / shape.width - 1) * w, -d, 0}, front, QString::number(x));
  for (const double y : roundTicks(0, shape.height, 4))
    axes.addTick({w, (1 - 2 * y / shape.height) * d, 0}, side, QString::number(y));
  axes.addTitle({0, -d, 0}, front, tr("x, px"));
  axes.addTitle({w, 0, 0}, side, tr("y, px"));
  axes.addTick({-w, -d, kReliefLift}, {0, 0, 1}, tr("score"));
  const int decimals = decimalsFor(m->max - m->min);
  for (const double share : {0.0, 0.5, 1.0})
    axes.addTick(
        {-w, -d, share * kReliefLift}, left,
        numberText(static_cast<double>(m->min) + share * (static_cast<double>(m->max) - static_cast<double>(m->min)),
                   decimals));
  axes.commit();
  if (m->threshold) setThreshold(*m->threshold);
  notify();
}

void ReliefScene::build(bool coarse) {
  if (!m->scores || m->scores->empty()) return;
  if (m->stale) {
    m->stale = false;
    const ScoreMap& scores = *m->scores;
    const Size shape = m->shape();
    Grid<float> heights(scores.size());
    const float range = m->max > m->min ? m->max - m->min : 1.0F;
    for (std::size_t i = 0; i < heights.values().size(); ++i)
      heights.values()[i] = std::clamp((scores.values()[i] - m->min) / range, 0.0F, 1.0F);
    m->surface.setHeights(std::move(heights));
    if (m->texture == Texture::Image && m->image && !m->image->empty()) {
      m->surface.setTexture(QImage(reinterpret_cast<const uchar*>(m->image->values().data()), shape.width, shape.height,
                                   shape.width * 3, QImage::Format_RGB888)
                                .copy());
    } else {
      QImage texture(scores.width(), scores.height(), QImage::Format_RGB32);
      for (int y = 0; y < scores.height(); ++y) {
        colourScores(scores.row(y), m->min, m->max, m->shown, qRgb(140, 145, 152),
                     {reinterpret_cast<QRgb*>(texture.scanLine(y)), static_cast<std::size_t>(scores.width())});
      }
      m->surface.setTexture(texture);
    }
  }
  m->surface.show(coarse);
  if (!coarse) parts().data = m->surface.mesh();
}

std::optional<ScenePoint> ReliefScene::hit(const ScenePoint& from, const ScenePoint& along) const {
  return m->surface.hit(from, along);
}

std::vector<SceneLabel> ReliefScene::labels() const {
  std::vector<SceneLabel> out = m->axes.labels();
  if (!m->threshold) return out;
  const double w = m->surface.halfWidth() * kOverhang, d = m->surface.halfDepth() * kOverhang, z = planeHeight();
  const QString beyond = *m->threshold > m->max ? tr(" (above)") : *m->threshold < m->min ? tr(" (below)") : QString();
  out.push_back(
      {{0, d, z},
       {w, d, z},
       tr("δ %1").arg(numberText(static_cast<double>(*m->threshold), decimalsFor(m->max - m->min) + 1)) + beyond,
       SceneLabel::Kind::Mark});
  return out;
}

std::optional<QPointF> ReliefScene::meaningOf(const ScenePoint& point) const {
  if (!m->scores) return {};
  const Size shape = m->shape();
  const double u = (point[0] / m->surface.halfWidth() + 1) / 2, v = (1 - point[1] / m->surface.halfDepth()) / 2;
  if (u < -1e-9 || v < -1e-9 || u > 1 + 1e-9 || v > 1 + 1e-9) return {};
  return QPointF(std::clamp(u * shape.width, 0.0, shape.width - 1.0),
                 std::clamp(v * shape.height, 0.0, shape.height - 1.0));
}

void ReliefScene::restyle(const Tokens& tokens) {
  m->shown = visibleOn(m->table, parts().background);
  m->stale = true;
  const QColor c = tokens.focus;
  m->planeActor->GetProperty()->SetColor(static_cast<double>(c.redF()), static_cast<double>(c.greenF()),
                                         static_cast<double>(c.blueF()));
  m->axes.setColour(tokens.strong);
}

}  // namespace oodscope
