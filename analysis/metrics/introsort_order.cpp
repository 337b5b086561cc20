// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/introsort_order.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <numeric>
#include <utility>

namespace oodscope {
namespace {

constexpr std::ptrdiff_t kInsertion = 15;

struct Part {
  std::ptrdiff_t first;
  std::ptrdiff_t last;  // inclusive
  int depthLeft;
};

/// Splits around the median of three and returns where the pivot came to lie.
std::ptrdiff_t split(std::span<const double> values, std::vector<std::uint32_t>& order, std::ptrdiff_t first,
                     std::ptrdiff_t last) {
  const auto at = [&](std::ptrdiff_t i) -> std::uint32_t& { return order[static_cast<std::size_t>(i)]; };
  const auto value = [&](std::ptrdiff_t i) { return values[at(i)]; };
  const std::ptrdiff_t middle = first + (last - first) / 2;
  if (value(middle) < value(first)) std::swap(at(middle), at(first));
  if (value(last) < value(middle)) std::swap(at(last), at(middle));
  if (value(middle) < value(first)) std::swap(at(middle), at(first));
  const double pivot = value(middle);
  std::swap(at(middle), at(last - 1));
  std::ptrdiff_t low = first;
  std::ptrdiff_t high = last - 1;
  while (true) {
    do ++low;
    while (value(low) < pivot);
    do --high;
    while (pivot < value(high));
    if (low >= high) break;
    std::swap(at(low), at(high));
  }
  std::swap(at(low), at(last - 1));
  return low;
}

}  // namespace

std::vector<std::uint32_t> introsortOrder(std::span<const double> values) {
  std::vector<std::uint32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0U);
  if (values.empty()) return order;
  std::vector<Part> waiting;
  waiting.push_back(
      {0, static_cast<std::ptrdiff_t>(values.size()) - 1, 2 * (static_cast<int>(std::bit_width(values.size())) - 1)});
  while (!waiting.empty()) {
    auto [first, last, depthLeft] = waiting.back();
    waiting.pop_back();
    const bool degenerate = depthLeft < 0;
    while (!degenerate && last - first > kInsertion) {
      const std::ptrdiff_t pivot = split(values, order, first, last);
      --depthLeft;
      if (pivot - first < last - pivot) {
        waiting.push_back({pivot + 1, last, depthLeft});
        last = pivot - 1;
      } else {
        waiting.push_back({first, pivot - 1, depthLeft});
        first = pivot + 1;
      }
    }
    // An insertion sort is a stable sort.
    std::stable_sort(order.begin() + first, order.begin() + last + 1,
                     [&](std::uint32_t a, std::uint32_t b) { return values[a] < values[b]; });
  }
  return order;
}

}  // namespace oodscope
