// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/tables/table.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// A format that tables are written in. A further one is one .cpp with its writer, named in table_writers.cpp: command
/// lines, their help, the export dialog and the report's folder follow.
struct TableWriter {
  std::string_view name;         ///< on command lines: "latex-fragment"
  std::string_view title;        ///< for people: "LaTeX (booktabs)"
  std::string_view help;         ///< what the name leaves open: "a whole document"; may be empty
  std::string_view suffix = {};  ///< of files' names, which tells two of one ending apart: "_fragment"
  std::string_view ending;       ///< of files, with its point: ".tex"
  bool inReports = true;         ///< a report's folder holds each table in it, and the export dialog offers it
  bool isForPrograms = false;    ///< every column with a key is written, instead of those with a title
  /// The table as text with a final newline; the same table gives the same bytes.
  std::string (*write)(const Table& table);
};

[[nodiscard]] std::span<const TableWriter* const> tableWriters();
/// The writers of a report's folder, in the order in which they are offered.
[[nodiscard]] std::vector<const TableWriter*> reportTableWriters();
/// The writer of that name; null where there is none.
[[nodiscard]] const TableWriter* tableWriter(std::string_view name);

/// The table in the format of that name. Errors: ContractViolation for a format that there is not, and where a row has
/// another number of values than there are columns.
[[nodiscard]] std::string writeTable(const Table& table, std::string_view format);

}  // namespace oodscope
