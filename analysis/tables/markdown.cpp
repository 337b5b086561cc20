// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/cells.h"
#include "analysis/tables/table_writers.h"

#include <algorithm>

namespace oodscope {
namespace {

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '\\') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

std::string_view markOf(Table::Exactness exactness) {
  switch (exactness) {
    case Table::Exactness::Estimated:
      return "≈";
    case Table::Exactness::Part:
      return "†";
    case Table::Exactness::Exact:
      break;
  }
  return {};
}

std::string cell(const Value& value, Table::Kind kind, Table::Exactness exactness) {
  std::string text = escaped(cellText(value, kind));
  if (kind == Table::Kind::Percent && isDefined(value, kind)) text.insert(0, markOf(exactness));
  return text;
}

/// A pipe table; what is missing, warnings and provenance follow as a list.
std::string writeMarkdown(const Table& table) {
  const std::vector<std::size_t> columns = columnsForPeople(table);
  std::string out = "|", rule = "|";
  for (const std::size_t c : columns) {
    out += ' ' + escaped(table.columns[c].title) + " |";
    rule += table.columns[c].kind == Table::Kind::Text ? " --- |" : " ---: |";
  }
  out += '\n' + rule + '\n';
  bool anyPart = false;
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const Table::Exactness exactness = exactnessOf(table, r);
    anyPart = anyPart || exactness == Table::Exactness::Part;
    out += '|';
    for (const std::size_t c : columns) out += ' ' + cell(table.rows[r][c], table.columns[c].kind, exactness) + " |";
    out += '\n';
  }
  if (anyPart || !table.remarks.empty() || !table.provenance.empty()) out += '\n';
  if (anyPart) out += "- † of a part of the frames: not the set's number\n";
  for (const std::string& remark : table.remarks) out += "- " + escaped(remark) + '\n';
  for (const Member& member : table.provenance)
    out += "- " + escaped(member.key) + ": " + escaped(textOf(member.value)) + '\n';
  return out;
}

}  // namespace

extern const TableWriter kMarkdownTables;
const TableWriter kMarkdownTables{
    .name = "markdown", .title = "Markdown", .help = {}, .ending = ".md", .write = writeMarkdown};

}  // namespace oodscope
