// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/scene3d/scene.h"
#include "widgets/theme/colour_map.h"

#include <vector>

namespace oodscope {

/// A point of a disparity image: metres right, down and forward of the camera, its score and the pixel it came from.
struct CloudPoint {
  float x = 0, y = 0, z = 0;
  float score = 0;
  float pixelX = 0, pixelY = 0;
};

/// An axis-parallel box around a region's points, metres as in CloudPoint.
struct CloudBox {
  float minX = 0, maxX = 0, minY = 0, maxY = 0, minZ = 0, maxZ = 0;
};

/// Points coloured by score. Meaning of a point: the pixel of the nearest cloud point. Seen from behind the camera;
/// the few per cent of points that lie far outside the rest are drawn but not framed.
class PointCloudScene : public Scene3D {
public:
  PointCloudScene();
  ~PointCloudScene() override;
  void setPoints(std::vector<CloudPoint> points);
  void setBoxes(const std::vector<CloudBox>& boxes);
  void setScale(float min, float max);
  void setColourTable(const ColourTable& table);

  void build(bool coarse) override;
  [[nodiscard]] std::optional<QPointF> meaningOf(const ScenePoint& point) const override;
  [[nodiscard]] std::vector<SceneLegendEntry> legend() const override;

protected:
  void restyle(const Tokens& tokens) override;
  [[nodiscard]] std::optional<ScenePoint> hit(const ScenePoint& from, const ScenePoint& along) const override;
  [[nodiscard]] std::vector<SceneLabel> labels() const override;

private:
  struct State;
  void recolour();
  void frame();
  std::unique_ptr<State> m;
};

}  // namespace oodscope
