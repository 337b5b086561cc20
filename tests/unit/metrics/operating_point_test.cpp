// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/operating_point.h"
#include "analysis/metrics/protocol_rules.h"

#include "analysis/core/error.h"
#include "tests/support/tied_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace oodscope {
namespace {

using testing::candidates;
using testing::naiveBest;
using testing::naiveCounts;
using testing::randomSet;
using testing::Set;

TEST(ChooseThreshold, EqualsTryingEveryDecision) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    const Set set = randomSet(seed, 1 + static_cast<int>(seed % 60));
    const auto f1 = [](const ConfusionCounts& c) {
      return 2.0 * static_cast<double>(c.tp) / static_cast<double>(2 * c.tp + c.fp + c.fn);
    };
    ASSERT_EQ(chooseThreshold(set.view(), {.kind = ThresholdRule::Kind::BestF1}), naiveBest(set, f1)) << seed;
    for (const double ratio : {0.3, 1.0, 4.0, 50.0}) {
      const auto cost = [&](const ConfusionCounts& c) {
        return -(ratio * static_cast<double>(c.fn) + static_cast<double>(c.fp));
      };
      ASSERT_EQ(chooseThreshold(set.view(), {.kind = ThresholdRule::Kind::CostRatio, .value = ratio}),
                naiveBest(set, cost))
          << seed << " ratio " << ratio;
    }
    for (const double rate : {0.01, 0.5, 0.95, 1.0}) {
      const auto all = candidates(set);
      const auto reached =
          std::find_if(all.begin(), all.end(), [&](float t) { return naiveCounts(set, t).recall() >= rate; });
      ASSERT_EQ(chooseThreshold(set.view(), {.kind = ThresholdRule::Kind::TruePositiveRate, .value = rate}), *reached);
      const auto over = std::find_if(all.begin(), all.end(), [&](float t) { return naiveCounts(set, t).fpr() > rate; });
      const auto chosen = chooseThreshold(set.view(), {.kind = ThresholdRule::Kind::FalsePositiveRate, .value = rate});
      ASSERT_EQ(naiveCounts(set, *chosen), naiveCounts(set, *std::prev(over)));
    }
  }
}

TEST(ChooseThreshold, IsNotDefinedWithoutTheKindItNeeds) {
  const Set normal = randomSet(1, 0);
  EXPECT_FALSE(chooseThreshold(normal.view(), {.kind = ThresholdRule::Kind::TruePositiveRate}).has_value());
  EXPECT_FALSE(chooseThreshold(normal.view(), {.kind = ThresholdRule::Kind::BestF1}).has_value());
  EXPECT_TRUE(
      chooseThreshold(normal.view(), {.kind = ThresholdRule::Kind::FalsePositiveRate, .value = 0.1}).has_value());
  EXPECT_FALSE(chooseThreshold({}, {.kind = ThresholdRule::Kind::FalsePositiveRate}).has_value());
}

TEST(ChooseThreshold, RefusesRatesThatAreNone) {
  EXPECT_THROW((void)chooseThreshold({}, {.kind = ThresholdRule::Kind::TruePositiveRate, .value = 1.5}),
               ContractViolation);
  EXPECT_THROW((void)chooseThreshold({}, {.kind = ThresholdRule::Kind::CostRatio, .value = 0.0}), ContractViolation);
}

/// What a rule may be asked for besides: rates that no decision meets exactly, ties everywhere, one value.
const std::vector<ThresholdRule> kRules{{ThresholdRule::Kind::BestF1, 0.95},
                                        {ThresholdRule::Kind::TruePositiveRate, 0.95},
                                        {ThresholdRule::Kind::TruePositiveRate, 0.0},
                                        {ThresholdRule::Kind::FalsePositiveRate, 0.0},
                                        {ThresholdRule::Kind::FalsePositiveRate, 0.013},
                                        {ThresholdRule::Kind::CostRatio, 7.0}};

TEST(ExactOperatingPoint, CountsWhatTheChosenThresholdDecides) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    const Set set = randomSet(seed, 1 + static_cast<int>(seed % 90));
    for (const ThresholdRule& rule : kRules) {
      const auto point = exactOperatingPoint(set.view(), rule);
      ASSERT_TRUE(point);
      EXPECT_EQ(point->threshold, chooseThreshold(set.view(), rule));
      EXPECT_EQ(point->counts, naiveCounts(set, point->threshold)) << seed;
    }
    const float byHand = set.scores[seed];
    EXPECT_EQ(exactOperatingPoint(set.view(), byHand).counts, naiveCounts(set, byHand));
  }
}

