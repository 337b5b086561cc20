// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/relief_scene.h"

#include "widgets/scene3d/height_surface.inl.h"
#include "widgets/views/pixel_colouring.h"

#include <vtkPlaneSource.h>
#include <vtkProperty.h>

#include <algorithm>

namespace oodscope {
namespace {
constexpr double kLift = 0.45;  // height of the highest score; the picture is 2 wide
}

struct ReliefScene::State {
  explicit State(vtkRenderer* renderer) : surface(renderer, 1, 0.5, kLift) {}
  HeightSurface surface;
  vtkNew<vtkPlaneSource> plane;
  vtkNew<vtkPolyDataMapper> planeMapper;
  vtkNew<vtkActor> planeActor;
  std::shared_ptr<const RgbImage> image;
  std::shared_ptr<const ScoreMap> scores;
  ColourTable table = colourTable(ColourMap::Inferno);
  Texture texture = Texture::Heatmap;
  float min = 0, max = 1, threshold = 0.5F;
};

ReliefScene::ReliefScene() : m(std::make_unique<State>(parts().renderer)) {
  m->planeMapper->SetInputConnection(m->plane->GetOutputPort());
  m->planeActor->SetMapper(m->planeMapper);
  m->planeActor->GetProperty()->SetOpacity(0.35);
  m->planeActor->GetProperty()->LightingOff();
  m->planeActor->PickableOff();
  parts().renderer->AddActor(m->planeActor);
}

ReliefScene::~ReliefScene() = default;

void ReliefScene::setFrame(const std::shared_ptr<const RgbImage>& image,
                           const std::shared_ptr<const ScoreMap>& scores) {
  m->image = image;
  m->scores = scores;
  rebuild();
}
void ReliefScene::setScale(float min, float max) {
  m->min = min;
  m->max = max;
  rebuild();
}
void ReliefScene::setColourTable(const ColourTable& table) {
  m->table = table;
  rebuild();
}
void ReliefScene::setTexture(Texture texture) {
  m->texture = texture;
  rebuild();
}

void ReliefScene::setThreshold(float threshold) {
  m->threshold = threshold;
  const double share = m->max > m->min ? static_cast<double>((threshold - m->min) / (m->max - m->min)) : 0.0;
  const double z = std::clamp(share, 0.0, 1.0) * kLift;
  const double w = m->surface.halfWidth() * 1.02, d = m->surface.halfDepth() * 1.02;
  m->plane->SetOrigin(-w, -d, z);
  m->plane->SetPoint1(w, -d, z);
  m->plane->SetPoint2(-w, d, z);
  notify();
}

void ReliefScene::rebuild() {
  if (!m->scores || m->scores->empty()) return;
  const ScoreMap& scores = *m->scores;
  const Size shape = m->image && !m->image->empty() ? m->image->size() : scores.size();
  m->surface.setHalfSides(1, static_cast<double>(shape.height) / std::max(1, shape.width));
  Grid<float> heights(scores.size());
  const float range = m->max > m->min ? m->max - m->min : 1.0F;
  for (std::size_t i = 0; i < heights.values().size(); ++i) {
    heights.values()[i] = std::clamp((scores.values()[i] - m->min) / range, 0.0F, 1.0F);
  }
  m->surface.setHeights(heights);
  QImage texture;
  if (m->texture == Texture::Image && m->image && !m->image->empty()) {
    texture = QImage(reinterpret_cast<const uchar*>(m->image->values().data()), shape.width, shape.height,
                     shape.width * 3, QImage::Format_RGB888)
                  .copy();
  } else {
    texture = QImage(scores.width(), scores.height(), QImage::Format_RGB32);
    for (int y = 0; y < scores.height(); ++y) {
      colourScores(scores.row(y), m->min, m->max, m->table, qRgb(140, 145, 152),
                   {reinterpret_cast<QRgb*>(texture.scanLine(y)), static_cast<std::size_t>(scores.width())});
    }
  }
  m->surface.setTexture(texture);
  parts().data = m->surface.mesh();
  setThreshold(m->threshold);
}

void ReliefScene::setCoarse(bool coarse) { m->surface.setCoarse(coarse); }

std::optional<QPointF> ReliefScene::meaningOf(double x, double y, double) const {
  if (!m->scores) return {};
  const Size shape = m->image && !m->image->empty() ? m->image->size() : m->scores->size();
  const double u = (x / m->surface.halfWidth() + 1) / 2, v = (1 - y / m->surface.halfDepth()) / 2;
  if (u < 0 || v < 0 || u > 1 || v > 1) return {};
  return QPointF(std::min(u * shape.width, shape.width - 1.0), std::min(v * shape.height, shape.height - 1.0));
}

void ReliefScene::restyle(const Tokens& tokens) {
  const QColor c = tokens.focus;
  m->planeActor->GetProperty()->SetColor(static_cast<double>(c.redF()), static_cast<double>(c.greenF()),
                                         static_cast<double>(c.blueF()));
}

}  // namespace oodscope
