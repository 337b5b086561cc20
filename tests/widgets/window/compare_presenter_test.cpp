// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/compare/compare_presenter.h"
#include "analysis/metrics/protocol_rules.h"
#include "analysis/scores/method_kinds.h"

#include "app/window/compare/calibration_tab.h"
#include "app/window/compare/run_model.h"
#include "app/window/compare/transfer_tab.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

SetNumbers numbersOf(Method method, double ap, double fpr95) {
  SetNumbers numbers;
  numbers.configuration = {std::string(method.name()), method,
                           method.usesTemperature() ? std::optional(1.0F) : std::nullopt};
  numbers.exact = true;
  numbers.metrics.ap = ap;
  numbers.metrics.fpr95 = fpr95;
  return numbers;
}

PairedEstimate pairedOf(double value, double low, double high, double p) {
  PairedEstimate estimate;
  estimate.difference.value = value;
  estimate.difference.interval = Interval{low, high};
  estimate.pValue = p;
  return estimate;
}

FrameMetrics frameOf(std::size_t frame, std::optional<double> ap) {
  FrameMetrics metrics;
  metrics.frame = frame;
  metrics.ap = ap;
  return metrics;
}

}  // namespace

TEST(ComparePresenter, DeltaIsBMinusAAndAnIntervalAroundZeroIsUndecided) {
  const SetNumbers a = numbersOf(methods::kMsp, 0.29, 0.62), b = numbersOf(methods::kMaxLogit, 0.3815, 0.59);
  PairedStatistics statistics;
  statistics.a.resamples = 1000;
  statistics.a.frames = 10;
  statistics.ranking.ap = pairedOf(0.0915, 0.036, 0.140, 0.0005);
  statistics.ranking.fpr95 = pairedOf(-0.03, -0.141, 0.022, 0.28);
  ComparisonInput input;
  input.a = &a;
  input.b = &b;
  input.statistics = &statistics;
  input.nameA = "MSP";
  input.nameB = "Max-logit";
  const MetricsView view = comparisonView(input);
  EXPECT_TRUE(view.isComparison);
  EXPECT_EQ(view.currentName, "B Max-logit");
  EXPECT_EQ(view.referenceName, "A MSP");
  EXPECT_NEAR(*view.rows[0].delta, 9.15, 1e-9);
  EXPECT_FALSE(view.rows[0].undecided);
  EXPECT_TRUE(view.rows[1].undecided);
  ASSERT_EQ(view.paired.size(), 2U) << "AUROC and F1 have no interval";
  EXPECT_EQ(view.paired[0].verdict, "B better");
  EXPECT_NEAR(view.paired[0].low, 3.6, 1e-9);
  EXPECT_EQ(view.paired[1].verdict, "undecided");
  EXPECT_THAT(view.pairedNote.toStdString(), ::testing::HasSubstr("1,000 resamples of 10 frames"));
  EXPECT_THAT(view.pairedNote.toStdString(), ::testing::HasSubstr("that of Δ FPR95 contains 0"));
}

TEST(ComparePresenter, ALowerFprMeansBIsBetter) {
  const SetNumbers a = numbersOf(methods::kMsp, 0.5, 0.6), b = numbersOf(methods::kMaxLogit, 0.5, 0.4);
  PairedStatistics statistics;
  statistics.ranking.fpr95 = pairedOf(-0.2, -0.3, -0.1, 0.01);
  ComparisonInput input;
  input.a = &a;
  input.b = &b;
  input.statistics = &statistics;
  EXPECT_EQ(comparisonView(input).paired.at(0).verdict, "B better");
}

TEST(ComparePresenter, RunsOfAPartHaveNeitherDifferenceNorVerdict) {
  SetNumbers a = numbersOf(methods::kMsp, 0.29, 0.6), b = numbersOf(methods::kMaxLogit, 0.38, 0.5);
  b.account = {.total = 10, .unread = 6};
  PairedStatistics statistics;
  ComparisonInput input;
  input.a = &a;
  input.b = &b;
  input.statistics = &statistics;
  const MetricsView view = comparisonView(input);
  for (const MetricRow& row : view.rows) EXPECT_FALSE(row.delta);
  EXPECT_TRUE(view.paired.empty());
  EXPECT_EQ(view.pairedNote, "No difference and no verdict before both are of all frames: B is of 4 of 10 frames.");
}

