// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/number_text.h"

#include <array>
#include <cmath>

namespace oodscope {

double shortestDecimal(float value) {
  return std::isfinite(value) ? numberFromText(roundTripText(value)).value() : static_cast<double>(value);
}

std::string percentText(double fraction) { return fixedText(fraction * 100.0, 2); }

std::optional<double> inPercent(const std::optional<double>& fraction) {
  return fraction ? std::optional(100.0 * *fraction) : std::nullopt;
}

std::string shortText(double value) { return generalText(value, 4); }

std::string typesetText(std::string_view number) {
  static constexpr std::array<std::string_view, 10> kRaised{"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string out;
  const std::size_t exponent = number.find('e');
  for (const char c : number.substr(0, exponent)) {
    if (c == '-')
      out += "−";
    else
      out += c;
  }
  if (exponent == std::string_view::npos) return out;
  out += "·10";
  bool leading = true;
  for (const char c : number.substr(exponent + 1)) {
    if (c == '-') out += "⁻";
    leading = leading && (c < '1' || c > '9');
    if (!leading) out += kRaised.at(static_cast<std::size_t>(c - '0'));
  }
  return out;
}

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
