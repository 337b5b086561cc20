// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/demo/models.h"

namespace oodscope::demo {

/// A scene under construction: what stands where, in road coordinates (metres right of its middle, metres along it).
class Layout {
public:
  explicit Layout(World& w) : world(w), b(w.mesh) {}
  World& world;
  Builder b;
  /// Takes the place of a thing unless something is there already.
  [[nodiscard]] bool reserve(float offset, float z, float halfWidth, float halfLength);
  /// Puts the builder at a place along the road, turned by `yaw` from the road's direction.
  void stand(float offset, float z, float yaw, float height = 0.0f);

private:
  struct Plot {
    float offset, z, halfWidth, halfLength;
  };
  std::vector<Plot> m_plots;
};

void planRoad(World& world, Rng rng);
/// The woods and hills where the ground ends.
void addBackdrop(Builder& b, Rng rng);
/// Buildings, trees, lamps, signs and signals beside the road.
void furnish(Layout& layout, const Verges& verges, Rng rng);
/// Vehicles and people.
void populate(Layout& layout, const Verges& verges, Rng rng);

}  // namespace oodscope::demo
