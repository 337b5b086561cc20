// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/radix_sort.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace oodscope {
namespace {

constexpr std::size_t kSmall = 256;     // below this std::sort is faster than clearing the histograms
constexpr std::uint32_t kDigit = 2048;  // 11 bits: three digits cover 32, and a histogram of 16 KB fits L1
constexpr int kDigitBits = 11;

std::uint32_t unsignedOf(std::int32_t key) { return static_cast<std::uint32_t>(key) ^ 0x80000000U; }

}  // namespace

void radixSort(std::vector<std::int32_t>& keys, std::vector<std::int32_t>& scratch) {
  const std::size_t n = keys.size();
  if (n < kSmall) {
    std::ranges::sort(keys);
    return;
  }
  scratch.resize(n);
  std::vector<std::size_t> histogram(3 * kDigit);
  for (const std::int32_t key : keys) {
    const std::uint32_t u = unsignedOf(key);
    ++histogram[u & (kDigit - 1)];
    ++histogram[kDigit + ((u >> kDigitBits) & (kDigit - 1))];
    ++histogram[2 * kDigit + (u >> (2 * kDigitBits))];
  }
  for (int pass = 0; pass < 3; ++pass) {
    std::size_t* starts = histogram.data() + static_cast<std::size_t>(pass) * kDigit;
    const int shift = pass * kDigitBits;
    if (starts[(unsignedOf(keys.front()) >> shift) & (kDigit - 1)] == n) continue;
    std::size_t sum = 0;
    for (std::uint32_t digit = 0; digit < kDigit; ++digit) {
      const std::size_t count = starts[digit];
      starts[digit] = sum;
      sum += count;
    }
    for (const std::int32_t key : keys) scratch[starts[(unsignedOf(key) >> shift) & (kDigit - 1)]++] = key;
    keys.swap(scratch);
  }
}

}  // namespace oodscope
