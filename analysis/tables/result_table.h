// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/tables/value.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// Component metrics of a row, fractions.
struct ComponentColumns {
  double threshold = 0.0;  ///< decision: score > threshold; where it is best F1's, the largest float below that one
  std::optional<double> siou, ppv, f1Star;
  std::string track = {};   ///< whose sizes count: "anomaly", "obstacle"
  std::int64_t frames = 0;  ///< that they are of: those that the pixel protocol skips count, too
  friend bool operator==(const ComponentColumns&, const ComponentColumns&) = default;
};

/// One evaluated set under one method, temperature and protocol. Metrics are fractions; not defined is empty.
struct ResultRow {
  std::string set;
  std::string model;  ///< empty for imported scores
  std::string method;
  std::optional<double> temperature;  ///< empty where the method does not depend on it
  std::string protocol;
  std::int64_t frames = 0, skipped = 0;  ///< that the numbers are of; all others of the set, the sum of what follows
  std::int64_t framesTotal = 0;          ///< of the set
  std::int64_t withoutAnomaly = 0;       ///< left out by the protocol's own rule
  std::int64_t failed = 0;               ///< could not be read, inferred or scored
  std::int64_t unread = 0;               ///< not looked at yet, because the run was stopped
  std::int64_t unlabelled = 0;           ///< their ground truth is withheld
  bool complete = true;                  ///< nothing failed and nothing is unread: the numbers are the set's
  std::string precision = {};            ///< of what was scored: "float16", "float32", "float64", "uint8"
  std::int64_t positives = 0, negatives = 0;  ///< pixels
  std::optional<double> ap, fpr95, auroc, bestF1, bestF1Threshold;
  std::optional<double> nll = {};  ///< of the true class, nats a pixel; where a sweep's rule asks for it
  bool exact = true;               ///< complete, and computed from every pixel instead of estimated
  std::optional<ComponentColumns> components;
  friend bool operator==(const ResultRow&, const ResultRow&) = default;
};

/// Rows with what is needed to make them again: command, fingerprints, versions, threads.
struct ResultTable {
  std::vector<ResultRow> rows;
  std::vector<std::string> warnings = {};    ///< likely mistakes in what was given, each a sentence for the user
  std::vector<std::string> unfinished = {};  ///< what was asked for and is not in the rows, and why
  Value::Object provenance = {};
  /// Whether all that was asked for is in the rows, and each of all its frames.
  [[nodiscard]] bool isComplete() const;
  friend bool operator==(const ResultTable&, const ResultTable&) = default;
};

enum class TableFormat {
  Json,
  Csv,
  Markdown,
  Latex,         ///< a whole document, that compiles as it is
  LatexFragment  ///< the table alone, to be put into a paper by \input; needs booktabs
};
/// "json", "csv", "markdown", "latex", "latex-fragment" and back.
[[nodiscard]] std::string_view tableFormatName(TableFormat format);
[[nodiscard]] std::optional<TableFormat> tableFormatFromName(std::string_view name);

/// The table as text with a final newline; the same table gives the same bytes.
[[nodiscard]] std::string writeTable(const ResultTable& table, TableFormat format);

/// The frames that a row is of, for people: "30", "29 (1 without anomaly)", "5 of 10 (5 failed)".
[[nodiscard]] std::string framesText(const ResultRow& row);
/// What stands before a number of the row: nothing where it is exact, "≈" where it is estimated, "†" where frames of
/// the set are missing.
[[nodiscard]] std::string_view exactnessMark(const ResultRow& row);

/// {"rows":[…],"complete":…,"unfinished":[…],"warnings":[…],"provenance":{…}}: fractions that read back to the same
/// double, not defined (and not finite) as null, components null where a row has none.
[[nodiscard]] std::string tableAsJson(const ResultTable& table);
/// One header line, RFC 4180 quoting, fractions that read back to the same double, not defined empty. No provenance.
/// Columns of later versions follow those of earlier ones.
[[nodiscard]] std::string tableAsCsv(const ResultTable& table);
/// A pipe table: metrics in percent with two decimals, thresholds to four significant digits, "–" for not defined and
/// exactnessMark() before values; what is missing, warnings and provenance follow as a list.
[[nodiscard]] std::string tableAsMarkdown(const ResultTable& table);

struct LatexOptions {
  bool document = true;      ///< a whole document that compiles as it is; false: the table alone, which needs booktabs
  std::string caption = {};  ///< plain text, escaped; empty: what the columns are
};
/// A booktabs table: sets as columns with AP and FPR95 in percent, methods as rows; best of a column bold, second
/// underlined (over the values as printed: equal ones share a place; values of a part of the frames have none and carry
/// exactnessMark()). Provenance is given as comments.
[[nodiscard]] std::string tableAsLatex(const ResultTable& table, const LatexOptions& options = {});
/// Plain text with LaTeX's special characters escaped.
[[nodiscard]] std::string latexEscaped(std::string_view text);

/// Reads what tableAsJson wrote. Throws Error for text that is not JSON or lacks a field: which, and what was there.
[[nodiscard]] ResultTable tableFromJson(std::string_view json);

}  // namespace oodscope