TEST(ComparePresenter, WhatIsNotDefinedHasNoDelta) {
  SetNumbers a = numbersOf(methods::kMsp, 0.5, 0.6), b = numbersOf(methods::kMaxLogit, 0.5, 0.4);
  a.metrics.ap.reset();
  ComparisonInput input;
  input.a = &a;
  input.b = &b;
  EXPECT_FALSE(comparisonView(input).rows[0].delta.has_value());
  EXPECT_TRUE(comparisonView(input).paired.empty());
}

TEST(ComparePresenter, NamesTellRunsApartByWhatDiffers) {
  const Configuration msp1{"msp", methods::kMsp, 1.0F}, msp2{"msp", methods::kMsp, 2.0F};
  const Configuration logit{"max-logit", methods::kMaxLogit, std::nullopt};
  EXPECT_EQ(runNames(msp1, "m", logit, "m").b, "Max-logit");
  EXPECT_EQ(runNames(msp1, "m", msp2, "m").b, "MSP · T 2.00");
  EXPECT_EQ(runNames(msp1, "m.pth", msp1, "n.pth").b, "n.pth");
}

TEST(ComparePresenter, FramesAreSortedByWhatBGains) {
  DataSet set;
  for (const char* name : {"x", "y", "z"}) set.frames.push_back(Frame{.name = name, .image = {}});
  RunDetails a, b;
  a.frames = {frameOf(0, 0.5), frameOf(1, 0.2), frameOf(2, std::nullopt)};
  b.frames = {frameOf(0, 0.5001), frameOf(1, 0.4), frameOf(2, 0.9)};
  const auto pairs = framePairs(a, b, set);
  ASSERT_EQ(pairs.size(), 2U) << "z has no AP under A";
  EXPECT_EQ(pairs[0].name, "y");
  EXPECT_EQ(differenceRemark(pairs), "B better 1, equal 1, worse 0");
  EXPECT_NEAR(differenceRows(pairs)[0].difference, 20.0, 1e-9);
}

TEST(ComparePresenter, BandsAreReadOffAtTheCurvesOwnPoints) {
  Band band;
  for (std::size_t i = 0; i < kBandPoints; ++i) {
    band.low[i] = static_cast<double>(i) / 100.0;
    band.high[i] = 1.0;
  }
  CurveData curve;
  curve.x = {0.0, 0.125, 1.0};
  addBand(curve, band);
  ASSERT_EQ(curve.lower.size(), 3U);
  EXPECT_NEAR(curve.lower[1], 0.125, 1e-12);
  EXPECT_DOUBLE_EQ(curve.lower[2], 1.0);
}

