// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/plots/qcustomplot.inl.h"
#include "widgets/theme/number_text.h"

namespace oodscope {

/// Ticks of a linear axis, whose labels are typeset and tell neighbours apart whatever the range: 0.1281, 0.1282 where
/// three digits would read alike. `wide`: the distance of ticks while a few of them fit; zoomed in, there are finer
/// ones.
class DigitsTicker : public QCPAxisTicker {
public:
  explicit DigitsTicker(double wide = 0.0) : m_wide(wide) {}

protected:
  double getTickStep(const QCPRange& range) override {
    constexpr double kFewest = 2.0;  // distances of ticks in sight
    m_step = m_wide > 0.0 && range.size() >= kFewest * m_wide ? m_wide : QCPAxisTicker::getTickStep(range);
    return m_step;
  }
  QString getTickLabel(double tick, const QLocale&, QChar, int) override { return tickText(tick, m_step); }

private:
  double m_wide;
  double m_step = 1.0;
};

/// Of a logarithmic axis: its numbers typeset.
class LogTicker : public QCPAxisTickerLog {
protected:
  QString getTickLabel(double tick, const QLocale& locale, QChar formatChar, int precision) override {
    return typesetNumber(QCPAxisTickerLog::getTickLabel(tick, locale, formatChar, precision));
  }
};

}  // namespace oodscope
