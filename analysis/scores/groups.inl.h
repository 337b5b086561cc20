// SPDX-License-Identifier: GPL-3.0-or-later
// Included once for each SIMD target: the guard is Highway's toggle, not #pragma once.
#if defined(OODSCOPE_GROUPS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef OODSCOPE_GROUPS_INL_H
#undef OODSCOPE_GROUPS_INL_H
#else
#define OODSCOPE_GROUPS_INL_H
#endif

#include "analysis/scores/score_kernels.h"

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "analysis/scores/vector_math.inl.h"

// The groups of pixels that kernels take: of one size in every file, for a tile's rows are a group apart.
HWY_BEFORE_NAMESPACE();
namespace oodscope::kernels::HWY_NAMESPACE {

/// Vectors in flight: enough independent chains to hide the latency of the polynomial, few enough to stay in registers.
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
inline constexpr int kUnroll = 4;
#else
inline constexpr int kUnroll = 2;
#endif
#undef OODSCOPE_UNROLLED
#define OODSCOPE_UNROLLED _Pragma("GCC unroll 4") for (int u = 0; u < kUnroll; ++u)

HWY_INLINE std::size_t groupSize() { return kUnroll * hn::Lanes(D()); }

/// Each of the 19 planes is a stream of its own. Measured: 3 % better than the hardware's prefetchers alone from memory
/// and better than 256, 1024, 2048 and 4096 bytes ahead.
inline constexpr std::size_t kPrefetchBytes = 512;

template <class T>
HWY_INLINE void prefetchAhead(const T* at) {
  const char* bytes = reinterpret_cast<const char*>(at) + kPrefetchBytes;
  for (std::size_t line = 0; line < groupSize() * sizeof(T); line += 64) __builtin_prefetch(bytes + line, 0, 3);
}

/// What the recipes read, together.
struct Wanted {
  bool tile = false, second = false;
  explicit Wanted(std::span<const Recipe> recipes) {
    for (const Recipe& recipe : recipes) {
      tile = tile || recipe.reads != KernelReads::Planes;
      second = second || recipe.reads == KernelReads::TileAndSecond;
    }
  }
};

HWY_INLINE void setPlanes(Group& group, const std::uint16_t* const* planes) { group.half = planes; }
HWY_INLINE void setPlanes(Group& group, const float* const* planes) { group.single = planes; }

/// The pixels that do not fill a group, copied into planes of their own and padded with zeros.
template <class T>
struct Padded {
  std::vector<T> values;
  std::vector<const T*> planes;
  Padded(const T* const* source, int channels, std::size_t first, std::size_t count)
      : values(static_cast<std::size_t>(channels) * groupSize()), planes(static_cast<std::size_t>(channels)) {
    for (std::size_t c = 0; c < planes.size(); ++c) {
      std::copy_n(source[c] + first, count, values.data() + c * groupSize());
      planes[c] = values.data() + c * groupSize();
    }
  }
};

}  // namespace oodscope::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // the toggle
