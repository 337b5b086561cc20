// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/document_legend.inl.h"

#include <QPainter>

#include <algorithm>
#include <numeric>

namespace oodscope {

DocumentLegend::DocumentLegend(const std::vector<HeaderSpan>& entries, const QFont& face, const Tokens& tokens)
    : m_face(face), m_metrics(face) {
  for (const HeaderSpan& span : entries) {
    const QString text = span.name.isEmpty()   ? span.text
                         : span.text.isEmpty() ? span.name
                                               : span.name + QStringLiteral(": ") + span.text;
    m_entries.push_back({{text}, tokens.text, span.chip, span.sample});
  }
}

double DocumentLegend::widthOf(const Entry& entry) const {
  double width = 0.0;
  for (const QString& text : entry.lines) width = std::max(width, m_metrics.horizontalAdvance(text));
  return width + sampleWidth() + gap();
}

double DocumentLegend::lineWidth() const {
  double width = 0.0;
  for (const Entry& entry : m_entries) width += widthOf(entry) + between();
  return std::max(0.0, width - between());
}

QSizeF DocumentLegend::Layout::size(double between) const {
  if (entries.empty()) return {0.0, 0.0};
  return {std::accumulate(columns.begin(), columns.end(), 0.0) + between * static_cast<double>(columns.size() - 1),
          std::accumulate(rows.begin(), rows.end(), 0.0)};
}

/// Lines of at most `width`, broken between words, and within a word that is wider alone.
QStringList DocumentLegend::broken(const QString& text, double width) const {
  QStringList lines;
  QString line;
  for (QString word : text.split(QLatin1Char(' '))) {
    const QString longer = line.isEmpty() ? word : line + QLatin1Char(' ') + word;
    if (m_metrics.horizontalAdvance(longer) <= width) {
      line = longer;
      continue;
    }
    if (!line.isEmpty()) lines << line;
    while (m_metrics.horizontalAdvance(word) > width && word.size() > 1) {
      qsizetype fitting = word.size() - 1;
      while (fitting > 1 && m_metrics.horizontalAdvance(word.left(fitting)) > width) --fitting;
      lines << word.left(fitting);
      word.remove(0, fitting);
    }
    line = word;
  }
  if (!line.isEmpty()) lines << line;
  return lines;
}

DocumentLegend::Layout DocumentLegend::layout(double width, int columns) const {
  Layout out;
  out.entries = m_entries;
  const std::size_t count = out.entries.size();
  if (count == 0) return out;
  std::size_t wide = std::clamp<std::size_t>(static_cast<std::size_t>(columns), 1, count);
  for (;; --wide) {
    out.columns.assign(wide, 0.0);
    for (std::size_t i = 0; i < count; ++i)
      out.columns[i % wide] = std::max(out.columns[i % wide], widthOf(out.entries[i]));
    out.rows.clear();
    if (wide == 1 || out.size(between()).width() <= width) break;
  }
  if (wide == 1 && out.columns[0] > width) {
    out.columns[0] = 0.0;
    for (Entry& entry : out.entries) {
      entry.lines = broken(entry.lines.first(), width - sampleWidth() - gap());
      out.columns[0] = std::max(out.columns[0], widthOf(entry));
    }
  }
  out.rows.assign((count + wide - 1) / wide, 0.0);
  for (std::size_t i = 0; i < count; ++i) {
    double& row = out.rows[i / wide];
    row = std::max(row, line() * static_cast<double>(out.entries[i].lines.size()));
  }
  return out;
}

QSizeF DocumentLegend::sizeWithin(double width, int columns) const { return layout(width, columns).size(between()); }

void DocumentLegend::drawEntry(QPainter& painter, QPointF at, const Entry& entry) const {
  const double middle = at.y() + line() / 2;
  if (entry.chip.isValid()) {
    const double side = 0.6 * line();
    painter.setPen(Qt::NoPen);
    painter.setBrush(entry.chip);
    painter.drawRect(QRectF(at.x() + sampleWidth() - side, middle - side / 2, side, side));
  } else if (entry.sample.style() != Qt::NoPen) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(entry.sample);
    painter.drawLine(QPointF(at.x(), middle), QPointF(at.x() + sampleWidth(), middle));
  }
  painter.setPen(entry.colour);
  painter.setFont(m_face);
  double baseline = at.y() + m_metrics.ascent();
  for (const QString& text : entry.lines) {
    painter.drawText(QPointF(at.x() + sampleWidth() + gap(), baseline), text);
    baseline += line();
  }
}

void DocumentLegend::draw(QPainter& painter, const QRectF& area, int columns) const {
  const Layout places = layout(area.width(), columns);
  const QSizeF size = places.size(between());
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  double y = area.center().y() - size.height() / 2;
  const double left = area.center().x() - size.width() / 2;
  const std::size_t wide = places.columns.size();
  for (std::size_t row = 0; row < places.rows.size(); ++row) {
    double x = left;
    for (std::size_t column = 0; column < wide && row * wide + column < places.entries.size(); ++column) {
      drawEntry(painter, QPointF(x, y), places.entries[row * wide + column]);
      x += places.columns[column] + between();
    }
    y += places.rows[row];
  }
  painter.restore();
}

}  // namespace oodscope
