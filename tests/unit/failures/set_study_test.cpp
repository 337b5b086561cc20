// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/set_study.h"

#include "app/studies/component_track.h"
#include "app/studies/failure_definition.h"
#include "tests/support/made_live_set.h"

#include <gtest/gtest.h>

#include <tbb/task_arena.h>

namespace oodscope::testing {
namespace {

FailureOptions at(double threshold) { return {.threshold = threshold, .minArea = 4, .missedBelow = 0.9}; }

TEST(SetStudy, AreasAndRemaindersSumToTheFalsePositivesOfTheExactCounts) {
  const MadeSet made(5);
  const auto live = made.live();
  const FrameContexts contexts(live);
  const auto counts = live->counts(msp(1.0F), {});
  for (const bool opening : {false, true})
    for (const double threshold : {0.1, 0.4, 0.6}) {
      FailureOptions options = at(threshold);
      options.opening = opening;
      const auto study = studySet(contexts, msp(1.0F), options, {});
      ASSERT_TRUE(study);
      std::uint64_t sum = study->failures.smallPixels + study->failures.openedPixels;
      for (const ListedFailure& failure : study->failures.falsePositives) sum += failure.region.area;
      EXPECT_EQ(sum, counts->set(static_cast<float>(threshold), false).fp);
      EXPECT_EQ(study->failures.counts, counts->set(static_cast<float>(threshold), false));
    }
}

TEST(SetStudy, PredictedClassesPartitionTheErrors) {
  const MadeSet made(4);
  const FrameContexts contexts(made.live());
  const auto study = studySet(contexts, msp(1.0F), at(0.3), {});
  ASSERT_TRUE(study->hasClasses);
  ConfusionCounts sum;
  for (const auto& [index, counts] : study->attribution.byPredictedClass) sum += counts;
  EXPECT_EQ(sum, study->failures.counts);
  EXPECT_FALSE(study->hasDistances);
  EXPECT_FALSE(study->hasTrueClasses);
}

TEST(SetStudy, StandsBesideAProtocolsMetricsWithItsFramesAlone) {
  const MadeSet made(5);
  const auto live = made.live();
  const FrameContexts contexts(live);
  const auto counts = live->counts(msp(1.0F), {});
  const auto study = studySet(contexts, msp(1.0F), at(0.3), {});
  for (const Protocol protocol : {protocols::kCourse, protocols::kFishyscapes}) {
    const ConfusionCounts expected = counts->set(0.3F, protocol.skipsFramesWithoutAnomaly());
    EXPECT_EQ(study->countsOf(protocol), expected) << protocol.name();
    ConfusionCounts sum;
    for (const auto& [index, part] : study->attributionOf(protocol).byPredictedClass) sum += part;
    EXPECT_EQ(sum, expected) << protocol.name();
  }
  EXPECT_NE(study->countsOf(protocols::kCourse).fp, study->countsOf(protocols::kFishyscapes).fp);
}

TEST(FailureDefinition, MissedObjectsAreAmongTheObjectsOfTheComponentMetrics) {
  const MadeSet made(5);
  const auto live = made.live();
  const FrameContexts contexts(live);
  for (const float threshold : {0.0F, 0.3F, 2.0F}) {
    const auto study = studySet(contexts, msp(1.0F), failureOptions(live->objectTrack(), threshold), {});
    const auto components = live->components(msp(1.0F), threshold, componentTrack(objectTrackOf(*made.set).track), {});
    EXPECT_EQ(study->failures.objects, components->truths);
    EXPECT_LE(study->failures.missed.size(), study->failures.objects);
  }
  FailureOptions large = failureOptions(live->objectTrack(), 2.0F);
  large.minTruth = 100000;
  const auto none = studySet(contexts, msp(1.0F), large, {});
  EXPECT_EQ(none->failures.objects, 0U);
  EXPECT_TRUE(none->failures.missed.empty());
  EXPECT_EQ(none->failures.smallObjects, 4U) << "counted apart: one a frame that has one";
}

TEST(FailureDefinition, IsSaidWithItsNumbers) {
  const std::string text = failureDefinition(failureOptions(ObjectTrack::Anomaly, 0.5F));
  for (const char* part : {"5 x 5 opening", "500 pixels or more", "100 pixels or more", "75 %"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
}

TEST(SetStudy, IsTheSameForAnyNumberOfThreads) {
  const MadeSet made(5);
  const FrameContexts contexts(made.live());
  const auto many = studySet(contexts, msp(1.0F), at(0.3), {});
  std::shared_ptr<const SetStudy> one;
  tbb::task_arena(1).execute([&] { one = studySet(contexts, msp(1.0F), at(0.3), {}); });
  ASSERT_EQ(one->failures.falsePositives.size(), many->failures.falsePositives.size());
  for (std::size_t i = 0; i < one->failures.falsePositives.size(); ++i) {
    EXPECT_EQ(one->failures.falsePositives[i].frame, many->failures.falsePositives[i].frame);
    EXPECT_EQ(one->failures.falsePositives[i].region.runs, many->failures.falsePositives[i].region.runs);
  }
}

TEST(SetStudy, AFrameOfANewerLookReplacesItsOwnRowsAlone) {
  const MadeSet made(3);
  const FrameContexts contexts(made.live());
  const auto before = studySet(contexts, msp(1.0F), at(0.2), {});
  const auto after = studySet(contexts, msp(1.0F), at(0.5), {});
  const SetStudy mixed = withFrame(*before, studyFrame(contexts, msp(1.0F), 1, at(0.5)));
  const auto areas = [](const SetStudy& study, std::size_t frame) {
    std::vector<std::uint64_t> out;
    for (const ListedFailure& failure : study.failures.falsePositives)
      if (failure.frame == frame) out.push_back(failure.region.area);
    return out;
  };
  ASSERT_NE(areas(*before, 1), areas(*after, 1));
  EXPECT_EQ(areas(mixed, 0), areas(*before, 0));
  EXPECT_EQ(areas(mixed, 1), areas(*after, 1));
  EXPECT_EQ(areas(mixed, 2), areas(*before, 2));
}

TEST(BrushedSet, HoldsExactlyThePixelsBetweenTwoThresholds) {
  const MadeSet made(5);
  const auto live = made.live();
  const FrameContexts contexts(live);
  const auto counts = live->counts(msp(1.0F), {});
  const auto study = studySet(contexts, msp(1.0F), at(0.2), {});
  const float low = 0.25F, high = 0.45F;
  const auto brushed =
      brushSet(*live, msp(1.0F), {.low = static_cast<double>(low), .high = static_cast<double>(high)}, study.get(), {});
  ASSERT_TRUE(brushed);
  const ConfusionCounts loose = counts->set(low, false), strict = counts->set(high, false);
  EXPECT_EQ(brushed->total.anomaly, loose.tp - strict.tp);
  EXPECT_EQ(brushed->total.normal, loose.fp - strict.fp);
  EXPECT_GT(brushed->total.normal, 0U);
  std::uint64_t normal = 0;
  for (const auto& [frame, found] : brushed->frames) {
    normal += found.normal;
    EXPECT_EQ(found.anomaly, counts->frame(frame, low)->tp - counts->frame(frame, high)->tp);
  }
  EXPECT_EQ(normal, brushed->total.normal);
  ASSERT_EQ(brushed->falsePositives.size(), study->failures.falsePositives.size());
  for (std::size_t i = 0; i < brushed->falsePositives.size(); ++i)
    EXPECT_LE(brushed->falsePositives[i], study->failures.falsePositives[i].region.area);
}

TEST(PartNumbers, OfAllFramesAreTheSetsAndOfOneItsOwn) {
  const MadeSet made(5);
  const auto live = made.live();
  const auto all = partOf(*live, msp(1.0F), protocols::kFishyscapes, live->labelledFrames(), {});
  const auto exact = live->exact(msp(1.0F), protocols::kFishyscapes, std::nullopt, {});
  EXPECT_EQ(all->metrics.ap, exact->metrics.ap);
  const auto one = partOf(*live, msp(1.0F), protocols::kFishyscapes, {3}, {});
  EXPECT_EQ(one->metrics.framesUsed, 1U);
  EXPECT_LT(one->metrics.positives, all->metrics.positives);
}

TEST(WhatIf, NoOffsetsChangeNothingAndOneForAllClassesMovesTheThreshold) {
  const MadeSet made(4);
  const auto live = made.live();
  const FrameContexts contexts(live);
  const auto counts = live->counts(msp(1.0F), {});
  const auto exact = live->exact(msp(1.0F), protocols::kCourse, std::nullopt, {});
  const auto none = whatIf(contexts, msp(1.0F), protocols::kCourse, 0.25F, {}, {});
  ASSERT_TRUE(none);
  EXPECT_EQ(none->metrics.ap, exact->metrics.ap);
  EXPECT_EQ(none->metrics.fpr95, exact->metrics.fpr95);
  EXPECT_EQ(none->decision, counts->set(0.25F, true)) << "frame 2 has no anomaly: the course protocol skips it";
  const auto whole = whatIf(contexts, msp(1.0F), protocols::kFishyscapes, 0.25F, {}, {});
  EXPECT_EQ(whole->decision, counts->set(0.25F, false));
  // 0.25 is a power of two, so that score - 0.25 >= 0.25 and score >= 0.5 decide alike.
  const auto all = whatIf(contexts, msp(1.0F), protocols::kCourse, 0.25F, std::vector<float>(kMadeChannels, 0.25F), {});
  EXPECT_EQ(all->decision, counts->set(0.5F, true));
}

TEST(WhatIf, AnOffsetThatSilencesAClassTakesItsPixelsOutOfTheDecision) {
  const MadeSet made(4);
  const auto live = made.live();
  const FrameContexts contexts(live);
  const auto study = studySet(contexts, msp(1.0F), at(0.25), {});
  std::vector<float> offsets(kMadeChannels, 0.0F);
  offsets[2] = 10.0F;
  const auto silenced = whatIf(contexts, msp(1.0F), protocols::kCourse, 0.25F, offsets, {});
  const ConfusionCounts& own = study->attributionOf(protocols::kCourse).byPredictedClass.at(2);
  ASSERT_GT(own.fp, 0U);
  EXPECT_EQ(silenced->decision.fp, study->countsOf(protocols::kCourse).fp - own.fp);
  EXPECT_EQ(silenced->decision.tp, study->countsOf(protocols::kCourse).tp - own.tp);
}

TEST(WhatIf, IsEmptyWhereNoClassesAreKnown) {
  const MadeSet made(2, 1, false);
  const FrameContexts contexts(made.live());
  EXPECT_FALSE(whatIf(contexts, msp(1.0F), protocols::kCourse, 0.25F, {}, {}));
}

}  // namespace
}  // namespace oodscope::testing
