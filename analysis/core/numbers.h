// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace oodscope {

// Numbers as text, the same under every locale: a decimal point and no grouping. The C library's own functions follow
// the desktop's language as soon as Qt has started, and stop at the point under half of Europe's.

/// The finite number that the whole text is ("1.6", "-2", "+1e-3"); nothing for any other text, "nan" and "inf" among
/// it. Underflow gives the nearest double.
[[nodiscard]] std::optional<double> numberFromText(std::string_view text);
/// The whole number in decimal digits that the whole text is; nothing for any other text and outside 64 bits.
[[nodiscard]] std::optional<std::int64_t> wholeNumberFromText(std::string_view text);

/// Shortest decimal text that reads back to the same double; "nan", "inf" or "-inf" where it is not finite.
[[nodiscard]] std::string roundTripText(double value);
/// The same for single precision: 1.6F is "1.6".
[[nodiscard]] std::string roundTripText(float value);
/// With a fixed count of decimals, as printf's %.Nf in the C locale. Requires: decimals from 0 to 40.
[[nodiscard]] std::string fixedText(double value, int decimals);
/// With `digits` significant digits at most, as printf's %.Ng in the C locale. Requires: digits from 1 to 40.
[[nodiscard]] std::string generalText(double value, int digits);

}  // namespace oodscope
