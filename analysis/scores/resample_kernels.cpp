// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

#include <algorithm>
#include <array>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "analysis/scores/resample_kernels.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "analysis/scores/vector_math.inl.h"

HWY_BEFORE_NAMESPACE();
namespace oodscope::kernels::HWY_NAMESPACE {

/// (1 - weight) a + weight b: one rounding rule for every way of upsampling.
HWY_INLINE V mix(D d, V a, V b, V weight) {
  return hn::MulAdd(weight, b, hn::Mul(hn::Sub(hn::Set(d, 1.0F), weight), a));
}

void Widen(const std::uint16_t* in, std::size_t count, float* out) {
  const D d;
  const std::size_t n = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + n <= count; i += n) hn::StoreU(loadWide(d, in + i), d, out + i);
  if (i == count) return;
  HWY_ALIGN std::array<std::uint16_t, HWY_MAX_BYTES / sizeof(float)> rest{};
  HWY_ALIGN std::array<float, HWY_MAX_BYTES / sizeof(float)> wide;
  std::copy_n(in + i, count - i, rest.begin());
  hn::StoreU(loadWide(d, rest.data()), d, wide.data());
  std::copy_n(wide.begin(), count - i, out + i);
}

// The loops below also run over a last, partly filled vector: callers pad their arrays to kMaxGroup values.

void ExpandRow(const float* row, const std::int32_t* left, const std::int32_t* right, const float* weight,
               std::size_t count, float* out) {
  const D d;
  const DI di;
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const V a = hn::GatherIndex(d, row, hn::LoadU(di, left + i));
    const V b = hn::GatherIndex(d, row, hn::LoadU(di, right + i));
    hn::StoreU(mix(d, a, b, hn::LoadU(d, weight + i)), d, out + i);
  }
}

void BlendRows(const float* upper, const float* lower, float weight, std::size_t count, float* out) {
  const D d;
  const V w = hn::Set(d, weight);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d))
    hn::StoreU(mix(d, hn::LoadU(d, upper + i), hn::LoadU(d, lower + i), w), d, out + i);
}

void BlendCorners(const Corners& corners, const float* weightX, const float* weightY, std::size_t count, float* out) {
  const D d;
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const V x = hn::LoadU(d, weightX + i);
    const V upper = mix(d, hn::LoadU(d, corners.upperLeft + i), hn::LoadU(d, corners.upperRight + i), x);
    const V lower = mix(d, hn::LoadU(d, corners.lowerLeft + i), hn::LoadU(d, corners.lowerRight + i), x);
    hn::StoreU(mix(d, upper, lower, hn::LoadU(d, weightY + i)), d, out + i);
  }
}

}  // namespace oodscope::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace oodscope::kernels {

HWY_EXPORT(Widen);
HWY_EXPORT(ExpandRow);
HWY_EXPORT(BlendRows);
HWY_EXPORT(BlendCorners);

void widen(const std::uint16_t* in, std::size_t count, float* out) { HWY_DYNAMIC_DISPATCH(Widen)(in, count, out); }

void expandRow(const float* row, const std::int32_t* left, const std::int32_t* right, const float* weight,
               std::size_t count, float* out) {
  HWY_DYNAMIC_DISPATCH(ExpandRow)(row, left, right, weight, count, out);
}

void blendRows(const float* upper, const float* lower, float weight, std::size_t count, float* out) {
  HWY_DYNAMIC_DISPATCH(BlendRows)(upper, lower, weight, count, out);
}

void blendCorners(const Corners& corners, const float* weightX, const float* weightY, std::size_t count, float* out) {
  HWY_DYNAMIC_DISPATCH(BlendCorners)(corners, weightX, weightY, count, out);
}

}  // namespace oodscope::kernels
#endif
