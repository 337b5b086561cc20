// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/plain_table.h"

#include "analysis/core/error.h"
#include "analysis/tables/number_text.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

std::optional<double> numberOf(const Value& value) {
  if (const auto* real = std::get_if<double>(&value.data()))
    return std::isfinite(*real) ? std::optional(*real) : std::nullopt;
  if (const auto* whole = std::get_if<std::int64_t>(&value.data())) return static_cast<double>(*whole);
  return std::nullopt;
}

std::string textOf(const Value& value) {
  const auto* text = std::get_if<std::string>(&value.data());
  return text != nullptr ? *text : value.json();
}

bool isDefined(const Value& value, PlainTable::Kind kind) {
  if (std::holds_alternative<std::monostate>(value.data())) return false;
  return kind == PlainTable::Kind::Text || numberOf(value).has_value();
}

std::string exactText(const Value& value, PlainTable::Kind kind) {
  if (!isDefined(value, kind)) return {};
  if (const auto* real = std::get_if<double>(&value.data())) return roundTripText(*real);
  return textOf(value);
}

std::string pipeCell(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '\\') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

using Cells = std::vector<std::string>;

std::string joined(const Cells& cells, std::string_view between) {
  std::string out;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) out += between;
    out += cell;
  }
  return out;
}

template <class Text>
Cells titles(const PlainTable& table, const Text& text) {
  Cells out;
  for (const PlainTable::Column& column : table.columns) out.push_back(text(column));
  return out;
}

template <class Text>
Cells cells(const PlainTable& table, const Value::Array& row, const Text& text) {
  Cells out;
  for (std::size_t c = 0; c < row.size(); ++c) out.push_back(text(row[c], table.columns[c].kind));
  return out;
}

std::string asCsv(const PlainTable& table) {
  std::string out = joined(titles(table, [](const auto& column) { return csvField(column.key); }), ",") + '\n';
  for (const Value::Array& row : table.rows)
    out +=
        joined(cells(table, row, [](const Value& value, auto kind) { return csvField(exactText(value, kind)); }), ",") +
        '\n';
  return out;
}

std::string asJson(const PlainTable& table) {
  std::string out = "{\"rows\":[";
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    Value::Object object;
    for (std::size_t c = 0; c < table.columns.size(); ++c) object.push_back({table.columns[c].key, table.rows[r][c]});
    out += (r == 0 ? "\n" : ",\n") + Value(object).json();
  }
  return out + "\n],\"provenance\":" + Value(table.provenance).json() + "}\n";
}

std::string asMarkdown(const PlainTable& table) {
  std::string out = "|", rule = "|";
  for (const PlainTable::Column& column : table.columns) {
    out += ' ' + pipeCell(column.title) + " |";
    rule += column.kind == PlainTable::Kind::Text ? " --- |" : " ---: |";
  }
  out += '\n' + rule + '\n';
  for (const Value::Array& row : table.rows) {
    out += '|';
    for (std::size_t c = 0; c < row.size(); ++c) out += ' ' + pipeCell(cellText(row[c], table.columns[c].kind)) + " |";
    out += '\n';
  }
  if (!table.provenance.empty()) out += '\n';
  for (const Member& member : table.provenance)
    out += "- " + pipeCell(member.key) + ": " + pipeCell(textOf(member.value)) + '\n';
  return out;
}

std::string asLatex(const PlainTable& table, bool document) {
  std::string out;
  for (const Member& member : table.provenance) out += "% " + member.key + ": " + member.value.json() + '\n';
  if (document)
    out +=
        "\\documentclass{article}\n\\usepackage[T1]{fontenc}\n\\usepackage[utf8]{inputenc}\n\\usepackage{booktabs}\n"
        "\\usepackage{graphicx}\n\\begin{document}\n";
  out += "\\begin{table}[t]\n  \\centering\n  \\caption{" + latexEscaped(table.caption) + "}\n";
  if (document) out += "  \\resizebox{\\ifdim\\width>\\linewidth \\linewidth\\else\\width\\fi}{!}{%\n";
  out += "  \\begin{tabular}{";
  for (const PlainTable::Column& column : table.columns) out += column.kind == PlainTable::Kind::Text ? 'l' : 'r';
  out += "}\n    \\toprule\n    ";
  out += joined(titles(table, [](const auto& column) { return latexEscaped(column.title); }), " & ");
  out += " \\\\\n    \\midrule\n";
  const auto text = [](const Value& value, PlainTable::Kind kind) {
    return isDefined(value, kind) ? latexEscaped(cellText(value, kind)) : std::string("--");
  };
  for (const Value::Array& row : table.rows) out += "    " + joined(cells(table, row, text), " & ") + " \\\\\n";
  out += "    \\bottomrule\n  \\end{tabular}";
  out += document ? "%\n  }\n\\end{table}\n\\end{document}\n" : "\n\\end{table}\n";
  return out;
}

}  // namespace

std::string cellText(const Value& value, PlainTable::Kind kind) {
  if (!isDefined(value, kind)) return "–";
  switch (kind) {
    case PlainTable::Kind::Percent:
      return percentText(*numberOf(value));
    case PlainTable::Kind::Score:
      return shortText(*numberOf(value));
    case PlainTable::Kind::Text:
    case PlainTable::Kind::Count:
      break;
  }
  return textOf(value);
}

std::string writeTable(const PlainTable& table, TableFormat format) {
  for (const Value::Array& row : table.rows)
    require(row.size() == table.columns.size(), "PlainTable: a row has another number of values than columns");
  switch (format) {
    case TableFormat::Json:
      return asJson(table);
    case TableFormat::Csv:
      return asCsv(table);
    case TableFormat::Markdown:
      return asMarkdown(table);
    case TableFormat::Latex:
      return asLatex(table, true);
    case TableFormat::LatexFragment:
      break;
  }
  return asLatex(table, false);
}

}  // namespace oodscope
