// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/failures.h"

#include "analysis/regions/attribution.h"
#include "analysis/regions/brush.h"
#include "tests/support/golden_frames.h"
#include "tests/unit/regions/naive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace oodscope {
namespace {

using ::testing::ElementsAre;
using testing::randomFrame;

struct Drawing {
  ScoreMap scores;
  LabelMap labels;
  [[nodiscard]] ScoredImage view() const { return scoredImage(scores, labels); }
};

/// Digits are scores on normal pixels, letters a–j the scores 0–9 on anomalies, 'v' void with score 9.
Drawing drawn(const std::vector<std::string>& rows) {
  const Size size{static_cast<int>(rows[0].size()), static_cast<int>(rows.size())};
  Drawing out{ScoreMap(size), LabelMap(size)};
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) {
      const char c = rows[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)];
      const bool digit = c >= '0' && c <= '9';
      out.scores.at(x, y) = c == 'v' ? 9.0F : static_cast<float>(digit ? c - '0' : c - 'a');
      out.labels.at(x, y) = c == 'v' ? kVoid : digit ? kNormal : kAnomaly;
    }
  return out;
}

std::uint64_t listedArea(const std::vector<FailureRegion>& regions) {
  return std::accumulate(regions.begin(), regions.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const FailureRegion& r) { return sum + r.area; });
}

TEST(Failures, MeasureAFalsePositiveRegionByHand) {
  const Drawing frame = drawn({"0000000", "0570000", "0006000", "0000000"});
  ClassMap classes({7, 4}, 3);
  classes.at(3, 2) = 8;
  Grid<float> distance({7, 4}, 0.0F);
  distance.at(1, 1) = 20.0F;
  distance.at(3, 2) = 10.0F;
  const FrameFailures found = findFailures(frame.view(), {.threshold = 5.0, .minArea = 1},
                                           {.predictedClasses = &classes, .distance = &distance});
  ASSERT_EQ(found.falsePositives.size(), 1U);
  const FailureRegion& region = found.falsePositives[0];
  EXPECT_EQ(region.kind, FailureKind::FalsePositive);
  EXPECT_EQ(region.area, 3U);
  EXPECT_EQ(region.box, (Box{1, 1, 3, 2}));
  EXPECT_DOUBLE_EQ(region.centreX, 2.0);
  EXPECT_DOUBLE_EQ(region.centreY, 4.0 / 3.0);
  EXPECT_EQ(region.peakAt, (PixelPosition{2, 1}));
  EXPECT_DOUBLE_EQ(region.peakScore, 7.0);
  EXPECT_DOUBLE_EQ(region.meanScore, 6.0);
  EXPECT_DOUBLE_EQ(region.margin, 2.0);
  EXPECT_EQ(region.majorityClass, 3);
  EXPECT_DOUBLE_EQ(region.classShare, 2.0 / 3.0);
  EXPECT_EQ(region.distance, 10.0);
  EXPECT_THAT(region.runs, ElementsAre(oodscope::Run{1, 1, 3}, oodscope::Run{2, 3, 4}));
  EXPECT_FALSE(region.outline.empty());
  for (const PixelPosition& p : region.outline) EXPECT_EQ(regionMask(region, found.size).at(p.x, p.y), 1);
}

TEST(Failures, AMissedObjectHasItsRecallAndANegativeMarginWhereNothingWasFound) {
  const Drawing frame = drawn({"bb0fgv", "bb0aav", "000000"});
  const FrameFailures found = findFailures(frame.view(), {.threshold = 5.0, .minArea = 1, .missedBelow = 0.6});
  ASSERT_EQ(found.missed.size(), 2U);
  EXPECT_DOUBLE_EQ(found.missed[0].recall, 0.0);
  EXPECT_DOUBLE_EQ(found.missed[0].margin, -4.0);
  EXPECT_DOUBLE_EQ(found.missed[1].recall, 0.5);
  EXPECT_DOUBLE_EQ(found.missed[1].margin, 1.0);
  EXPECT_EQ(found.objects, 2U);
  EXPECT_EQ(findFailures(frame.view(), {.threshold = 5.0, .missedBelow = 0.5}).missed.size(), 1U);
}

TEST(Failures, VoidIsNeitherAFalsePositiveNorABridge) {
  const FrameFailures found = findFailures(drawn({"9v9", "9v9"}).view(), {.threshold = 5.0, .minArea = 1});
  EXPECT_EQ(found.falsePositives.size(), 2U);
  EXPECT_EQ(found.counts.fp, 4U);
}

/// A score that is not finite makes its pixel void.
std::uint8_t labelThatCounts(const testing::RandomFrame& frame, std::size_t pixel) {
  return std::isfinite(frame.scores.values()[pixel]) ? frame.labels.values()[pixel] : kVoid;
}

