// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/number_text.h"

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
