// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/presenters.h"
#include "analysis/metrics/protocol_rules.h"
#include "analysis/scores/method_kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

SetNumbers fourPixels() {
  SetNumbers numbers;
  numbers.configuration = {"msp", methods::kMsp, 1.6F};
  numbers.exact = true;
  numbers.metrics.positives = 2;
  numbers.metrics.negatives = 2;
  numbers.metrics.ap = 0.8333;
  numbers.metrics.fpr95 = 0.5;
  numbers.curves.prevalence = 0.5;
  numbers.curves.points = {
      {INFINITY, 0.0, 1.0, 0.0, 0.0, 0.0}, {0.9F, 0.5, 1.0, 0.0, 0.6667, 0.5}, {0.5F, 1.0, 0.6667, 0.5, 0.8, 0.6667}};
  return numbers;
}

}  // namespace

TEST(Presenters, MetricsAreInPercentAndNotDefinedHasAReason) {
  SetNumbers numbers = fourPixels();
  numbers.metrics.auroc.reset();
  numbers.metrics.positives = 0;
  MetricsInput input;
  input.numbers = &numbers;
  const MetricsView view = metricsView(input);
  ASSERT_EQ(view.rows.size(), 4U);
  EXPECT_DOUBLE_EQ(*view.rows[0].current.value, 83.33);
  EXPECT_FALSE(view.rows[2].current.value.has_value());
  EXPECT_EQ(view.rows[2].current.reason, "no anomalous pixel takes part");
  EXPECT_EQ(view.currentName, "T 1.60");
}

TEST(Presenters, ADifferenceInsideTheIntervalOfAnEstimateIsUndecided) {
  SetNumbers numbers = fourPixels();
  numbers.exact = false;
  numbers.ap = Interval{0.82, 0.846};
  MetricsInput input;
  input.numbers = &numbers;
  input.reference = ReferenceNumbers{"T 1.00", 0.83, 0.1, std::nullopt, std::nullopt};
  const MetricsView view = metricsView(input);
  EXPECT_NEAR(*view.rows[0].delta, 0.33, 1e-9);
  EXPECT_TRUE(view.rows[0].undecided) << "0.33 points within ±1.3";
  EXPECT_FALSE(view.rows[1].undecided) << "no interval is known";
  EXPECT_TRUE(view.rows[0].current.estimated);
}

TEST(Presenters, NumbersOfAPartSayOfHowManyFramesTheyAreAndHaveNoDifference) {
  SetNumbers numbers = fourPixels();
  numbers.account = {.total = 11, .unlabelled = 1, .unread = 4};
  MetricsInput input;
  input.numbers = &numbers;
  input.reference = ReferenceNumbers{"published", 0.29, 0.6, std::nullopt, std::nullopt};
  const MetricsView view = metricsView(input);
  EXPECT_EQ(view.unit, "6 of 10 frames, %");
  EXPECT_TRUE(view.rows[0].reference);
  EXPECT_FALSE(view.rows[0].delta);
  EXPECT_THAT(view.rows[0].deltaReason.toStdString(), ::testing::HasSubstr("6 of 10 frames"));
  EXPECT_EQ(view.provenance[1], "6 of 10 frames; 4 frames not read yet; 1 frame without ground truth");
  EXPECT_EQ(exactnessText(numbers, "float16 logits"), "6 of 10 frames");
  EXPECT_EQ(precisionRecallCurve(numbers, CurveRole::A, "A").value, "AP 83.33 · 6 of 10 frames");
  numbers.account = {.total = 10, .failed = 5};
  EXPECT_EQ(exactnessText(numbers, "float32 maps", 5), "5 of 10 frames have a map");
  EXPECT_EQ(exactnessText(numbers, "float32 maps", 4), "5 of 10 frames") << "one map cannot be read";
  numbers.account = {.total = 10};
  EXPECT_EQ(exactnessText(numbers, "float16 logits"), "= exact on float16 logits");
  EXPECT_TRUE(metricsView(input).rows[0].delta);
  numbers.metrics.framesSkipped = 2;
  EXPECT_EQ(metricsView(input).provenance[1], "10 frames; 2 frames without an anomaly left out by the protocol");
}