TEST(ExactOperatingPoint, NeedsNoPointOfTheThinnedCurve) {
  // More distinct scores than a curve has points: the curve's own choice lies elsewhere for most rates.
  std::vector<float> scores;
  std::vector<std::uint8_t> labels;
  for (int i = 0; i < 40000; ++i) {
    scores.push_back(static_cast<float>((i * 7919) % 40009));
    labels.push_back(static_cast<std::uint8_t>((i * 7919) % 40009 > 20000 && i % 5 != 0 ? 1 : 0));
  }
  const std::vector<SortedScores> frames{SortedScores(scores, labels)};
  const SetScores set = usedFrames(frames, protocols::kFishyscapes);
  const SortedSetResult ranked = evaluateSorted(set, protocols::kFishyscapes);
  ASSERT_LE(ranked.curves.points.size(), kMaxCurvePoints);
  int elsewhere = 0;
  for (int percent = 1; percent < 100; percent += 2) {
    const double rate = static_cast<double>(percent) / 100.0;
    const auto exact = exactOperatingPoint(set, {ThresholdRule::Kind::TruePositiveRate, rate});
    const auto drawn = chooseOperatingPoint(ranked.curves, {ThresholdRule::Kind::TruePositiveRate, rate});
    EXPECT_GE(exact->counts.recall().value(), rate);
    const float above = std::nextafter(exact->threshold, std::numeric_limits<float>::infinity());
    EXPECT_LT(exactOperatingPoint(set, above).counts.recall().value(), rate) << "a higher threshold would do";
    elsewhere += drawn->threshold != exact->threshold ? 1 : 0;
  }
  EXPECT_GT(elsewhere, 25);
}

TEST(ExactOperatingPoint, StandsOnTheCurve) {
  const Set set = randomSet(5);
  const auto best = exactOperatingPoint(set.view(), {.kind = ThresholdRule::Kind::BestF1});
  const SortedSetResult ranked = evaluateSorted(set.view(), protocols::kFishyscapes);
  const auto point = curvePointOf(*best);
  EXPECT_EQ(best->threshold, ranked.metrics.bestF1Threshold);
  EXPECT_DOUBLE_EQ(point->f1, ranked.metrics.bestF1.value());
  EXPECT_DOUBLE_EQ(point->recall, best->counts.recall().value());
  const auto none = curvePointOf(exactOperatingPoint(set.view(), std::numeric_limits<float>::infinity()));
  EXPECT_DOUBLE_EQ(none->precision, 1.0);
  EXPECT_DOUBLE_EQ(none->recall, 0.0);
  EXPECT_FALSE(curvePointOf(exactOperatingPoint(randomSet(3, 0).view(), 0.0F)));
}

TEST(WithPoint, PutsTheExactPointWhereAMarkerReadsIt) {
  std::vector<float> scores;
  std::vector<std::uint8_t> labels;
  for (int i = 0; i < 30000; ++i) {
    scores.push_back(static_cast<float>((i * 7919) % 30011));
    labels.push_back(static_cast<std::uint8_t>(i % 3 == 0 && (i * 7919) % 30011 > 9000 ? 1 : 0));
  }
  const std::vector<SortedScores> frames{SortedScores(scores, labels)};
  const SetScores set = usedFrames(frames, protocols::kFishyscapes);
  const SetCurves drawn = evaluateSorted(set, protocols::kFishyscapes).curves;
  for (int i = 0; i < 300; ++i) {
    const auto point = curvePointOf(exactOperatingPoint(set, static_cast<float>(i * 100)));
    const SetCurves curves = withPoint(drawn, *point);
    EXPECT_LE(curves.points.size(), drawn.points.size() + 1);
    EXPECT_TRUE(std::is_sorted(curves.points.begin(), curves.points.end(),
                               [](const CurvePoint& a, const CurvePoint& b) { return a.threshold > b.threshold; }));
    const auto read = operatingPointAt(curves, point->threshold);
    EXPECT_EQ(read->recall, point->recall) << i;
    EXPECT_EQ(read->precision, point->precision) << i;
    EXPECT_EQ(read->fpr, point->fpr) << i;
  }
  EXPECT_TRUE(withPoint({}, {}).points.empty());
}

TEST(UsedFrames, AreThoseOfTheProtocolsMetrics) {
  const Set with = randomSet(1), without = randomSet(2, 0);
  std::vector<SortedScores> frames = with.frames;
  frames.insert(frames.end(), without.frames.begin(), without.frames.end());
  for (const Protocol protocol : {protocols::kCourse, protocols::kFishyscapes, protocols::kDenseHybrid}) {
    SetScores all;
    for (const SortedScores& frame : frames) all.push_back(&frame);
    const PixelMetrics metrics = evaluateSorted(all, protocol).metrics;
    const SetScores used = usedFrames(frames, protocol);
    EXPECT_EQ(used.size(), metrics.framesUsed);
    const ConfusionCounts counts = exactOperatingPoint(used, *metrics.bestF1Threshold).counts;
    EXPECT_DOUBLE_EQ(counts.f1().value(), metrics.bestF1.value()) << protocol.name();
  }
}

}  // namespace
}  // namespace oodscope
