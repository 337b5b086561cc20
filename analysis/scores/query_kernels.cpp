// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

#include <algorithm>
#include <limits>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "analysis/scores/query_kernels.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)  // as score_kernels.cpp
#include <hwy/aligned_allocator.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "analysis/scores/groups.inl.h"
#include "analysis/scores/vector_math.inl.h"

// Memberships of a mask network: sigmoids of the queries' mask logits, times a matrix of weights, a group at a time.
HWY_BEFORE_NAMESPACE();
namespace oodscope::kernels::HWY_NAMESPACE {

/// Rows of the product that stay in registers together: with a group's vectors as many accumulators as there is room.
inline constexpr int kMixRows = 5;

struct MixScratch {
  hwy::AlignedFreeUniquePtr<float[]> memory;
  float *sigmoids = nullptr, *tile = nullptr, *largest = nullptr, *second = nullptr;
  explicit MixScratch(const QueryMix& mix) {
    const std::size_t group = groupSize();
    memory = hwy::AllocateAligned<float>((static_cast<std::size_t>(mix.queries + mix.rows) + 2) * group);
    largest = memory.get();
    second = largest + group;
    tile = second + group;
    sigmoids = tile + static_cast<std::size_t>(mix.rows) * group;
  }
};

template <class T>
HWY_INLINE void sigmoidsOf(const T* const* masks, int queries, std::size_t at, float* HWY_RESTRICT out) {
  const D d;
  const std::size_t n = hn::Lanes(d);
  for (int q = 0; q < queries; ++q) {
    prefetchAhead(masks[q] + at);
    float* row = out + static_cast<std::size_t>(q) * groupSize();
    OODSCOPE_UNROLLED hn::Store(sigmoid(d, loadWide(d, masks[q] + at + u * n)), d, row + u * n);
  }
}

/// kRows rows of the product, each value's sum in the order of the queries.
template <int kRows>
HWY_INLINE void mixRows(const float* HWY_RESTRICT weights, int queries, const float* HWY_RESTRICT sigmoids,
                        float* HWY_RESTRICT out) {
  const D d;
  const std::size_t n = hn::Lanes(d);
  V sums[kRows][kUnroll];
  _Pragma("GCC unroll 8") for (int r = 0; r < kRows; ++r) OODSCOPE_UNROLLED sums[r][u] = hn::Zero(d);
  const auto stride = static_cast<std::size_t>(queries);
  for (std::size_t q = 0; q < stride; ++q) {
    V values[kUnroll];
    OODSCOPE_UNROLLED values[u] = hn::Load(d, sigmoids + q * groupSize() + u * n);
    _Pragma("GCC unroll 8") for (int r = 0; r < kRows; ++r) {
      const V weight = hn::Set(d, weights[static_cast<std::size_t>(r) * stride + q]);
      OODSCOPE_UNROLLED sums[r][u] = hn::MulAdd(weight, values[u], sums[r][u]);
    }
  }
  _Pragma("GCC unroll 8") for (int r = 0; r < kRows; ++r)
      OODSCOPE_UNROLLED hn::Store(sums[r][u], d, out + static_cast<std::size_t>(r) * groupSize() + u * n);
}

HWY_INLINE void mixAll(const QueryMix& mix, const float* sigmoids, float* tile) {
  int row = 0;
  const auto weights = [&] {
    return mix.weights.data() + static_cast<std::size_t>(row) * static_cast<std::size_t>(mix.queries);
  };
  const auto out = [&] { return tile + static_cast<std::size_t>(row) * groupSize(); };
  for (; row + kMixRows <= mix.rows; row += kMixRows) mixRows<kMixRows>(weights(), mix.queries, sigmoids, out());
  switch (mix.rows - row) {
    case 4:
      return mixRows<4>(weights(), mix.queries, sigmoids, out());
    case 3:
      return mixRows<3>(weights(), mix.queries, sigmoids, out());
    case 2:
      return mixRows<2>(weights(), mix.queries, sigmoids, out());
    case 1:
      return mixRows<1>(weights(), mix.queries, sigmoids, out());
    default:
      return;
  }
}

/// Largest and second largest of each pixel, as kernels expect them beside a tile.
HWY_INLINE void findLargest(const MixScratch& scratch, int rows) {
  const D d;
  for (std::size_t at = 0; at < groupSize(); at += hn::Lanes(d)) {
    V largest = hn::Load(d, scratch.tile + at);
    V second = hn::Set(d, -std::numeric_limits<float>::infinity());
    for (int r = 1; r < rows; ++r) {
      const V value = hn::Load(d, scratch.tile + static_cast<std::size_t>(r) * groupSize() + at);
      second = hn::Max(second, hn::Min(largest, value));
      largest = hn::Max(largest, value);
    }
    hn::Store(largest, d, scratch.largest + at);
    hn::Store(second, d, scratch.second + at);
  }
}

template <class T>
void mixSpanOf(const T* const* masks, const QueryMix& mix, std::size_t first, std::size_t count,
               std::span<const Recipe> recipes, float* const* outs) {
  const std::size_t group = groupSize();
  const Wanted wanted(recipes);
  const MixScratch scratch(mix);
  const FlushDenormals flush;
  std::vector<const float*> rows(static_cast<std::size_t>(mix.rows));
  for (std::size_t r = 0; r < rows.size(); ++r) rows[r] = scratch.tile + r * group;
  const Group mixed{.single = rows.data(),
                    .channels = mix.rows,
                    .pixels = group,
                    .tile = scratch.tile,
                    .largest = scratch.largest,
                    .second = scratch.second};
  const auto once = [&](const T* const* planes, std::size_t at, float* const* targets, std::size_t offset) {
    sigmoidsOf(planes, mix.queries, at, scratch.sigmoids);
    mixAll(mix, scratch.sigmoids, scratch.tile);
    if (wanted.tile) findLargest(scratch, mix.rows);
    for (std::size_t r = 0; r < recipes.size(); ++r) recipes[r].kernel(mixed, recipes[r], targets[r] + offset);
  };
  std::size_t done = 0;
  for (; done + group <= count; done += group) once(masks, first + done, outs, done);
  if (done == count) return;
  const Padded<T> rest(masks, mix.queries, first + done, count - done);
  std::vector<float> results(recipes.size() * group);
  std::vector<float*> targets(recipes.size());
  for (std::size_t r = 0; r < recipes.size(); ++r) targets[r] = results.data() + r * group;
  once(rest.planes.data(), 0, targets.data(), 0);
  for (std::size_t r = 0; r < recipes.size(); ++r) std::copy_n(targets[r], count - done, outs[r] + done);
}

void MixSpanHalf(const std::uint16_t* const* masks, const QueryMix& mix, std::size_t first, std::size_t count,
                 std::span<const Recipe> recipes, float* const* outs) {
  mixSpanOf(masks, mix, first, count, recipes, outs);
}
void MixSpanSingle(const float* const* masks, const QueryMix& mix, std::size_t first, std::size_t count,
                   std::span<const Recipe> recipes, float* const* outs) {
  mixSpanOf(masks, mix, first, count, recipes, outs);
}

}  // namespace oodscope::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace oodscope::kernels {

HWY_EXPORT(MixSpanHalf);
HWY_EXPORT(MixSpanSingle);

void mixSpan(const std::uint16_t* const* masks, const QueryMix& mix, std::size_t first, std::size_t count,
             std::span<const Recipe> recipes, float* const* outs) {
  HWY_DYNAMIC_DISPATCH(MixSpanHalf)(masks, mix, first, count, recipes, outs);
}
void mixSpan(const float* const* masks, const QueryMix& mix, std::size_t first, std::size_t count,
             std::span<const Recipe> recipes, float* const* outs) {
  HWY_DYNAMIC_DISPATCH(MixSpanSingle)(masks, mix, first, count, recipes, outs);
}

}  // namespace oodscope::kernels
#endif
