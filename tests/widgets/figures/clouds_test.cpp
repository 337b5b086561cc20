// SPDX-License-Identifier: GPL-3.0-or-later
// Boxes of the point cloud: bounded by their region's points.
#include "app/figures/scene_figures.h"

#include <gtest/gtest.h>

namespace oodscope {
namespace {

constexpr Size kMap{64, 32};

/// A region of columns 10 to 29, rows 8 to 19.
FailureRegion region() {
  FailureRegion out;
  for (int y = 8; y < 20; ++y) out.runs.push_back({y, 10, 30});
  out.area = 240;
  return out;
}

/// A point a pixel; `depth` gives its distance.
template <class Depth>
std::vector<CloudPoint> points(const Depth& depth) {
  std::vector<CloudPoint> out;
  for (int y = 0; y < kMap.height; ++y)
    for (int x = 0; x < kMap.width; ++x) {
      const float z = depth(x, y);
      out.push_back({0.01F * static_cast<float>(x) * z, 0.01F * static_cast<float>(y) * z, z, 0.5F,
                     static_cast<float>(x), static_cast<float>(y)});
    }
  return out;
}

TEST(RegionBoxes, BackgroundAtTheEdgeDoesNotStretchABoxToTheHorizon) {
  const FailureRegion found = region();
  // A crate at 12 m; a third of the region's pixels look past it, at anything up to 300 m.
  const auto boxes = regionBoxes(points([](int x, int y) {
                                   return x >= 23 ? 40.0F + 9.0F * static_cast<float>((x * 7 + y * 13) % 29)
                                                  : 12.0F + 0.02F * static_cast<float>(y);
                                 }),
                                 {&found}, kMap, kMap);
  ASSERT_EQ(boxes.size(), 1U);
  EXPECT_GT(boxes[0].minZ, 11.9F);
  EXPECT_LT(boxes[0].maxZ, 13.0F);
  EXPECT_GE(boxes[0].minX, 0.01F * 10 * 12 - 0.1F);
  EXPECT_LE(boxes[0].maxX, 0.01F * 23 * 12.5F);
}

TEST(RegionBoxes, AStretchOfRoadKeepsItsLength) {
  const FailureRegion found = region();
  const auto boxes =
      regionBoxes(points([](int, int y) { return 200.0F / static_cast<float>(y + 1); }), {&found}, kMap, kMap);
  ASSERT_EQ(boxes.size(), 1U);
  EXPECT_LT(boxes[0].minZ, 11.5F);
  EXPECT_GT(boxes[0].maxZ, 17.0F) << "rows 8 to 19 reach from 22 to 10 m";
}

TEST(RegionBoxes, BeyondStereosReachThereIsNone) {
  const FailureRegion found = region();
  EXPECT_TRUE(regionBoxes(points([](int, int) { return 150.0F; }), {&found}, kMap, kMap).empty());
}

}  // namespace
}  // namespace oodscope
