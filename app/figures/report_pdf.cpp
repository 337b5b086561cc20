// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/document_text.h"
#include "app/figures/report_document.h"
#include "widgets/theme/tokens.h"

#include <QBuffer>
#include <QFontMetricsF>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

// Points, unless said otherwise.
constexpr double kPageWidth = 595.0, kPageHeight = 842.0;
constexpr double kSide = 45.0, kTop = 48.0, kBottom = 52.0;
constexpr double kTextWidth = kPageWidth - 2 * kSide;
constexpr double kBody = 9.0, kSmall = 7.5;
constexpr double kFigureFont = 7.5;
constexpr double kFigureGap = 10.0;
constexpr double kCellPad = 4.0;

/// Between words; a long fingerprint, which is one word, anywhere.
int wrapOf(const QString& text) { return text.contains(QLatin1Char(' ')) ? Qt::TextWordWrap : Qt::TextWrapAnywhere; }

class PdfReport {
public:
  explicit PdfReport(QIODevice& device, const QString& title) : m_writer(&device) {
    m_writer.setResolution(kPdfDpi);
    m_writer.setPageSize(QPageSize(QPageSize::A4));
    m_writer.setPageMargins(QMarginsF(0, 0, 0, 0));
    m_writer.setTitle(title);
    m_writer.setCreator(QStringLiteral("Oodscope"));
    m_painter.begin(&m_writer);
    m_painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    m_painter.scale(kPdfDpi / kPointsPerInch, kPdfDpi / kPointsPerInch);
    m_title = title;
  }
  ~PdfReport() {
    foot();
    m_painter.end();
  }
  PdfReport(const PdfReport&) = delete;
  PdfReport& operator=(const PdfReport&) = delete;

  void titles(const QString& title, const QString& subtitle) {
    paragraph(title, documentFace(18, true), m_tokens.text);
    paragraph(subtitle, documentFace(kBody), m_tokens.text2);
    m_y += 6;
  }

  /// A heading never stands alone at the foot of a page: what follows comes with it.
  void keepTogether(const ReportBlock& next) {
    m_follows = 120.0;
    if (const auto* row = std::get_if<ReportFigures>(&next); row != nullptr && row->medium != ReportMedium::Html)
      m_follows = 40.0 + heightOf(*row);
    if (std::holds_alternative<ReportText>(next)) m_follows = 190.0;
    m_follows = std::min(m_follows, kPageHeight - kTop - kBottom);
  }

