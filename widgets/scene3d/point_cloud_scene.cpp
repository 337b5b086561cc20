// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/point_cloud_scene.h"

#include "widgets/scene3d/scene_axes.inl.h"
#include "widgets/scene3d/scene_colours.h"
#include "widgets/theme/number_text.h"
#include "widgets/views/pixel_colouring.h"

#include <QCoreApplication>

#include <vtkCamera.h>
#include <vtkCellArray.h>
#include <vtkPointData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace oodscope {
namespace {

using scene3d::tr;

constexpr std::size_t kCoarsePoints = 60'000;  // drawn while the camera moves
constexpr double kReach = 0.5;                 // metres from a place to the point that is meant
constexpr double kSlope = 0.006;               // a line of sight meets a point that is this share of its distance aside
constexpr double kViewAngle = 55;              // degrees: a driver's view, not a map's
constexpr double kFarthestFramed = 40;         // metres: beyond, a stereo camera's points are stripes

// The camera's y points down and z forward: in the scene z is up and y forward.
ScenePoint placeOfPoint(const CloudPoint& p) {
  return {static_cast<double>(p.x), static_cast<double>(p.z), static_cast<double>(-p.y)};
}

}  // namespace

struct PointCloudScene::State {
  explicit State(vtkRenderer* renderer) : axes(renderer) {}
  std::vector<CloudPoint> points;
  ColourTable table = colourTable(ColourMap::Inferno);
  ColourTable shown = table;  ///< as it can be seen on the background
  QColor boxColour;
  bool hasBoxes = false;
  float min = 0, max = 1;
  vtkSmartPointer<vtkPolyData> all, some;
  vtkNew<vtkPolyDataMapper> mapper, boxMapper;
  vtkNew<vtkActor> actor, boxActor;
  SceneAxes axes;
};

PointCloudScene::PointCloudScene() : m(std::make_unique<State>(parts().renderer)) {
  parts().viewFrom = {0, -1, 0.3};
  parts().renderer->GetActiveCamera()->SetViewAngle(kViewAngle);
  m->actor->SetMapper(m->mapper);
  m->actor->GetProperty()->SetPointSize(2);
  m->actor->GetProperty()->LightingOff();
  m->actor->VisibilityOff();
  m->boxActor->SetMapper(m->boxMapper);
  m->boxActor->GetProperty()->LightingOff();
  m->boxActor->GetProperty()->SetLineWidth(2);
  m->boxActor->PickableOff();
  m->boxActor->VisibilityOff();
  parts().renderer->AddActor(m->actor);
  parts().renderer->AddActor(m->boxActor);
}

PointCloudScene::~PointCloudScene() = default;

void PointCloudScene::setPoints(std::vector<CloudPoint> points) {
  m->points = std::move(points);
  frame();
  recolour();
}
void PointCloudScene::setScale(float min, float max) {
  m->min = min;
  m->max = max;
  recolour();
}
void PointCloudScene::setColourTable(const ColourTable& table) {
  m->table = table;
  m->shown = visibleOn(table, parts().background);
  recolour();
}

void PointCloudScene::recolour() {
  m->all = m->some = nullptr;
  if (!m->points.empty()) notify();
}

void PointCloudScene::frame() {
  m->axes.clear();
  if (m->points.empty()) return;
  const auto between = [&](auto value, double share) {
    std::vector<float> values;
    values.reserve(m->points.size());
    for (const CloudPoint& p : m->points)
      if (static_cast<double>(p.z) <= kFarthestFramed) values.push_back(value(p));
    if (values.empty()) values.push_back(value(m->points.front()));
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return static_cast<double>(*at);
  };
  const auto x = [](const CloudPoint& p) { return p.x; };
  const auto y = [](const CloudPoint& p) { return p.y; };
  const auto z = [](const CloudPoint& p) { return p.z; };
  SceneBox& box = parts().box;
  box.low = {between(x, 0.02), between(z, 0.0), -between(y, 0.995)};
  box.high = {between(x, 0.98), between(z, 0.98), -between(y, 0.02)};
  for (std::size_t i = 0; i < 3; ++i) box.high[i] = std::max(box.high[i], box.low[i] + 0.5);

  const double width = box.high[0] - box.low[0], ground = box.low[2];
  const ScenePoint right{width, 0, 0}, front{0, -width, 0};
  for (const double far : roundTicks(box.low[1], box.high[1], 6)) {
    m->axes.addLine({box.low[0], far, ground}, {box.high[0], far, ground});
    m->axes.addTick({box.high[0], far, ground}, right, tr("%1 m").arg(numberText(far, 0)));
  }
  for (const double aside : roundTicks(box.low[0], box.high[0], 5)) {
    m->axes.addLine({aside, box.low[1], ground}, {aside, box.high[1], ground});
    m->axes.addTick({aside, box.low[1], ground}, front, tr("%1 m").arg(numberText(aside, 0)));
  }
  m->axes.commit();
}

