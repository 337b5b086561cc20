// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/double_ranking.h"
#include "analysis/core/grid.h"
#include "analysis/metrics/protocol_rules.h"
#include "tests/unit/metrics/memory_frames.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace oodscope {
namespace {

/// The frames of record_double_scores.py: 1 - p of a confident network. All scores lie within half a float of -1.
struct CrowdedSet {
  std::vector<std::vector<double>> scores;
  std::vector<std::vector<std::uint8_t>> labels;

  CrowdedSet() {
    constexpr int kFrames = 3, kPixels = 4000;
    std::uint32_t state = 12345;
    const auto next = [&] { return state = state * 1664525U + 1013904223U; };
    for (int frame = 0; frame < kFrames; ++frame) {
      auto& own = scores.emplace_back();
      auto& label = labels.emplace_back();
      for (int i = 0; i < kPixels; ++i) {
        const std::uint32_t kind = next() >> 24;
        label.push_back(kind < 16 ? kAnomaly : kind < 32 ? kVoid : kNormal);
        const double steps = (next() >> 14) + (label.back() == kAnomaly ? 120000.0 : 0.0);
        own.push_back(-1.0 + steps * 0x1p-45);
      }
    }
  }
  [[nodiscard]] testing::MemoryFrames ranked(const DoubleRanking& rule) const {
    testing::MemoryFrames out;
    for (std::size_t frame = 0; frame < scores.size(); ++frame) {
      out.scores.emplace_back(scores[frame].size());
      rule.toFloat(scores[frame], out.scores.back());
    }
    out.labels = labels;
    return out;
  }
  [[nodiscard]] std::vector<double> anomalies() const {
    std::vector<double> out;
    for (std::size_t frame = 0; frame < scores.size(); ++frame)
      for (std::size_t i = 0; i < scores[frame].size(); ++i)
        if (labels[frame][i] == kAnomaly) out.push_back(scores[frame][i]);
    return out;
  }
};

TEST(DoubleRanking, MetricsAreThoseOfScikitLearnOnDoubles) {
  const CrowdedSet set;
  const DoubleRanking rule(set.anomalies());
  const SetResult result = set.ranked(rule).evaluate();
  const PixelMetrics& metrics = *result.find(protocols::kFishyscapes);
  EXPECT_NEAR(metrics.ap.value(), 0.5784621053270802, 1e-12);
  EXPECT_NEAR(metrics.auroc.value(), 0.8613867472950533, 1e-12);
  EXPECT_NEAR(metrics.fpr95.value(), 0.47196039226887554, 1e-12);
  EXPECT_NEAR(metrics.bestF1.value(), 0.614218009478673, 1e-12);
  EXPECT_EQ(rule.toDouble(metrics.bestF1Threshold.value()), -0.9999999925386192);
  const SetResult rounded = set.ranked(DoubleRanking()).evaluate();
  EXPECT_NEAR(rounded.find(protocols::kFishyscapes)->ap.value(), 0.06507032223606908, 1e-12)
      << "what float32 would give";
}

TEST(DoubleRanking, DecisionsAtAnAnchorAreThoseOfTheDoubles) {
  const CrowdedSet set;
  const DoubleRanking rule(set.anomalies());
  const auto anchors = set.anomalies();
  for (std::size_t a = 0; a < anchors.size(); a += 50) {
    const float threshold = rule.toFloat(anchors[a]);
    for (const double score : set.scores[0]) ASSERT_EQ(rule.toFloat(score) >= threshold, score >= anchors[a]);
  }
}

TEST(DoubleRanking, ScoresStayTheirNearestFloatWhereThereIsRoom) {
  const DoubleRanking rule({0.1, 0.2, -3.5, 1e6});
  for (const double score : {0.1, 0.15, 0.2, -3.5, 1e6, 7.25, -1e30})
    EXPECT_EQ(rule.toFloat(score), static_cast<float>(score)) << score;
  EXPECT_EQ(rule.toDouble(rule.toFloat(0.1)), 0.1) << "not 0.10000000149";
  EXPECT_EQ(DoubleRanking().toFloat(0.1), 0.1F);
}

TEST(DoubleRanking, TheFloatBelowAnAnchorIsTheDoubleBelowIt) {
  const DoubleRanking rule({0.1, 0.2});
  const float below = std::nextafter(rule.toFloat(0.2), -1.0F);
  EXPECT_EQ(rule.toDouble(below), std::nextafter(0.2, -1.0));
  for (const double score : {0.1, 0.15, 0.2, 0.25, std::nextafter(0.2, 0.0), std::nextafter(0.2, 1.0)})
    EXPECT_EQ(rule.toFloat(score) > below, score > rule.toDouble(below)) << score;
}

TEST(DoubleRanking, CrowdedAnchorsSpreadAboutTheirMiddle) {
  std::vector<double> anchors;
  for (int i = 0; i < 1000; ++i) anchors.push_back(1.0 + i * 0x1p-40);
  const DoubleRanking rule(anchors);
  EXPECT_LT(rule.toFloat(anchors.front()), 1.0F);
  EXPECT_GT(rule.toFloat(anchors.back()), 1.0F);
  EXPECT_NEAR(rule.toFloat(anchors.front()), 1.0F, 2e-4F);
  EXPECT_NEAR(rule.toFloat(anchors.back()), 1.0F, 2e-4F);
  for (std::size_t i = 1; i < anchors.size(); ++i) {
    const float below = rule.toFloat(anchors[i - 1]), above = rule.toFloat(anchors[i]);
    const float between = rule.toFloat(std::midpoint(anchors[i - 1], anchors[i]));
    ASSERT_LT(below, between);
    ASSERT_LT(between, above);
    ASSERT_EQ(rule.toDouble(above), anchors[i]);
  }
}

TEST(DoubleRanking, TheEndsOfFloatsRangeAndWhatIsNotFiniteKeepTheirPlace) {
  const double infinity = std::numeric_limits<double>::infinity();
  const DoubleRanking rule({1e300, 2e300, -1e300, -0.0, infinity, std::numeric_limits<double>::quiet_NaN()});
  EXPECT_EQ(rule.anchors(), 4U);
  EXPECT_TRUE(std::isfinite(rule.toFloat(2e300)));
  EXPECT_TRUE(std::isfinite(rule.toFloat(3e300)));
  EXPECT_LT(rule.toFloat(1e300), rule.toFloat(1.5e300));
  EXPECT_LT(rule.toFloat(1.5e300), rule.toFloat(2e300));
  EXPECT_LT(rule.toFloat(2e300), rule.toFloat(3e300));
  EXPECT_LT(rule.toFloat(-2e300), rule.toFloat(-1e300));
  EXPECT_EQ(rule.toFloat(0.0), rule.toFloat(-0.0));
  EXPECT_EQ(rule.toFloat(infinity), std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(rule.toFloat(std::nan(""))));
}

TEST(DoubleRanking, OrderIsKeptForRandomScoresOfEveryMagnitude) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> magnitude(-40, 40), mantissa(-1, 1);
  std::vector<double> anchors, others;
  for (int i = 0; i < 2000; ++i) anchors.push_back(mantissa(random) * std::exp(magnitude(random)));
  for (int i = 0; i < 2000; ++i)
    others.push_back(anchors[static_cast<std::size_t>(i)] * (1 + 1e-12 * mantissa(random)));
  const DoubleRanking rule(anchors);
  std::vector<double> all = anchors;
  all.insert(all.end(), others.begin(), others.end());
  std::sort(all.begin(), all.end());
  for (std::size_t i = 1; i < all.size(); ++i) ASSERT_LE(rule.toFloat(all[i - 1]), rule.toFloat(all[i]));
  for (const double anchor : anchors)
    for (const double other : {std::nextafter(anchor, 1e300), std::nextafter(anchor, -1e300)})
      ASSERT_EQ(rule.toFloat(other) < rule.toFloat(anchor), other < anchor);
}

}  // namespace
}  // namespace oodscope
