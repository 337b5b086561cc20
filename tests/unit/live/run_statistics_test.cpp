// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/run_statistics.h"

#include "analysis/metrics/protocol_rules.h"
#include "app/studies/calibration_report.h"
#include "tests/support/made_live_set.h"

#include <gtest/gtest.h>

namespace oodscope::testing {
namespace {

MeasuredRun evaluated(const std::shared_ptr<LiveSet>& live, const Configuration& configuration,
                      Protocol protocol = protocols::kCourse) {
  MeasuredRun run;
  run.live = live;
  run.configuration = configuration;
  run.protocol = protocol;
  run.metrics = live->exact(configuration, protocol, std::nullopt, {})->metrics;
  run.counts = live->counts(configuration, {});
  run.threshold = run.metrics.bestF1Threshold;
  return run;
}

constexpr BootstrapOptions kFew{.resamples = 200};

}  // namespace

TEST(RunStatistics, IntervalsHoldTheExactNumbers) {
  const MadeSet made(5);
  const auto run = evaluated(made.live(), msp(1.0F));
  const auto found = runStatistics(run, kFew, {});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->frames, 4U) << "the course protocol leaves out frame 2, which has no anomaly";
  EXPECT_DOUBLE_EQ(*found->ranking.ap.value, *run.metrics.ap);
  EXPECT_LE(found->ranking.ap.interval->low, *run.metrics.ap);
  EXPECT_GE(found->ranking.ap.interval->high, *run.metrics.ap);
  EXPECT_TRUE(found->components.has_value());
  const auto all = runStatistics(evaluated(made.live(), msp(1.0F), protocols::kFishyscapes), kFew, {});
  EXPECT_EQ(all->frames, 5U);
}

TEST(RunStatistics, ComponentsAreOfTheSameFramesAsTheSetsOwn) {
  // Frame 2 has no anomaly: the course's pixel metrics leave it out, its false alarms count among components, as they
  // do in SegmentMeIfYouCan's evaluation.
  const MadeSet made(5);
  const auto live = made.live();
  auto a = evaluated(live, msp(1.0F)), b = evaluated(live, msp(2.0F));
  a.threshold = b.threshold = 0.05F;  // predicts most of every frame
  const auto expected =
      live->components(a.configuration, *a.threshold, componentTrack(objectTrackOf(*made.set).track), {});
  ComponentTally withAnomaly;
  for (const std::size_t frame : {0, 1, 3, 4})
    withAnomaly +=
        live->frameComponents(frame, a.configuration, *a.threshold, componentTrack(objectTrackOf(*made.set).track));
  ASSERT_NE(expected->ppv, withAnomaly.ppv()) << "the frame matters here";
  const auto alone = runStatistics(a, kFew, {});
  ASSERT_TRUE(alone && alone->components);
  EXPECT_EQ(alone->frames, 4U);
  EXPECT_EQ(alone->componentFrames, 5U);
  EXPECT_DOUBLE_EQ(*alone->components->ppv.value, *expected->ppv);
  const auto paired = pairedStatistics(a, b, kFew, {});
  EXPECT_DOUBLE_EQ(*paired->a.components->ppv.value, *expected->ppv);
  EXPECT_EQ(paired->b.componentFrames, 5U);
}

TEST(PairedStatistics, DifferenceIsBMinusA) {
  const MadeSet made(5);
  const auto live = made.live();
  const auto a = evaluated(live, msp(1.0F)), b = evaluated(live, maxLogit());
  const auto found = pairedStatistics(a, b, kFew, {});
  ASSERT_TRUE(found.has_value());
  EXPECT_NEAR(*found->ranking.ap.difference.value, *b.metrics.ap - *a.metrics.ap, 1e-12);
  EXPECT_NEAR(*found->ranking.fpr95.difference.value, *b.metrics.fpr95 - *a.metrics.fpr95, 1e-12);
  EXPECT_EQ(found->a.configuration, a.configuration);
}

TEST(PairedStatistics, ARunDoesNotDifferFromItself) {
  const MadeSet made(4);
  const auto run = evaluated(made.live(), msp(1.0F));
  const auto found = pairedStatistics(run, run, kFew, {});
  EXPECT_DOUBLE_EQ(*found->ranking.ap.difference.value, 0.0);
  EXPECT_EQ(*found->ranking.ap.difference.interval, (Interval{0.0, 0.0}));
  EXPECT_DOUBLE_EQ(*found->ranking.ap.pValue, 1.0);
}

TEST(CalibrationReport, ReadsBoundedScoresAsProbabilitiesAndRefusesOthers) {
  const MadeSet made(3);
  const auto live = made.live();
  const auto bounded = calibrationReport(*live, msp(1.0F), 1.0, {});
  ASSERT_TRUE(bounded && bounded->anomaly);
  EXPECT_EQ(bounded->anomaly->count(), 3U * (kMadeSize.area() - 4U * 64U)) << "all but the void border";
  EXPECT_EQ(bounded->hygiene.size(), 3U);
  EXPECT_TRUE(bounded->set.findings.empty());
  EXPECT_FALSE(bounded->closedSet.has_value());
  EXPECT_FALSE(bounded->closedSetReason.empty());
  const auto unbounded = calibrationReport(*live, maxLogit(), 1.0, {});
  EXPECT_FALSE(unbounded->anomaly.has_value());
  EXPECT_NE(unbounded->anomalyReason.find("not bounded"), std::string::npos);
}

}  // namespace oodscope::testing
