// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/picture_codec.h"
#include "analysis/formats/file_bytes.h"
#include "analysis/formats/score_map_file.h"
#include "analysis/metrics/sorted_scores.h"
#include "analysis/regions/brush.h"
#include "analysis/regions/component_curve.h"
#include "analysis/regions/failures.h"
#include "tests/support/shared_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace oodscope {
namespace {

struct RealFrame {
  ScoreMap scores;
  LabelMap labels;
  std::vector<double> thresholds;  ///< at quantiles, strictest last
  [[nodiscard]] ScoredImage view() const { return scoredImage(scores, labels); }
};

RealFrame realFrame(const std::filesystem::path& golden, const std::string& name) {
  RealFrame frame;
  frame.scores = readScoreMap(golden / (name + "_score_msp_f32.npy"));
  const std::filesystem::path file = golden / (name + "_label_1024x512.png");
  const Grid<std::uint16_t> raw = decodeSamples(readFileBytes(file), file).values;
  frame.labels = LabelMap(raw.size());
  std::transform(raw.values().begin(), raw.values().end(), frame.labels.values().begin(),
                 [](std::uint16_t v) { return static_cast<std::uint8_t>(v); });
  std::vector<float> sorted(frame.scores.values().begin(), frame.scores.values().end());
  std::sort(sorted.begin(), sorted.end());
  for (const double share : {0.5, 0.8, 0.95, 0.99, 0.999})
    frame.thresholds.push_back(
        static_cast<double>(sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size()))]));
  return frame;
}

class RealFrames : public ::testing::TestWithParam<std::string> {};

TEST_P(RealFrames, FailureListsReconcileWithTheConfusionCounts) {
  OODSCOPE_SHARED_OR_SKIP(golden, "data/golden");
  const RealFrame frame = realFrame(golden, GetParam());
  const SortedScores sorted(frame.scores.values(), frame.labels.values());
  for (const double threshold : frame.thresholds)
    for (const bool opening : {false, true}) {
      const FrameFailures found =
          findFailures(frame.view(), {.threshold = threshold, .minArea = 500, .missedBelow = 0.5, .opening = opening});
      EXPECT_EQ(found.counts, sorted.countsAt(static_cast<float>(threshold)));
      std::uint64_t listed = found.smallPixels + found.openedPixels;
      for (const FailureRegion& region : found.falsePositives) listed += region.area;
      EXPECT_EQ(listed, found.counts.fp);
      for (const FailureRegion& region : found.missed)
        for (const oodscope::Run& run : region.runs)
          for (int x = run.begin; x < run.end; ++x) ASSERT_EQ(frame.labels.at(x, run.y), kAnomaly);
    }
}

TEST_P(RealFrames, BrushingTakesThePixelsBetweenTwoThresholds) {
  OODSCOPE_SHARED_OR_SKIP(golden, "data/golden");
  const RealFrame frame = realFrame(golden, GetParam());
  const SortedScores sorted(frame.scores.values(), frame.labels.values());
  for (std::size_t i = 0; i + 1 < frame.thresholds.size(); ++i) {
    const auto loose = sorted.countsAt(static_cast<float>(frame.thresholds[i]));
    const auto strict = sorted.countsAt(static_cast<float>(frame.thresholds[i + 1]));
    const BrushCounts brushed =
        countBrushed(frame.view(), {.low = frame.thresholds[i], .high = frame.thresholds[i + 1]});
    EXPECT_EQ(brushed.anomaly, loose.tp - strict.tp);
    EXPECT_EQ(brushed.normal, loose.fp - strict.fp);
  }
}

TEST_P(RealFrames, TheComponentCurveEqualsSeparateEvaluations) {
  OODSCOPE_SHARED_OR_SKIP(golden, "data/golden");
  const RealFrame frame = realFrame(golden, GetParam());
  for (const ComponentTrack& track : {kAnomalyTrack, kObstacleTrack}) {
    const auto tallies = componentTallies(frame.view(), frame.thresholds, track);
    for (std::size_t i = 0; i < tallies.size(); ++i)
      EXPECT_EQ(tallies[i], ComponentTally(evaluateComponents(frame.view(), frame.thresholds[i], track)));
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, RealFrames,
                         ::testing::Values("RoadAnomaly21_0", "FS_LostFound_full_50", "fs_static_0"));

}  // namespace
}  // namespace oodscope
