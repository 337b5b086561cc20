// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/failures.h"

#include <vector>

namespace oodscope {

/// A region on a picture of another size: its box there, and which of the box's pixels belong to it (1, the others 0).
struct PlacedRegion {
  Box box;
  Grid<std::uint8_t> mask;
};
/// Pixels of the picture whose centre lies in one of the region's; one pixel at least. `map`: the size that the region
/// was found at. Requires: neither size empty. Cost: O(pixels of the box).
[[nodiscard]] PlacedRegion placeOnPicture(const FailureRegion& region, Size map, Size picture);
/// The box alone.
[[nodiscard]] Box placeOnPicture(const Box& box, Size map, Size picture);

/// Pixels of a region that the network gives to one class.
struct ClassPixels {
  std::uint8_t classIndex = 0;
  std::uint64_t pixels = 0;
  friend bool operator==(const ClassPixels&, const ClassPixels&) = default;
};
/// All classes in a region, most pixels first, the lowest of equals first. Errors: ContractViolation for a region that
/// leaves the map.
[[nodiscard]] std::vector<ClassPixels> classesOf(const FailureRegion& region, const ClassMap& predicted);

/// Whether a pixel of the region is an anomaly or has one among its eight neighbours. Errors: as classesOf().
[[nodiscard]] bool touchesTruth(const FailureRegion& region, const LabelMap& labels);

/// The lowest threshold at which nothing of the region is predicted: the float above its peak.
[[nodiscard]] float goneAt(const FailureRegion& region);

/// Whether the region holds the pixel.
[[nodiscard]] bool holds(const FailureRegion& region, PixelPosition pixel);

/// Intersection over union of two boxes, in [0, 1]; 0 where both are empty.
[[nodiscard]] double boxOverlap(const Box& a, const Box& b);

}  // namespace oodscope
