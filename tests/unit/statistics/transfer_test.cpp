// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/statistics/transfer.h"

#include "analysis/core/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace oodscope {
namespace {

struct Set {
  std::vector<float> scores;
  std::vector<std::uint8_t> labels;
  std::vector<SortedScores> frames;
  [[nodiscard]] SetScores view() const {
    SetScores out;
    for (const SortedScores& frame : frames) out.push_back(&frame);
    return out;
  }
};

/// Heavy ties, negative scores, three frames.
Set randomSet(std::uint32_t seed, int positives = 30) {
  std::mt19937 random(seed);
  Set set;
  for (int i = 0; i < 200; ++i) {
    set.labels.push_back(i < positives ? 1 : 0);
    set.scores.push_back(0.25F * static_cast<float>(static_cast<int>(random() % 20) + (i < positives ? 6 : 0)) - 2.0F);
  }
  for (std::size_t f = 0; f < 3; ++f) {
    std::vector<float> scores;
    std::vector<std::uint8_t> labels;
    for (std::size_t i = f; i < set.scores.size(); i += 3) {
      scores.push_back(set.scores[i]);
      labels.push_back(set.labels[i]);
    }
    set.frames.emplace_back(scores, labels);
  }
  return set;
}

ConfusionCounts naiveCounts(const Set& set, float threshold) {
  ConfusionCounts c;
  for (std::size_t i = 0; i < set.scores.size(); ++i) {
    const bool over = set.scores[i] >= threshold;
    ++(set.labels[i] == 1 ? (over ? c.tp : c.fn) : (over ? c.fp : c.tn));
  }
  return c;
}

/// All decisions there are, strictest first: none, then at each distinct score.
std::vector<float> candidates(const Set& set) {
  std::vector<float> out = set.scores;
  out.push_back(std::numeric_limits<float>::infinity());
  std::sort(out.begin(), out.end(), std::greater<>());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

template <class Gain>
float naiveBest(const Set& set, Gain gain) {
  float best = 0.0F;
  double highest = -std::numeric_limits<double>::infinity();
  for (const float t : candidates(set))
    if (gain(naiveCounts(set, t)) > highest) {
      highest = gain(naiveCounts(set, t));
      best = t;
    }
  return best;
}

TEST(ChooseThreshold, EqualsTryingEveryDecision) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    const Set set = randomSet(seed, 1 + static_cast<int>(seed % 60));
    const auto f1 = [](const ConfusionCounts& c) {
      return 2.0 * static_cast<double>(c.tp) / static_cast<double>(2 * c.tp + c.fp + c.fn);
    };
    ASSERT_EQ(chooseThreshold(set.view(), {.kind = ThresholdRule::Kind::BestF1}), naiveBest(set, f1)) << seed;
    for (const double ratio : {0.3, 1.0, 4.0, 50.0}) {
      const auto cost = [&](const ConfusionCounts& c) {
        return -(ratio * static_cast<double>(c.fn) + static_cast<double>(c.fp));
      };
      ASSERT_EQ(chooseThreshold(set.view(), {.kind = ThresholdRule::Kind::CostRatio, .value = ratio}),
                naiveBest(set, cost))
          << seed << " ratio " << ratio;
    }
    for (const double rate : {0.01, 0.5, 0.95, 1.0}) {
      const auto all = candidates(set);
      const auto reached =
          std::find_if(all.begin(), all.end(), [&](float t) { return naiveCounts(set, t).recall() >= rate; });
      ASSERT_EQ(chooseThreshold(set.view(), {.kind = ThresholdRule::Kind::TruePositiveRate, .value = rate}), *reached);
      const auto over = std::find_if(all.begin(), all.end(), [&](float t) { return naiveCounts(set, t).fpr() > rate; });
      const auto chosen = chooseThreshold(set.view(), {.kind = ThresholdRule::Kind::FalsePositiveRate, .value = rate});
      ASSERT_EQ(naiveCounts(set, *chosen), naiveCounts(set, *std::prev(over)));
    }
  }
}

TEST(ChooseThreshold, IsNotDefinedWithoutTheKindItNeeds) {
  const Set normal = randomSet(1, 0);
  EXPECT_FALSE(chooseThreshold(normal.view(), {.kind = ThresholdRule::Kind::TruePositiveRate}).has_value());
  EXPECT_FALSE(chooseThreshold(normal.view(), {.kind = ThresholdRule::Kind::BestF1}).has_value());
  EXPECT_TRUE(
      chooseThreshold(normal.view(), {.kind = ThresholdRule::Kind::FalsePositiveRate, .value = 0.1}).has_value());
  EXPECT_FALSE(chooseThreshold({}, {.kind = ThresholdRule::Kind::FalsePositiveRate}).has_value());
}

TEST(ChooseThreshold, RefusesRatesThatAreNone) {
  EXPECT_THROW((void)chooseThreshold({}, {.kind = ThresholdRule::Kind::TruePositiveRate, .value = 1.5}),
               ContractViolation);
  EXPECT_THROW((void)chooseThreshold({}, {.kind = ThresholdRule::Kind::CostRatio, .value = 0.0}), ContractViolation);
}

TEST(TransferMatrix, AppliesEachSetsThresholdToEachOther) {
  const Set a = randomSet(1), b = randomSet(2, 60), none = randomSet(3, 0);
  const std::vector<SetScores> sets{a.view(), b.view(), none.view()};
  const TransferMatrix matrix = transferMatrix(sets, {.kind = ThresholdRule::Kind::BestF1});
  EXPECT_DOUBLE_EQ(matrix.at(0, 0).f1Gap.value(), 0.0);
  EXPECT_DOUBLE_EQ(matrix.at(1, 1).f1Gap.value(), 0.0);
  EXPECT_GE(matrix.at(0, 1).f1Gap.value(), 0.0);
  EXPECT_EQ(matrix.at(0, 1).counts, naiveCounts(b, *matrix.at(0, 0).threshold));
  EXPECT_EQ(matrix.at(1, 0).threshold, matrix.at(1, 1).threshold);
  EXPECT_FALSE(matrix.at(2, 0).threshold.has_value());
  EXPECT_FALSE(matrix.at(2, 0).f1.has_value());
  EXPECT_FALSE(matrix.at(0, 2).recall.has_value());
  EXPECT_TRUE(matrix.at(0, 2).fpr.has_value());
}

}  // namespace
}  // namespace oodscope
