// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/ensembles/weight_search.h"

#include "analysis/core/error.h"
#include "analysis/core/grid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

namespace oodscope {
namespace {

struct MadeEnsemble {
  std::vector<std::vector<std::vector<float>>> maps;  ///< [frame][term]
  std::vector<std::vector<std::uint8_t>> labels;
  [[nodiscard]] EnsembleSet set() const {
    return {maps.size(), maps.front().size(), [this](std::size_t frame) {
              EnsembleFrame out;
              for (const auto& map : maps[frame]) out.terms.emplace_back(map);
              out.labels = labels[frame];
              return out;
            }};
  }
};

/// Term 0 knows most, term 1 something else, term 2 nothing.
MadeEnsemble madeEnsemble(unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> noise(0.0F, 1.0F);
  MadeEnsemble out;
  for (int frame = 0; frame < 3; ++frame) {
    auto& maps = out.maps.emplace_back(3);
    auto& labels = out.labels.emplace_back();
    for (int i = 0; i < 400; ++i) {
      const unsigned kind = random() % 20;
      labels.push_back(kind == 0 ? kVoid : kind < 4 ? kAnomaly : kNormal);
      const float anomalous = labels.back() == kAnomaly ? 1.0F : 0.0F;
      maps[0].push_back(0.6F * anomalous + noise(random));
      maps[1].push_back(0.5F * anomalous + noise(random));
      maps[2].push_back(noise(random));
    }
  }
  return out;
}

double plainAp(const MadeEnsemble& ensemble, const TermWeights& weights) {
  std::vector<std::pair<double, bool>> pixels;
  for (std::size_t f = 0; f < ensemble.maps.size(); ++f)
    for (std::size_t i = 0; i < ensemble.labels[f].size(); ++i) {
      if (ensemble.labels[f][i] == kVoid) continue;
      double score = 0;
      for (std::size_t t = 0; t < weights.size(); ++t)
        score += weights[t] * static_cast<double>(ensemble.maps[f][t][i]);
      pixels.emplace_back(score, ensemble.labels[f][i] == kAnomaly);
    }
  std::ranges::sort(pixels, std::greater<>());
  double sum = 0, found = 0;
  for (std::size_t i = 0; i < pixels.size(); ++i)
    if (pixels[i].second) sum += ++found / static_cast<double>(i + 1);
  return sum / found;
}

TEST(WeightSearch, MeasuresTheSumAfterWhatItGoesThrough) {
  const MadeEnsemble made = madeEnsemble(7);
  EnsembleSet turned = made.set();
  turned.provide = [plain = made.set()](std::size_t frame) {
    EnsembleFrame out = plain.provide(frame);
    out.finish = [](std::vector<float> sum) {
      for (float& value : sum) value = -value;
      return sum;
    };
    return out;
  };
  const TermWeights weights{0.5, 0.5, 0.0};
  const TermWeights opposite{-0.5, -0.5, 0.0};
  const auto found = tryWeights(turned, weights, protocols::kFishyscapes).metrics.ap;
  ASSERT_TRUE(found);
  EXPECT_EQ(found, tryWeights(made.set(), opposite, protocols::kFishyscapes).metrics.ap);
  EXPECT_NE(found, tryWeights(made.set(), weights, protocols::kFishyscapes).metrics.ap);
}

TEST(WeightGrid, HoldsEachProportionOnce) {
  const std::vector<TermWeights> grid = weightGrid(4, 3);
  std::set<std::vector<int>> proportions;  // by brute force over all digits
  for (int code = 1; code < 256; ++code) {
    std::vector<int> digits{code / 64, code / 16 % 4, code / 4 % 4, code % 4};
    const int sum = digits[0] + digits[1] + digits[2] + digits[3];
    for (int& digit : digits) digit = digit * 2520 * 11 / sum;  // of all sums up to 12
    proportions.insert(digits);
  }
  EXPECT_EQ(grid.size(), proportions.size());
  for (const TermWeights& weights : grid) EXPECT_NEAR(weights[0] + weights[1] + weights[2] + weights[3], 1.0, 1e-12);
  EXPECT_EQ(std::ranges::count(grid, (TermWeights{0.75, 0.25, 0, 0})), 1);
  EXPECT_EQ(weightGrid(1, 3), std::vector<TermWeights>{{1.0}});
  EXPECT_EQ(weightGrid(2, 1), (std::vector<TermWeights>{{0, 1}, {1, 0}, {0.5, 0.5}}));
}

TEST(WeightSearch, FindsTheBestOfAllTried) {
  const MadeEnsemble made = madeEnsemble(4);
  const std::vector<TermWeights> grid = weightGrid(3, 3);
  for (const WeightCriterion criterion : {WeightCriterion::Ap, WeightCriterion::Fpr95, WeightCriterion::ApLessFpr95}) {
    const WeightSearch found = searchWeights(made.set(), grid, criterion, protocols::kFishyscapes, {}).value();
    ASSERT_EQ(found.trials.size(), grid.size());
    double most = -10;
    for (const WeightTrial& trial : found.trials) {
      EXPECT_NEAR(trial.metrics.ap.value(), plainAp(made, trial.weights), 1e-5);
      const double ap = *trial.metrics.ap, fpr = trial.metrics.fpr95.value();
      const double value = criterion == WeightCriterion::Ap      ? ap
                           : criterion == WeightCriterion::Fpr95 ? -fpr
                                                                 : ap - fpr;
      most = std::max(most, value);
      EXPECT_EQ(criterionOf(criterion, trial.metrics), value);
    }
    EXPECT_EQ(criterionOf(criterion, found.trials[found.best.value()].metrics), most);
  }
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(searchWeights(made.set(), grid, WeightCriterion::Ap, protocols::kFishyscapes, stop.get_token()));
}

TEST(WeightSearch, IsNotDefinedWithoutAnomalies) {
  MadeEnsemble made = madeEnsemble(4);
  for (auto& labels : made.labels) std::ranges::fill(labels, kNormal);
  const auto found =
      searchWeights(made.set(), weightGrid(3, 1), WeightCriterion::Ap, protocols::kFishyscapes, {}).value();
  EXPECT_FALSE(found.best.has_value());
}

TEST(CrossedWeights, AreMeasuredOnEverySet) {
  const MadeEnsemble first = madeEnsemble(1), second = madeEnsemble(2);
  const std::vector<EnsembleSet> sets{first.set(), second.set()};
  const std::vector<std::optional<TermWeights>> weights{TermWeights{0.5, 0.5, 0}, std::nullopt};
  const auto table = crossWeights(sets, weights, protocols::kFishyscapes);
  EXPECT_NEAR(table[0][0].value().ap.value(), plainAp(first, *weights[0]), 1e-5);
  EXPECT_NEAR(table[0][1].value().ap.value(), plainAp(second, *weights[0]), 1e-5);
  EXPECT_FALSE(table[1][0] || table[1][1]);
}

TEST(LeaveOneOut, DropsEachTermInTurn) {
  const MadeEnsemble made = madeEnsemble(3);
  const auto rows = leaveOneOut(made.set(), {0.5, 0.25, 0.25}, protocols::kFishyscapes);
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_FALSE(rows[0].without.has_value());
  EXPECT_EQ(rows[1].weights, (TermWeights{0, 0.5, 0.5}));
  EXPECT_NEAR(rows[2].weights[0], 2.0 / 3, 1e-12);
  for (const Ablation& row : rows) EXPECT_NEAR(row.metrics.value().ap.value(), plainAp(made, row.weights), 1e-5);
  EXPECT_FALSE(leaveOneOut(made.set(), {1, 0, 0}, protocols::kFishyscapes)[1].metrics.has_value()) << "nothing is left";
}

TEST(WeightCriteria, AreReadByName) {
  EXPECT_EQ(parseWeightCriterion("ap-fpr95"), WeightCriterion::ApLessFpr95);
  EXPECT_THROW(static_cast<void>(parseWeightCriterion("auroc")), Error);
}

}  // namespace
}  // namespace oodscope
