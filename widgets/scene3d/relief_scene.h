// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "widgets/scene3d/scene.h"
#include "widgets/theme/colour_map.h"

namespace oodscope {

/// The score as height over the picture, with a plane at the threshold. Meaning of a point: the picture pixel.
class ReliefScene : public Scene3D {
public:
  enum class Texture { Image, Heatmap };
  ReliefScene();
  ~ReliefScene() override;

  /// Heights are (score - min) / (max - min), clamped. `image` may be absent: then the heatmap is the texture.
  void setFrame(const std::shared_ptr<const RgbImage>& image, const std::shared_ptr<const ScoreMap>& scores);
  void setScale(float min, float max);
  void setColourTable(const ColourTable& table);
  void setTexture(Texture texture);
  /// Only the plane moves.
  void setThreshold(float threshold);
  [[nodiscard]] Texture texture() const;

  void build(bool coarse) override;
  [[nodiscard]] std::optional<QPointF> meaningOf(const ScenePoint& point) const override;

protected:
  void restyle(const Tokens& tokens) override;
  [[nodiscard]] std::optional<ScenePoint> hit(const ScenePoint& from, const ScenePoint& along) const override;
  [[nodiscard]] std::vector<SceneLabel> labels() const override;

private:
  struct State;
  void changedValues();
  [[nodiscard]] double planeHeight() const;
  std::unique_ptr<State> m;
};

}  // namespace oodscope
