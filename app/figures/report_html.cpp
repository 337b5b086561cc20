// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/figure_writer.h"
#include "app/figures/report_document.h"

#include <QBuffer>

namespace oodscope {
namespace {

constexpr double kTextInches = 7.0;
constexpr int kHtmlDpi = 192;  // twice what a usual display shows
constexpr int kJpegQuality = 90;

const char* const kStyle =
    "body{font:15px/1.5 'Noto Sans',system-ui,sans-serif;color:#1b1f24;max-width:980px;margin:2em auto;padding:0 1em}"
    "h1{font-size:1.7em;margin:0}h2{margin:2em 0 .5em;border-bottom:1px solid #c9ced6;padding-bottom:.2em}"
    "h3{margin:1.5em 0 .4em}.subtitle,.note,figcaption,caption{color:#59616c;font-size:.86em}"
    "table{border-collapse:collapse;margin:1em 0;font-size:.86em;font-variant-numeric:tabular-nums;display:block;"
    "overflow-x:auto}caption{text-align:left;padding-bottom:.4em}"
    "th,td{padding:.25em .6em;text-align:left;white-space:nowrap}th{border-bottom:1px solid #8a929e;font-weight:600}"
    "tr.groups th{border-bottom:none;text-align:center}tbody tr:nth-child(even){background:#f4f5f7}"
    ".n{text-align:right}dl{display:grid;grid-template-columns:max-content 1fr;gap:.15em 1.2em;font-size:.86em}"
    "dt{color:#59616c}dd{margin:0;overflow-wrap:anywhere}figure{margin:1em 0}figure div{display:flex;gap:1%}"
    "figure img{flex:1 1 0;min-width:0;height:auto}";

QString text(const QString& plain) { return plain.toHtmlEscaped(); }

QByteArray picture(Figure& figure, double inches) {
  FigureStyle style;
  style.widthInches = inches;
  style.dpi = kHtmlDpi;
  const QImage image = figureImage(figure, style);
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  const bool photographic = figure.isPhotographic();
  image.save(&buffer, photographic ? "JPEG" : "PNG", photographic ? kJpegQuality : -1);
  return QByteArray(photographic ? "data:image/jpeg;base64," : "data:image/png;base64,") + bytes.toBase64();
}

class HtmlWriter {
public:
  [[nodiscard]] QByteArray bytes() const { return m_out.toUtf8(); }
  void raw(const QString& html) { m_out += html; }

  void operator()(const ReportHeading& heading) {
    raw(QStringLiteral("<h%1>%2</h%1>\n").arg(heading.level + 1).arg(text(heading.text)));
  }
  void operator()(const ReportText& paragraph) {
    raw(QStringLiteral("<p%1>%2</p>\n")
            .arg(paragraph.isNote ? QStringLiteral(" class=\"note\"") : QString(), text(paragraph.text)));
  }
  void operator()(const ReportFacts& facts) {
    raw(QStringLiteral("<dl>\n"));
    for (const auto& [name, value] : facts.facts)
      raw(QStringLiteral("<dt>%1</dt><dd>%2</dd>\n").arg(text(name), text(value)));
    raw(QStringLiteral("</dl>\n"));
  }
  void operator()(const ReportGrid& grid) {
    raw(QStringLiteral("<table><caption>%1</caption>\n<thead>").arg(text(grid.caption)));
    if (!grid.groups.empty()) {
      raw(QStringLiteral("<tr class=\"groups\">"));
      for (const auto& [title, columns] : grid.groups)
        raw(QStringLiteral("<th colspan=\"%1\">%2</th>").arg(columns).arg(text(title)));
      raw(QStringLiteral("</tr>"));
    }
    raw(QStringLiteral("<tr>"));
    for (int c = 0; c < grid.header.size(); ++c)
      raw(QStringLiteral("<th%1>%2</th>").arg(side(grid, c), text(grid.header[c])));
    raw(QStringLiteral("</tr></thead>\n<tbody>"));
    for (const auto& row : grid.rows) {
      raw(QStringLiteral("<tr>"));
      for (std::size_t c = 0; c < row.size(); ++c) {
        QString cell = text(row[c].text);
        if (row[c].bold) cell = QStringLiteral("<b>") + cell + QStringLiteral("</b>");
        if (row[c].underlined) cell = QStringLiteral("<u>") + cell + QStringLiteral("</u>");
        raw(QStringLiteral("<td%1>%2</td>").arg(side(grid, static_cast<int>(c)), cell));
      }
      raw(QStringLiteral("</tr>\n"));
    }
    raw(QStringLiteral("</tbody></table>\n"));
  }
  void operator()(const ReportFigures& row) {
    raw(QStringLiteral("<figure><div style=\"width:%1%\">").arg(100.0 * row.share));
    for (const auto& figure : row.figures)
      raw(QStringLiteral("<img alt=\"%1\" src=\"%2\">")
              .arg(text(figure->title()),
                   QString::fromLatin1(
                       picture(*figure, kTextInches * row.share / static_cast<double>(row.figures.size())))));
    raw(QStringLiteral("</div>"));
    if (!row.caption.isEmpty()) raw(QStringLiteral("<figcaption>%1</figcaption>").arg(text(row.caption)));
    raw(QStringLiteral("</figure>\n"));
  }

private:
  static QString side(const ReportGrid& grid, int column) {
    const auto c = static_cast<std::size_t>(column);
    return c < grid.isNumber.size() && grid.isNumber[c] ? QStringLiteral(" class=\"n\"") : QString();
  }
  QString m_out;
};

}  // namespace

QByteArray reportHtml(const ReportDocument& document) {
  HtmlWriter writer;
  writer.raw(QStringLiteral("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                            "<meta name=\"viewport\" content=\"width=device-width\">"
                            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                            "img-src data:; style-src 'unsafe-inline'\">"
                            "<title>%1</title><style>%2</style></head>\n<body>\n<h1>%1</h1>\n"
                            "<p class=\"subtitle\">%3</p>\n")
                 .arg(text(document.title), QString::fromLatin1(kStyle), text(document.subtitle)));
  for (const ReportBlock& block : document.blocks) std::visit(writer, block);
  writer.raw(QStringLiteral("</body></html>\n"));
  return writer.bytes();
}

}  // namespace oodscope
