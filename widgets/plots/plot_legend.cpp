// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/plot_legend.inl.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr double kLegendSample = 20;        // pixels of the line before a name
constexpr double kLegendGap = 14;           // between two names
constexpr double kLegendSide = 8;           // left and right of all
constexpr double kLegendShare = 1.0 / 3.0;  // of a plot's height on the screen

double widthOfSpan(const LegendSpan& span, const QFontMetricsF& metrics) {
  const double sample = span.stroke.style() == Qt::NoPen ? 0.0 : kLegendSample + 5;
  return sample + metrics.horizontalAdvance(span.text);
}

double heightOfRow(const QFont& font) { return std::ceil(QFontMetricsF(font).height()); }

}  // namespace

LegendElement::LegendElement(const PlotCanvas& canvas) : QCPLayoutElement(canvas.plot), m_canvas(canvas) {
  setMinimumMargins(QMargins());
}

std::vector<std::size_t> LegendElement::rows(const std::vector<LegendSpan>& spans, const QFont& font, double width) {
  const QFontMetricsF metrics(font);
  std::vector<std::size_t> out;
  double left = 0;
  for (const LegendSpan& span : spans) {
    const double needed = widthOfSpan(span, metrics);
    if (out.empty() || left + needed > width) {
      out.push_back(0);
      left = 0;
    }
    ++out.back();
    left += needed + kLegendGap;
  }
  return out;
}

double LegendElement::width() const { return std::max(60.0, m_canvas.plot->viewport().width() - 2 * kLegendSide); }

std::vector<LegendSpan> LegendElement::shown() const {
  std::vector<LegendSpan> spans = m_canvas.legend();
  const double room = kLegendShare * m_canvas.plot->viewport().height();
  const auto most = std::max<std::size_t>(1, static_cast<std::size_t>(room / heightOfRow(m_canvas.font())));
  for (std::size_t left = spans.size(); rows(spans, m_canvas.font(), width()).size() > most && left > 1; --left) {
    spans = m_canvas.legend();
    spans.resize(left - 1);
    const auto missing = static_cast<int>(m_canvas.legend().size() - spans.size());
    spans.push_back({QObject::tr("+ %1 more").arg(missing), QPen(Qt::NoPen)});
  }
  return spans;
}

int LegendElement::height() const {
  const auto count = static_cast<double>(rows(shown(), m_canvas.font(), width()).size());
  return static_cast<int>(std::lround(count * heightOfRow(m_canvas.font()) + 2));
}

void LegendElement::draw(QCPPainter* painter) {
  if (m_canvas.empty) return;
  const Tokens& t = m_canvas.tokens();
  const QFontMetricsF metrics(m_canvas.font());
  const std::vector<LegendSpan> spans = shown();
  const double row = heightOfRow(m_canvas.font());
  double top = rect().top();
  std::size_t next = 0;
  painter->setFont(m_canvas.font());
  for (const std::size_t count : rows(spans, m_canvas.font(), width())) {
    double left = rect().left() + kLegendSide;
    for (std::size_t i = 0; i < count; ++i, ++next) {
      const LegendSpan& span = spans[next];
      const double whole = widthOfSpan(span, metrics);
      double text = left;
      if (span.stroke.style() != Qt::NoPen) {
        painter->setPen(span.stroke);
        const double y = std::round(top + row / 2) + 0.5;
        painter->drawLine(QPointF(left, y), QPointF(left + kLegendSample, y));
        text += kLegendSample + 5;
      }
      painter->setPen(t.text2);
      painter->drawText(QRectF(text, top, whole + 2, row), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                        span.text);
      left += whole + kLegendGap;
    }
    top += row;
  }
}

void PlotCanvas::setLegend(std::vector<LegendSpan> legend) {
  m_legend = std::move(legend);
  const bool wanted = !m_legend.empty();
  if (wanted && m_legendElement == nullptr) {
    m_legendElement = new LegendElement(*this);
    plot->plotLayout()->addElement(2, 0, m_legendElement);
  } else if (!wanted && m_legendElement != nullptr) {
    plot->plotLayout()->remove(m_legendElement);
    plot->plotLayout()->simplify();
    m_legendElement = nullptr;
  }
}

}  // namespace oodscope
