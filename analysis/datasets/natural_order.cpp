// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/natural_order.h"

namespace oodscope {
namespace {

/// The run of digits at `at`, without leading zeros.
std::string_view numberAt(std::string_view text, std::size_t& at) {
  while (at < text.size() && text[at] == '0') ++at;
  const std::size_t start = at;
  while (at < text.size() && isDigit(text[at])) ++at;
  return text.substr(start, at - start);
}

}  // namespace

bool naturalLess(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (isDigit(a[i]) && isDigit(b[j])) {
      const auto left = numberAt(a, i);
      const auto right = numberAt(b, j);
      if (left.size() != right.size()) return left.size() < right.size();
      if (left != right) return left < right;
    } else {
      if (a[i] != b[j]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
      ++i;
      ++j;
    }
  }
  const auto restA = a.size() - i;
  const auto restB = b.size() - j;
  if ((restA == 0) != (restB == 0)) return restA == 0;
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace oodscope
