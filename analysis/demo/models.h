// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/demo/scene.h"
#include "analysis/demo/world.h"

#include <string>

/// Things that stand in a scene. Each is built at `b.placement`: origin on the ground below its middle, +z its forward
/// direction, metres. Each takes its own random stream, so that changing one thing leaves the others as they are.
namespace oodscope::demo {

void addCar(Builder& b, Rng rng, bool lightsOn);
void addTruck(Builder& b, Rng rng, bool lightsOn);
void addBus(Builder& b, Rng rng, bool lightsOn);
void addTram(Builder& b, Rng rng, bool lightsOn);
void addBicycle(Builder& b, Rng rng);
void addMotorcycle(Builder& b, Rng rng, bool lightsOn);
/// Half the length of what the functions above build, for spacing.
inline constexpr float kCarHalf = 2.4f, kTruckHalf = 4.6f, kBusHalf = 6.2f, kTramHalf = 14.5f;

void addPedestrian(Builder& b, Rng rng);
/// A bicycle or motorcycle with the person on it.
void addCyclist(Builder& b, Rng rng);
void addMotorcyclist(Builder& b, Rng rng, bool lightsOn);

/// Detail from 0 (far) to 1 (near): how many sprays of leaves.
void addTree(Builder& b, Rng rng, float height, float detail);
void addConifer(Builder& b, Rng rng, float height, float detail);
void addBush(Builder& b, Rng rng, float radius, float detail);

void addBuilding(Builder& b, Rng rng, Vec3 extent, bool shops);
void addHouse(Builder& b, Rng rng, Vec3 extent);

/// Returns the place of the light where it has one.
Vec3 addStreetLamp(Builder& b, Rng rng, float reach, bool on);
void addTrafficLight(Builder& b, Rng rng, bool overhead);
void addTrafficSign(Builder& b, Rng rng, bool facingBack);
void addGantry(Builder& b, Rng rng, float halfSpan);
void addMast(Builder& b, Rng rng, float height);

/// Kinds of anomalies, in the order of anomalyName().
inline constexpr int kAnomalyKinds = 18;
[[nodiscard]] std::string anomalyName(int kind);
void addAnomaly(Builder& b, Rng rng, int kind);
/// Out-of-class clutter of shapes and textures that no anomaly has.
void addClutter(Builder& b, Rng rng);
/// A random assembly of primitives in any material of the normal classes; no model and no exclusive surface of an
/// anomaly's, no ring, nothing on legs and nothing that hangs.
void addHeap(Builder& b, Rng rng);

/// Ground of a setting: the road, kerbs, sidewalks, verges, walls and fences along it. Returns how far from the road's
/// edge, on the left and right, buildings may start.
struct Verge {
  float pathFrom = 0, pathTo = 0;    ///< where people walk, metres from the edge
  float greenFrom = 0, greenTo = 0;  ///< where trees grow
  float lotFrom = 6;                 ///< where buildings start
  bool raised = false;
};
struct Verges {
  Verge left, right;
};
[[nodiscard]] Verges addGround(World& world, Builder& b, Rng rng);

/// A part of this surface, kind and colour.
[[nodiscard]] inline Part partOf(Surface surface, Kind kind, Vec3 colour, Vec3 accent = {}, std::uint32_t seed = 0) {
  Part p;
  p.surface = surface;
  p.kind = kind;
  p.colour = colour;
  p.accent = accent;
  p.seed = seed;
  return p;
}
/// A colour that cars are sold in.
[[nodiscard]] Vec3 carPaint(Rng& rng);

/// Fills world with the scene of this index. See DemoOptions.
struct SceneChoice {
  std::uint64_t seed = 0;
  int index = 0;
  bool withAnomalies = true;
  bool withVoidObjects = false;
  ClutterKind clutter = ClutterKind::Shapes;
};
[[nodiscard]] World composeScene(const SceneChoice& choice, Size samples);
[[nodiscard]] std::string settingName(Setting setting);
[[nodiscard]] std::string weatherName(Weather weather);

}  // namespace oodscope::demo
