// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/evaluate_set.h"
#include "analysis/metrics/protocol_rules.h"

#include "analysis/core/error.h"
#include "analysis/core/grid.h"
#include "tests/unit/metrics/memory_frames.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <random>

namespace oodscope {
namespace {

using testing::MemoryFrames;

struct Brute {
  double ap = 0, auroc = 0, fprAtLeast = 0, fprAbove = 0, fprInterpolated = 0, bestF1 = 0;
  float bestF1Threshold = 0;
};

/// Counts at every distinct score as a threshold, the highest first.
struct Steps {
  std::vector<double> tps, fps;
  std::vector<float> thresholds;
  double anomalous = 0, normal = 0;
};

Steps stepsOf(const MemoryFrames& set, bool skipEmpty) {
  std::vector<std::pair<float, int>> pixels;
  for (std::size_t f = 0; f < set.size(); ++f) {
    if (skipEmpty && std::ranges::count(set.labels[f], kAnomaly) == 0) continue;
    for (std::size_t i = 0; i < set.scores[f].size(); ++i) {
      if (set.labels[f][i] <= 1 && std::isfinite(set.scores[f][i]))
        pixels.emplace_back(set.scores[f][i], set.labels[f][i]);
    }
  }
  std::ranges::sort(pixels, std::greater{}, &std::pair<float, int>::first);
  Steps steps;
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    (pixels[i].second == 1 ? steps.anomalous : steps.normal) += 1;
    if (i + 1 < pixels.size() && pixels[i + 1].first == pixels[i].first) continue;
    steps.tps.push_back(steps.anomalous);
    steps.fps.push_back(steps.normal);
    steps.thresholds.push_back(pixels[i].first);
  }
  return steps;
}

/// FPR above and at recall 0.95 as scikit-learn's ROC has it, with its dropped points, and numpy's interpolation.
void readRoc(const Steps& steps, Brute& brute) {
  const auto& [tps, fps, thresholds, tp, fp] = steps;
  std::vector<double> tpr{0};
  std::vector<double> fpr{0};
  for (std::size_t i = 0; i < tps.size(); ++i) {
    const bool inner = i > 0 && i + 1 < tps.size();
    if (inner && tps[i + 1] - tps[i] == tps[i] - tps[i - 1] && fps[i + 1] - fps[i] == fps[i] - fps[i - 1]) continue;
    tpr.push_back(tps[i] / tp);
    fpr.push_back(fps[i] / fp);
  }
  const auto above = static_cast<std::size_t>(std::ranges::upper_bound(tpr, 0.95) - tpr.begin());
  brute.fprAbove = fpr[above];
  brute.fprInterpolated =
      tpr[above - 1] == 0.95
          ? fpr[above - 1]
          : (fpr[above] - fpr[above - 1]) / (tpr[above] - tpr[above - 1]) * (0.95 - tpr[above - 1]) + fpr[above - 1];
}

/// Everything from the definition: all pairs sorted, every distinct score a threshold.
Brute bruteForce(const MemoryFrames& set, bool skipEmpty) {
  const Steps steps = stepsOf(set, skipEmpty);
  const auto& [tps, fps, thresholds, tp, fp] = steps;
  Brute brute;
  double lastTp = 0;
  double lastFp = 0;
  bool found = false;
  for (std::size_t i = 0; i < tps.size(); ++i) {
    brute.ap += (tps[i] - lastTp) / tp * (tps[i] / (tps[i] + fps[i]));
    brute.auroc += (fps[i] - lastFp) * (tps[i] + lastTp) / 2 / tp / fp;
    const double f1 = 2 * tps[i] / (tps[i] + fps[i] + tp);
    if (f1 > brute.bestF1) {
      brute.bestF1 = f1;
      brute.bestF1Threshold = thresholds[i];
    }
    if (!found && tps[i] / tp >= 0.95) {
      found = true;
      brute.fprAtLeast = fps[i] / fp;
    }
    lastTp = tps[i];
    lastFp = fps[i];
  }
  readRoc(steps, brute);
  return brute;
}

using Draw = std::function<float(std::mt19937&, bool anomaly)>;

MemoryFrames randomSet(unsigned seed, std::size_t frames, std::size_t pixels, double prevalence, const Draw& draw) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform;
  MemoryFrames set;
  for (std::size_t f = 0; f < frames; ++f) {
    auto& scores = set.scores.emplace_back();
    auto& labels = set.labels.emplace_back();
    const bool empty = f % 4 == 3;
    for (std::size_t i = 0; i < pixels; ++i) {
      const double u = uniform(random);
      const std::uint8_t label = u < 0.1 ? kVoid : (u < 0.1 + prevalence && !empty ? kAnomaly : kNormal);
      labels.push_back(label);
      scores.push_back(draw(random, label == kAnomaly));
    }
  }
  return set;
}

