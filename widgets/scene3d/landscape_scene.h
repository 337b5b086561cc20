// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "widgets/scene3d/scene.h"
#include "widgets/theme/colour_map.h"

#include <QStringList>

#include <vector>

namespace oodscope {

/// A metric over temperature (logarithmic, left to right) and a second axis, the threshold (far to near) or named rows.
/// The vertical axis ends at a round value above the highest. Meaning of a point: (temperature, threshold or row). The
/// current point is a ball on the surface that can be dragged.
class LandscapeScene : public Scene3D {
public:
  LandscapeScene();
  ~LandscapeScene() override;

  /// `metric` (0 … 1) has a column per temperature and a row per threshold, both rising. NaN: not defined, stands at 0.
  void setSurface(std::vector<double> temperatures, std::vector<double> thresholds, const Grid<float>& metric);
  /// What is on the vertical axis ("F1"), and the rows' names where they are no thresholds.
  void setNames(const QString& metric, const QStringList& rows);
  void setColourTable(const ColourTable& table);
  void setCurrent(double temperature, double threshold);

  void build(bool coarse) override;
  [[nodiscard]] std::optional<QPointF> meaningOf(const ScenePoint& point) const override;
  [[nodiscard]] std::optional<ScenePoint> handle() const override;

protected:
  void restyle(const Tokens& tokens) override;
  [[nodiscard]] std::optional<ScenePoint> hit(const ScenePoint& from, const ScenePoint& along) const override;
  [[nodiscard]] std::vector<SceneLabel> labels() const override;

private:
  struct State;
  void place();
  void drawAxes();
  std::unique_ptr<State> m;
};

}  // namespace oodscope
