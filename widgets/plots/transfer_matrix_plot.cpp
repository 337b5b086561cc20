// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/transfer_matrix_plot.h"

#include "analysis/core/error.h"
#include "widgets/theme/tokens.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace oodscope {
namespace {
constexpr double kMatrixDesignHeight = 18;

QColor blend(const QColor& a, const QColor& b, double share) {
  const auto mix = [share](int from, int to) { return static_cast<int>(from + (to - from) * share); };
  return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

/// What the matrix is painted with. `unit`: pixels of one of the design's.
struct Pens {
  QPainter& painter;
  const Tokens& t;
  const QFont& base;
  double unit;

  void text(const QRectF& place, int flags, const QString& what, const QColor& colour, const QFont& face) const {
    painter.setFont(face);
    painter.setPen(colour);
    painter.drawText(place, flags | Qt::TextSingleLine, what);
  }

  /// `own`: of the set that the threshold was chosen on.
  void cell(const QRectF& place, const ShownTransfer& shown, bool own) const {
    const QFont number = numberFont(tableFont(base));
    const QFont small = numberFont(captionFont(base));
    const double share = std::clamp(shown.share.value_or(0), 0.0, 1.0);
    painter.fillRect(place, shown.share ? blend(t.plot, t.accent, share * 0.75) : t.plot);
    const QRectF inner = place.adjusted(6 * unit, 3 * unit, -6 * unit, -3 * unit);
    if (!shown.share) {
      text(inner, Qt::AlignVCenter | Qt::AlignRight, QStringLiteral("–"), t.text3, number);
      return;
    }
    const bool strong = share > (t.dark ? 1.1 : 0.55);
    const QColor ink = strong ? t.onAccent : t.text;
    const QColor weak = strong ? t.onAccent : t.text2;
    const bool gap = !shown.gap.isEmpty() && inner.height() > 2 * QFontMetricsF(small).height();
    text(inner, (gap ? Qt::AlignTop : Qt::AlignVCenter) | Qt::AlignRight, shown.text, ink,
         own ? strongFont(number) : number);
    if (gap) text(inner, Qt::AlignBottom | Qt::AlignRight, shown.gap, weak, small);
    if (!own) return;
    painter.setPen(QPen(t.focus, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(place.adjusted(1, 1, -1, -1));
  }
};
}  // namespace

struct TransferMatrixPlot::Places {
  double unit = 1, left = 0, top = 0, cellWidth = 0, cellHeight = 0;
};

TransferMatrixPlot::TransferMatrixPlot(QWidget* parent) : QWidget(parent) {}

void TransferMatrixPlot::setTitle(const QString& title) {
  m_title = title;
  setAccessibleName(title);
  update();
}

void TransferMatrixPlot::setCells(std::vector<QString> names, std::vector<ShownTransfer> cells) {
  require(cells.size() == names.size() * names.size(), "TransferMatrixPlot: one cell for each pair of sets");
  m_names = std::move(names);
  m_cells = std::move(cells);
  update();
}

TransferMatrixPlot::Places TransferMatrixPlot::places(const QRectF& area, const QFont& base) const {
  Places p;
  p.unit = QFontMetricsF(base).height() / kMatrixDesignHeight;
  const QFontMetricsF metrics(tableFont(base));
  double names = QFontMetricsF(numberFont(captionFont(base))).horizontalAdvance(tr("chosen on"));
  for (const QString& name : m_names) names = std::max(names, metrics.horizontalAdvance(name));
  const double n = std::max<double>(1, static_cast<double>(m_names.size()));
  p.left = area.left() + 12 * p.unit + std::min(names, area.width() * 0.3) + 10 * p.unit;
  p.top = area.top() + (28 + 24 + 22) * p.unit;
  p.cellWidth = std::min(120 * p.unit, (area.right() - 12 * p.unit - p.left) / n);
  p.cellHeight = std::min(44 * p.unit, (area.bottom() - 8 * p.unit - p.top) / n);
  return p;
}

QRectF TransferMatrixPlot::cellRect(int row, int column) const {
  const Places p = places(QRectF(rect()), font());
  return {p.left + column * p.cellWidth, p.top + row * p.cellHeight, p.cellWidth - 1, p.cellHeight - 1};
}

void TransferMatrixPlot::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), tokensFor(this).panel);
  paintInto(painter, QRectF(rect()), font(), palette());
}

void TransferMatrixPlot::render(QPainter& painter, const QRectF& area, const RenderOptions& options) const {
  QFont printed = font();
  printed.setPixelSize(qRound(options.fontPoints * kPixelsPerPoint / 0.9));
  painter.save();
  painter.translate(area.topLeft());
  painter.scale(1 / kPixelsPerPoint, 1 / kPixelsPerPoint);
  paintInto(painter, QRectF(0, 0, area.width() * kPixelsPerPoint, area.height() * kPixelsPerPoint), printed,
            buildPalette(tokens(options.dark)));
  painter.restore();
}

