// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/document_text.h"
#include "app/figures/figure_writer.h"
#include "app/figures/report_document.h"
#include "widgets/theme/tokens.h"

#include <QBuffer>
#include <QCryptographicHash>
#include <QFile>
#include <QPainter>

#include <cmath>
#include <set>

// Outside any namespace, as the macro demands: a static library's resources are not found otherwise.
static void initialiseReportResources() { Q_INIT_RESOURCE(report); }

namespace oodscope {
namespace {

constexpr double kTextInches = 7.0;
constexpr int kHtmlDpi = 192;  // twice what a usual display shows
constexpr int kJpegQuality = 90;

QString text(const QString& plain) { return plain.toHtmlEscaped(); }

QByteArray dataUri(const QImage& image, bool photographic) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  image.save(&buffer, photographic ? "JPEG" : "PNG", photographic ? kJpegQuality : 0);
  return QByteArray(photographic ? "data:image/jpeg;base64," : "data:image/png;base64,") + bytes.toBase64();
}

FigureStyle styleOf(double inches) {
  FigureStyle style;
  style.widthInches = inches;
  style.dpi = kHtmlDpi;
  return style;
}

/// The figure as it stands on a dark page.
QImage darkImage(Figure& figure, const FigureStyle& style) {
  const QSizeF points = figureSize(figure, style);
  const double scale = style.dpi / kPointsPerInch;
  QImage image((points * scale).toSize(), QImage::Format_RGB32);
  image.fill(tokens(true).window);
  QPainter painter(&image);
  painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing | QPainter::SmoothPixmapTransform);
  painter.scale(scale, scale);
  RenderOptions options;
  options.fontPoints = style.fontPoints;
  options.rasterDpi = style.dpi;
  options.dark = true;
  figure.draw(painter, QRectF(QPointF(0, 0), points), options);
  return image;
}

QString resource(const char* name) {
  initialiseReportResources();
  QFile file(QStringLiteral(":/report/") + QLatin1String(name));
  require(file.open(QIODevice::ReadOnly), "reportHtml: a resource is missing");
  return QString::fromUtf8(file.readAll());
}

/// What a policy calls an element's content by.
QString policyHash(const QString& content) {
  return QStringLiteral("'sha256-") +
         QString::fromLatin1(QCryptographicHash::hash(content.toUtf8(), QCryptographicHash::Sha256).toBase64()) +
         QLatin1Char('\'');
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
    raw(QStringLiteral("<div class=\"scroll\"><table class=\"sortable\"><caption>%1</caption>\n<thead>")
            .arg(text(grid.caption)));
    if (!grid.groups.empty()) {
      raw(QStringLiteral("<tr class=\"groups\">"));
      for (const auto& [title, columns] : grid.groups)
        raw(title.isEmpty()
                ? QStringLiteral("<td colspan=\"%1\"></td>").arg(columns)
                : QStringLiteral("<th scope=\"colgroup\" colspan=\"%1\">%2</th>").arg(columns).arg(text(title)));
      raw(QStringLiteral("</tr>"));
    }
    raw(QStringLiteral("<tr>"));
    for (int c = 0; c < grid.header.size(); ++c)
      raw(QStringLiteral("<th scope=\"col\"%1>%2</th>").arg(side(grid, c), text(grid.header[c])));
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
    raw(QStringLiteral("</tbody></table></div>\n"));
  }
  void operator()(const std::shared_ptr<const ReportLiveSet>& live) { raw(liveSetHtml(*live, m_live++)); }
  void operator()(const ReportFigures& row) {
    if (row.medium == ReportMedium::Pdf) return;
    const int share = static_cast<int>(std::lround(100.0 * row.share));
    m_shares.insert(share);
    raw(QStringLiteral("<figure><div class=\"row share-%1%2\">")
            .arg(share)
            .arg(row.figures.size() > 1 ? QStringLiteral(" many") : QString()));
    for (const auto& figure : row.figures)
      image(*figure, styleOf(kTextInches * row.share / static_cast<double>(row.figures.size())));
    raw(QStringLiteral("</div>"));
    if (!row.caption.isEmpty()) raw(QStringLiteral("<figcaption>%1</figcaption>").arg(text(row.caption)));
    raw(QStringLiteral("</figure>\n"));
  }
  /// The widths that figures were given, as rules: no element carries a style of its own.
  [[nodiscard]] QString shareRules() const {
    QString out;
    for (const int share : m_shares) out += QStringLiteral(".share-%1{width:%1%}").arg(share);
    return QStringLiteral("@media (min-width:761px){%1}").arg(out);
  }

private:
  static QString side(const ReportGrid& grid, int column) {
    const auto c = static_cast<std::size_t>(column);
    return c < grid.isNumber.size() && grid.isNumber[c] ? QStringLiteral(" class=\"n\"") : QString();
  }
  /// Plots once for each theme; photographs stay as they are.
  void image(Figure& figure, const FigureStyle& style) {
    const auto one = [&](const QImage& drawn, const char* kind) {
      raw(QStringLiteral("<img%1 alt=\"%2\" width=\"%3\" height=\"%4\" src=\"%5\">")
              .arg(QLatin1String(kind), text(figure.title()), QString::number(drawn.width()),
                   QString::number(drawn.height()), QString::fromLatin1(dataUri(drawn, figure.isPhotographic()))));
    };
    if (figure.isPhotographic()) return one(figureImage(figure, style), "");
    one(figureImage(figure, style), " class=\"onlight\"");
    one(darkImage(figure, style), " class=\"ondark\"");
  }

  QString m_out;
  std::set<int> m_shares;
  int m_live = 0;
};

}  // namespace

QByteArray reportHtml(const ReportDocument& document) {
  HtmlWriter writer;
  for (const ReportBlock& block : document.blocks) std::visit(writer, block);
  const QString style = resource("report.css") + writer.shareRules();
  const QString script = resource("report.js");
  const QString head =
      QStringLiteral(
          "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
          "style-src %1; script-src %2; base-uri 'none'; form-action 'none'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n"
          "<title>%3</title><style>%4</style></head>\n<body>\n<header><div><h1>%3</h1>\n"
          "<p class=\"subtitle\">%5</p></div><button type=\"button\" id=\"theme\" hidden></button></header>\n"
          "<noscript><p class=\"note\">%6</p></noscript>\n<main>\n")
          .arg(policyHash(style), policyHash(script), text(document.title), style, text(document.subtitle),
               figures::tr("Without script everything stands as it was saved; with it, thresholds "
                           "move and tables sort."));
  return head.toUtf8() + writer.bytes() +
         QStringLiteral("</main>\n<script>%1</script>\n</body></html>\n").arg(script).toUtf8();
}

}  // namespace oodscope
