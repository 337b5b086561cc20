// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/table_writers.h"

#include "analysis/core/error.h"

#include <algorithm>
#include <array>

namespace oodscope {

extern const TableWriter kJsonTables, kCsvTables, kMarkdownTables, kLatexTables, kLatexFragments;

namespace {

constexpr std::array kWriters{&kLatexTables, &kMarkdownTables, &kCsvTables, &kJsonTables, &kLatexFragments};

}  // namespace

std::span<const TableWriter* const> tableWriters() { return kWriters; }

std::vector<const TableWriter*> reportTableWriters() {
  std::vector<const TableWriter*> out;
  std::copy_if(kWriters.begin(), kWriters.end(), std::back_inserter(out), [](const auto* w) { return w->inReports; });
  return out;
}

const TableWriter* tableWriter(std::string_view name) {
  const auto found = std::find_if(kWriters.begin(), kWriters.end(), [&](const auto* w) { return w->name == name; });
  return found == kWriters.end() ? nullptr : *found;
}

std::string writeTable(const Table& table, std::string_view format) {
  for (const Value::Array& row : table.rows)
    require(row.size() == table.columns.size(), "Table: a row has another number of values than columns");
  require(table.exactness.empty() || table.exactness.size() == table.rows.size(), "Table: exactness of other rows");
  const TableWriter* writer = tableWriter(format);
  require(writer != nullptr, "writeTable: not a format");
  return writer->write(table);
}

}  // namespace oodscope