ConfusionCounts countedOneByOne(const testing::RandomFrame& frame, double threshold) {
  ConfusionCounts counts;
  for (std::size_t i = 0; i < frame.scores.values().size(); ++i) {
    const std::uint8_t label = labelThatCounts(frame, i);
    const bool over = static_cast<double>(frame.scores.values()[i]) >= threshold;
    if (label == kAnomaly) ++(over ? counts.tp : counts.fn);
    if (label == kNormal) ++(over ? counts.fp : counts.tn);
  }
  return counts;
}

int floodFilledObjects(const testing::RandomFrame& frame) {
  std::vector<bool> truth;
  for (std::size_t i = 0; i < frame.scores.values().size(); ++i) truth.push_back(labelThatCounts(frame, i) == kAnomaly);
  int objects = 0;
  testing::floodFill(truth, frame.scores.size(), objects);
  return objects;
}

bool isAllAnomaly(const FailureRegion& region, const LabelMap& labels) {
  for (const oodscope::Run& run : region.runs)
    for (int x = run.begin; x < run.end; ++x)
      if (labels.at(x, run.y) != kAnomaly) return false;
  return true;
}

TEST(Failures, ReconcileWithTheConfusionCountsOnRandomFrames) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    const auto frame = randomFrame(seed, {static_cast<int>(8 + seed % 31), static_cast<int>(7 + seed % 23)});
    const FailureOptions options{.threshold = static_cast<double>(static_cast<int>(seed % 7) - 3),
                                 .minArea = static_cast<int>(seed % 9),
                                 .opening = seed % 3 == 0};
    const FrameFailures found = findFailures(frame.view(), options);
    const ConfusionCounts naive = countedOneByOne(frame, options.threshold);
    ASSERT_EQ(found.counts, naive) << "seed " << seed;
    ASSERT_EQ(listedArea(found.falsePositives) + found.smallPixels + found.openedPixels, naive.fp) << "seed " << seed;
    if (!options.opening) {
      ASSERT_EQ(found.openedPixels, 0U);
    }
    ASSERT_EQ(found.objects, static_cast<std::uint64_t>(floodFilledObjects(frame))) << "seed " << seed;
    for (const FailureRegion& region : found.missed) {
      ASSERT_LT(region.recall, options.missedBelow);
      ASSERT_TRUE(isAllAnomaly(region, frame.labels)) << "seed " << seed;
    }
    for (const FailureRegion& region : found.falsePositives)
      ASSERT_GE(region.area, static_cast<std::uint64_t>(options.minArea));
  }
}

TEST(Failures, EqualAFloodFillOfTheFalsePositives) {
  const auto frame = randomFrame(5, {40, 30});
  std::vector<bool> wrong;
  for (std::size_t i = 0; i < frame.scores.values().size(); ++i)
    wrong.push_back(frame.labels.values()[i] == kNormal && std::isfinite(frame.scores.values()[i]) &&
                    frame.scores.values()[i] >= 1.0F);
  int count = 0;
  const std::vector<int> labels = testing::floodFill(wrong, {40, 30}, count);
  const FrameFailures found = findFailures(frame.view(), {.threshold = 1.0, .minArea = 0});
  ASSERT_EQ(found.falsePositives.size(), static_cast<std::size_t>(count));
  const Grid<std::uint32_t> image = regionImage(found.falsePositives, found.size);
  std::map<std::uint32_t, int> partner;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    ASSERT_EQ(image.values()[i] == 0, labels[i] == 0);
    if (labels[i] != 0) {
      ASSERT_EQ(partner.try_emplace(image.values()[i], labels[i]).first->second, labels[i]);
    }
  }
}

TEST(Failures, OpeningRemovesAThinBridge) {
  std::vector<std::string> rows(9, std::string(17, '0'));
  for (std::size_t y = 2; y < 7; ++y)
    for (const std::size_t x : {2U, 3U, 4U, 5U, 6U, 10U, 11U, 12U, 13U, 14U}) rows[y][x] = '9';
  for (std::size_t x = 7; x < 10; ++x) rows[4][x] = '9';
  const Drawing frame = drawn(rows);
  EXPECT_EQ(findFailures(frame.view(), {.threshold = 5.0, .minArea = 1}).falsePositives.size(), 1U);
  const FrameFailures opened = findFailures(frame.view(), {.threshold = 5.0, .minArea = 1, .opening = true});
  EXPECT_EQ(opened.falsePositives.size(), 2U);
  EXPECT_EQ(opened.openedPixels, 3U);
}

TEST(Failures, RefuseMapsOfAnotherSize) {
  const Drawing frame = drawn({"00", "00"});
  const ClassMap classes({3, 2});
  EXPECT_THROW((void)findFailures(frame.view(), {}, {.predictedClasses = &classes}), ContractViolation);
}