void PointCloudScene::setBoxes(const std::vector<CloudBox>& boxes) {
  vtkNew<vtkPoints> corners;
  vtkNew<vtkCellArray> lines;
  for (const CloudBox& b : boxes) {
    const vtkIdType first = corners->GetNumberOfPoints();
    for (int i = 0; i < 8; ++i) {
      corners->InsertNextPoint(static_cast<double>((i & 1) != 0 ? b.maxX : b.minX),
                               static_cast<double>((i & 2) != 0 ? b.maxZ : b.minZ),
                               static_cast<double>(-((i & 4) != 0 ? b.maxY : b.minY)));
    }
    for (int i = 0; i < 8; ++i) {
      for (const int bit : {1, 2, 4}) {
        if ((i & bit) != 0) continue;
        const vtkIdType edge[2] = {first + i, first + (i | bit)};
        lines->InsertNextCell(2, edge);
      }
    }
  }
  vtkNew<vtkPolyData> data;
  data->SetPoints(corners);
  data->SetLines(lines);
  m->boxMapper->SetInputData(data);
  m->hasBoxes = !boxes.empty();
  m->boxActor->SetVisibility(m->hasBoxes);
  if (changed) changed();
}

void PointCloudScene::build(bool coarse) {
  if (m->points.empty()) {
    m->actor->VisibilityOff();
    return;
  }
  vtkSmartPointer<vtkPolyData>& form = coarse ? m->some : m->all;
  if (!form) {
    const std::size_t step = coarse ? std::max<std::size_t>(1, m->points.size() / kCoarsePoints) : 1;
    vtkNew<vtkPoints> places;
    vtkNew<vtkCellArray> vertices;
    vtkNew<vtkUnsignedCharArray> colours;
    colours->SetNumberOfComponents(3);
    colours->SetName("colour");
    for (std::size_t i = 0; i < m->points.size(); i += step) {
      const vtkIdType id = places->InsertNextPoint(placeOfPoint(m->points[i]).data());
      vertices->InsertNextCell(1, &id);
      std::array<QRgb, 1> c{};
      colourScores(std::array{m->points[i].score}, m->min, m->max, m->shown, qRgb(140, 145, 152), c);
      colours->InsertNextTuple3(qRed(c[0]), qGreen(c[0]), qBlue(c[0]));
    }
    form = vtkSmartPointer<vtkPolyData>::New();
    form->SetPoints(places);
    form->SetVerts(vertices);
    form->GetPointData()->SetScalars(colours);
  }
  m->mapper->SetInputData(form);
  m->actor->VisibilityOn();
  if (!coarse) parts().data = form;
}

std::optional<ScenePoint> PointCloudScene::hit(const ScenePoint& from, const ScenePoint& along) const {
  // Of the points beside the line of sight the nearest one.
  double nearest = std::numeric_limits<double>::max();
  std::optional<ScenePoint> found;
  for (const CloudPoint& point : m->points) {
    const ScenePoint p = placeOfPoint(point);
    const double dx = p[0] - from[0], dy = p[1] - from[1], dz = p[2] - from[2];
    const double depth = dx * along[0] + dy * along[1] + dz * along[2];
    if (depth <= 0 || depth >= nearest) continue;
    const double aside = dx * dx + dy * dy + dz * dz - depth * depth;
    if (aside > kSlope * kSlope * depth * depth) continue;
    nearest = depth;
    found = p;
  }
  return found;
}

std::vector<SceneLabel> PointCloudScene::labels() const { return m->axes.labels(); }

std::optional<QPointF> PointCloudScene::meaningOf(const ScenePoint& point) const {
  double least = kReach * kReach;
  std::optional<QPointF> found;
  for (const CloudPoint& p : m->points) {
    const double dx = static_cast<double>(p.x) - point[0], dy = static_cast<double>(p.z) - point[1],
                 dz = static_cast<double>(-p.y) - point[2];
    const double d = dx * dx + dy * dy + dz * dz;
    if (d >= least) continue;
    least = d;
    found = QPointF(static_cast<double>(p.pixelX), static_cast<double>(p.pixelY));
  }
  return found;
}

std::vector<SceneLegendEntry> PointCloudScene::legend() const {
  if (m->points.empty()) return {};
  const double range = static_cast<double>(m->max) - static_cast<double>(m->min);
  const int decimals = range >= 10.0 || range <= 0.0 ? 1 : std::clamp(1 - static_cast<int>(std::log10(range)), 2, 6);
  std::vector<SceneLegendEntry> out;
  out.push_back({.text = tr("score"),
                 .scale = m->shown,
                 .low = numberText(static_cast<double>(m->min), decimals),
                 .high = numberText(static_cast<double>(m->max), decimals)});
  if (m->hasBoxes) out.push_back({.text = tr("false-positive region, stray depths left out"), .outline = m->boxColour});
  return out;
}

void PointCloudScene::restyle(const Tokens& tokens) {
  m->shown = visibleOn(m->table, parts().background);
  m->all = m->some = nullptr;
  const QColor c = m->boxColour = tokens.fp.over;
  m->boxActor->GetProperty()->SetColor(static_cast<double>(c.redF()), static_cast<double>(c.greenF()),
                                       static_cast<double>(c.blueF()));
  m->axes.setColour(tokens.edge);
}

}  // namespace oodscope
