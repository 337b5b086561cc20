// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/tables/result_table.h"

#include <string>
#include <vector>

namespace oodscope {

/// A table whose columns are named by the caller: thresholds, worst frames, failures.
struct PlainTable {
  enum class Kind {
    Text,
    Count,    ///< whole numbers
    Percent,  ///< fractions: percent with two decimals for people, the fraction itself in CSV and JSON
    Score     ///< four significant digits for people, all digits in CSV and JSON
  };
  struct Column {
    std::string title;  ///< for people: "FPR"
    std::string key;    ///< in CSV and JSON: "fpr"
    Kind kind = Kind::Text;
  };
  std::string caption;  ///< of the LaTeX table
  std::vector<Column> columns;
  std::vector<Value::Array> rows;  ///< a value a column; null: not defined
  Value::Object provenance;
};

/// The table as text with a final newline, in the formats and number formats of writeTable(). The same table gives the
/// same bytes. Errors: ContractViolation where a row has another number of values than there are columns.
[[nodiscard]] std::string writeTable(const PlainTable& table, TableFormat format);

/// A value as people read it in a column: "29.00", "0.4213", "–".
[[nodiscard]] std::string cellText(const Value& value, PlainTable::Kind kind);

}  // namespace oodscope