TEST(Failures, ListsOfASetKeepFramesAndOrder) {
  const Drawing a = drawn({"90099", "00000", "bb000"});
  const Drawing b = drawn({"99900", "00000", "000ba"});
  const std::vector<FailureInput> inputs{{a.view(), {}}, {b.view(), {}}};
  const auto frames = findFailures(inputs, {.threshold = 5.0, .minArea = 2});
  const SetFailures set = listFailures(frames);
  ASSERT_EQ(set.falsePositives.size(), 2U);
  EXPECT_EQ(set.falsePositives[0].frame, 1U);
  EXPECT_EQ(set.falsePositives[0].region.area, 3U);
  EXPECT_EQ(set.falsePositives[1].frame, 0U);
  EXPECT_EQ(set.smallPixels, 1U);
  EXPECT_EQ(set.counts.fp, 6U);
  EXPECT_EQ(set.missed.size(), 2U);
  EXPECT_EQ(set.objects, 2U);
}

TEST(Attribution, SplitsTheConfusionCountsByClassSizeAndDistance) {
  const Drawing frame = drawn({"990bb", "000bj", "00000"});
  ClassMap classes({5, 3}, 0);
  classes.at(0, 0) = 7;
  Grid<float> distance({5, 3}, 12.0F);
  distance.at(1, 0) = 0.0F;
  const Attribution found =
      attribute(frame.view(), {.threshold = 5.0}, {.predictedClasses = &classes, .distance = &distance});
  EXPECT_EQ(found.byPredictedClass.at(7), (ConfusionCounts{.tp = 0, .fp = 1, .fn = 0, .tn = 0}));
  EXPECT_EQ(found.byPredictedClass.at(0), (ConfusionCounts{.tp = 1, .fp = 1, .fn = 3, .tn = 9}));
  EXPECT_TRUE(found.byTrueClass.empty());
  EXPECT_EQ(found.byDistance[2], (ConfusionCounts{.tp = 1, .fp = 1, .fn = 3, .tn = 9}));
  EXPECT_EQ(found.byDistance[Attribution::kDistanceBins - 1].fp, 1U);
  EXPECT_EQ(found.objectsBySize[2], (Attribution::Objects{.count = 1, .missed = 1, .pixels = 4, .missedPixels = 3}));
  EXPECT_EQ(found.falsePositivesBySize[1].pixels, 2U);
  EXPECT_EQ(found.objectsByDistance[2].count, 1U);
}

TEST(Attribution, PartsSumToTheCountsOnRandomFrames) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    const auto frame = randomFrame(seed, {25, 20});
    ClassMap classes({25, 20});
    for (std::size_t i = 0; i < 500; ++i) classes.values()[i] = static_cast<std::uint8_t>(i * 7 % 19);
    const FailureOptions options{.threshold = 1.0};
    const Attribution found = attribute(frame.view(), options, {.predictedClasses = &classes});
    const FrameFailures failures = findFailures(frame.view(), options);
    ConfusionCounts sum;
    for (const auto& [c, counts] : found.byPredictedClass) {
      sum.tp += counts.tp;
      sum.fp += counts.fp;
      sum.fn += counts.fn;
      sum.tn += counts.tn;
    }
    ASSERT_EQ(sum, failures.counts);
    std::uint64_t missed = 0, wrong = 0, objects = 0;
    for (const auto& bin : found.objectsBySize) {
      missed += bin.missedPixels;
      objects += bin.count;
    }
    for (const auto& bin : found.falsePositivesBySize) wrong += bin.pixels;
    ASSERT_EQ(missed, failures.counts.fn);
    ASSERT_EQ(wrong, failures.counts.fp);
    ASSERT_EQ(objects, failures.objects);
  }
}

/// Place of the group that ISSU's benchmark puts so many pixels in, written from its limits.
std::size_t issuGroupByHand(std::uint64_t pixels) {
  if (pixels < 49) return 0;
  if (pixels < 256) return 1;
  if (pixels < 2304) return 2;
  return pixels < 12544 ? 3 : 4;
}