TEST(RunModel, DifferencesAreToTheFirstRunOfTheSameSetAndProtocol) {
  const auto kept = [](const char* set, Method method, Protocol protocol, double ap) {
    return KeptRun{.run = {.set = set, .model = "net.pth", .score = {.method = method}, .protocol = protocol},
                   .numbers = std::make_shared<SetNumbers>(numbersOf(method, ap, 0.5))};
  };
  RunModel model;
  model.setRuns({kept("A", methods::kMsp, protocols::kCourse, 0.29),
                 kept("B", methods::kMsp, protocols::kCourse, 0.9),
                 kept("A", methods::kMaxLogit, protocols::kCourse, 0.3815),
                 kept("A", methods::kMaxLogit, protocols::kFishyscapes, 0.4),
                 {.run = {.set = "A", .model = "net.pth", .score = {}, .protocol = protocols::kCourse},
                  .state = "its set or model is not open"}});
  const auto text = [&](int row, int column) { return model.index(row, column).data().toString(); };
  EXPECT_EQ(text(0, RunModel::ApDelta), "");
  EXPECT_EQ(text(1, RunModel::ApDelta), "") << "another set";
  EXPECT_EQ(text(2, RunModel::Ap), "38.15");
  EXPECT_EQ(text(2, RunModel::ApDelta), "+9.15");
  EXPECT_EQ(text(2, RunModel::Temperature), "–");
  EXPECT_EQ(text(3, RunModel::ApDelta), "") << "another protocol";
  EXPECT_EQ(text(4, RunModel::Ap), "–");
  KeptRun part = kept("A", methods::kEnergy, protocols::kCourse, 0.35);
  auto numbers = std::make_shared<SetNumbers>(*part.numbers);
  numbers->account = {.total = 10, .unread = 4};
  part.numbers = numbers;
  KeptRun atLabel = kept("A", methods::kMsp, protocols::kCourse, 0.31);
  atLabel.run.resolution = Resolution::Label;
  RunModel others;
  others.setRuns({kept("A", methods::kMsp, protocols::kCourse, 0.29), part, atLabel});
  EXPECT_EQ(others.index(1, RunModel::Frames).data().toString(), "6 of 10 frames");
  EXPECT_EQ(others.index(1, RunModel::ApDelta).data().toString(), "–") << "of a part";
  EXPECT_EQ(others.index(2, RunModel::ApDelta).data().toString(), "") << "another resolution";
  EXPECT_EQ(others.index(2, RunModel::At).data().toString(), "label");
  EXPECT_EQ(model.index(4, RunModel::Ap).data(Qt::ToolTipRole).toString(), "its set or model is not open");
}

TEST(TransferPresenter, ACellSaysF1AndTheGapToTheSetsOwnBest) {
  TransferMatrix matrix{1, std::vector<TransferCell>(1)};
  TransferCell& cell = matrix.cells[0];
  EXPECT_EQ(shownTransfers(matrix)[0].text, "–");
  cell.threshold = 0.25F;
  cell.f1 = 0.364;
  cell.f1Gap = 0.021;
  cell.precision = 0.3;
  cell.recall = 0.5;
  const ShownTransfer shown = shownTransfers(matrix)[0];
  EXPECT_EQ(shown.text, "36.4");
  EXPECT_EQ(shown.gap, QStringLiteral("\u22122.1"));
  EXPECT_THAT(shown.detail.toStdString(), ::testing::HasSubstr("precision 30.00, recall 50.00"));
  EXPECT_THAT(shown.detail.toStdString(), ::testing::HasSubstr("FPR –"));
  EXPECT_EQ(ruleText({ThresholdRule::Kind::TruePositiveRate, 0.95}), "TPR 95.0 %");
}

TEST(CalibrationPresenter, EmptyBinsAreLeftOut) {
  ReliabilityTally tally;
  tally.add(0.95, true);
  tally.add(0.95, false);
  tally.add(0.1, true);
  const auto bins = reliabilityBins(tally);
  ASSERT_EQ(bins.size(), 2U);
  EXPECT_DOUBLE_EQ(bins[0].accuracy, 1.0);
  EXPECT_NEAR(bins[1].share, 2.0 / 3.0, 1e-12);
}

TEST(CalibrationPresenter, HygieneNamesTheFrameOfAFinding) {
  DataSet set;
  set.frames.push_back(Frame{.name = "17", .image = {}});
  CalibrationReport report;
  report.frames = {0};
  FrameHygiene frame;
  frame.pixels = 4;
  frame.nan = 4;
  report.hygiene = {frame};
  report.set = summarise(report.hygiene);
  const auto rows = hygieneRows(report, set);
  ASSERT_EQ(rows.size(), 3U) << "header, set, frame";
  EXPECT_EQ(rows[2].cells[0].text, "17");
  EXPECT_EQ(rows[2].cells[1].text, "4");
  EXPECT_EQ(rows[2].cells[3].text, "–") << "no lowest score where none is finite";
  EXPECT_FALSE(rows[2].cells.back().text.isEmpty());
}

}  // namespace oodscope
