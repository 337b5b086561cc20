// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/numbers.h"

#include <optional>
#include <string>
#include <string_view>

namespace oodscope {

/// The number that roundTripText() spells, so that it prints short wherever it goes: 1.6 for 1.6F, whose double is
/// 1.600000023841858; casts back to the same float. Infinities and NaN stay.
[[nodiscard]] double shortestDecimal(float value);
/// A fraction in percent with two decimals, independent of locale: 0.28999 is "29.00".
[[nodiscard]] std::string percentText(double fraction);
/// A fraction in percent; not defined stays so.
[[nodiscard]] std::optional<double> inPercent(const std::optional<double>& fraction);
/// Four significant digits, shortest form: "0.4213", "12.5", "1.6".
[[nodiscard]] std::string shortText(double value);

/// A number's text as it is printed for people: U+2212 as minus, "5·10⁻⁵" in place of "5e-05".
[[nodiscard]] std::string typesetText(std::string_view number);

/// A field of a CSV line after RFC 4180: quoted where it holds a separator, a quote or a line break, quotes doubled.
[[nodiscard]] std::string csvField(const std::string& text);

}  // namespace oodscope
