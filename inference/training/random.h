// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>

namespace oodscope {

/// SplitMix64: a small generator with the same sequence everywhere, so that the order of samples and their augmentation
/// are functions of (seed, epoch, sample) and of nothing else. Source: Steele, Lea, Flood, OOPSLA 2014.
class SplitMix {
public:
  explicit SplitMix(std::uint64_t seed) : m_state(seed) {}
  std::uint64_t next() {
    std::uint64_t z = m_state += 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  /// In [0, 1).
  double uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// 0 to bound - 1. Requires: bound >= 1. The bias of the remainder is below 1e-9 for the sizes used here.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

private:
  std::uint64_t m_state;
};

/// A seed for one purpose out of several numbers.
inline std::uint64_t mixSeeds(std::uint64_t a, std::uint64_t b, std::uint64_t c = 0) {
  SplitMix first(a);
  SplitMix second(first.next() ^ b);
  return SplitMix(second.next() ^ c).next();
}

}  // namespace oodscope
