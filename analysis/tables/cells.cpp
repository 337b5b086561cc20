// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/cells.h"

#include "analysis/tables/number_text.h"

#include <cmath>

namespace oodscope {
namespace {

template <class Wanted>
std::vector<std::size_t> columnsWith(const Table& table, const Wanted& wanted) {
  std::vector<std::size_t> out;
  for (std::size_t c = 0; c < table.columns.size(); ++c)
    if (!(table.columns[c].*wanted).empty()) out.push_back(c);
  return out;
}

}  // namespace

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

bool isDefined(const Value& value, Table::Kind kind) {
  if (std::holds_alternative<std::monostate>(value.data())) return false;
  if (kind == Table::Kind::Text) return true;
  return numberOf(value).has_value() ||
         (kind == Table::Kind::Count && std::holds_alternative<std::string>(value.data()));
}

std::vector<std::size_t> columnsForPeople(const Table& table) { return columnsWith(table, &Table::Column::title); }

std::vector<std::size_t> columnsForPrograms(const Table& table) { return columnsWith(table, &Table::Column::key); }

Table::Exactness exactnessOf(const Table& table, std::size_t row) {
  return table.exactness.empty() ? Table::Exactness::Exact : table.exactness.at(row);
}

std::string joined(const std::vector<std::string>& texts, std::string_view between) {
  std::string out;
  for (const std::string& text : texts) {
    if (&text != &texts.front()) out += between;
    out += text;
  }
  return out;
}

std::string plainCellText(const Value& value, Table::Kind kind) {
  if (!isDefined(value, kind)) return "–";
  switch (kind) {
    case Table::Kind::Percent:
      return percentText(*numberOf(value));
    case Table::Kind::Score:
      return shortText(*numberOf(value));
    case Table::Kind::Text:
    case Table::Kind::Count:
      break;
  }
  return textOf(value);
}

std::string cellText(const Value& value, Table::Kind kind) {
  const std::string text = plainCellText(value, kind);
  return numberOf(value) ? typesetText(text) : text;
}

}  // namespace oodscope
