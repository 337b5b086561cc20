// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/plots/qcustomplot.inl.h"
#include "widgets/theme/number_text.h"

namespace oodscope {

/// Ticks of an axis whose numbers are typeset.
class TypesetTicker : public QCPAxisTicker {
protected:
  QString getTickLabel(double tick, const QLocale& locale, QChar formatChar, int precision) override {
    return typesetNumber(QCPAxisTicker::getTickLabel(tick, locale, formatChar, precision));
  }
};

/// The same of a logarithmic axis.
class TypesetLogTicker : public QCPAxisTickerLog {
protected:
  QString getTickLabel(double tick, const QLocale& locale, QChar formatChar, int precision) override {
    return typesetNumber(QCPAxisTickerLog::getTickLabel(tick, locale, formatChar, precision));
  }
};

}  // namespace oodscope
