// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/tables/table.h"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// Somebody's table of results: a line of column names, then a line a run, as tuning.csv or what `evaluate --format
/// csv` writes.
struct ResultFile {
  std::filesystem::path file;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  ///< a text a column; empty: not there

  /// The column of that name; names are compared without regard to case where that leaves one. Throws Error: no such
  /// column, which are there.
  [[nodiscard]] std::size_t column(const std::string& name) const;
};

/// Reads a CSV file after RFC 4180, in UTF-8 with or without its mark, parted by commas, semicolons or tabs (whichever
/// the first line has most of); lines that begin with # and empty ones are left out. Throws Error: missing, no text, a
/// single column, a name that is empty or there twice, a line of another number of values (which line), a quote that is
/// never closed, no line of values. Cost: O(bytes), 64 MiB at most.
[[nodiscard]] ResultFile readResultFile(const std::filesystem::path& file);
/// The same of text; `file` is named in messages.
[[nodiscard]] ResultFile parseResultFile(std::string_view text, const std::filesystem::path& file);

/// The number that a cell spells: nothing for an empty one, "nan", "none", "null" or a dash; a percent sign is dropped.
/// Throws Error for any other text; `where` names it.
[[nodiscard]] std::optional<double> numberIn(const std::string& cell, const std::string& where);

/// What is asked of a result file: a metric against a column, a series for each combination of the group columns.
struct ResultQuery {
  /// Rows that count: their value in the column is one of these.
  struct Filter {
    std::string column;
    std::vector<std::string> values;
  };
  std::string metric, against;
  std::vector<std::string> groups = {};
  std::vector<Filter> filters = {};
};

/// Runs that share group and place: their mean, and their deviation where there are several.
struct ResultPoint {
  std::string place;                ///< the text in the column
  std::optional<double> number;     ///< what it spells, where all places do
  std::size_t runs = 0;             ///< with a value
  std::size_t without = 0;          ///< whose metric is not defined
  std::optional<double> mean;       ///< empty where no run has a value
  std::optional<double> deviation;  ///< of the sample, n - 1; empty for fewer than two
  std::optional<double> least, most;
};
struct ResultSeries {
  std::string label;                ///< "msp, course": the group's values; the metric's name where nothing groups
  std::vector<ResultPoint> points;  ///< by number where all places are numbers, else in the file's order
};

/// The series in the file's order. Throws Error: a column that is not there, a metric that is no number (which line),
/// no row that passes the filters. Cost: O(rows log rows).
[[nodiscard]] std::vector<ResultSeries> resultSeries(const ResultFile& file, const ResultQuery& query);
/// Whether every place of every series is a number, so that they have an axis.
[[nodiscard]] bool hasNumbers(const std::vector<ResultSeries>& series);

/// The series as a table: group columns' label, place, mean, deviation, runs.
[[nodiscard]] Table tableOf(const std::vector<ResultSeries>& series, const ResultQuery& query);

/// "65.10 ± 0.42 (3)"; without a deviation the mean alone; "–" where nothing is defined.
[[nodiscard]] std::string meanText(const ResultPoint& point);

}  // namespace oodscope
