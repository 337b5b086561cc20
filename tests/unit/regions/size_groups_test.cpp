// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/size_groups.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace oodscope {
namespace {

/// A square of anomalous pixels.
void drawAnomaly(LabelMap& label, int x, int y, int side) {
  for (int row = y; row < y + side; ++row)
    for (int column = x; column < x + side; ++column) label.at(column, row) = kAnomaly;
}

std::ptrdiff_t pixelsOf(const LabelMap& label, std::uint8_t value) { return std::ranges::count(label.values(), value); }

TEST(SizeGroups, AreIssus) {
  const std::vector<SizeGroup> groups = issuSizeGroups();
  ASSERT_EQ(groups.size(), 4U);
  EXPECT_EQ(groups[0], (SizeGroup{49, 256}));
  EXPECT_EQ(groups[1], (SizeGroup{256, 2304}));
  EXPECT_EQ(groups[2], (SizeGroup{2304, 12544}));
  EXPECT_EQ(groups[3], (SizeGroup{12544, std::nullopt}));
}

TEST(SizeGroups, HoldTheirLeastAndNotTheNextOnesLeast) {
  LabelMap label({60, 40}, kNormal);
  drawAnomaly(label, 0, 0, 6);    // 36: in no group
  drawAnomaly(label, 10, 0, 7);   // 49
  drawAnomaly(label, 20, 0, 16);  // 256
  label.at(59, 39) = kVoid;
  const auto groups = issuSizeGroups();
  const GroupLabels small = labelsOfGroup(label, groups[0]);
  EXPECT_EQ(small.objects, 1U);
  EXPECT_EQ(pixelsOf(small.labels, kAnomaly), 49);
  EXPECT_EQ(small.labels.at(10, 0), kAnomaly);
  EXPECT_EQ(small.labels.at(0, 0), kVoid);
  EXPECT_EQ(small.labels.at(20, 0), kVoid);
  EXPECT_EQ(pixelsOf(small.labels, kNormal), pixelsOf(label, kNormal)) << "normal pixels stay what they are";
  const GroupLabels next = labelsOfGroup(label, groups[1]);
  EXPECT_EQ(next.objects, 1U);
  EXPECT_EQ(pixelsOf(next.labels, kAnomaly), 256);
  EXPECT_EQ(labelsOfGroup(label, groups[3]).objects, 0U);
}

TEST(SizeGroups, CountCornersAsTouching) {
  LabelMap label({20, 20}, kNormal);
  drawAnomaly(label, 0, 0, 6);
  drawAnomaly(label, 6, 6, 4);  // 36 and 16, by a corner one of 52
  const GroupLabels found = labelsOfGroup(label, issuSizeGroups().front());
  EXPECT_EQ(found.objects, 1U);
  EXPECT_EQ(found.labels, label);
}

}  // namespace
}  // namespace oodscope
