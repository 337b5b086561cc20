// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/curve_plot.h"
#include "widgets/plots/histogram_plot.h"
#include "widgets/plots/sweep_plot.h"

#include <QImage>
#include <QLocale>

#include <gtest/gtest.h>

#include <memory>

namespace oodscope {
namespace {

template <class MakePlot>
QImage drawnUnder(const QLocale& locale, const MakePlot& makePlot) {
  const QLocale before;
  QLocale::setDefault(locale);
  const std::unique_ptr<PlotWidget> plot = makePlot();
  QLocale::setDefault(before);
  plot->resize(360, 260);
  return plot->grab().toImage();
}

template <class MakePlot>
void expectAlike(const MakePlot& makePlot) {
  const QImage german = drawnUnder(QLocale(QLocale::German, QLocale::Germany), makePlot);
  EXPECT_FALSE(german.isNull());
  EXPECT_EQ(german, drawnUnder(QLocale::c(), makePlot));
}

/// "0.2" on an axis is "0.2" on every desktop: figures go into papers.
TEST(PlotLocale, TicksAreTheSameOnAGermanDesktop) {
  for (const CurveKind kind : {CurveKind::PrecisionRecall, CurveKind::Roc, CurveKind::F1})
    expectAlike([kind] { return std::make_unique<CurvePlot>(kind); });
  expectAlike([] { return std::make_unique<HistogramPlot>(); });
  expectAlike([] { return std::make_unique<SweepPlot>(); });
}

}  // namespace
}  // namespace oodscope
