// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/tables/value.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// A table as every writer takes it: results, thresholds, worst frames, failures, IoU of classes, timings.
struct Table {
  enum class Kind {
    Text,
    Count,    ///< whole numbers, or their account in words
    Percent,  ///< fractions: percent with two decimals for people, the fraction itself in CSV and JSON
    Score     ///< four significant digits for people, all digits in CSV and JSON
  };
  struct Column {
    std::string title;  ///< for people: "FPR"; empty: the column is not for people
    std::string key;    ///< in CSV and JSON: "fpr"; empty: the column is for people alone
    Kind kind = Kind::Text;
  };
  /// Of the numbers of a row: estimated ones are marked "≈", those of a part of the frames "†".
  enum class Exactness { Exact, Estimated, Part };

  /// How a paper's table shows the rows: those that agree in the key columns as one, side by side the groups of
  /// `across`, each with its metrics. The best of a column is bold, the second underlined.
  struct Crossing {
    struct Key {
      std::size_t column = 0;
      std::string title;        ///< LaTeX
      bool evenIfSame = false;  ///< printed even where all rows have one value
    };
    struct Metric {
      std::size_t column = 0;
      bool rising = true;  ///< larger is better
    };
    std::size_t across = 0;  ///< the column whose values are the groups: sets
    std::vector<Key> keys;
    std::vector<Metric> metrics;
  };

  std::string caption = {};  ///< plain text, of the LaTeX table
  std::vector<Column> columns = {};
  std::vector<Value::Array> rows = {};    ///< a value a column; null: not defined
  std::vector<Exactness> exactness = {};  ///< of each row; empty: all exact
  std::vector<std::string> remarks = {};  ///< what is missing and warnings, each a line
  Value::Object provenance = {};
  /// The JSON document; empty: {"rows": […], "provenance": {…}} of the columns.
  Value::Object document = {};
  std::optional<Crossing> crossing = {};
};

/// A value as people read it in a column: "29.00", "0.4213", "–".
[[nodiscard]] std::string cellText(const Value& value, Table::Kind kind);

}  // namespace oodscope
