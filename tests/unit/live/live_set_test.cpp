// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/evaluate_set.h"
#include "app/studies/sweep.h"
#include "tests/support/made_live_set.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

namespace oodscope::testing {
namespace {

constexpr std::size_t kFrames = 5;
constexpr std::uint64_t kStackBytes = kFrames * 96 * 64 * sizeof(float);

/// The numbers of the set by a plain evaluation of freshly made maps.
SetResult plain(const MadeSet& made, const Configuration& configuration, Protocol protocol) {
  std::vector<ScoreMap> maps;
  std::vector<LabelMap> labels;
  for (std::size_t f = 0; f < made.set->frames.size(); ++f) {
    maps.push_back(made.source->score(f, configuration, kMadeSize));
    labels.push_back(readLabel(*made.set, made.set->frames[f]));
  }
  return evaluateSet(
      maps.size(),
      [&](std::size_t f) {
        return ScoredFrame{maps[f].values(), labels[f].values(), nullptr};
      },
      std::span(&protocol, 1));
}

TEST(LiveSet, ExactNumbersEqualAPlainEvaluation) {
  const MadeSet made(kFrames);
  const auto live = made.live();
  for (const Protocol protocol : allProtocols()) {
    const auto run = live->exact(msp(1.7F), protocol, std::nullopt, {});
    ASSERT_TRUE(run);
    const SetResult expected = plain(made, msp(1.7F), protocol);
    EXPECT_EQ(run->metrics.ap, expected.metrics[0].ap) << protocol.name();
    EXPECT_EQ(run->metrics.fpr95, expected.metrics[0].fpr95);
    EXPECT_EQ(run->metrics.positives, expected.metrics[0].positives);
    EXPECT_EQ(run->metrics.framesSkipped, expected.metrics[0].framesSkipped);
  }
}

TEST(LiveSet, FilteredScoresAreARunOfTheirOwnAndNeverThePlainOnes) {
  const MadeSet made(kFrames, 2);
  const auto live = made.live({}, Resolution::Label);
  const Protocol protocol = protocols::kFishyscapes;
  const auto run = live->exact(blurredMsp(1.3F), protocol, std::nullopt, {});
  const auto unfiltered = live->exact(msp(1.3F), protocol, std::nullopt, {});
  ASSERT_TRUE(run && unfiltered);
  EXPECT_NE(run->metrics.ap, unfiltered->metrics.ap);
  std::vector<ScoreMap> maps;
  std::vector<LabelMap> labels;
  for (std::size_t f = 0; f < kFrames; ++f) {  // scored at the labels' size, then filtered there
    const Size size{2 * kMadeSize.width, 2 * kMadeSize.height};
    maps.push_back(filtered(made.source->score(f, msp(1.3F), size), nullptr, blurredMsp(1.3F).filters));
    labels.push_back(readLabel(*made.set, made.set->frames[f]));
  }
  const SetResult expected = evaluateSet(
      maps.size(),
      [&](std::size_t f) {
        return ScoredFrame{maps[f].values(), labels[f].values(), nullptr};
      },
      std::span(&protocol, 1));
  EXPECT_EQ(run->metrics.ap, expected.metrics[0].ap);
  EXPECT_EQ(run->metrics.fpr95, expected.metrics[0].fpr95);
  const RunSpec named = live->run(blurredMsp(1.3F), protocol);
  EXPECT_NE(named, live->run(msp(1.3F), protocol));
  EXPECT_NE(std::hash<RunSpec>()(named), std::hash<RunSpec>()(live->run(msp(1.3F), protocol)));
  EXPECT_TRUE(live->holds(named));
  EXPECT_EQ(live->configurationOf(named), blurredMsp(1.3F));
  EXPECT_EQ(blurredMsp(1.3F).name, "msp+gaussian");
}

TEST(LiveSet, AnEstimateOfFilteredScoresIsOfTheFilteredMaps) {
  const MadeSet made(kFrames);
  const auto live = made.live();
  EXPECT_TRUE(live->estimatesQuickly(msp(1.0F)));
  EXPECT_FALSE(live->estimatesQuickly(blurredMsp(1.0F)));
  EXPECT_TRUE(MadeSet(1, 1, false).live()->estimatesQuickly(msp(1.0F)));
  // The sample of so small a set is all of it: the estimate is the exact number, and not that of plain scores.
  const auto estimate = live->estimate(blurredMsp(1.0F), protocols::kFishyscapes, {});
  const auto exact = live->exact(blurredMsp(1.0F), protocols::kFishyscapes, std::nullopt, {});
  const auto unfiltered = live->exact(msp(1.0F), protocols::kFishyscapes, std::nullopt, {});
  ASSERT_TRUE(estimate && exact && unfiltered);
  EXPECT_NEAR(*estimate->metrics.ap, *exact->metrics.ap, 0.01);
  EXPECT_GT(std::abs(*unfiltered->metrics.ap - *exact->metrics.ap), 0.05);
}

TEST(LiveSet, ScoresEachFrameOnceForAllProtocolsAndThresholds) {
  const MadeSet made(kFrames);
  const auto live = made.live();
  for (const Protocol protocol : allProtocols()) ASSERT_TRUE(live->exact(msp(1.0F), protocol, std::nullopt, {}));
  const auto counts = live->counts(msp(1.0F), {});
  ASSERT_TRUE(counts);
  ASSERT_TRUE(live->details(msp(1.0F), *counts, {}));
  for (const float threshold : {0.1F, 0.3F, 0.5F}) {
    static_cast<void>(counts->set(threshold, true));
    ASSERT_TRUE(live->components(msp(1.0F), threshold, kObstacleTrack, {}));
  }
  EXPECT_EQ(made.source->calls, static_cast<int>(kFrames));
}

TEST(LiveSet, GoingBackToAConfigurationThatIsHeldScoresNothing) {
  const MadeSet made(kFrames);
  const auto live = made.live();
  for (int round = 0; round < 2; ++round)
    for (const Configuration& configuration : {msp(1.0F), msp(2.0F), maxLogit()})
      ASSERT_TRUE(live->exact(configuration, protocols::kCourse, std::nullopt, {}));
  EXPECT_EQ(made.source->calls, 3 * static_cast<int>(kFrames));
}

TEST(LiveSet, MaxLogitIsScoredOnceWhateverTheTemperature) {
  const MadeSet made(kFrames);
  const auto live = made.live();
  for (const float temperature : {0.5F, 1.0F, 3.0F}) {
    const Configuration configuration{"max-logit", methods::kMaxLogit, temperature};
    ASSERT_TRUE(live->exact(configuration, protocols::kCourse, std::nullopt, {}));
  }
  EXPECT_EQ(made.source->calls, static_cast<int>(kFrames));
}

TEST(LiveSet, HoldsNoMoreMapsThanTheBudgetAndStaysExact) {
  const MadeSet made(kFrames);
  const auto labels = made.live({.memoryBudget = 0})->bytesHeld();
  const auto expected = plain(made, msp(1.0F), protocols::kCourse);
  for (const std::uint64_t budget : {std::uint64_t{0}, kStackBytes / 2, kStackBytes, 2 * kStackBytes}) {
    const auto live = made.live({.memoryBudget = budget});
    for (const Configuration& configuration : {msp(2.0F), maxLogit(), msp(1.0F)}) {
      const auto run = live->exact(configuration, protocols::kCourse, std::nullopt, {});
      ASSERT_TRUE(run);
      EXPECT_LE(live->bytesHeld() - labels, budget);
      if (configuration == msp(1.0F)) {
        EXPECT_EQ(run->metrics.ap, expected.metrics[0].ap) << budget;
      }
    }
  }
}

TEST(LiveSet, SetsThatShareAPoolHoldNoMoreThanItTogetherAndTheLatestUsedStays) {
  const MadeSet made(kFrames);
  const auto pool = std::make_shared<MapPool>(2 * kStackBytes);
  const auto first = made.live({.pool = pool});
  const auto second = made.live({.pool = pool});
  const auto third = made.live({.pool = pool});
  const auto exact = [](LiveSet& live) { return live.exact(msp(1.0F), protocols::kCourse, std::nullopt, {}); };
  for (LiveSet* live : {first.get(), second.get(), first.get(), third.get()}) {
    ASSERT_TRUE(exact(*live));
    EXPECT_LE(pool->bytes(), pool->budget());
  }
  const int before = made.source->calls;
  ASSERT_TRUE(exact(*first));
  EXPECT_EQ(made.source->calls, before) << "used later than the second set's";
  ASSERT_TRUE(exact(*second));
  EXPECT_EQ(made.source->calls, before + static_cast<int>(kFrames)) << "had to give way to the third's";
}

TEST(LiveSet, ASetThatIsClosedGivesItsShareOfThePoolBack) {
  const MadeSet made(kFrames);
  const auto pool = std::make_shared<MapPool>(2 * kStackBytes);
  {
    const auto closed = made.live({.pool = pool});
    ASSERT_TRUE(closed->exact(msp(1.0F), protocols::kCourse, std::nullopt, {}));
    EXPECT_EQ(pool->bytes(), kStackBytes);
  }
  EXPECT_EQ(pool->bytes(), 0U);
}

TEST(LiveSet, AFrameThatComesInLaterIsTheOnlyOneScored) {
  const MadeSet made(kFrames);
  LiveSet live(made.set, made.source, Resolution::Network);
  for (std::size_t f = 0; f + 1 < kFrames; ++f) live.prepareFrame(f);
  ASSERT_TRUE(live.exact(msp(1.0F), protocols::kCourse, std::nullopt, {}));
  EXPECT_EQ(made.source->calls, static_cast<int>(kFrames) - 1);
  live.prepareFrame(kFrames - 1);
  const auto run = live.exact(msp(1.0F), protocols::kCourse, std::nullopt, {});
  EXPECT_EQ(made.source->calls, static_cast<int>(kFrames));
  EXPECT_EQ(run->frames.size(), kFrames);
}

TEST(LiveSet, ScoresTheVisibleFrameFirst) {
  const MadeSet made(kFrames);
  const auto live = made.live();
  tbb::task_arena one(1);
  one.execute([&] { ASSERT_TRUE(live->exact(msp(1.0F), protocols::kCourse, 3, {})); });
  ASSERT_EQ(made.source->scoredFrames.size(), kFrames);
  EXPECT_EQ(made.source->scoredFrames.front(), 3U);
}

TEST(LiveSet, APassThatIsStoppedEndsSoonAndItsMapsAreNotLost) {
  const MadeSet made(kFrames);
  const auto live = made.live();
  std::stop_source stop;
  made.source->onScore = [&](int calls) {
    if (calls == 2) stop.request_stop();
  };
  tbb::task_arena one(1);
  one.execute([&] { EXPECT_FALSE(live->exact(msp(1.0F), protocols::kCourse, std::nullopt, stop.get_token())); });
  EXPECT_EQ(made.source->calls, 2);
  made.source->onScore = nullptr;
  ASSERT_TRUE(live->exact(msp(1.0F), protocols::kCourse, std::nullopt, {}));
  EXPECT_EQ(made.source->calls, static_cast<int>(kFrames));
}

/// Everything the live path shows, by so many threads.
struct LiveNumbers {
  PixelMetrics exact, estimated;
  SetCurves exactCurves, estimatedCurves;
  std::optional<Interval> interval;
  std::vector<double> band;
  std::vector<ComponentTally> tallies;
  ComponentTally atOne;
  SweepResult sweep;
  ConfusionCounts counts;
};

LiveNumbers numbersBy(int threads) {
  const MadeSet made(kFrames);
  const auto live = made.live({.memoryBudget = kStackBytes / 2, .sample = {.positivesCap = 700, .negatives = 4000}});
  const tbb::global_control most(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
  LiveNumbers out;
  tbb::task_arena(threads).execute([&] {
    const std::vector<double> thresholds{0.2, 0.4, 0.6};
    const auto estimate = live->estimate(msp(1.3F), protocols::kCourse, {});
    const auto run = live->exact(msp(1.3F), protocols::kCourse, 1, {});
    const auto curve = live->componentCurve(msp(1.3F), thresholds, kObstacleTrack, 1, {});
    out.exact = run->metrics;
    out.exactCurves = run->curves;
    out.estimated = estimate->metrics;
    out.estimatedCurves = estimate->curves;
    out.interval = estimate->ap;
    out.band = estimate->precisionHigh;
    out.tallies = curve->tallies;
    out.atOne = live->frameComponents(1, msp(1.3F), 0.4F, kObstacleTrack);
    out.counts = live->counts(msp(1.3F), {})->set(0.3F, true);
    out.sweep = sweep({live}, methods::kMsp, protocols::kCourse, {.values = 3, .refinements = 1},
                      [](std::size_t, const SweepPoint&) {}, {});
  });
  return out;
}

void expectSame(const PixelMetrics& a, const PixelMetrics& b) {
  EXPECT_EQ(a.ap, b.ap);
  EXPECT_EQ(a.auroc, b.auroc);
  EXPECT_EQ(a.fpr95, b.fpr95);
  EXPECT_EQ(a.bestF1, b.bestF1);
  EXPECT_EQ(a.bestF1Threshold, b.bestF1Threshold);
}

void expectSame(const SetCurves& a, const SetCurves& b) {
  ASSERT_EQ(a.points.size(), b.points.size());
  for (std::size_t i = 0; i < a.points.size(); ++i) {
    EXPECT_EQ(a.points[i].threshold, b.points[i].threshold);
    EXPECT_EQ(a.points[i].precision, b.points[i].precision);
    EXPECT_EQ(a.points[i].recall, b.points[i].recall);
    EXPECT_EQ(a.points[i].fpr, b.points[i].fpr);
  }
}

TEST(LiveSet, GivesTheSameNumbersWithOneThreadAndWithMany) {
  const LiveNumbers one = numbersBy(1);
  ASSERT_TRUE(one.exact.ap && one.estimated.ap && one.interval && one.sweep.bestTemperature);
  ASSERT_FALSE(one.estimatedCurves.points.empty());
  for (const int threads : {2, 7}) {
    SCOPED_TRACE(threads);
    const LiveNumbers many = numbersBy(threads);
    expectSame(many.exact, one.exact);
    expectSame(many.estimated, one.estimated);
    expectSame(many.exactCurves, one.exactCurves);
    expectSame(many.estimatedCurves, one.estimatedCurves);
    EXPECT_EQ(many.interval->low, one.interval->low);
    EXPECT_EQ(many.interval->high, one.interval->high);
    EXPECT_EQ(many.band, one.band);
    EXPECT_EQ(many.tallies, one.tallies);
    EXPECT_EQ(many.atOne, one.atOne);
    EXPECT_EQ(many.counts.tp, one.counts.tp);
    EXPECT_EQ(many.counts.fp, one.counts.fp);
    EXPECT_EQ(many.sweep.bestTemperature, one.sweep.bestTemperature);
    ASSERT_EQ(many.sweep.curves[0].points.size(), one.sweep.curves[0].points.size());
    for (std::size_t i = 0; i < one.sweep.curves[0].points.size(); ++i) {
      EXPECT_EQ(many.sweep.curves[0].points[i].ap, one.sweep.curves[0].points[i].ap);
      EXPECT_EQ(many.sweep.curves[0].points[i].fpr95, one.sweep.curves[0].points[i].fpr95);
    }
  }
}

TEST(LiveSet, EstimateOfASampleThatHoldsEveryPixelIsExact) {
  const MadeSet made(kFrames);
  const auto live = made.live();  // 96 x 64 x 5 pixels are fewer than the sample may hold
  const auto estimate = live->estimate(msp(1.3F), protocols::kCourse, {});
  EXPECT_EQ(made.source->calls, 0);
  const auto exact = live->exact(msp(1.3F), protocols::kCourse, std::nullopt, {});
  ASSERT_TRUE(estimate && exact);
  EXPECT_FALSE(estimate->exact);
  EXPECT_NEAR(*estimate->metrics.ap, *exact->metrics.ap, 1e-9);
  EXPECT_NEAR(*estimate->metrics.auroc, *exact->metrics.auroc, 1e-9);
  EXPECT_NEAR(*estimate->metrics.fpr95, *exact->metrics.fpr95, 2e-3);  // the estimate does not interpolate
  EXPECT_NEAR(*estimate->metrics.bestF1, *exact->metrics.bestF1, 1e-2);
  EXPECT_EQ(estimate->metrics.positives, exact->metrics.positives);
  EXPECT_EQ(estimate->metrics.negatives, exact->metrics.negatives);
  EXPECT_EQ(estimate->metrics.framesSkipped, 1U);
  EXPECT_EQ(estimate->framesReady, kFrames);
  EXPECT_EQ(estimate->precisionLow.size(), estimate->curves.points.size());
  EXPECT_EQ(estimate->recallHigh.size(), estimate->curves.points.size());
}

TEST(LiveSet, EstimateLiesInBandsAroundItselfAndNearTheExactValue) {
  const MadeSet made(kFrames);
  const auto live = made.live({.sample = {.positivesCap = 600, .negatives = 3000}});
  const auto estimate = live->estimate(msp(1.3F), protocols::kCourse, {});
  const auto exact = live->exact(msp(1.3F), protocols::kCourse, std::nullopt, {});
  ASSERT_TRUE(estimate && exact);
  EXPECT_LT(estimate->samplePixels, 3700U);
  EXPECT_NEAR(*estimate->metrics.ap, *exact->metrics.ap, 0.1);
  EXPECT_LT(estimate->ap->low, *estimate->metrics.ap);
  EXPECT_GT(estimate->ap->high, *estimate->metrics.ap);
  EXPECT_EQ(estimate->metrics.positives, exact->metrics.positives);  // true counts, not the sample's
  for (std::size_t i = 0; i < estimate->curves.points.size(); ++i) {
    EXPECT_LE(estimate->precisionLow[i], estimate->curves.points[i].precision);
    EXPECT_GE(estimate->precisionHigh[i], estimate->curves.points[i].precision);
    EXPECT_LE(estimate->recallLow[i], estimate->curves.points[i].recall + 1e-12);
    EXPECT_GE(estimate->recallHigh[i], estimate->curves.points[i].recall - 1e-12);
  }
}

TEST(LiveSet, EstimateReadsTheSameScoresFromMapsAndAtTheLabelsSize) {
  for (const int scale : {1, 2}) {
    const MadeSet fromLogits(3, scale, true), fromMaps(3, scale, false);
    const LiveOptions options{.sample = {.positivesCap = 300, .negatives = 700}};
    const auto first = fromLogits.live(options, Resolution::Label)->estimate(msp(0.8F), protocols::kFishyscapes, {});
    const auto second = fromMaps.live(options, Resolution::Label)->estimate(msp(0.8F), protocols::kFishyscapes, {});
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->metrics.ap, second->metrics.ap) << scale;
    EXPECT_EQ(first->metrics.bestF1Threshold, second->metrics.bestF1Threshold);
  }
}

TEST(LiveSet, EstimateSaysWhatItCannotEstimate) {
  const MadeSet made(kFrames);
  const auto live = made.live();
  EXPECT_FALSE(live->estimate(msp(1.0F), protocols::kCourse, {})->asIfPooled);
  EXPECT_TRUE(live->estimate(msp(1.0F), protocols::kSmiyc2023, {})->asIfPooled);
  const auto hazards = live->estimate(msp(1.0F), protocols::kStreetHazards, {});
  EXPECT_FALSE(hazards->metrics.ap.has_value());
  EXPECT_FALSE(hazards->metrics.bestF1.has_value());
  EXPECT_TRUE(hazards->curves.points.empty());
}

TEST(LiveSet, ComponentCurveEqualsOneThresholdAtATimeAndHandsOverTheVisibleFrameFirst) {
  const MadeSet made(kFrames);
  const auto live = made.live();
  const std::vector<double> thresholds{0.1, 0.3, 0.5, 0.7};
  std::vector<std::size_t> order;
  const auto curve = live->componentCurve(msp(1.0F), thresholds, kObstacleTrack, 4, {},
                                          [&](std::size_t frame, const auto&) { order.push_back(frame); });
  ASSERT_TRUE(curve);
  EXPECT_EQ(order.size(), kFrames);
  EXPECT_EQ(order.front(), 4U);
  for (std::size_t t = 0; t < thresholds.size(); ++t) {
    const auto one = live->components(msp(1.0F), static_cast<float>(thresholds[t]), kObstacleTrack, {});
    const ComponentMetrics metrics = curve->metrics()[t];
    EXPECT_EQ(metrics.truths, one->truths);
    EXPECT_EQ(metrics.truths, 4U);  // one square in each frame but the third
  }
  EXPECT_EQ(made.source->calls, static_cast<int>(kFrames));
}

TEST(LiveSet, ComponentCurveCanBeStopped) {
  const MadeSet made(kFrames);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(made.live()->componentCurve(msp(1.0F), std::vector<double>{0.5}, kObstacleTrack, 0, stop.get_token()));
}

TEST(Sweep, NamesTheTemperatureWithTheBestMeanTradeOff) {
  const MadeSet made(3);
  const auto live = made.live();
  std::size_t points = 0;
  const SweepResult result = sweep({live}, methods::kMsp, protocols::kCourse, {.values = 5, .refinements = 2},
                                   [&](std::size_t, const SweepPoint&) { ++points; }, {});
  EXPECT_TRUE(result.complete);
  ASSERT_TRUE(result.bestTemperature);
  EXPECT_EQ(points, result.curves[0].points.size());
  double best = -2.0;
  for (const SweepPoint& point : result.curves[0].points) best = std::max(best, *point.ap - *point.fpr95);
  EXPECT_DOUBLE_EQ(*result.bestValue, best);
}

}  // namespace
}  // namespace oodscope::testing
