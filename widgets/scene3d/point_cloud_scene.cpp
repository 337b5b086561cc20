// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/point_cloud_scene.h"

#include "widgets/scene3d/scene_parts.inl.h"
#include "widgets/views/pixel_colouring.h"

#include <vtkCellArray.h>
#include <vtkPointData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkUnsignedCharArray.h>

#include <array>
#include <cmath>
#include <limits>

namespace oodscope {
namespace {
constexpr std::size_t kCoarsePoints = 60'000;  // drawn while the camera moves
constexpr double kReach = 0.5;                 // metres from a pick to the point that is meant
}  // namespace

struct PointCloudScene::State {
  std::vector<CloudPoint> points;
  ColourTable table = colourTable(ColourMap::Inferno);
  float min = 0, max = 1;
  vtkSmartPointer<vtkPolyData> all, some;
  vtkNew<vtkPolyDataMapper> mapper, boxMapper;
  vtkNew<vtkActor> actor, boxActor;
};

// The camera's y points down and z forward: in the scene z is up and y forward.
PointCloudScene::PointCloudScene() : m(std::make_unique<State>()) {
  parts().viewFrom = {0, -1.2, 0.55};
  m->actor->SetMapper(m->mapper);
  m->actor->GetProperty()->SetPointSize(2);
  m->actor->GetProperty()->LightingOff();
  m->boxActor->SetMapper(m->boxMapper);
  m->boxActor->GetProperty()->LightingOff();
  m->boxActor->GetProperty()->SetLineWidth(2);
  m->boxActor->PickableOff();
  parts().renderer->AddActor(m->actor);
  parts().renderer->AddActor(m->boxActor);
}

PointCloudScene::~PointCloudScene() = default;

void PointCloudScene::setPoints(std::vector<CloudPoint> points) {
  m->points = std::move(points);
  rebuild();
}
void PointCloudScene::setScale(float min, float max) {
  m->min = min;
  m->max = max;
  rebuild();
}
void PointCloudScene::setColourTable(const ColourTable& table) {
  m->table = table;
  rebuild();
}

void PointCloudScene::rebuild() {
  const auto build = [this](std::size_t step) {
    vtkNew<vtkPoints> places;
    vtkNew<vtkCellArray> vertices;
    vtkNew<vtkUnsignedCharArray> colours;
    colours->SetNumberOfComponents(3);
    colours->SetName("colour");
    for (std::size_t i = 0; i < m->points.size(); i += step) {
      const CloudPoint& p = m->points[i];
      const vtkIdType id =
          places->InsertNextPoint(static_cast<double>(p.x), static_cast<double>(p.z), static_cast<double>(-p.y));
      vertices->InsertNextCell(1, &id);
      std::array<QRgb, 1> c{};
      colourScores(std::array{p.score}, m->min, m->max, m->table, qRgb(140, 145, 152), c);
      colours->InsertNextTuple3(qRed(c[0]), qGreen(c[0]), qBlue(c[0]));
    }
    auto data = vtkSmartPointer<vtkPolyData>::New();
    data->SetPoints(places);
    data->SetVerts(vertices);
    data->GetPointData()->SetScalars(colours);
    return data;
  };
  m->all = build(1);
  m->some = build(std::max<std::size_t>(1, m->points.size() / kCoarsePoints));
  m->mapper->SetInputData(m->all);
  parts().data = m->all;
  notify();
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
  notify();
}

void PointCloudScene::setCoarse(bool coarse) {
  if (m->all) m->mapper->SetInputData(coarse ? m->some : m->all);
}

std::optional<QPointF> PointCloudScene::meaningOf(double x, double y, double z) const {
  double least = kReach * kReach;
  std::optional<QPointF> found;
  for (const CloudPoint& p : m->points) {
    const double dx = static_cast<double>(p.x) - x, dy = static_cast<double>(p.z) - y,
                 dz = static_cast<double>(-p.y) - z;
    const double d = dx * dx + dy * dy + dz * dz;
    if (d >= least) continue;
    least = d;
    found = QPointF(static_cast<double>(p.pixelX), static_cast<double>(p.pixelY));
  }
  return found;
}

void PointCloudScene::restyle(const Tokens& tokens) {
  const QColor c = tokens.fp.over;
  m->boxActor->GetProperty()->SetColor(static_cast<double>(c.redF()), static_cast<double>(c.greenF()),
                                       static_cast<double>(c.blueF()));
}

}  // namespace oodscope
