// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/live/sample.h"
#include "analysis/metrics/protocol_rules.h"

#include "analysis/core/error.h"
#include "analysis/core/grid.h"
#include "analysis/metrics/evaluate_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>

namespace oodscope {
namespace {

struct Population {
  std::vector<std::vector<float>> scores;
  std::vector<std::vector<std::uint8_t>> labels;

  [[nodiscard]] PixelSample draw(const SampleOptions& options) const {
    std::vector<LabelIndex> indices;
    for (const auto& frame : labels) indices.emplace_back(frame);
    std::vector<const LabelIndex*> frames;
    for (const LabelIndex& index : indices) frames.push_back(&index);
    return drawSample(frames, options);
  }
  [[nodiscard]] std::vector<float> scoresOf(const PixelSample& sample) const {
    std::vector<float> values;
    for (const FrameSample& frame : sample.frames)
      for (const std::uint32_t pixel : frame.pixels) values.push_back(scores[frame.frame][pixel]);
    return values;
  }
  [[nodiscard]] PixelMetrics exact(Protocol protocol) const {
    const std::array protocols{protocol};
    const FrameProvider provider = [this](std::size_t frame) {
      return ScoredFrame{scores[frame], labels[frame], nullptr};
    };
    return evaluateSet(scores.size(), provider, protocols).metrics.at(0);
  }
};

/// Frames that differ in their level of scores and in how much anomaly they hold; one holds none.
Population population() {
  std::mt19937 random(123);
  std::normal_distribution<float> normal;
  Population set;
  for (int frame = 0; frame < 6; ++frame) {
    auto& scores = set.scores.emplace_back();
    auto& labels = set.labels.emplace_back();
    const auto level = 0.2F * static_cast<float>(frame);
    for (int i = 0; i < 20'000; ++i) {
      const bool anomaly = frame != 4 && random() % 100 < static_cast<unsigned>(2 + frame);
      labels.push_back(random() % 20 == 0 ? kVoid : anomaly ? kAnomaly : kNormal);
      scores.push_back(normal(random) + level + (anomaly ? 1.8F : 0.0F));
    }
  }
  return set;
}

TEST(Sample, OfEverythingIsExactAndCertain) {
  const Population set = population();
  const PixelSample all = set.draw({.negatives = 1'000'000});
  for (const Protocol protocol : {protocols::kFishyscapes, protocols::kCourse}) {
    const SampleEstimate estimate = estimateFromSample(all, set.scoresOf(all), protocol);
    const PixelMetrics exact = set.exact(protocol);
    EXPECT_NEAR(estimate.ap->value, *exact.ap, 1e-9);
    EXPECT_NEAR(estimate.auroc->value, *exact.auroc, 1e-9);
    EXPECT_NEAR(estimate.fpr95->value, *exact.fpr95, 1e-4);  // Course interpolates
    EXPECT_EQ(estimate.ap->low, estimate.ap->high);
  }
}

TEST(Sample, HoldsDistinctPixelsOfTheRightClassWithinTheCaps) {
  const Population set = population();
  const PixelSample sample = set.draw({.positivesCap = 1000, .negatives = 3000});
  std::size_t positives = 0;
  for (const FrameSample& frame : sample.frames) {
    positives += frame.positives;
    for (std::size_t i = 0; i < frame.pixels.size(); ++i)
      ASSERT_EQ(set.labels[frame.frame][frame.pixels[i]], i < frame.positives ? kAnomaly : kNormal);
    std::vector<std::uint32_t> sorted = frame.pixels;
    std::ranges::sort(sorted);
    EXPECT_TRUE(std::ranges::adjacent_find(sorted) == sorted.end());
  }
  EXPECT_NEAR(static_cast<double>(positives), 1000.0, 6.0);  // rounding, one per frame
  EXPECT_NEAR(static_cast<double>(sample.pixelCount() - positives), 3000.0, 6.0);
}

TEST(Sample, IntervalsCoverTheExactValueNinetyFiveTimesInAHundred) {
  const Population set = population();
  const PixelMetrics exact = set.exact(protocols::kFishyscapes);
  constexpr int kDraws = 500;
  std::array<int, 3> covered{};
  std::array<double, 3> bias{};
  for (int draw = 0; draw < kDraws; ++draw) {
    const PixelSample sample =
        set.draw({.positivesCap = 1500, .negatives = 4000, .seed = static_cast<std::uint64_t>(draw + 1)});
    const SampleEstimate estimate = estimateFromSample(sample, set.scoresOf(sample), protocols::kFishyscapes);
    const std::array estimates{*estimate.ap, *estimate.fpr95, *estimate.auroc};
    const std::array truths{*exact.ap, *exact.fpr95, *exact.auroc};
    for (std::size_t k = 0; k < 3; ++k) {
      covered[k] += static_cast<int>(estimates[k].low <= truths[k] && truths[k] <= estimates[k].high);
      bias[k] += (estimates[k].value - truths[k]) / kDraws;
    }
  }
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_GE(covered[k], kDraws * 93 / 100) << "estimate " << k << ", bias " << bias[k];
    EXPECT_LE(covered[k], kDraws * 97 / 100) << "estimate " << k;
    EXPECT_NEAR(bias[k], 0.0, 0.005) << "estimate " << k;  // half an interval is 0.04 wide
  }
}

TEST(Sample, CurvesEndAtFullRecallAndStayShort) {
  const Population set = population();
  const PixelSample sample = set.draw({.negatives = 5000});
  const SampleEstimate estimate = estimateFromSample(sample, set.scoresOf(sample), protocols::kFishyscapes);
  EXPECT_LE(estimate.curves.points.size(), kMaxCurvePoints);
  EXPECT_EQ(estimate.curves.points.front().recall, 0.0);
  EXPECT_EQ(estimate.curves.points.back().recall, 1.0);
}

TEST(Sample, WithoutAnAnomalyOrForStreetHazardsNothingIsEstimated) {
  Population set = population();
  const PixelSample sample = set.draw({.negatives = 500});
  EXPECT_FALSE(estimateFromSample(sample, set.scoresOf(sample), protocols::kStreetHazards).ap.has_value());
  for (auto& labels : set.labels) std::ranges::replace(labels, kAnomaly, kVoid);
  const PixelSample none = set.draw({.negatives = 500});
  EXPECT_FALSE(estimateFromSample(none, set.scoresOf(none), protocols::kFishyscapes).ap.has_value());
}

TEST(Sample, UnusableScoresAreLeftOutAndCounted) {
  const Population set = population();
  const PixelSample sample = set.draw({.negatives = 5000});
  std::vector<float> scores = set.scoresOf(sample);
  scores[0] = std::numeric_limits<float>::quiet_NaN();
  scores.back() = std::numeric_limits<float>::infinity();
  const SampleEstimate estimate = estimateFromSample(sample, scores, protocols::kFishyscapes);
  EXPECT_EQ(estimate.unusable, 2U);
  EXPECT_TRUE(std::isfinite(estimate.ap->value));
  scores.pop_back();
  EXPECT_THROW((void)estimateFromSample(sample, scores, protocols::kFishyscapes), ContractViolation);
}

}  // namespace
}  // namespace oodscope
