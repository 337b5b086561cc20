// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/radix_sort.h"

#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>

namespace oodscope {
namespace {

constexpr std::size_t kSmall = 256;     // below this std::sort is faster than clearing the histograms
constexpr std::uint32_t kDigit = 2048;  // 11 bits: three digits cover 32, and a histogram of 16 KB fits L1
constexpr int kDigitBits = 11;

std::uint32_t unsignedOf(std::int32_t key) { return static_cast<std::uint32_t>(key) ^ 0x80000000U; }

std::uint32_t digitOf(std::int32_t key, int pass) { return (unsignedOf(key) >> (pass * kDigitBits)) & (kDigit - 1); }

constexpr std::size_t kKeysATask = std::size_t{1} << 17;  // keys a task takes: a quarter of a millisecond

}  // namespace

void parallelRadixSort(std::vector<std::int32_t>& keys, std::vector<std::int32_t>& scratch) {
  const std::size_t n = keys.size();
  const std::size_t parts = n / kKeysATask;
  if (parts < 2 || n > std::numeric_limits<std::uint32_t>::max()) return radixSort(keys, scratch);
  scratch.resize(n);
  const auto part = [&](std::size_t p) {
    const std::size_t first = n * p / parts;
    return std::span<const std::int32_t>(keys).subspan(first, n * (p + 1) / parts - first);
  };
  std::vector<std::uint32_t> starts(parts * kDigit);
  const auto own = [&](std::size_t p) { return std::span(starts).subspan(p * kDigit, kDigit); };
  for (int pass = 0; pass < 3; ++pass) {
    tbb::parallel_for(std::size_t{0}, parts, [&](std::size_t p) {
      const auto histogram = own(p);
      std::ranges::fill(histogram, 0U);
      for (const std::int32_t key : part(p)) ++histogram[digitOf(key, pass)];
    });
    // Where each part's keys of each digit begin: stable, as one thread would place them.
    std::uint32_t sum = 0;
    bool shared = false;
    for (std::uint32_t digit = 0; digit < kDigit; ++digit) {
      const std::uint32_t before = sum;
      for (std::size_t p = 0; p < parts; ++p) sum += std::exchange(starts[p * kDigit + digit], sum);
      shared = shared || sum - before == n;
    }
    if (shared) continue;
    tbb::parallel_for(std::size_t{0}, parts, [&](std::size_t p) {
      const auto start = own(p);
      for (const std::int32_t key : part(p)) scratch[start[digitOf(key, pass)]++] = key;
    });
    keys.swap(scratch);
  }
}

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
