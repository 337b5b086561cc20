// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>

namespace oodscope {

/// The fraction of the golden ratio in 64 bits, floor(2^64 (sqrt(5) - 1) / 2): odd, so that multiplying by it loses
/// nothing, and its bits are well mixed.
inline constexpr std::uint64_t kGoldenFraction = 0x9E3779B97F4A7C15ULL;

/// SplitMix64: a small generator with the same sequence on every machine and in every version of the program, which the
/// standard library's distributions do not promise. What is drawn is a function of the seed and of the count of draws.
/// Source: Steele, Lea, Flood, OOPSLA 2014.
class SplitMix {
public:
  explicit constexpr SplitMix(std::uint64_t seed) : m_state(seed) {}
  constexpr std::uint64_t next() {
    m_state += kGoldenFraction;
    std::uint64_t z = m_state;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  /// In [0, 1): a multiple of 2^-53.
  constexpr double uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
  constexpr double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// 0 to bound - 1, by the remainder: a bias below bound / 2^64. Requires: bound >= 1.
  constexpr std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  /// 0 to bound - 1, by the product of the upper half: a bias below bound / 2^32, at a fraction of a division's cost.
  constexpr std::uint32_t scaledBelow(std::uint32_t bound) {
    return static_cast<std::uint32_t>(((next() >> 32U) * bound) >> 32U);
  }

private:
  std::uint64_t m_state;
};

/// A seed for one purpose out of several numbers.
[[nodiscard]] constexpr std::uint64_t mixSeeds(std::uint64_t a, std::uint64_t b, std::uint64_t c = 0) {
  SplitMix first(a);
  SplitMix second(first.next() ^ b);
  return SplitMix(second.next() ^ c).next();
}

/// The generator of one of many streams of a seed, far apart in its period, so that any thread may draw any stream.
[[nodiscard]] constexpr SplitMix randomStream(std::uint64_t seed, std::uint64_t stream) {
  const std::uint64_t mixed = SplitMix(seed * kGoldenFraction).next() ^ (stream * 0xD1B54A32D192ED03ULL);
  return SplitMix(SplitMix(mixed).next());
}

}  // namespace oodscope