TEST(Attribution, ObjectsAndRegionsFallIntoTheGroupsOfIssu) {
  for (const std::uint64_t pixels : {1, 48, 49, 255, 256, 2303, 2304, 12543, 12544, 1 << 20})
    EXPECT_EQ(Attribution::issuGroup(pixels), issuGroupByHand(pixels)) << pixels;
  // Squares of a side on the edge of each group, found (their upper half) and wrong ones beside them.
  ScoreMap scores({400, 320}, 0.0F);
  LabelMap labels({400, 320}, 0);
  const auto square = [&](int x, int y, int side, bool object) {
    for (int row = 0; row < side; ++row)
      for (int column = 0; column < side; ++column) {
        if (object) labels.at(x + column, y + row) = 1;
        if (!object || row < side / 2) scores.at(x + column, y + row) = 1.0F;
      }
  };
  const std::array sides{6, 7, 16, 48, 112};
  for (std::size_t i = 0; i < sides.size(); ++i) {
    square(static_cast<int>(i) * 60, 10, sides[i], true);
    square(static_cast<int>(i) * 60, 160, sides[i], false);
  }
  Attribution sum = attribute(scoredImage(scores, labels), {.threshold = 0.5});
  sum += sum;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    const auto side = static_cast<std::uint64_t>(sides[i]);
    const Attribution::Objects objects{.count = 2,
                                       .missed = side % 2 == 0 ? 0U : 2U,
                                       .pixels = 2 * side * side,
                                       .missedPixels = 2 * side * (side - side / 2)};
    EXPECT_EQ(sum.objectsByIssuGroup.at(i), objects) << side;
    EXPECT_EQ(sum.falsePositivesByIssuGroup.at(i),
              (Attribution::Objects{.count = 2, .missed = 0, .pixels = 2 * side * side, .missedPixels = 0}));
  }
}

TEST(Attribution, BinsSizesByPowersOfTwoAndDistancesByFiveMetres) {
  EXPECT_EQ(Attribution::sizeBin(1), 0U);
  EXPECT_EQ(Attribution::sizeBin(1023), 9U);
  EXPECT_EQ(Attribution::sizeBin(1024), 10U);
  EXPECT_EQ(Attribution::sizeBin(std::uint64_t{1} << 40U), Attribution::kSizeBins - 1);
  EXPECT_EQ(Attribution::distanceBin(4.9F), 0U);
  EXPECT_EQ(Attribution::distanceBin(5.0F), 1U);
  EXPECT_EQ(Attribution::distanceBin(49.9F), 9U);
  EXPECT_EQ(Attribution::distanceBin(50.0F), 10U);
  EXPECT_EQ(Attribution::distanceBin(0.0F), 11U);
  EXPECT_EQ(Attribution::distanceBin(std::numeric_limits<float>::quiet_NaN()), 11U);
}

TEST(ClassOffsets, ActAsAThresholdPerClass) {
  const auto frame = randomFrame(9, {20, 20});
  ClassMap classes({20, 20});
  for (std::size_t i = 0; i < 400; ++i) classes.values()[i] = static_cast<std::uint8_t>(i % 3);
  const std::vector<float> offsets{0.0F, 2.0F};  // class 2 has none
  const ScoreMap adjusted = withClassOffsets(frame.scores, classes, offsets);
  for (std::size_t i = 0; i < 400; ++i) {
    const float s = frame.scores.values()[i];
    if (!std::isfinite(s)) continue;
    EXPECT_EQ(adjusted.values()[i] >= 1.0F, s >= (classes.values()[i] == 1 ? 3.0F : 1.0F));
  }
}

TEST(Brush, TakesExactlyThePixelsBetweenTwoThresholds) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    const auto frame = randomFrame(seed, {30, 20});
    const double low = static_cast<double>(static_cast<int>(seed % 5) - 2), high = low + 1.0 + seed % 3;
    const BrushedFrame found = brush(frame.view(), {.low = low, .high = high});
    // Between two thresholds of a curve lie exactly the pixels by which its counts differ there.
    const ConfusionCounts strict = findFailures(frame.view(), {.threshold = high}).counts;
    const ConfusionCounts loose = findFailures(frame.view(), {.threshold = low}).counts;
    ASSERT_EQ(found.counts.anomaly, loose.tp - strict.tp);
    ASSERT_EQ(found.counts.normal, loose.fp - strict.fp);
    ASSERT_EQ(found.counts, countBrushed(frame.view(), {.low = low, .high = high}));
    std::uint64_t marked[3] = {};
    for (std::size_t i = 0; i < 600; ++i) {
      const double s = static_cast<double>(frame.scores.values()[i]);
      const std::uint8_t label = frame.labels.values()[i];
      const bool inside = s >= low && s < high && label != kVoid;
      ASSERT_EQ(found.mask.values()[i], !inside ? 0 : label == kAnomaly ? kBrushedAnomaly : kBrushedNormal);
      ++marked[found.mask.values()[i]];
    }
    ASSERT_EQ(marked[kBrushedNormal], found.counts.normal);
    ASSERT_EQ(marked[kBrushedAnomaly], found.counts.anomaly);
  }
}

TEST(Brush, WithoutAnUpperEndTakesTheHighestScores) {
  const Drawing frame = drawn({"59j"});
  EXPECT_EQ(brush(frame.view(), {.low = 9.0}).counts, (BrushCounts{.normal = 1, .anomaly = 1, .ignored = 0}));
  EXPECT_EQ(brush(frame.view(), {.low = 5.0, .high = 9.0}).counts, (BrushCounts{.normal = 1}));
}

}  // namespace
}  // namespace oodscope
