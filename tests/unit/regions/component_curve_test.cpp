// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/component_curve.h"

#include "analysis/regions/threshold_levels.h"
#include "tests/support/golden_frames.h"
#include "tests/unit/regions/naive.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace oodscope {
namespace {

using testing::randomFrame;

TEST(ComponentCurve, IsIdenticalToSeparateEvaluationsOnRandomFrames) {
  const std::vector<double> thresholds{1.0,  -std::numeric_limits<double>::infinity(), 0.5, -3.0, 2.0, 0.0, 0.0, 7.5,
                                       -4.5, std::numeric_limits<double>::infinity(),  3.0, 4.0};
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    const Size size{static_cast<int>(3 + seed % 29), static_cast<int>(2 + seed % 19)};
    const auto frame = randomFrame(seed, size);
    const ComponentTrack track{.minPredicted = static_cast<int>(seed % 7), .minTruth = static_cast<int>(seed % 5)};
    const auto tallies = componentTallies(frame.view(), thresholds, track);
    for (std::size_t i = 0; i < thresholds.size(); ++i)
      ASSERT_EQ(tallies[i], ComponentTally(evaluateComponents(frame.view(), thresholds[i], track)))
          << "seed " << seed << " threshold " << thresholds[i];
  }
}

TEST(ComponentCurve, IsIdenticalToSeparateEvaluationsOfASetAtTwoHundredThresholds) {
  const auto frames = testing::goldenFrames();
  std::vector<ScoredImage> views;
  for (const auto& frame : frames) views.push_back(frame.view());
  std::vector<double> thresholds;
  for (int i = 0; i < 200; ++i) thresholds.push_back(0.003 * static_cast<double>(i));
  const ComponentCurve curve = componentCurve(views, thresholds, kObstacleTrack);
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    ComponentTally separate;
    for (const ScoredImage& view : views)
      separate += ComponentTally(evaluateComponents(view, thresholds[i], kObstacleTrack));
    ASSERT_EQ(curve.tallies[i], separate) << thresholds[i];
  }
}

TEST(ComponentCurve, PartsOfASetAddUpToTheSet) {
  const auto a = randomFrame(1, {20, 20});
  const auto b = randomFrame(2, {30, 10});
  const std::vector<ScoredImage> both{a.view(), b.view()};
  const std::vector<double> thresholds{0.0, 1.0, 2.0};
  const std::span<const ScoredImage> all(both);
  ComponentCurve sum = componentCurve(all.subspan(0, 1), thresholds, {3, 2});
  sum += componentCurve(all.subspan(1), thresholds, {3, 2});
  EXPECT_EQ(sum.tallies, componentCurve(all, thresholds, {3, 2}).tallies);
}

TEST(ComponentCurve, FindsTheHighestF1StarOrNoneWithoutTruth) {
  const auto frames = testing::goldenFrames();
  const std::vector<double> thresholds{0.1, 0.25, 0.9};
  const std::vector<ScoredImage> all{frames[0].view(), frames[1].view(), frames[2].view()};
  EXPECT_EQ(componentCurve(all, thresholds, kObstacleTrack).bestF1Star(), 1U);
  EXPECT_FALSE(componentCurve(std::span(all).subspan(1, 1), thresholds, kObstacleTrack).bestF1Star().has_value());
}

TEST(ComponentCurve, RefusesNaNThresholds) {
  const auto frame = randomFrame(1, {5, 5});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW((void)componentTallies(frame.view(), std::span(&nan, 1), {1, 1}), ContractViolation);
}

TEST(ThresholdLevels, CountAsABinarySearchDoesOverWildRanges) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  constexpr float kMax = std::numeric_limits<float>::max();
  std::mt19937 random(3);
  for (int round = 0; round < 40; ++round) {
    std::vector<float> thresholds;
    for (int i = 0; i < 50; ++i) {
      const float unit = static_cast<float>(random()) / 4294967296.0F;
      thresholds.push_back(round % 3 == 0 ? unit : round % 3 == 1 ? std::exp(60.0F * unit) - 5.0F : 1e-30F * unit);
    }
    if (round % 4 == 1) thresholds.insert(thresholds.end(), {-kInf, kInf});
    if (round % 4 == 2) thresholds.insert(thresholds.end(), {-kMax, kMax});
    if (round % 4 == 3) thresholds.assign(5, 0.25F);
    std::sort(thresholds.begin(), thresholds.end());
    const ThresholdLevels levels(thresholds);
    std::vector<float> probes = thresholds;
    for (const float t : thresholds) {
      probes.push_back(std::nextafter(t, kInf));
      probes.push_back(std::nextafter(t, -kInf));
    }
    probes.insert(probes.end(), {kInf, -kInf, 0.0F, kMax, -kMax});
    for (const float s : probes)
      ASSERT_EQ(levels.below(s), std::lower_bound(thresholds.begin(), thresholds.end(), s) - thresholds.begin()) << s;
    EXPECT_EQ(levels.below(std::numeric_limits<float>::quiet_NaN()), 0U);
  }
}

}  // namespace
}  // namespace oodscope