struct Kind {
  const char* name;
  Draw draw;
};

std::vector<Kind> kinds() {
  const auto normal = [](std::mt19937& random, bool anomaly) {
    return std::normal_distribution<float>(anomaly ? 1.5F : 0.0F, 1.0F)(random);
  };
  const auto logit = [normal](std::mt19937& random, bool anomaly) {
    return 1.0F / (1.0F + std::exp(6.0F - 3.5F * normal(random, anomaly)));
  };
  return {
      {"normal", normal},
      {"unbounded", [normal](std::mt19937& r, bool a) { return 1e30F * std::pow(normal(r, a), 3.0F); }},
      {"probability", logit},
      {"eight bits", [logit](std::mt19937& r, bool a) { return std::round(logit(r, a) * 255.0F) / 255.0F; }},
      {"three values", [normal](std::mt19937& r, bool a) { return std::clamp(std::round(normal(r, a)), -1.0F, 1.0F); }},
      {"signed zeros", [normal](std::mt19937& r, bool a) { return normal(r, a) * (r() % 2 == 0 ? 0.0F : 1.0F); }},
      {"one value", [](std::mt19937&, bool) { return 0.25F; }},
      {"crowded beside an outlier",
       [normal](std::mt19937& r, bool a) { return r() % 997 == 0 ? -1e30F : 100.0F + 1e-3F * normal(r, a); }},
      {"denormal", [normal](std::mt19937& r, bool a) { return 1e-40F * normal(r, a); }},
      {"separable", [normal](std::mt19937& r, bool a) { return (a ? 100.0F : -100.0F) + normal(r, a); }},
      {"with nan and infinity",
       [normal](std::mt19937& r, bool a) {
         const auto dice = r() % 50;
         if (dice == 0) return std::numeric_limits<float>::quiet_NaN();
         if (dice == 1) return std::numeric_limits<float>::infinity();
         if (dice == 2) return -std::numeric_limits<float>::infinity();
         return normal(r, a);
       }},
  };
}

TEST(EvaluateSet, EqualsBruteForceOnEveryKindOfScore) {
  unsigned seed = 11;
  for (const Kind& kind : kinds()) {
    for (const double prevalence : {0.002, 0.015, 0.5}) {
      SCOPED_TRACE(std::string(kind.name) + " at " + std::to_string(prevalence) + ", seed " + std::to_string(seed));
      const MemoryFrames set = randomSet(seed++, 5, 6000, prevalence, kind.draw);
      const SetResult result = set.evaluate();
      const Brute all = bruteForce(set, false);
      const Brute skipped = bruteForce(set, true);
      const PixelMetrics& fishyscapes = *result.find(protocols::kFishyscapes);
      const PixelMetrics& dense = *result.find(protocols::kDenseHybrid);
      const PixelMetrics& course = *result.find(protocols::kCourse);
      EXPECT_NEAR(*fishyscapes.ap, all.ap, 1e-12);
      EXPECT_NEAR(*fishyscapes.auroc, all.auroc, 1e-12);
      EXPECT_DOUBLE_EQ(*fishyscapes.fpr95, all.fprAtLeast);
      EXPECT_DOUBLE_EQ(*fishyscapes.bestF1, all.bestF1);
      EXPECT_EQ(*fishyscapes.bestF1Threshold, all.bestF1Threshold);
      EXPECT_DOUBLE_EQ(*dense.fpr95, all.fprAbove);
      EXPECT_NEAR(*course.ap, skipped.ap, 1e-12);
      EXPECT_NEAR(*course.fpr95, skipped.fprInterpolated, 1e-12);
    }
  }
}

