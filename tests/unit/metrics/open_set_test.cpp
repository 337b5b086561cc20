// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/open_set.h"

#include "analysis/core/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace oodscope {
namespace {

constexpr int kKnown = 5;

struct MadeFrame {
  ClassMap classes, predicted;
  LabelMap labels;
  ScoreMap scores;
};

/// Class 3 never occurs but is predicted; scores of anomalies are higher on the average and tie often.
MadeFrame madeFrame(unsigned seed) {
  std::mt19937 random(seed);
  const Size size{40, 30};
  MadeFrame out{ClassMap(size), ClassMap(size), LabelMap(size), ScoreMap(size)};
  for (std::size_t i = 0; i < size.area(); ++i) {
    const auto kind = static_cast<std::uint8_t>(random() % 6);  // 5: none of the known
    out.classes.values()[i] = kind == 3 ? 4 : kind == 5 ? 255 : kind;
    out.predicted.values()[i] = static_cast<std::uint8_t>(random() % 3 == 0 ? random() % 6 : kind % 5);
    const unsigned label = random() % 10;
    out.labels.values()[i] = label == 0 ? kVoid : label < 3 ? kAnomaly : kNormal;
    out.scores.values()[i] = static_cast<float>(random() % 50 + (label > 0 && label < 3 ? 20 : 0)) / 10.0F;
    if (random() % 40 == 0) out.scores.values()[i] = std::numeric_limits<float>::quiet_NaN();
  }
  return out;
}

/// IoU of a class by sets of pixels, straight from DenseHybrid's definition.
std::optional<double> plainIou(const std::vector<MadeFrame>& frames, int kind, std::optional<float> threshold) {
  double hit = 0, either = 0;
  for (const MadeFrame& frame : frames)
    for (std::size_t i = 0; i < frame.labels.values().size(); ++i) {
      const bool anomaly = frame.labels.values()[i] == kAnomaly;
      if (frame.labels.values()[i] == kVoid || (!anomaly && frame.classes.values()[i] >= kKnown)) continue;
      if (anomaly && !threshold) continue;
      const bool isTrue = !anomaly && frame.classes.values()[i] == kind;
      const bool overridden = threshold && frame.scores.values()[i] > *threshold;
      const bool isTaken = !overridden && frame.predicted.values()[i] == kind;
      hit += isTrue && isTaken ? 1 : 0;
      either += isTrue || isTaken ? 1 : 0;
    }
  return either == 0 ? std::nullopt : std::optional(hit / either);
}

TEST(OpenSet, EqualsTheDefinitionUnderThreeConventions) {
  const std::vector<MadeFrame> frames{madeFrame(1), madeFrame(2), madeFrame(3)};
  OpenSetConfusion all(kKnown);
  for (const MadeFrame& frame : frames) {
    OpenSetConfusion one(kKnown);
    one.add(openSetTruth(frame.classes, frame.labels, kKnown), frame.predicted, frame.scores, 3.0F);
    all += one;
  }
  double open = 0, closed = 0;
  for (int kind = 0; kind < kKnown; ++kind) {
    const auto right = plainIou(frames, kind, 3.0F);
    ASSERT_TRUE(right.has_value());
    EXPECT_DOUBLE_EQ(all.openIou()[static_cast<std::size_t>(kind)].value(), *right);
    open += *right;
    closed += plainIou(frames, kind, std::nullopt).value();
  }
  EXPECT_EQ(plainIou(frames, 3, 3.0F), 0.0);  // absent, and predicted: four classes occur
  EXPECT_NEAR(all.openMiou().occurring.value(), open / 4, 1e-12);
  EXPECT_NEAR(all.openMiou().defined.value(), open / 5, 1e-12);
  EXPECT_NEAR(all.openMiou().all.value(), open / 5, 1e-12);
  EXPECT_NEAR(all.closedMiou().occurring.value(), closed / 4, 1e-12);
  EXPECT_EQ(all.frames(), 3U);
}

/// The published pair: a class of twelve that is absent and predicted takes 0.4919 to 0.4509.
TEST(OpenSet, AnAbsentClassOfTwelveCostsATwelfth) {
  ClassMap truth({11, 1}), predicted({11, 1});
  for (int x = 0; x < 11; ++x) truth.at(x, 0) = predicted.at(x, 0) = static_cast<std::uint8_t>(x);
  OpenSetConfusion neither(12);
  neither.add(truth, predicted, ScoreMap({11, 1}), 1.0F);
  EXPECT_EQ(neither.openMiou(), (MeanIous{1.0, 1.0, 11.0 / 12.0}));
  predicted.at(0, 0) = 11;  // class 0 is missed, class 11 predicted
  OpenSetConfusion wrong(12);
  wrong.add(truth, predicted, ScoreMap({11, 1}), 1.0F);
  EXPECT_EQ(wrong.openMiou(), (MeanIous{10.0 / 11.0, 10.0 / 12.0, 10.0 / 12.0}));
  EXPECT_NEAR(0.4919 * 11 / 12, 0.4509, 5e-5);
}

TEST(OpenSet, APerfectDetectorKeepsTheClosedValue) {
  MadeFrame frame = madeFrame(8);
  for (std::size_t i = 0; i < frame.scores.values().size(); ++i)
    frame.scores.values()[i] = frame.labels.values()[i] == kAnomaly ? 1.0F : 0.0F;
  OpenSetConfusion one(kKnown);
  one.add(openSetTruth(frame.classes, frame.labels, kKnown), frame.predicted, frame.scores, 0.5F);
  EXPECT_EQ(one.openMiou(), one.closedMiou());
  EXPECT_EQ(weightedByFrames(std::vector{one}).gap(), 0.0);
  EXPECT_FALSE(weightedByFrames({}).gap().has_value());
}

TEST(OpenSet, MapsAndTruthOfSinglePixels) {
  EXPECT_EQ(openSetTruth(ClassMap({5, 1}, {0, 4, 7, 1, 2}), LabelMap({5, 1}, {0, 0, 0, 1, 255}), 5),
            ClassMap({5, 1}, {0, 4, 6, 5, 6}));
  EXPECT_EQ(openSetMap(ClassMap({3, 1}, {0, 1, 2}), ScoreMap({3, 1}, {1.0F, 2.0F, NAN}), 1.0F, 5),
            ClassMap({3, 1}, {0, 5, 2}));
}

TEST(OpenSet, PixelsAboveTheThresholdAreAnomaliesAndNanIsNone) {
  OpenSetConfusion confusion(12);
  // Class 0: one right, one taken for an anomaly. Class 1: right. Anomaly: found, and one missed as class 1. Void:
  // last.
  confusion.add(ClassMap({7, 1}, {0, 0, 1, 12, 12, 13, 3}), ClassMap({7, 1}, {0, 0, 1, 0, 1, 0, 3}),
                ScoreMap({7, 1}, {0.1F, 0.9F, 0.5F, 0.8F, 0.2F, 0.0F, std::numeric_limits<float>::quiet_NaN()}), 0.5F);
  // Open: IoU_0 = 1 / 2, IoU_1 = 1 / (1 + 1 false positive), IoU_3 = 1.
  EXPECT_DOUBLE_EQ(*confusion.openMiou().occurring, 2.0 / 3.0);
  EXPECT_DOUBLE_EQ(*confusion.closedMiou().occurring, 1.0);
  EXPECT_EQ(confusion.openIou()[3], 1.0) << "NaN is never an anomaly";
}

TEST(OpenSet, GroupsWeighByTheirFrames) {
  const ClassMap zero({1, 1}, {0}), one({1, 1}, {1});
  std::vector<OpenSetConfusion> groups(2, OpenSetConfusion(2));
  groups[0].add(zero, zero, ScoreMap({1, 1}), 1.0F);  // 1
  groups[1].add(zero, one, ScoreMap({1, 1}), 1.0F);   // 0, three frames
  groups[1].add(zero, one, ScoreMap({1, 1}), 1.0F);
  groups[1].add(zero, one, ScoreMap({1, 1}), 1.0F);
  EXPECT_EQ(weightedByFrames(groups).open.occurring, 0.25);
}

std::vector<SortedScores> sortedOf(const std::vector<MadeFrame>& frames) {
  std::vector<SortedScores> out;
  for (const MadeFrame& frame : frames) out.emplace_back(frame.scores.values(), frame.labels.values());
  return out;
}

struct Rates {
  double tpr = 0, fpr = 0, f1 = 0;
};
Rates plainRates(const std::vector<MadeFrame>& frames, float threshold) {
  double tp = 0, fp = 0, positives = 0, negatives = 0;
  for (const MadeFrame& frame : frames)
    for (std::size_t i = 0; i < frame.scores.values().size(); ++i) {
      const float score = frame.scores.values()[i];
      const std::uint8_t label = frame.labels.values()[i];
      if (label == kVoid || std::isnan(score)) continue;
      (label == kAnomaly ? positives : negatives) += 1;
      if (score >= threshold) (label == kAnomaly ? tp : fp) += 1;
    }
  return {tp / positives, fp / negatives, 2 * tp / (tp + fp + positives)};
}

TEST(OpenSetThresholds, AreTheFirstThatReachTheirRate) {
  const std::vector<MadeFrame> frames{madeFrame(11), madeFrame(12)};
  const std::vector<SortedScores> sorted = sortedOf(frames);
  const std::vector<const SortedScores*> views{sorted.data(), sorted.data() + 1};
  std::optional<float> fpr05, tpr95;
  std::pair<double, float> best{-1.0, 0.0F};
  for (int step = 70; step >= 0; --step) {
    const float threshold = static_cast<float>(step) / 10.0F;
    const Rates rates = plainRates(frames, threshold);
    if (!fpr05 && rates.fpr >= 0.05) fpr05 = threshold;
    if (!tpr95 && rates.tpr >= 0.95) tpr95 = threshold;
    if (rates.f1 > best.first + 1e-12) best = {rates.f1, threshold};
  }
  const IssuThresholds found = issuThresholds(views);
  EXPECT_EQ(found.fpr05, fpr05);
  EXPECT_EQ(found.tpr95, tpr95);
  EXPECT_EQ(found.bestF1, best.second);
  EXPECT_DOUBLE_EQ(tprAtFpr(views, 0.05).value().tpr, plainRates(frames, *fpr05).tpr);
  EXPECT_FALSE(tprAtFpr({}, 0.05).has_value());
  const auto calibrated = calibratedThreshold(views).value();
  EXPECT_GT(plainRates(frames, calibrated).tpr, 0.95);
}

}  // namespace
}  // namespace oodscope
