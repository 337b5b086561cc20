// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/confusion_plot.h"

#include "analysis/core/error.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <numeric>

namespace oodscope {
namespace {

constexpr double kConfusionDesignHeight = 18;
constexpr double kNamesShare = 0.3;   // of the area that names take at most
constexpr double kSpeltShare = 0.7;   // of a line's height that a cell has at least where names are spelt
constexpr double kInkTurns = 0.55;    // share from which on texts stand on a dark cell
constexpr double kTextShare = 0.005;  // smaller ones are not spelt: 0.5 %

QColor between(const QColor& a, const QColor& b, double share) {
  const auto mix = [share](int from, int to) { return static_cast<int>(from + (to - from) * share); };
  return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

}  // namespace

struct ConfusionPlot::Places {
  double unit = 1, left = 0, top = 0, cell = 0, names = 0, head = 0;
  bool spelt = true;  ///< the classes beside their colours
  [[nodiscard]] QRectF at(int row, int column) const {
    return {left + column * cell, top + row * cell, cell - 0.5 * unit, cell - 0.5 * unit};
  }
};

ConfusionPlot::ConfusionPlot(QWidget* parent) : QWidget(parent) {}

void ConfusionPlot::setTitle(const QString& title) {
  m_title = title;
  setAccessibleName(title);
  update();
}

void ConfusionPlot::setEmptyText(const QString& text) {
  m_empty = text;
  update();
}

void ConfusionPlot::setCounts(std::vector<ConfusionClass> classes, std::vector<std::uint64_t> counts) {
  require(counts.size() == classes.size() * classes.size(), "ConfusionPlot: one count for each pair of classes");
  m_classes = std::move(classes);
  m_counts = std::move(counts);
  m_rows.assign(m_classes.size(), 0);
  for (std::size_t i = 0; i < m_counts.size(); ++i) m_rows[i / m_classes.size()] += m_counts[i];
  update();
}

std::uint64_t ConfusionPlot::count(int row, int column) const {
  return m_counts[static_cast<std::size_t>(row) * m_classes.size() + static_cast<std::size_t>(column)];
}

std::optional<double> ConfusionPlot::share(int row, int column) const {
  const std::uint64_t all = m_rows.at(static_cast<std::size_t>(row));
  return all == 0 ? std::nullopt : std::optional(static_cast<double>(count(row, column)) / static_cast<double>(all));
}

ConfusionPlot::Places ConfusionPlot::places(const QRectF& area, const QFont& base, bool titled) const {
  Places p;
  p.unit = QFontMetricsF(base).height() / kConfusionDesignHeight;
  const QFontMetricsF metrics(captionFont(base));
  for (const ConfusionClass& each : m_classes) p.names = std::max(p.names, metrics.horizontalAdvance(each.name));
  p.names = std::min(p.names + 20 * p.unit, kNamesShare * std::min(area.width(), area.height()));
  p.head = (titled ? 26 : 6) * p.unit;
  const double n = std::max<double>(1, static_cast<double>(m_classes.size()));
  const auto lay = [&] {
    p.left = area.left() + 10 * p.unit + p.names + 18 * p.unit;
    p.top = area.top() + p.head + p.names + 18 * p.unit;
    p.cell =
        std::max(1.0, std::min((area.right() - 8 * p.unit - p.left) / n, (area.bottom() - 6 * p.unit - p.top) / n));
  };
  lay();
  p.spelt = p.cell >= kSpeltShare * metrics.height();
  if (!p.spelt) {  // colours alone, and their room for the cells
    p.names = 12 * p.unit;
    lay();
  }
  return p;
}

QRectF ConfusionPlot::cellRect(int row, int column) const {
  return places(QRectF(rect()), font(), true).at(row, column);
}

void ConfusionPlot::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), tokensFor(this).panel);
  paintInto(painter, QRectF(rect()), font(), palette(), true);
}

void ConfusionPlot::render(QPainter& painter, const QRectF& area, const RenderOptions& options) const {
  QFont printed = font();
  printed.setPixelSize(qRound(options.fontPoints * kPixelsPerPoint / 0.9));
  painter.save();
  painter.translate(area.topLeft());
  painter.scale(1 / kPixelsPerPoint, 1 / kPixelsPerPoint);
  paintInto(painter, QRectF(0, 0, area.width() * kPixelsPerPoint, area.height() * kPixelsPerPoint), printed,
            buildPalette(tokens(options.dark)), options.title);
  painter.restore();
}

