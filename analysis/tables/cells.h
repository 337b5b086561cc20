// SPDX-License-Identifier: GPL-3.0-or-later
// What the writers of tables have in common.
#pragma once
#include "analysis/tables/table.h"

#include <string_view>

namespace oodscope {

/// Whether there is something to show: text, or a finite number.
[[nodiscard]] bool isDefined(const Value& value, Table::Kind kind);
/// The number of a finite real or whole number.
[[nodiscard]] std::optional<double> numberOf(const Value& value);
/// Text as it is, anything else as JSON.
[[nodiscard]] std::string textOf(const Value& value);
/// As cellText(), numbers as programs write them: "-0.5", "5e-05".
[[nodiscard]] std::string plainCellText(const Value& value, Table::Kind kind);
/// Columns with a title, in order: those for people.
[[nodiscard]] std::vector<std::size_t> columnsForPeople(const Table& table);
/// Columns with a key, in order: those for programs.
[[nodiscard]] std::vector<std::size_t> columnsForPrograms(const Table& table);
[[nodiscard]] Table::Exactness exactnessOf(const Table& table, std::size_t row);
/// The texts with `between` between them.
[[nodiscard]] std::string joined(const std::vector<std::string>& texts, std::string_view between);

}  // namespace oodscope
