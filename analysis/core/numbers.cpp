// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/numbers.h"

#include "analysis/core/error.h"

#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace oodscope {
namespace {

/// std::from_chars knows no sign before a positive number.
std::string_view withoutPlus(std::string_view text) {
  const bool hasPlus = text.size() > 1 && text[0] == '+' && text[1] != '-';
  return hasPlus ? text.substr(1) : text;
}

template <class T, class... Format>
std::string converted(T value, Format... format) {
  std::array<char, 400> buffer{};  // the longest fixed-notation double has 309 digits before the point
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format...);
  return {buffer.data(), result.ptr};
}

}  // namespace

std::optional<double> numberFromText(std::string_view text) {
  text = withoutPlus(text);
  double value = 0.0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end != text.data() + text.size()) return std::nullopt;
  if (code == std::errc::result_out_of_range) {
    // Too large and too small share the code; only the latter has a negative exponent or leading zeros.
    const auto exponent = text.find_first_of("eE");
    const bool isTiny = exponent != std::string_view::npos ? text.substr(exponent + 1).starts_with('-')
                                                           : text.find_first_not_of("-0.") > text.find('.');
    return isTiny ? std::optional(0.0) : std::nullopt;
  }
  if (code != std::errc() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::int64_t> wholeNumberFromText(std::string_view text) {
  text = withoutPlus(text);
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string roundTripText(double value) { return converted(value); }
std::string roundTripText(float value) { return converted(value); }

std::string fixedText(double value, int decimals) {
  require(decimals >= 0 && decimals <= 40, "fixedText: decimals from 0 to 40");
  return converted(value, std::chars_format::fixed, decimals);
}

std::string generalText(double value, int digits) {
  require(digits >= 1 && digits <= 40, "generalText: digits from 1 to 40");
  return converted(value, std::chars_format::general, digits);
}

}  // namespace oodscope