TEST(EvaluateSet, ManyDistinctAnomalyScoresFillManyPartitions) {
  const MemoryFrames set = randomSet(5, 3, 400'000, 0.1, kinds()[0].draw);
  const SetResult result = set.evaluate();
  const Brute all = bruteForce(set, false);
  EXPECT_NEAR(*result.find(protocols::kFishyscapes)->ap, all.ap, 1e-12);
  EXPECT_NEAR(*result.find(protocols::kFishyscapes)->auroc, all.auroc, 1e-12);
  EXPECT_DOUBLE_EQ(*result.find(protocols::kFishyscapes)->fpr95, all.fprAtLeast);
}

void expectSame(const SetResult& a, const SetResult& b) {
  ASSERT_EQ(a.metrics.size(), b.metrics.size());
  for (std::size_t i = 0; i < a.metrics.size(); ++i) {
    EXPECT_EQ(a.metrics[i].ap, b.metrics[i].ap);
    EXPECT_EQ(a.metrics[i].auroc, b.metrics[i].auroc);
    EXPECT_EQ(a.metrics[i].fpr95, b.metrics[i].fpr95);
    EXPECT_EQ(a.metrics[i].bestF1, b.metrics[i].bestF1);
    EXPECT_EQ(a.metrics[i].positives, b.metrics[i].positives);
    EXPECT_EQ(a.metrics[i].negatives, b.metrics[i].negatives);
  }
  EXPECT_EQ(a.hygiene, b.hygiene);
}

TEST(EvaluateSet, ThreadsMemoryModeAndFrameOrderChangeNoBit) {
  const MemoryFrames set = randomSet(3, 6, 300'000, 0.02, kinds().back().draw);
  const SetResult one = set.evaluate({.threads = 1});
  expectSame(one, set.evaluate({.threads = 4}));
  expectSame(one, set.evaluate({.memory = MemoryUse::Low, .threads = 3}));
  MemoryFrames turned = set;
  std::ranges::reverse(turned.scores);
  std::ranges::reverse(turned.labels);
  const SetResult other = turned.evaluate();
  EXPECT_EQ(one.find(protocols::kFishyscapes)->ap, other.find(protocols::kFishyscapes)->ap);
  EXPECT_EQ(one.find(protocols::kCourse)->fpr95, other.find(protocols::kCourse)->fpr95);
}

TEST(EvaluateSet, IncreasingMapsOfTheScoresChangeNoPooledMetric) {
  const MemoryFrames set = randomSet(9, 4, 20'000, 0.02, kinds()[3].draw);
  MemoryFrames mapped = set;
  for (auto& frame : mapped.scores)
    for (float& score : frame) score = std::exp(8.0F * score) - 500.0F;
  const SetResult a = set.evaluate();
  const SetResult b = mapped.evaluate();
  for (const Protocol protocol : {protocols::kFishyscapes, protocols::kCourse, protocols::kDenseHybrid}) {
    EXPECT_EQ(a.find(protocol)->ap, b.find(protocol)->ap);
    EXPECT_EQ(a.find(protocol)->auroc, b.find(protocol)->auroc);
    EXPECT_EQ(a.find(protocol)->fpr95, b.find(protocol)->fpr95);
  }
}

TEST(EvaluateSet, ScoresOfVoidPixelsChangeNothing) {
  const MemoryFrames set = randomSet(21, 4, 20'000, 0.02, kinds()[0].draw);
  MemoryFrames changed = set;
  for (std::size_t f = 0; f < set.size(); ++f)
    for (std::size_t i = 0; i < set.scores[f].size(); ++i)
      if (set.labels[f][i] == kVoid)
        changed.scores[f][i] = i % 2 == 0 ? 1e20F : std::numeric_limits<float>::quiet_NaN();
  expectSame(set.evaluate(), changed.evaluate());
}

TEST(EvaluateSet, WithoutPositivesOrNegativesNothingIsDefined) {
  for (const std::uint8_t label : {kNormal, kAnomaly, kVoid}) {
    const MemoryFrames set{{{0.1F, 0.2F, 0.3F}}, {{label, label, label}}};
    const SetResult result = set.evaluate({.perFrame = true, .histogramBins = 4});
    for (const PixelMetrics& metrics : result.metrics) {
      EXPECT_FALSE(metrics.ap || metrics.fpr95 || metrics.auroc || metrics.bestF1 || metrics.bestF1Threshold ||
                   metrics.threshold95)
          << metrics.protocol.name();
    }
    for (const SetCurves& curves : result.curves) EXPECT_TRUE(curves.points.empty());
    EXPECT_FALSE(result.frames.at(0).ap.has_value());
    EXPECT_EQ(result.frames.at(0).meanScore.has_value(), label != kVoid);
  }
  const SetResult none = MemoryFrames{}.evaluate();
  EXPECT_FALSE(none.find(protocols::kCourse)->ap.has_value());
}

TEST(EvaluateSet, CountsUnusableScoresOfLabelledPixelsOnly) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  const MemoryFrames set{{{nan, nan, inf, -inf, 0.5F, 0.1F, nan, inf}},
                         {{kNormal, kAnomaly, kAnomaly, kNormal, kAnomaly, kNormal, kVoid, kVoid}}};
  const SetResult result = set.evaluate();
  EXPECT_EQ(result.hygiene, (ScoreHygiene{.nan = 2, .plusInfinity = 1, .minusInfinity = 1, .voidPixels = 2}));
  EXPECT_EQ(result.find(protocols::kFishyscapes)->positives, 1U);
  EXPECT_EQ(result.find(protocols::kFishyscapes)->negatives, 1U);
  EXPECT_EQ(result.find(protocols::kFishyscapes)->ap, 1.0);
}

TEST(EvaluateSet, HistogramCountsEachLabelledPixelOnce) {
  const MemoryFrames set{{{0.0F, 1.0F, 2.0F, 4.0F}, {0.9F, -7.0F}},
                         {{kNormal, kNormal, kAnomaly, kAnomaly}, {kAnomaly, kVoid}}};
  const SetResult result = set.evaluate({.histogramBins = 4});
  EXPECT_EQ(result.histogram.low, 0.0F);
  EXPECT_EQ(result.histogram.high, 4.0F);
  EXPECT_EQ(result.histogram.normal, (std::vector<std::uint64_t>{1, 1, 0, 0}));
  EXPECT_EQ(result.histogram.anomalous, (std::vector<std::uint64_t>{1, 0, 1, 1}));
}

TEST(EvaluateSet, CurvesAreMonotoneShortAndEndAtFullRecall) {
  const MemoryFrames set = randomSet(33, 4, 100'000, 0.05, kinds()[0].draw);
  const SetResult result = set.evaluate();
  for (const SetCurves& curves : result.curves) {
    if (curves.protocol == protocols::kStreetHazards) continue;
    SCOPED_TRACE(std::string(curves.protocol.name()));
    ASSERT_GT(curves.points.size(), 100U);
    EXPECT_LE(curves.points.size(), kMaxCurvePoints);
    EXPECT_EQ(curves.points.front().recall, 0.0);
    EXPECT_EQ(curves.points.front().precision, 1.0);
    EXPECT_EQ(curves.points.back().recall, 1.0);
    for (std::size_t i = 1; i < curves.points.size(); ++i) {
      EXPECT_GE(curves.points[i].recall, curves.points[i - 1].recall);
      EXPECT_GE(curves.points[i].fpr, curves.points[i - 1].fpr);
      EXPECT_LE(curves.points[i].threshold, curves.points[i - 1].threshold);
    }
  }
}

TEST(EvaluateSet, AFrameThatFailsIsListedAndTheRestGoesOn) {
  const MemoryFrames set = randomSet(2, 4, 2000, 0.1, kinds()[0].draw);
  const FrameProvider failing = [&](std::size_t frame) -> ScoredFrame {
    if (frame == 1) throw Error("cannot read scores", "frame1.npy");
    return set.provider()(frame);
  };
  MemoryFrames rest = set;
  rest.scores.erase(rest.scores.begin() + 1);
  rest.labels.erase(rest.labels.begin() + 1);
  const SetResult result = evaluateSet(4, failing, allProtocols());
  ASSERT_EQ(result.failures.size(), 1U);
  EXPECT_EQ(result.failures[0].frame, 1U);
  EXPECT_NE(result.failures[0].message.find("frame1.npy"), std::string::npos);
  expectSame(result, rest.evaluate());
}

TEST(EvaluateSet, LowMemoryAsksAgainAndFastAsksOnce) {
  const MemoryFrames set = randomSet(2, 3, 2000, 0.1, kinds()[0].draw);
  std::atomic<int> calls = 0;
  const FrameProvider counting = [&](std::size_t frame) {
    ++calls;
    return set.provider()(frame);
  };
  (void)evaluateSet(3, counting, allProtocols(), {.memory = MemoryUse::Fast, .histogramBins = 3});
  EXPECT_EQ(calls, 3);
  calls = 0;
  (void)evaluateSet(3, counting, allProtocols(), {.memory = MemoryUse::Low});
  EXPECT_EQ(calls, 6);
}

TEST(EvaluateSet, StoppingReturnsCancelledAndAsksForNoMoreFrames) {
  const MemoryFrames set = randomSet(2, 8, 2000, 0.1, kinds()[0].draw);
  std::stop_source source;
  std::atomic<int> calls = 0;
  const FrameProvider stopping = [&](std::size_t frame) {
    ++calls;
    source.request_stop();
    return set.provider()(frame);
  };
  const SetResult result = evaluateSet(8, stopping, allProtocols(), {.threads = 1}, source.get_token());
  EXPECT_TRUE(result.cancelled);
  EXPECT_TRUE(result.metrics.empty());
  EXPECT_EQ(calls, 1);
}

TEST(EvaluateSet, RejectsAFrameWhoseLabelsDoNotMatch) {
  const MemoryFrames set{{{0.1F, 0.2F}}, {{kNormal}}};
  EXPECT_THROW((void)set.evaluate(), ContractViolation);
}

}  // namespace
}  // namespace oodscope
