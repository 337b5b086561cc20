// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/contours.h"

#include <gtest/gtest.h>

namespace oodscope {
namespace {

Grid<std::uint8_t> mask(Size size, std::vector<std::uint8_t> values) { return {size, std::move(values)}; }

double area(const QPolygonF& loop) {  // shoelace; positive for clockwise on the screen
  double sum = 0;
  for (int i = 0; i < loop.size(); ++i) {
    const QPointF a = loop[i], b = loop[(i + 1) % loop.size()];
    sum += a.x() * b.y() - b.x() * a.y();
  }
  return sum / 2;
}

TEST(Outlines, OnePixelIsASquare) {
  const auto loops = outlines(mask({3, 3}, {0, 0, 0, 0, 1, 0, 0, 0, 0}), 1);
  ASSERT_EQ(loops.size(), 1U);
  EXPECT_EQ(loops[0], QPolygonF({{1, 1}, {2, 1}, {2, 2}, {1, 2}}));
}

TEST(Outlines, HoleRunsTheOtherWay) {
  const auto loops = outlines(mask({3, 3}, {1, 1, 1, 1, 0, 1, 1, 1, 1}), 1);
  ASSERT_EQ(loops.size(), 2U);
  EXPECT_DOUBLE_EQ(area(loops[0]), 9);
  EXPECT_DOUBLE_EQ(area(loops[1]), -1);
}

TEST(Outlines, PixelsTouchingAtACornerStayApart) {
  const auto loops = outlines(mask({2, 2}, {1, 0, 0, 1}), 1);
  ASSERT_EQ(loops.size(), 2U);
  EXPECT_DOUBLE_EQ(area(loops[0]), 1);
  EXPECT_DOUBLE_EQ(area(loops[1]), 1);
}

TEST(Outlines, EnclosedAreaIsThePixelCount) {
  Grid<std::uint8_t> map({37, 23});
  std::uint32_t state = 12345;
  int count = 0;
  for (std::uint8_t& v : map.values()) {
    state = state * 1664525U + 1013904223U;
    v = (state >> 28) < 7 ? 1 : 0;
    count += v;
  }
  double sum = 0;
  for (const QPolygonF& loop : outlines(map, 1)) sum += area(loop);
  EXPECT_DOUBLE_EQ(sum, count);
}

TEST(Outlines, NothingToOutlineGivesNothing) { EXPECT_TRUE(outlines(Grid<std::uint8_t>({4, 4}), 1).empty()); }

TEST(MovedOutwards, ALoopLeavesWhatItEnclosesAndAHoleShrinks) {
  Grid<std::uint8_t> map({8, 8});
  for (int y = 1; y < 7; ++y)
    for (int x = 1; x < 7; ++x) map.at(x, y) = (x == 3 || x == 4) && (y == 3 || y == 4) ? 0 : 1;
  const std::vector<QPolygonF> loops = outlines(map, 1);
  ASSERT_EQ(loops.size(), 2U);
  EXPECT_EQ(movedOutwards(loops[0], 0.5).boundingRect(), QRectF(0.5, 0.5, 7, 7));
  EXPECT_EQ(movedOutwards(loops[1], 0.5).boundingRect(), QRectF(3.5, 3.5, 1, 1)) << "into the hole";
}

TEST(Simplified, StaircaseBecomesALine) {
  QPolygonF stairs;
  for (int i = 0; i < 20; ++i) stairs << QPointF(i, i) << QPointF(i + 1, i);
  stairs << QPointF(20, 20) << QPointF(0, 20);
  const auto thin = simplified({stairs}, 1.0);
  ASSERT_EQ(thin.size(), 1U);
  EXPECT_LE(thin[0].size(), 5);
  EXPECT_EQ(simplified({stairs}, 0.01)[0].size(), stairs.size());
}

}  // namespace
}  // namespace oodscope