TEST(Presenters, ASetWithoutACurveSaysWhy) {
  SetNumbers numbers = fourPixels();
  EXPECT_EQ(noCurveReason(numbers), "");
  numbers.curves.points.clear();
  numbers.protocol = protocols::kStreetHazards;
  EXPECT_EQ(noCurveReason(numbers),
            "The StreetHazards protocol takes the mean over frames: it defines no curve of the set.");
  numbers.metrics.positives = 0;
  EXPECT_EQ(noCurveReason(numbers), "No anomalous pixel takes part: no curve is defined.");
}

TEST(Presenters, DecisionCountsComeFromTheCurveUntilTheyAreKnownExactly) {
  const SetNumbers numbers = fourPixels();
  const auto estimated = decisionCounts(numbers, nullptr, 0.7F);
  ASSERT_TRUE(estimated.has_value());
  EXPECT_TRUE(estimated->estimated);
  EXPECT_DOUBLE_EQ(estimated->tp, 1.0);
  EXPECT_DOUBLE_EQ(estimated->fp, 0.0);
  const std::vector<float> scores{0.9F, 0.5F, 0.5F, 0.1F};
  const std::vector<std::uint8_t> labels{kAnomaly, kAnomaly, kNormal, kNormal};
  std::vector<SortedScores> sorted;
  sorted.emplace_back(scores, labels);
  const ThresholdCounts counts({0}, std::move(sorted));
  const auto exact = decisionCounts(numbers, &counts, 0.5F);
  ASSERT_TRUE(exact.has_value());
  EXPECT_FALSE(exact->estimated);
  EXPECT_DOUBLE_EQ(exact->tp, 2.0);
  EXPECT_DOUBLE_EQ(exact->fp, 1.0);
  EXPECT_DOUBLE_EQ(counts.rank(0.5F), 0.25);
}

TEST(Presenters, HistogramSharesSumToOnePerClass) {
  ScoreHistogram histogram{0.0F, 1.0F, {3, 1}, {0, 4}};
  const HistogramData shown = histogramData(histogram, "score");
  EXPECT_THAT(shown.edges, ::testing::ElementsAre(0.0, 0.5, 1.0));
  EXPECT_THAT(shown.normal, ::testing::ElementsAre(0.75, 0.25));
  EXPECT_THAT(shown.anomalous, ::testing::ElementsAre(0.0, 1.0));
}

TEST(Presenters, TemperatureSaysWhereItDoesNothing) {
  ScoreChoice score;
  EXPECT_EQ(noTemperatureReason(score), "");
  score.method = methods::kMaxLogit;
  EXPECT_EQ(noTemperatureReason(score), "no effect on max-logit ranking");
  score.imported = "SynBoost";
  EXPECT_EQ(noTemperatureReason(score), "no effect on imported score maps");
}

TEST(Presenters, TheCursorReadsScoreLabelAndDecisionOfItsPixel) {
  FramePicture picture;
  picture.decoded.image = std::make_shared<const RgbImage>(Size{4, 2});
  picture.scores = std::make_shared<const ScoreMap>(Size{2, 1}, std::vector<float>{0.2F, 0.8F});
  picture.label = std::make_shared<const LabelMap>(Size{2, 1}, std::vector<std::uint8_t>{kNormal, kAnomaly});
  const CursorView right = cursorView(picture, {3.5, 1.0}, 0.5F, nullptr, {});
  EXPECT_FLOAT_EQ(static_cast<float>(*right.score), 0.8F);
  EXPECT_NEAR(*right.margin, 0.3, 1e-6);
  EXPECT_EQ(right.label, PixelLabel::Anomaly);
  EXPECT_EQ(right.decision, PixelDecision::TruePositive);
  const CursorView left = cursorView(picture, {0.0, 0.0}, 0.1F, nullptr, {});
  EXPECT_EQ(left.decision, PixelDecision::FalsePositive);
}

TEST(Presenters, ManualLimitsAreThoseThatWereTyped) {
  ViewState view;
  view.scale = ScaleMode::Manual;
  view.scaleLow = 0.0;
  view.scaleHigh = 0.5;
  const ScoreMap scores(Size{4, 1}, std::vector<float>{0.1F, 0.2F, 0.6F, 0.9F});
  const ScaleLimits limits = scaleLimits(view, orderedSample(scores), std::nullopt);
  EXPECT_FLOAT_EQ(limits.low, 0.0F);
  EXPECT_FLOAT_EQ(limits.high, 0.5F);
}

}  // namespace oodscope
