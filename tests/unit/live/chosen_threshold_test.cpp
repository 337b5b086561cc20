// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/live/chosen_threshold.h"
#include "analysis/metrics/protocol_rules.h"
#include "app/live/score_scales.h"
#include "app/live/score_spread.h"
#include "app/live/set_numbers.h"

#include "tests/support/made_live_set.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace oodscope::testing {
namespace {

/// The set of frames whose ground truth is withheld, scored alike.
std::shared_ptr<LiveSet> withoutLabels(const MadeSet& made) {
  auto blind = std::make_shared<DataSet>(*made.set);
  for (Frame& frame : blind->frames) frame.label.reset();
  auto live = std::make_shared<LiveSet>(blind, made.source, Resolution::Network);
  for (std::size_t f = 0; f < blind->frames.size(); ++f) live->prepareFrame(f);
  return live;
}

}  // namespace

TEST(ChosenThreshold, OfASetWithoutGroundTruthIsAQuantileOfAllItsPixels) {
  const MadeSet made(4);
  const auto live = withoutLabels(made);
  ASSERT_TRUE(isWithoutGroundTruth(live->dataSet()));
  std::vector<float> all;
  for (const std::size_t frame : live->readyFrames()) {
    const auto map = live->scores(frame, msp(1.5F));
    all.insert(all.end(), map->values().begin(), map->values().end());
  }
  std::ranges::sort(all, std::greater<>());
  for (const double share : {0.001, 0.05, 0.4}) {
    const ThresholdRule rule{ThresholdRule::Kind::FlaggedShare, share};
    const auto threshold = chosenThreshold(*live, msp(1.5F), protocols::kCourse, rule, {});
    ASSERT_TRUE(threshold);
    const auto flagged = std::ranges::count_if(all, [&](float score) { return score >= *threshold; });
    EXPECT_LE(static_cast<double>(flagged), share * static_cast<double>(all.size()));
    const float next = all[static_cast<std::size_t>(flagged)];  // the highest that is not flagged
    EXPECT_LT(next, *threshold);
    const auto withNext = std::ranges::count_if(all, [&](float score) { return score >= next; });
    EXPECT_GT(static_cast<double>(withNext), share * static_cast<double>(all.size())) << "a lower one flags too much";
  }
  for (const auto kind : {ThresholdRule::Kind::BestF1, ThresholdRule::Kind::TruePositiveRate,
                          ThresholdRule::Kind::FalsePositiveRate, ThresholdRule::Kind::CostRatio})
    EXPECT_FALSE(chosenThreshold(*live, msp(1.5F), protocols::kCourse, {kind, 0.5}, {})) << "it needs ground truth";
}

TEST(ChosenThreshold, OfASetWithGroundTruthIsWhatItsPinGivesThere) {
  const MadeSet made(5);
  const auto live = made.live();
  const auto counts = live->counts(msp(1.0F), {});
  for (const Protocol protocol : {protocols::kCourse, protocols::kFishyscapes, protocols::kSmiyc2023}) {
    const SetNumbers numbers = numbersOf(*live->exact(msp(1.0F), protocol, std::nullopt, {}), *live);
    for (const auto& rule :
         {ThresholdRule{ThresholdRule::Kind::BestF1, 0.0}, ThresholdRule{ThresholdRule::Kind::TruePositiveRate, 0.95},
          ThresholdRule{ThresholdRule::Kind::FalsePositiveRate, 0.05},
          ThresholdRule{ThresholdRule::Kind::FlaggedShare, 0.05}})
      EXPECT_EQ(chosenThreshold(*live, msp(1.0F), protocol, rule, {}), thresholdBy(rule, numbers, counts.get()))
          << protocol.name();
  }
}

TEST(ChosenThreshold, ASetWithoutGroundTruthHasScales) {
  const MadeSet made(3);
  const auto live = withoutLabels(made);
  const auto spread = scoreSpread(*live, maxLogit(), {});
  ASSERT_TRUE(spread);
  EXPECT_EQ(spread->tally.pixels(), 3 * kMadeSize.area());
  const SetScales scales = setScales(*spread);
  ASSERT_EQ(scales.slider.size(), 257U);
  EXPECT_TRUE(std::ranges::is_sorted(scales.slider));
  EXPECT_FALSE(scales.estimated);
  EXPECT_TRUE(scales.anomalyShare.empty());
}

}  // namespace oodscope::testing
