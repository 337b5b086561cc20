// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/scene_axes.inl.h"

#include <vtkCellArray.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>

#include <cmath>

namespace oodscope {
namespace {

constexpr double kTick = 0.02;  // its length, of `out`

ScenePoint moved(const ScenePoint& at, const ScenePoint& out, double share) {
  return {at[0] + share * out[0], at[1] + share * out[1], at[2] + share * out[2]};
}

}  // namespace

std::vector<double> roundTicks(double low, double high, int wanted) {
  std::vector<double> out;
  if (!(high > low) || wanted < 1) return out;
  const double raw = (high - low) / wanted;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  const double step = power * (raw / power > 5 ? 10 : raw / power > 2 ? 5 : raw / power > 1 ? 2 : 1);
  const double first = std::ceil(low / step - 1e-9) * step;
  const int steps =
      static_cast<int>(std::floor((high - first) / step + 1e-9));  // negative where no round number lies between
  for (int i = 0; i <= steps; ++i) out.push_back(first + i * step);
  return out;
}

SceneAxes::SceneAxes(vtkRenderer* renderer) {
  m_actor->GetProperty()->LightingOff();
  m_actor->PickableOff();
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputData(vtkNew<vtkPolyData>());
  m_actor->SetMapper(mapper);
  renderer->AddActor(m_actor);
}

void SceneAxes::clear() {
  m_lines.clear();
  m_labels.clear();
}

void SceneAxes::addLine(const ScenePoint& from, const ScenePoint& to) { m_lines.emplace_back(from, to); }

void SceneAxes::addTick(const ScenePoint& at, const ScenePoint& out, const QString& text) {
  const ScenePoint end = moved(at, out, kTick);
  addLine(at, end);
  m_labels.push_back({at, end, text, SceneLabel::Kind::Tick});
}

void SceneAxes::addTitle(const ScenePoint& at, const ScenePoint& out, const QString& text) {
  m_labels.push_back({at, moved(at, out, kTick), text, SceneLabel::Kind::Title});
}

void SceneAxes::addMark(const ScenePoint& at, const ScenePoint& out, const QString& text) {
  m_labels.push_back({at, moved(at, out, kTick), text, SceneLabel::Kind::Mark});
}

void SceneAxes::commit() {
  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> cells;
  for (const auto& [from, to] : m_lines) {
    const vtkIdType ids[2] = {points->InsertNextPoint(from.data()), points->InsertNextPoint(to.data())};
    cells->InsertNextCell(2, ids);
  }
  vtkNew<vtkPolyData> data;
  data->SetPoints(points);
  data->SetLines(cells);
  static_cast<vtkPolyDataMapper*>(m_actor->GetMapper())->SetInputData(data);
}

void SceneAxes::setColour(const QColor& colour) {
  m_actor->GetProperty()->SetColor(static_cast<double>(colour.redF()), static_cast<double>(colour.greenF()),
                                   static_cast<double>(colour.blueF()));
}

}  // namespace oodscope
