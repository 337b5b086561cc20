// SPDX-License-Identifier: GPL-3.0-or-later
// RoadAnomaly21 with ERFNet, MSP, course protocol at network resolution, all ten frames: lists, brush and component
// metrics tell one story.
#include "analysis/metrics/protocol_rules.h"
#include "analysis/regions/component_metrics.h"
#include "app/documents/open_live_sets.h"
#include "app/studies/set_study.h"
#include "tests/support/shared_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

const Configuration kMsp{"msp", methods::kMsp, 1.0F};

std::shared_ptr<LiveSet> roadAnomaly(const std::filesystem::path& shared) {
  static std::shared_ptr<LiveSet> opened;
  if (opened) return opened;
  EvaluationRequest request;
  request.sets = {{shared / "course_sets/RoadAnomaly21", std::nullopt}};
  request.models = {{.path = shared / "weights/erfnet_cityscapes_20.pth"}};
  request.protocols = {protocols::kCourse};
  const OpenLiveSets sets = openLiveSets(request, [](const Progress&) {}, {});
  EXPECT_TRUE(sets.problems.empty());
  opened = sets.sources.front().sets.front();
  return opened;
}

float bestF1(LiveSet& live) {
  return live.exact(kMsp, protocols::kCourse, std::nullopt, {})->metrics.bestF1Threshold.value();
}

TEST(RoadAnomalyFailures, ListsReconcileWithTheConfusionCounts) {
  OODSCOPE_SHARED_OR_SKIP(shared, "data");
  const auto live = roadAnomaly(shared);
  const float threshold = bestF1(*live);
  const ConfusionCounts expected = live->counts(kMsp, {})->set(threshold, false);
  const FrameContexts contexts(live);
  for (const bool opening : {false, true}) {
    const auto study = studySet(
        contexts, kMsp,
        {.threshold = static_cast<double>(threshold), .minArea = 500, .missedBelow = 0.75, .opening = opening}, {});
    ASSERT_EQ(study->frames.size(), 10U);
    std::uint64_t areas = 0;
    for (const ListedFailure& failure : study->failures.falsePositives) {
      EXPECT_GE(failure.region.area, 500U);
      areas += failure.region.area;
    }
    EXPECT_EQ(areas + study->failures.smallPixels + study->failures.openedPixels, expected.fp);
    EXPECT_EQ(study->failures.counts, expected);
    EXPECT_EQ(study->failures.openedPixels > 0, opening);
    ConfusionCounts byClass;
    for (const auto& [index, counts] : study->attribution.byPredictedClass) byClass += counts;
    EXPECT_EQ(byClass, expected);
  }
}

TEST(RoadAnomalyFailures, EveryMissedObjectIsInTheGroundTruth) {
  OODSCOPE_SHARED_OR_SKIP(shared, "data");
  const auto live = roadAnomaly(shared);
  const float threshold = bestF1(*live);
  const FrameContexts contexts(live);
  const auto study =
      studySet(contexts, kMsp, {.threshold = static_cast<double>(threshold), .minArea = 500, .missedBelow = 0.75}, {});
  ASSERT_FALSE(study->failures.missed.empty());
  for (const ListedFailure& failure : study->failures.missed) {
    const auto label = live->label(failure.frame);
    const auto scores = live->scores(failure.frame, kMsp);
    std::uint64_t found = 0;
    for (const oodscope::Run& run : failure.region.runs)
      for (int x = run.begin; x < run.end; ++x) {
        ASSERT_EQ(label->at(x, run.y), kAnomaly);
        found += scores->at(x, run.y) >= threshold ? 1 : 0;
      }
    EXPECT_DOUBLE_EQ(failure.region.recall, static_cast<double>(found) / static_cast<double>(failure.region.area));
    EXPECT_LT(failure.region.recall, 0.75);
  }
}

