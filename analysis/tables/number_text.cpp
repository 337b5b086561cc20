// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/number_text.h"

#include <array>
#include <charconv>

namespace oodscope {
namespace {

template <class... Format>
std::string converted(double value, Format... format) {
  std::array<char, 400> buffer{};  // the longest fixed-notation double has 309 digits before the point
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format...);
  return std::string(buffer.data(), result.ptr);
}

}  // namespace

std::string roundTripText(double value) { return converted(value); }

std::string percentText(double fraction) { return converted(fraction * 100.0, std::chars_format::fixed, 2); }

std::string shortText(double value) { return converted(value, std::chars_format::general, 4); }

std::string csvField(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

}  // namespace oodscope
