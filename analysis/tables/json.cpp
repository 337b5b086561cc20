// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/cells.h"
#include "analysis/tables/table_writers.h"

namespace oodscope {
namespace {

Value::Object documentOf(const Table& table) {
  const std::vector<std::size_t> columns = columnsForPrograms(table);
  Value::Array rows;
  for (const Value::Array& row : table.rows) {
    Value::Object object;
    for (const std::size_t c : columns) object.push_back({table.columns[c].key, row[c]});
    rows.emplace_back(std::move(object));
  }
  return {{"rows", Value(std::move(rows))}, {"provenance", Value(table.provenance)}};
}

/// Fractions that read back to the same double; not defined (and not finite) as null.
std::string writeJson(const Table& table) {
  return Value(table.document.empty() ? documentOf(table) : table.document).json(2) + '\n';
}

}  // namespace

extern const TableWriter kJsonTables;
const TableWriter kJsonTables{
    .name = "json", .title = "JSON", .help = {}, .ending = ".json", .isForPrograms = true, .write = writeJson};

}  // namespace oodscope