/// A predicted component of the official metric whose PPV is 0 touches no anomaly: it is a false-positive region, and
/// its pixels cannot belong to another one unless that is joined to it through pixels of void.
TEST(RoadAnomalyFailures, ObjectAndRegionCountsAgreeWithTheOfficialComponents) {
  OODSCOPE_SHARED_OR_SKIP(shared, "data");
  const auto live = roadAnomaly(shared);
  const float threshold = bestF1(*live);
  const FrameContexts contexts(live);
  for (const std::size_t frame : live->labelledFrames()) {
    const auto scores = live->scores(frame, kMsp);
    const auto label = live->label(frame);
    // The official decision is score > threshold; the float below makes it >=.
    const float below = std::nextafter(threshold, -1.0F);
    const FrameComponents official = evaluateComponents(scores->values(), label->values(), scores->size(),
                                                        static_cast<double>(below), kAnomalyTrack);
    // Ground truth without components under the track's minimum, which the official metric makes void.
    LabelMap kept = *label;
    std::vector<std::uint8_t> anomalies(kept.values().size());
    std::transform(kept.values().begin(), kept.values().end(), anomalies.begin(),
                   [](std::uint8_t value) { return static_cast<std::uint8_t>(value == kAnomaly ? 1 : 0); });
    const Components truth = labelComponents(anomalies, kept.size());
    const auto large = std::count_if(truth.areas.begin(), truth.areas.end(), [](std::uint32_t area) {
      return area >= static_cast<std::uint32_t>(kAnomalyTrack.minTruth);
    });
    EXPECT_EQ(static_cast<std::size_t>(large), official.siou.size());
    const StudiedFrame studied = studyFrame(
        contexts, kMsp, frame, {.threshold = static_cast<double>(threshold), .minArea = 500, .missedBelow = 1.1});
    EXPECT_EQ(studied.study.failures.objects, truth.count());
    EXPECT_EQ(studied.study.failures.missed.size(), truth.count());
    // Regions that touch no anomaly are the official components without overlap.
    std::size_t apart = 0;
    for (const FailureRegion& region : studied.study.failures.falsePositives) {
      bool touches = false;
      for (const oodscope::Run& run : region.runs)
        for (int y = std::max(0, run.y - 1); y <= std::min(kept.height() - 1, run.y + 1); ++y)
          for (int x = std::max(0, run.begin - 1); x < std::min(kept.width(), run.end + 1); ++x)
            touches = touches || (kept.at(x, y) == kAnomaly && scores->at(x, y) >= threshold);
      apart += touches ? 0 : 1;
    }
    const auto unmatched = std::count(official.ppv.begin(), official.ppv.end(), 0.0);
    EXPECT_EQ(apart, static_cast<std::size_t>(unmatched)) << "frame " << live->dataSet().frames[frame].name;
  }
}

TEST(RoadAnomalyFailures, ABrushedStretchOfTheCurveHoldsThePixelsBetweenItsThresholds) {
  OODSCOPE_SHARED_OR_SKIP(shared, "data");
  const auto live = roadAnomaly(shared);
  const auto run = live->exact(kMsp, protocols::kCourse, std::nullopt, {});
  const auto counts = live->counts(kMsp, {});
  const auto& points = run->curves.points;
  for (const auto& [strict, loose] : {std::pair<std::size_t, std::size_t>{points.size() / 4, points.size() / 2},
                                      {points.size() / 2, points.size() - 1}}) {
    const float high = points[strict].threshold, low = points[loose].threshold;
    const auto brushed =
        brushSet(*live, kMsp, {.low = static_cast<double>(low), .high = static_cast<double>(high)}, nullptr, {});
    const ConfusionCounts a = counts->set(low, false), b = counts->set(high, false);
    EXPECT_EQ(brushed->total.anomaly, a.tp - b.tp);
    EXPECT_EQ(brushed->total.normal, a.fp - b.fp);
    EXPECT_GT(brushed->total.normal, 0U);
  }
}

}  // namespace
}  // namespace oodscope