void TransferMatrixPlot::paintInto(QPainter& painter, const QRectF& area, const QFont& base,
                                   const QPalette& palette) const {
  const Tokens& t = tokensFor(palette);
  const Places p = places(area, base);
  const Pens pens{painter, t, base, p.unit};
  const QFont plain = tableFont(base);
  const QFont small = numberFont(captionFont(base));
  const QFontMetricsF metrics(plain);
  const double margin = 12 * p.unit;
  pens.text(QRectF(area.left() + margin, area.top(), area.width() - 2 * margin, 28 * p.unit),
            Qt::AlignVCenter | Qt::AlignLeft, m_title, t.text, strongFont(plain));
  if (m_names.empty()) return;
  const int n = static_cast<int>(m_names.size());
  pens.text(QRectF(p.left, area.top() + 28 * p.unit, p.cellWidth * n, 22 * p.unit), Qt::AlignVCenter | Qt::AlignLeft,
            tr("applied to"), t.text2, small);
  pens.text(QRectF(area.left() + margin, area.top() + 52 * p.unit, p.left - margin, 22 * p.unit),
            Qt::AlignVCenter | Qt::AlignLeft, tr("chosen on"), t.text2, small);
  for (int i = 0; i < n; ++i) {
    const QString& name = m_names[static_cast<std::size_t>(i)];
    pens.text(QRectF(p.left + i * p.cellWidth, area.top() + 52 * p.unit, p.cellWidth - 4, 22 * p.unit),
              Qt::AlignVCenter | Qt::AlignRight, metrics.elidedText(name, Qt::ElideRight, p.cellWidth - 8), t.text2,
              plain);
    pens.text(QRectF(area.left() + margin, p.top + i * p.cellHeight, p.left - area.left() - margin - 8 * p.unit,
                     p.cellHeight),
              Qt::AlignVCenter | Qt::AlignLeft,
              metrics.elidedText(name, Qt::ElideRight, p.left - area.left() - margin - 8 * p.unit), t.text, plain);
    for (int j = 0; j < n; ++j) {
      const ShownTransfer& cell =
          m_cells[static_cast<std::size_t>(i) * static_cast<std::size_t>(n) + static_cast<std::size_t>(j)];
      const QRectF place(p.left + j * p.cellWidth, p.top + i * p.cellHeight, p.cellWidth - 1, p.cellHeight - 1);
      pens.cell(place, cell, i == j);
    }
  }
}

std::optional<std::pair<int, int>> TransferMatrixPlot::cellAt(QPointF at) const {
  const int n = static_cast<int>(m_names.size());
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      if (cellRect(i, j).contains(at)) return std::pair(i, j);
    }
  }
  return {};
}

const ShownTransfer& TransferMatrixPlot::cell(std::pair<int, int> place) const {
  return m_cells.at(static_cast<std::size_t>(place.first) * m_names.size() + static_cast<std::size_t>(place.second));
}

QString TransferMatrixPlot::dataText() const {
  if (m_cells.empty()) return {};
  const auto number = [](std::optional<double> value) { return value ? QString::number(*value, 'g', 9) : QString(); };
  QStringList lines{
      QStringLiteral("chosen on\tapplied to\tthreshold\tprecision\trecall\tFPR\tF1\tbelow the own best F1")};
  const int n = static_cast<int>(m_names.size());
  for (int row = 0; row < n; ++row)
    for (int column = 0; column < n; ++column) {
      const ShownTransfer& shown = cell({row, column});
      QStringList line{m_names[static_cast<std::size_t>(row)], m_names[static_cast<std::size_t>(column)]};
      for (const auto& value : {shown.threshold, shown.precision, shown.recall, shown.fpr, shown.share, shown.gapShare})
        line << number(value);
      lines << line.join(QLatin1Char('\t'));
    }
  return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

QString TransferMatrixPlot::textAt(QPointF at) const {
  const auto place = cellAt(at);
  if (!place) return {};
  const ShownTransfer& shown = cell(*place);
  QStringList lines{
      tr("chosen on %1, applied to %2")
          .arg(m_names[static_cast<std::size_t>(place->first)], m_names[static_cast<std::size_t>(place->second)])};
  if (!shown.detail.isEmpty()) lines << shown.detail;
  return lines.join(QLatin1Char('\n'));
}

void TransferMatrixPlot::contextMenuEvent(QContextMenuEvent* event) {
  Q_EMIT menuRequested(event->pos());
  event->accept();
}

void TransferMatrixPlot::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  if (const auto cell = cellAt(event->position())) Q_EMIT cellClicked(cell->first, cell->second);
}

bool TransferMatrixPlot::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    auto* help = static_cast<QHelpEvent*>(event);
    const auto place = cellAt(help->pos());
    const QString detail = place ? cell(*place).detail : QString();
    if (detail.isEmpty()) {
      QToolTip::hideText();
    } else {
      QToolTip::showText(help->globalPos(), detail, this);
    }
    return true;
  }
  return QWidget::event(event);
}

}  // namespace oodscope
