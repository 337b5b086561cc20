// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/weight_heat_plot.h"

#include "analysis/core/error.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace oodscope {
namespace {

/// From the plot's ground to the accent.
QColor heatColour(const Tokens& t, double share) {
  const auto mix = [share](int from, int to) { return static_cast<int>(from + (to - from) * share); };
  return {mix(t.plot.red(), t.accent.red()), mix(t.plot.green(), t.accent.green()),
          mix(t.plot.blue(), t.accent.blue())};
}

}  // namespace

WeightHeatPlot::WeightHeatPlot(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("How good the ensemble is over two weights"));
}

void WeightHeatPlot::setCells(const QString& first, const QString& second, int side,
                              std::vector<std::optional<double>> values, std::optional<std::pair<int, int>> best) {
  require(values.size() == static_cast<std::size_t>(side) * static_cast<std::size_t>(side),
          "WeightHeatPlot: a value a cell");
  m_first = first;
  m_second = second;
  m_side = side;
  m_values = std::move(values);
  m_best = best;
  setAccessibleDescription(m_values.empty() ? QString() : tr("%1 upwards, %2 to the right").arg(m_first, m_second));
  update();
}

std::optional<double> WeightHeatPlot::value(int first, int second) const {
  require(first >= 0 && second >= 0 && first < m_side && second < m_side, "WeightHeatPlot: a cell of the square");
  return m_values[static_cast<std::size_t>(first) * static_cast<std::size_t>(m_side) +
                  static_cast<std::size_t>(second)];
}

QRectF WeightHeatPlot::cellRect(int first, int second) const {
  const double line = fontMetrics().height() * 1.3;
  const QRectF area(line, line, std::max(1.0, width() - 2 * line), std::max(1.0, height() - 2 * line));
  const double wide = area.width() / std::max(1, m_side), high = area.height() / std::max(1, m_side);
  return {area.left() + second * wide, area.bottom() - (first + 1) * high, wide, high};
}

void WeightHeatPlot::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  if (m_values.empty()) return;
  const Tokens& t = tokensFor(this);
  double least = 1e300, most = -1e300;
  for (const auto& value : m_values) {
    if (!value) continue;
    least = std::min(least, *value);
    most = std::max(most, *value);
  }
  painter.setFont(numberFont(captionFont(font())));
  for (int first = 0; first < m_side; ++first)
    for (int second = 0; second < m_side; ++second) {
      const QRectF place = cellRect(first, second).adjusted(1, 1, -1, -1);
      const auto shown = value(first, second);
      const double share = shown && most > least ? (*shown - least) / (most - least) : 0.0;
      painter.fillRect(place, shown ? heatColour(t, share * 0.8) : t.plot);
      painter.setPen(share > (t.dark ? 1.1 : 0.55) ? t.onAccent : t.text);
      painter.drawText(place, Qt::AlignCenter | Qt::TextSingleLine,
                       shown ? numberText(100.0 * *shown, 1) : QStringLiteral("–"));
    }
  if (m_best) {
    painter.setPen(QPen(t.focus, 2.0));
    painter.drawRect(cellRect(m_best->first, m_best->second).adjusted(2, 2, -2, -2));
  }
  painter.setFont(captionFont(font()));
  painter.setPen(t.text2);
  const double line = fontMetrics().height() * 1.3;
  painter.drawText(QRectF(0, height() - line, width(), line), Qt::AlignCenter, m_second);
  painter.drawText(QRectF(0, 0, width(), line), Qt::AlignLeft | Qt::AlignVCenter, m_first);
}

void WeightHeatPlot::mousePressEvent(QMouseEvent* event) {
  for (int first = 0; first < m_side; ++first)
    for (int second = 0; second < m_side; ++second)
      if (cellRect(first, second).contains(event->position())) {
        Q_EMIT cellClicked(first, second);
        return;
      }
}

}  // namespace oodscope
