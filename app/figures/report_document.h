// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/figures/figure.h"
#include "app/figures/report_live.h"

#include <QStringList>

#include <memory>
#include <utility>
#include <variant>
#include <vector>

namespace oodscope {

struct ReportHeading {
  QString text;
  int level = 1;  ///< 1: a section, 2: a part of it
};
struct ReportText {
  QString text;
  bool isNote = false;  ///< smaller, quieter
};
/// Names and values under each other.
struct ReportFacts {
  std::vector<std::pair<QString, QString>> facts;
};
struct ReportCell {
  QString text;
  bool bold = false, underlined = false;
};
struct ReportGrid {
  QString caption;
  std::vector<std::pair<QString, int>> groups;  ///< above the header: title and number of columns; may be empty
  QStringList header;
  std::vector<bool> isNumber;  ///< a column: right-aligned
  std::vector<std::vector<ReportCell>> rows;
};
/// Where a block is shown: what the HTML shows alive, the PDF shows as a figure.
enum class ReportMedium { Both, Html, Pdf };
/// Figures side by side, equally wide.
struct ReportFigures {
  std::vector<std::shared_ptr<Figure>> figures;
  QString caption;
  double share = 1.0;  ///< of the text's width, all together
  ReportMedium medium = ReportMedium::Both;
};
using ReportBlock = std::variant<ReportHeading, ReportText, ReportFacts, ReportGrid, ReportFigures,
                                 std::shared_ptr<const ReportLiveSet>>;  ///< the last: in the HTML alone

/// A report before it is written: the same blocks make the HTML and the PDF.
struct ReportDocument {
  QString title, subtitle;
  std::vector<ReportBlock> blocks;
};

/// One file that asks for nothing else: style, script and pictures inside, the first two allowed by their hashes alone.
/// Without script it shows what was saved.
[[nodiscard]] QByteArray reportHtml(const ReportDocument& document);
/// A4 pages; figures and texts as vectors, fonts embedded.
[[nodiscard]] QByteArray reportPdf(const ReportDocument& document);

}  // namespace oodscope
