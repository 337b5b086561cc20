// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstdint>

namespace oodscope {

/// Two code points that Unicode writes as one: A and combining grave accent are À.
struct Composition {
  std::uint32_t base;
  std::uint32_t mark;
  std::uint32_t composed;
};
/// Combining class of the marks first..last; code points of no range are starters (class 0).
struct CombiningClass {
  std::uint32_t first;
  std::uint32_t last;
  std::uint32_t order;
};

/// In ascending order of base, then mark.
extern const std::array<Composition, 941> kCompositions;
/// In ascending order of first.
extern const std::array<CombiningClass, 271> kCombiningClasses;

}  // namespace oodscope
