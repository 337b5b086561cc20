// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/live/set_numbers.h"
#include "analysis/metrics/protocol_rules.h"

#include "tests/support/made_live_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace oodscope::testing {
namespace {

/// The scores of a set's labelled pixels, without its frames that have no anomaly where these are to be skipped.
struct Pixels {
  std::vector<float> scores;
  std::vector<std::uint8_t> labels;
  [[nodiscard]] ConfusionCounts at(float threshold) const {
    ConfusionCounts c;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const bool over = scores[i] >= threshold;
      ++(labels[i] == kAnomaly ? (over ? c.tp : c.fn) : (over ? c.fp : c.tn));
    }
    return c;
  }
};

Pixels pixelsOf(LiveSet& live, const Configuration& configuration, bool skip) {
  Pixels out;
  for (const std::size_t frame : live.labelledFrames()) {
    const auto label = live.label(frame);
    const auto scores = live.scores(frame, configuration);
    const bool any = std::ranges::find(label->values(), kAnomaly) != label->values().end();
    if (skip && !any) continue;
    for (std::size_t i = 0; i < label->values().size(); ++i) {
      if (label->values()[i] > kAnomaly) continue;
      out.scores.push_back(scores->values()[i]);
      out.labels.push_back(label->values()[i]);
    }
  }
  return out;
}

}  // namespace

TEST(ThresholdBy, IsExactForEveryPinWhereTheCountsAreKnown) {
  const MadeSet made(5);
  const auto live = made.live();
  const auto counts = live->counts(msp(1.0F), {});
  for (const Protocol protocol : {protocols::kCourse, protocols::kFishyscapes, protocols::kStreetHazards}) {
    SCOPED_TRACE(protocol.name());
    const SetNumbers numbers = numbersOf(*live->exact(msp(1.0F), protocol, std::nullopt, {}), *live);
    const Pixels pixels = pixelsOf(*live, msp(1.0F), protocol.skipsFramesWithoutAnomaly());
    std::vector<float> all = pixels.scores;
    std::sort(all.begin(), all.end(), std::greater<>());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    const auto recallOf = [&](float t) { return pixels.at(t).recall().value(); };
    const auto fprOf = [&](float t) { return pixels.at(t).fpr().value(); };
    for (const double rate : {0.3, 0.95, 0.999}) {
      // Both fall with a rising threshold, so the first that fulfils the rule is found by halving.
      const auto reached = std::partition_point(all.begin(), all.end(), [&](float t) { return recallOf(t) < rate; });
      EXPECT_EQ(thresholdBy({ThresholdRule::Kind::TruePositiveRate, rate}, numbers, counts.get()), *reached);
      const auto chosen = thresholdBy({ThresholdRule::Kind::FalsePositiveRate, 1.0 - rate}, numbers, counts.get());
      const auto over = std::partition_point(all.begin(), all.end(), [&](float t) { return fprOf(t) <= 1.0 - rate; });
      EXPECT_EQ(pixels.at(*chosen), pixels.at(*std::prev(over))) << rate;
    }
    const auto best = thresholdBy({.kind = ThresholdRule::Kind::BestF1}, numbers, counts.get());
    double highest = 0.0;
    for (std::size_t i = 0; i < all.size(); i += 37)  // a sample of the thousands of decisions: none may be better
      highest = std::max(highest, pixels.at(all[i]).f1().value());
    EXPECT_GE(pixels.at(*best).f1().value(), highest);
    if (numbers.metrics.bestF1) {
      EXPECT_DOUBLE_EQ(pixels.at(*best).f1().value(), *numbers.metrics.bestF1);
    }
  }
}

TEST(ThresholdBy, OfAnEstimateComesFromItsCurve) {
  const MadeSet made(5);
  const auto live = made.live();
  const auto numbers = live->estimate(msp(1.0F), protocols::kCourse, {});
  const auto threshold = thresholdBy({ThresholdRule::Kind::TruePositiveRate, 0.95}, *numbers);
  ASSERT_TRUE(threshold);
  EXPECT_TRUE(
      std::ranges::any_of(numbers->curves.points, [&](const CurvePoint& p) { return p.threshold == *threshold; }));
}

TEST(LiveComponents, DecideAsCountsDo) {
  // A threshold that is a score of the set: >= keeps its pixels, > would not.
  const MadeSet made(3);
  const auto live = made.live();
  const auto scores = live->scores(0, msp(1.0F));
  const float threshold = scores->values()[20 * kMadeSize.width + 20];
  const ComponentTrack all{.minPredicted = 1, .minTruth = 1};
  const auto label = live->label(0);
  std::vector<float> decided;
  for (const float s : scores->values()) decided.push_back(s >= threshold ? 1.0F : 0.0F);
  const ComponentTally expected(evaluateComponents(decided, label->values(), kMadeSize, 0.5, all));
  EXPECT_EQ(live->frameComponents(0, msp(1.0F), threshold, all), expected);
  const auto curve = live->componentCurve(msp(1.0F), std::vector<double>{static_cast<double>(threshold)}, all, {}, {});
  EXPECT_EQ(curve->metrics().front().threshold, static_cast<double>(threshold)) << "named as it was asked for";
  EXPECT_EQ(curve->metrics().front().f1Star, live->components(msp(1.0F), threshold, all, {})->f1Star);
}

}  // namespace oodscope::testing