void ConfusionPlot::paintNames(QPainter& painter, const QRectF& area, const Places& p, const QFont& base,
                               const QPalette& palette) const {
  const Tokens& t = tokensFor(palette);
  const QFont face = captionFont(base);
  const QFontMetricsF metrics(face);
  const double chip = std::min(9 * p.unit, 0.7 * p.cell), room = p.names - 16 * p.unit;
  painter.setFont(face);
  const auto name = [&](const QRectF& place, const ConfusionClass& each) {
    painter.fillRect(QRectF(place.right() - chip, place.center().y() - chip / 2, chip, chip), each.colour);
    if (!p.spelt) return;
    painter.setPen(t.text);
    painter.drawText(place.adjusted(0, 0, -chip - 5 * p.unit, 0),
                     Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine,
                     metrics.elidedText(each.name, Qt::ElideRight, room));
  };
  for (std::size_t i = 0; i < m_classes.size(); ++i) {
    const double at = static_cast<double>(i) * p.cell;
    name(QRectF(p.left - p.names - 4 * p.unit, p.top + at, p.names, p.cell), m_classes[i]);
    painter.save();
    painter.translate(p.left + at, p.top - 4 * p.unit);
    painter.rotate(90);
    painter.translate(-p.names, -p.cell);
    name(QRectF(0, 0, p.names, p.cell), m_classes[i]);
    painter.restore();
  }
  painter.setPen(t.text2);
  const double width = p.cell * static_cast<double>(m_classes.size());
  painter.drawText(QRectF(p.left, area.top() + p.head, width, 16 * p.unit), Qt::AlignCenter, tr("predicted"));
  painter.save();
  painter.translate(area.left() + 8 * p.unit, p.top + width);
  painter.rotate(-90);
  painter.drawText(QRectF(0, 0, width, 16 * p.unit), Qt::AlignCenter, tr("true"));
  painter.restore();
}

void ConfusionPlot::paintInto(QPainter& painter, const QRectF& area, const QFont& base, const QPalette& palette,
                              bool titled) const {
  const Tokens& t = tokensFor(palette);
  const Places p = places(area, base, titled);
  painter.setFont(strongFont(tableFont(base)));
  painter.setPen(t.text);
  if (titled)
    painter.drawText(QRectF(area.left() + 10 * p.unit, area.top(), area.width() - 20 * p.unit, 26 * p.unit),
                     Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, m_title);
  if (m_classes.empty()) {
    painter.setFont(tableFont(base));
    painter.setPen(t.text2);
    painter.drawText(area.adjusted(20 * p.unit, 30 * p.unit, -20 * p.unit, -10 * p.unit),
                     static_cast<int>(Qt::AlignCenter) | Qt::TextWordWrap, m_empty);
    return;
  }
  paintNames(painter, area, p, base, palette);
  QFont number = numberFont(captionFont(base));
  const double widest = QFontMetricsF(number).horizontalAdvance(QStringLiteral("100"));
  const bool spelt = widest + 2 * p.unit <= p.cell;
  const int n = static_cast<int>(m_classes.size());
  for (int row = 0; row < n; ++row)
    for (int column = 0; column < n; ++column) {
      const QRectF place = p.at(row, column);
      const auto part = share(row, column);
      painter.fillRect(place, part ? between(t.plot, t.accent, 0.85 * *part) : t.plot);
      if (part && spelt && *part >= kTextShare) {
        painter.setFont(number);
        painter.setPen(*part > (t.dark ? 1.1 : kInkTurns) ? t.onAccent : t.text);
        painter.drawText(place, Qt::AlignCenter, numberText(100.0 * *part, 0));
      }
      if (row != column) continue;
      painter.setPen(QPen(t.edge, p.unit));
      painter.setBrush(Qt::NoBrush);
      painter.drawRect(place);
    }
}

QString ConfusionPlot::textAt(QPointF at) const {
  const int n = static_cast<int>(m_classes.size());
  for (int row = 0; row < n; ++row)
    for (int column = 0; column < n; ++column) {
      if (!cellRect(row, column).contains(at)) continue;
      const auto part = share(row, column);
      const QString names =
          tr("true %1, predicted %2")
              .arg(m_classes[static_cast<std::size_t>(row)].name, m_classes[static_cast<std::size_t>(column)].name);
      return part ? tr("%1\n%2 pixels, %3 % of the true ones")
                        .arg(names, groupedText(static_cast<qint64>(count(row, column))), numberText(100.0 * *part, 2))
                  : tr("%1\nno pixel of that class").arg(names);
    }
  return {};
}

QString ConfusionPlot::dataText() const {
  if (m_classes.empty()) return {};
  QStringList lines{QStringLiteral("true\tpredicted\tpixels\tshare of true")};
  const int n = static_cast<int>(m_classes.size());
  for (int row = 0; row < n; ++row)
    for (int column = 0; column < n; ++column) {
      const auto part = share(row, column);
      lines << QStringLiteral("%1\t%2\t%3\t%4")
                   .arg(m_classes[static_cast<std::size_t>(row)].name, m_classes[static_cast<std::size_t>(column)].name,
                        QString::number(qulonglong{count(row, column)}),
                        part ? QString::number(*part, 'g', 9) : QString());
    }
  return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

void ConfusionPlot::contextMenuEvent(QContextMenuEvent* event) {
  Q_EMIT menuRequested(event->pos());
  event->accept();
}

bool ConfusionPlot::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  auto* help = static_cast<QHelpEvent*>(event);
  const QString text = textAt(help->pos());
  text.isEmpty() ? QToolTip::hideText() : QToolTip::showText(help->globalPos(), text, this);
  return true;
}

}  // namespace oodscope