  void operator()(const ReportHeading& heading) {
    const double size = heading.level == 1 ? 13.0 : 10.5;
    reserve(m_follows);
    if (m_y > kTop) m_y += heading.level == 1 ? 16 : 8;
    paragraph(heading.text, documentFace(size, true), m_tokens.text);
    if (heading.level == 1) {
      m_painter.setPen(QPen(m_tokens.strong, 0.5));
      m_painter.drawLine(QPointF(kSide, m_y), QPointF(kSide + kTextWidth, m_y));
      m_y += 5;
    }
  }
  void operator()(const ReportText& text) {
    paragraph(text.text, documentFace(text.isNote ? kSmall : kBody), text.isNote ? m_tokens.text2 : m_tokens.text);
  }
  void operator()(const ReportFacts& facts) {
    const QFont face = documentFace(kSmall);
    double names = 0.0;
    for (const auto& [name, value] : facts.facts) names = std::max(names, widthOf(face, name));
    names = std::min(names + 10.0, 0.45 * kTextWidth);
    for (const auto& [name, value] : facts.facts) {
      const double height = std::max(heightOf(face, name, names - 6), heightOf(face, value, kTextWidth - names));
      reserve(height);
      drawText(QRectF(kSide, m_y, names - 6, height), Qt::AlignLeft, face, m_tokens.text2, name);
      drawText(QRectF(kSide + names, m_y, kTextWidth - names, height), Qt::AlignLeft, face, m_tokens.text, value);
      m_y += height + 1;
    }
    m_y += 5;
  }
  void operator()(const ReportGrid& grid) {
    const auto columns = static_cast<std::size_t>(grid.header.size());
    const QFont face = documentFace(kSmall), strong = documentFace(kSmall, true);
    std::vector<double> widths(columns, 0.0);
    for (std::size_t c = 0; c < columns; ++c) {
      widths[c] = widthOf(strong, grid.header[static_cast<int>(c)]);
      for (const auto& row : grid.rows)
        widths[c] = std::max(widths[c], widthOf(row[c].bold ? strong : face, row[c].text));
      widths[c] += 2 * kCellPad;
    }
    widenForGroups(grid, strong, widths);
    double total = 0.0;
    for (const double width : widths) total += width;
    // Too wide: everything a little smaller.
    const double shrink = std::min(1.0, kTextWidth / total);
    const double line = 1.5 * kSmall * shrink;
    paragraph(grid.caption, documentFace(kSmall), m_tokens.text2);
    const auto header = [&] {
      rule(total * shrink, 0.8);
      if (!grid.groups.empty()) {
        double x = kSide;
        std::size_t c = 0;
        for (const auto& [title, count] : grid.groups) {
          double width = 0.0;
          for (int i = 0; i < count; ++i) width += widths[c++] * shrink;
          scaledText(QRectF(x, m_y, width, line), Qt::AlignHCenter, strong, shrink, title);
          x += width;
        }
        m_y += line;
      }
      std::vector<ReportCell> cells;
      for (const QString& title : grid.header) cells.push_back({title, true, false});
      gridRow(grid, cells, widths, shrink, line);
      rule(total * shrink, 0.4);
    };
    reserve(std::min(6.0, static_cast<double>(grid.rows.size()) + 2) * line);
    header();
    for (const auto& row : grid.rows) {
      if (m_y + line > kPageHeight - kBottom) {
        newPage();
        header();
      }
      gridRow(grid, row, widths, shrink, line);
    }
    rule(total * shrink, 0.8);
    m_y += 9;
  }
  /// Paper does not move: the figures beside it show the same.
  void operator()(const std::shared_ptr<const ReportLiveSet>& live) const { static_cast<void>(live); }
  void operator()(const ReportFigures& row) {
    if (row.medium == ReportMedium::Html) return;
    const auto count = static_cast<double>(row.figures.size());
    double width = (kTextWidth * row.share - kFigureGap * (count - 1)) / count;
    const QFont face = documentFace(kSmall);
    const double caption = row.caption.isEmpty() ? 0.0 : heightOf(face, row.caption, kTextWidth) + 3;
    const double room = kPageHeight - kTop - kBottom - caption - 10;
    double height = 0.0;
    for (const auto& figure : row.figures) height = std::max(height, figure->heightFor(width, kFigureFont));
    if (height > room) {  // taller than a page
      width *= room / height;
      height = room;
    }
    reserve(height + caption);
    RenderOptions options;
    options.fontPoints = kFigureFont;
    options.rasterDpi = 220;
    double x = kSide;
    for (const auto& figure : row.figures) {
      m_painter.save();
      figure->draw(m_painter, QRectF(x, m_y, width, std::min(height, figure->heightFor(width, kFigureFont))), options);
      m_painter.restore();
      x += width + kFigureGap;
    }
    m_y += height + 3;
    if (caption > 0.0) {
      drawText(QRectF(kSide, m_y, kTextWidth, caption), Qt::AlignLeft, face, m_tokens.text2, row.caption);
      m_y += caption;
    }
    m_y += 7;
  }

private:
  static double heightOf(const ReportFigures& row) {
    const auto count = static_cast<double>(row.figures.size());
    const double width = (kTextWidth * row.share - kFigureGap * (count - 1)) / count;
    double height = 0.0;
    for (const auto& figure : row.figures) height = std::max(height, figure->heightFor(width, kFigureFont));
    return height;
  }
  static double widthOf(const QFont& face, const QString& text) {
    return QFontMetricsF(face).horizontalAdvance(text) / kTextScale;
  }
  static double heightOf(const QFont& face, const QString& text, double width) {
    return QFontMetricsF(face).boundingRect(QRectF(0, 0, width * kTextScale, 1e6), wrapOf(text), text).height() /
           kTextScale;
  }
  void drawText(const QRectF& area, Qt::Alignment alignment, const QFont& face, const QColor& colour,
                const QString& text) {
    m_painter.save();
    m_painter.translate(area.topLeft());
    m_painter.scale(1.0 / kTextScale, 1.0 / kTextScale);
    m_painter.setFont(face);
    m_painter.setPen(colour);
    m_painter.drawText(QRectF(0, 0, area.width() * kTextScale, area.height() * kTextScale + 1),
                       static_cast<int>(alignment) | wrapOf(text), text);
    m_painter.restore();
  }
  void scaledText(const QRectF& area, Qt::Alignment alignment, const QFont& face, double scale, const QString& text,
                  bool underlined = false) {
    m_painter.save();
    m_painter.translate(area.topLeft());
    m_painter.scale(scale / kTextScale, scale / kTextScale);
    QFont used = face;
    used.setUnderline(underlined);
    m_painter.setFont(used);
    m_painter.setPen(m_tokens.text);
    m_painter.drawText(QRectF(0, 0, area.width() / scale * kTextScale, area.height() / scale * kTextScale),
                       static_cast<int>(alignment | Qt::AlignVCenter) | Qt::TextSingleLine, text);
    m_painter.restore();
  }
  void paragraph(const QString& text, const QFont& face, const QColor& colour) {
    const double height = heightOf(face, text, kTextWidth);
    reserve(height);
    drawText(QRectF(kSide, m_y, kTextWidth, height), Qt::AlignLeft, face, colour, text);
    m_y += height + 4;
  }
  static void widenForGroups(const ReportGrid& grid, const QFont& face, std::vector<double>& widths) {
    std::size_t first = 0;
    for (const auto& [title, count] : grid.groups) {
      double width = 0.0;
      for (int i = 0; i < count; ++i) width += widths[first + static_cast<std::size_t>(i)];
      const double missing = widthOf(face, title) + 2 * kCellPad - width;
      for (int i = 0; i < count && missing > 0.0; ++i) widths[first + static_cast<std::size_t>(i)] += missing / count;
      first += static_cast<std::size_t>(count);
    }
  }
  void gridRow(const ReportGrid& grid, const std::vector<ReportCell>& cells, const std::vector<double>& widths,
               double shrink, double line) {
    double x = kSide;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      const double width = widths[c] * shrink;
      scaledText(QRectF(x, m_y, width, line).adjusted(kCellPad * shrink, 0, -kCellPad * shrink, 0),
                 grid.isNumber[c] ? Qt::AlignRight : Qt::AlignLeft, documentFace(kSmall, cells[c].bold), shrink,
                 cells[c].text, cells[c].underlined);
      x += width;
    }
    m_y += line;
  }
  void rule(double width, double weight) {
    m_painter.setPen(QPen(m_tokens.text, weight));
    m_painter.drawLine(QPointF(kSide, m_y), QPointF(kSide + width, m_y));
    m_y += 1.5;
  }
  void reserve(double height) {
    if (m_y > kTop && m_y + height > kPageHeight - kBottom) newPage();
  }
  void newPage() {
    foot();
    m_writer.newPage();
    ++m_page;
    m_y = kTop;
  }
  void foot() {
    const QFont face = documentFace(kSmall);
    const QRectF line(kSide, kPageHeight - kBottom + 18, kTextWidth, 14);
    drawText(line, Qt::AlignLeft, face, m_tokens.text3, m_title);
    drawText(line, Qt::AlignRight, face, m_tokens.text3, QString::number(m_page));
  }

  const Tokens& m_tokens = tokens(false);
  QPdfWriter m_writer;
  QPainter m_painter;
  QString m_title;
  double m_y = kTop;
  double m_follows = 0.0;
  int m_page = 1;
};

}  // namespace

QByteArray reportPdf(const ReportDocument& document) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  {
    PdfReport report(buffer, document.title);
    report.titles(document.title, document.subtitle);
    for (std::size_t i = 0; i < document.blocks.size(); ++i) {
      if (i + 1 < document.blocks.size()) report.keepTogether(document.blocks[i + 1]);
      std::visit([&](const auto& part) { report(part); }, document.blocks[i]);
    }
  }
  return bytes;
}

}  // namespace oodscope
