// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/result_table.h"

#include "analysis/core/error.h"

#include <algorithm>
#include <array>
#include <utility>

namespace oodscope {
namespace {

constexpr std::array<std::pair<TableFormat, std::string_view>, 5> kNames{
    {{TableFormat::Json, "json"},
     {TableFormat::Csv, "csv"},
     {TableFormat::Markdown, "markdown"},
     {TableFormat::Latex, "latex"},
     {TableFormat::LatexFragment, "latex-fragment"}}};

}  // namespace

std::string_view tableFormatName(TableFormat format) {
  for (const auto& [known, name] : kNames)
    if (known == format) return name;
  throw ContractViolation("tableFormatName: not a format");
}

std::optional<TableFormat> tableFormatFromName(std::string_view name) {
  for (const auto& [format, known] : kNames)
    if (known == name) return format;
  return std::nullopt;
}

bool ResultTable::isComplete() const {
  return unfinished.empty() && std::all_of(rows.begin(), rows.end(), [](const ResultRow& row) { return row.complete; });
}

std::string framesText(const ResultRow& row) {
  std::string out = std::to_string(row.frames);
  if (!row.complete) out += " of " + std::to_string(row.framesTotal - row.withoutAnomaly - row.unlabelled);
  std::string apart;
  const auto add = [&apart](std::int64_t count, const char* what) {
    if (count > 0) apart += (apart.empty() ? "" : ", ") + std::to_string(count) + what;
  };
  add(row.failed, " failed");
  add(row.unread, " not read");
  add(row.withoutAnomaly, " without anomaly");
  add(row.unlabelled, " without ground truth");
  return apart.empty() ? out : out + " (" + apart + ")";
}

std::string_view exactnessMark(const ResultRow& row) { return !row.complete ? "†" : row.exact ? "" : "≈"; }

std::string writeTable(const ResultTable& table, TableFormat format) {
  switch (format) {
    case TableFormat::Json:
      return tableAsJson(table);
    case TableFormat::Csv:
      return tableAsCsv(table);
    case TableFormat::Markdown:
      return tableAsMarkdown(table);
    case TableFormat::Latex:
      return tableAsLatex(table);
    case TableFormat::LatexFragment:
      return tableAsLatex(table, {.document = false});
  }
  throw ContractViolation("writeTable: not a format");
}

}  // namespace oodscope
