// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/scene3d/scene_parts.inl.h"

#include <QCoreApplication>

#include <vector>

namespace oodscope {

namespace scene3d {
/// Texts of scenes are of one context.
[[nodiscard]] inline QString tr(const char* text) { return QCoreApplication::translate("scene3d", text); }
}  // namespace scene3d

/// Lines and labels around a scene: one actor, no VTK text (it would be rebuilt with every camera move).
class SceneAxes {
public:
  explicit SceneAxes(vtkRenderer* renderer);
  void clear();
  void addLine(const ScenePoint& from, const ScenePoint& to);
  /// A tick at `at` that leads away along `out`, with its text; none: no line.
  void addTick(const ScenePoint& at, const ScenePoint& out, const QString& text);
  /// Further away than ticks.
  void addTitle(const ScenePoint& at, const ScenePoint& out, const QString& text);
  void addMark(const ScenePoint& at, const ScenePoint& out, const QString& text);
  void commit();
  void setColour(const QColor& colour);
  [[nodiscard]] const std::vector<SceneLabel>& labels() const { return m_labels; }

private:
  std::vector<std::pair<ScenePoint, ScenePoint>> m_lines;
  std::vector<SceneLabel> m_labels;
  vtkNew<vtkActor> m_actor;
};

/// Round values inside [low, high], some `wanted` of them.
[[nodiscard]] std::vector<double> roundTicks(double low, double high, int wanted);

}  // namespace oodscope
