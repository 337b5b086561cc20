// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "widgets/scene3d/scene.h"
#include "widgets/theme/colour_map.h"

#include <vector>

namespace oodscope {

/// A metric over temperature (logarithmic, left to right) and threshold (far to near). Meaning of a point:
/// (temperature, threshold). The current point is a ball on the surface that can be dragged.
class LandscapeScene : public Scene3D {
public:
  LandscapeScene();
  ~LandscapeScene() override;

  /// `metric` (0 … 1) has a column per temperature and a row per threshold, both rising. NaN: not defined, stands at 0.
  void setSurface(std::vector<double> temperatures, std::vector<double> thresholds, const Grid<float>& metric);
  void setColourTable(const ColourTable& table);
  void setCurrent(double temperature, double threshold);

  void setCoarse(bool coarse) override;
  [[nodiscard]] std::optional<QPointF> meaningOf(double x, double y, double z) const override;
  [[nodiscard]] std::optional<std::array<double, 3>> handle() const override;

protected:
  void restyle(const Tokens& tokens) override;

private:
  struct State;
  void place();
  std::unique_ptr<State> m;
};

}  // namespace oodscope
