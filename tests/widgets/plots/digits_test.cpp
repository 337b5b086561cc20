// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers at axes and marks keep their digits whatever the range of scores.
#include "widgets/plots/curve_plot.h"
#include "widgets/plots/digits_ticker.inl.h"

#include <gtest/gtest.h>

#include <cmath>

namespace oodscope {
namespace {

/// What an axis would say.
QStringList labelsOf(QCPAxisTicker& ticker, double low, double high) {
  QVector<double> ticks;
  QVector<QString> labels;
  ticker.generate(QCPRange(low, high), QLocale::c(), QLatin1Char('g'), 3, ticks, nullptr, &labels);
  return {labels.begin(), labels.end()};
}

TEST(DigitsTicker, NeighboursNeverReadAlike) {
  DigitsTicker ticker;
  for (int exponent = -12; exponent <= 12; ++exponent)
    for (const double base : {0.0, 1.0, -30.0}) {
      const double span = std::pow(10.0, exponent);
      QStringList labels = labelsOf(ticker, base * span, base * span + 0.97 * span);
      EXPECT_GE(labels.size(), 3);
      EXPECT_EQ(labels.removeDuplicates(), 0) << labels.join(QLatin1Char(' ')).toStdString();
    }
  QStringList near = labelsOf(ticker, 0.1280, 0.1284);
  EXPECT_EQ(near.removeDuplicates(), 0) << near.join(QLatin1Char(' ')).toStdString();
}

TEST(DigitsTicker, KeepsItsWideStepsUntilTheyDoNotFit) {
  DigitsTicker ticker(20.0);
  const QStringList whole = labelsOf(ticker, 0.0, 100.0);
  for (const char* expected : {"0", "20", "40", "60", "80", "100"})
    EXPECT_TRUE(whole.contains(QLatin1String(expected)));
  EXPECT_GE(labelsOf(ticker, 90.0, 91.0).size(), 3) << "zoomed in there are ticks, too";
}

TEST(DigitsTicker, NumbersOfBothKindsOfAxesAreTypeset) {
  DigitsTicker linear;
  EXPECT_TRUE(labelsOf(linear, -40.0, -10.0).contains(QStringLiteral("\u221220")));
  LogTicker logarithmic;
  const QStringList labels = labelsOf(logarithmic, 1e-6, 1.0);
  EXPECT_TRUE(labels.contains(QStringLiteral("1"))) << labels.join(QLatin1Char(' ')).toStdString();
  for (const QString& label : labels) {
    EXPECT_FALSE(label.contains(QLatin1Char('-'))) << label.toStdString();
    EXPECT_FALSE(label.contains(QLatin1Char('e'))) << label.toStdString();
  }
}

TEST(CurvePlot, SmallThresholdsAreSaidWithTheirDigits) {
  CurvePlot plot(CurveKind::PrecisionRecall);
  CurveData curve;
  curve.x = {0.5, 1.0};
  curve.y = {1.0, 0.5};
  curve.threshold = {0.00128, 0.0004};
  plot.setCurves({curve});
  plot.setThreshold(0, 0.00128);
  EXPECT_TRUE(plot.operatingLabel(0).startsWith(QStringLiteral("δ 0.00128 ·"))) << plot.operatingLabel(0).toStdString();
}

}  // namespace
}  // namespace oodscope
