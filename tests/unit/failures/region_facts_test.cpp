// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/region_facts.h"

#include "analysis/imaging/resize.h"
#include "analysis/regions/brush.h"
#include "analysis/regions/failure_table.h"
#include "analysis/regions/map_sampling.h"

#include <gtest/gtest.h>

namespace oodscope {
namespace {

/// An L on a 6 x 4 map: (1,1) (2,1) (1,2).
FailureRegion corner() {
  FailureRegion region;
  region.area = 3;
  region.box = {1, 1, 2, 2};
  region.runs = {{1, 1, 3}, {2, 1, 2}};
  region.peakScore = 0.75;
  region.peakAt = {2, 1};
  return region;
}
constexpr Size kMap{6, 4};

TEST(RegionFacts, ARegionIsStretchedOverALargerPicture) {
  const PlacedRegion placed = placeOnPicture(corner(), kMap, {12, 8});
  EXPECT_EQ(placed.box, (Box{2, 2, 4, 4}));
  const std::vector<std::uint8_t> expected{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0};
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), placed.mask.values().begin(), placed.mask.values().end()));
}

TEST(RegionFacts, ARegionAtItsOwnSizeIsItself) {
  const PlacedRegion placed = placeOnPicture(corner(), kMap, kMap);
  EXPECT_EQ(placed.box, (Box{1, 1, 2, 2}));
  const std::vector<std::uint8_t> expected{1, 1, 1, 0};
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), placed.mask.values().begin(), placed.mask.values().end()));
}

TEST(RegionFacts, APixelIsNeverLostOnASmallerPicture) {
  FailureRegion pixel = corner();
  pixel.box = {5, 3, 1, 1};
  pixel.runs = {{3, 5, 6}};
  const PlacedRegion placed = placeOnPicture(pixel, kMap, {2, 1});
  EXPECT_EQ(placed.box, (Box{1, 0, 1, 1}));
  EXPECT_EQ(placed.mask.at(0, 0), 1);
}

TEST(RegionFacts, ClassesAreCountedMostFirst) {
  ClassMap classes(kMap, 9);
  classes.at(2, 1) = 4;
  EXPECT_EQ(classesOf(corner(), classes), (std::vector<ClassPixels>{{9, 2}, {4, 1}}));
}

TEST(RegionFacts, TouchingIsEightNeighboursAndNoMore) {
  LabelMap labels(kMap, kNormal);
  labels.at(4, 1) = kAnomaly;  // two columns right of (2, 1)
  EXPECT_FALSE(touchesTruth(corner(), labels));
  labels.at(3, 0) = kAnomaly;  // diagonal to (2, 1)
  EXPECT_TRUE(touchesTruth(corner(), labels));
}

TEST(RegionFacts, ARegionIsGoneJustAboveItsPeak) {
  const float gone = goneAt(corner());
  EXPECT_GT(gone, 0.75F);
  EXPECT_EQ(std::nextafter(gone, 0.0F), 0.75F);
}

TEST(RegionFacts, ARegionHoldsItsPixelsOnly) {
  EXPECT_TRUE(holds(corner(), {1, 2}));
  EXPECT_FALSE(holds(corner(), {2, 2}));
}

TEST(RegionFacts, OverlapOfBoxesIsIntersectionOverUnion) {
  EXPECT_DOUBLE_EQ(boxOverlap({0, 0, 4, 4}, {2, 0, 4, 4}), 8.0 / 24.0);
  EXPECT_EQ(boxOverlap({0, 0, 4, 4}, {4, 0, 4, 4}), 0.0);
}

TEST(RegionFacts, BrushedPixelsOfARegionAreThoseOfTheStretch) {
  std::vector<float> scores(kMap.area(), 0.9F);
  std::vector<std::uint8_t> labels(kMap.area(), kNormal);
  scores[1 * 6 + 1] = 0.2F;
  scores[1 * 6 + 2] = 0.5F;  // the upper end does not belong to it
  scores[2 * 6 + 1] = 0.3F;
  const ScoredImage frame{scores, labels, kMap};
  EXPECT_EQ(countBrushed(frame, corner(), {.low = 0.2, .high = 0.5}), 2U);
  EXPECT_EQ(countBrushed(frame, corner(), {.low = 0.2}), 3U);
}

TEST(MapSampling, AgreesWithTheNearestRuleOfLabels) {
  Grid<std::uint8_t> map({7, 5});
  for (std::size_t i = 0; i < map.values().size(); ++i) map.values()[i] = static_cast<std::uint8_t>(i);
  for (const Size size : {Size{14, 10}, Size{3, 2}, Size{7, 5}, Size{11, 9}})
    EXPECT_EQ(sampledNearest(map, size), resizePilNearest(map, size)) << size.width;
}

TEST(FailureTable, WritesOneQuotedLineARowAndLeavesUnknownsEmpty) {
  FailureTableRow row;
  row.set = "RA, 21";
  row.frame = std::string("3");
  row.region = corner();
  row.region.meanScore = 0.5;
  row.region.margin = 0.25;
  row.region.centreX = 1.25;
  row.region.centreY = 1.5;
  row.size = kMap;
  row.tags = {"kerb", "night"};
  row.note = "says \"hello\"";
  EXPECT_EQ(failuresAsCsv(std::span(&row, 1)),
            "kind,set,frame,map_width,map_height,area,x,y,width,height,centre_x,centre_y,peak,mean,margin,recall,"
            "predicted_class,class_share,distance,tags,note\n"
            "false_positive,\"RA, 21\",3,6,4,3,1,1,2,2,1.25,1.5,0.75,0.5,0.25,,,,,kerb;night,\"says "
            "\"\"hello\"\"\"\n");
}

}  // namespace
}  // namespace oodscope
