// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

namespace oodscope {

/// Whether a goes before b where runs of digits count as numbers: 2 before 10, "a2" before "a10". A strict weak order
/// that tells any two different texts apart: equal numbers go by fewer leading zeros, letters by their bytes.
[[nodiscard]] bool naturalLess(std::string_view a, std::string_view b);

[[nodiscard]] constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Lower case of the ASCII letters only.
[[nodiscard]] std::string lowered(std::string_view text);

}  // namespace oodscope
