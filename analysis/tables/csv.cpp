// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/cells.h"
#include "analysis/tables/number_text.h"
#include "analysis/tables/table_writers.h"

namespace oodscope {
namespace {

std::string exactText(const Value& value, Table::Kind kind) {
  if (!isDefined(value, kind)) return {};
  if (const auto* real = std::get_if<double>(&value.data())) return roundTripText(*real);
  return textOf(value);
}

/// One header line, RFC 4180 quoting, fractions that read back to the same double, not defined empty. No provenance.
std::string writeCsv(const Table& table) {
  const std::vector<std::size_t> columns = columnsForPrograms(table);
  std::vector<std::string> fields;
  fields.reserve(columns.size());
  for (const std::size_t c : columns) fields.push_back(csvField(table.columns[c].key));
  std::string out = joined(fields, ",") + '\n';
  for (const Value::Array& row : table.rows) {
    fields.clear();
    for (const std::size_t c : columns) fields.push_back(csvField(exactText(row[c], table.columns[c].kind)));
    out += joined(fields, ",") + '\n';
  }
  return out;
}

}  // namespace

extern const TableWriter kCsvTables;
const TableWriter kCsvTables{
    .name = "csv", .title = "CSV", .help = {}, .ending = ".csv", .isForPrograms = true, .write = writeCsv};

}  // namespace oodscope
