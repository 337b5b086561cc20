// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/imaging/resize_kernels.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "analysis/imaging/resize_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace oodscope::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

inline constexpr std::int32_t kHalf = std::int32_t{1} << (kWeightBits - 1);

HWY_INLINE std::uint8_t rounded(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kWeightBits, 0, 255));
}

#if HWY_TARGET == HWY_SCALAR

void ResampleRow(const std::uint8_t* row, const Window* windows, const std::int32_t* weights, std::size_t width,
                 std::uint8_t* out) {
  for (std::size_t x = 0; x < width; ++x) {
    std::int32_t sum[3] = {kHalf, kHalf, kHalf};
    const std::uint8_t* pixel = row + std::ptrdiff_t{3} * windows[x].first;
    for (int k = 0; k < windows[x].count; ++k, pixel += 3)
      for (int channel = 0; channel < 3; ++channel)
        sum[channel] += pixel[channel] * weights[windows[x].weights + static_cast<std::size_t>(k)];
    for (int channel = 0; channel < 3; ++channel) *out++ = rounded(sum[channel]);
  }
}

#else

/// Four lanes hold one pixel: red, green, blue, and the next pixel's red, which the next store overwrites.
void ResampleRow(const std::uint8_t* row, const Window* windows, const std::int32_t* weights, std::size_t width,
                 std::uint8_t* out) {
  const hn::FixedTag<std::int32_t, 4> wide;
  const hn::FixedTag<std::uint8_t, 4> narrow;
  for (std::size_t x = 0; x < width; ++x) {
    auto sum = hn::Set(wide, kHalf);
    const std::uint8_t* pixel = row + std::ptrdiff_t{3} * windows[x].first;
    const std::int32_t* weight = weights + windows[x].weights;
    for (int k = 0; k < windows[x].count; ++k, pixel += 3)
      sum = hn::Add(sum, hn::Mul(hn::PromoteTo(wide, hn::LoadU(narrow, pixel)), hn::Set(wide, weight[k])));
    hn::StoreU(hn::DemoteTo(narrow, hn::ShiftRight<kWeightBits>(sum)), narrow, out + 3 * x);
  }
}

#endif

void CombineRows(const std::uint8_t* const* rows, const std::int32_t* weights, int count, std::size_t bytes,
                 std::uint8_t* out) {
  const hn::ScalableTag<std::int32_t> wide;
  const hn::Rebind<std::uint8_t, decltype(wide)> narrow;
  const std::size_t n = hn::Lanes(wide);
  std::size_t i = 0;
  for (; i + n <= bytes; i += n) {
    auto sum = hn::Set(wide, kHalf);
    for (int k = 0; k < count; ++k)
      sum = hn::Add(sum, hn::Mul(hn::PromoteTo(wide, hn::LoadU(narrow, rows[k] + i)), hn::Set(wide, weights[k])));
    hn::StoreU(hn::DemoteTo(narrow, hn::ShiftRight<kWeightBits>(sum)), narrow, out + i);
  }
  for (; i < bytes; ++i) {
    std::int32_t sum = kHalf;
    for (int k = 0; k < count; ++k) sum += rows[k][i] * weights[k];
    out[i] = rounded(sum);
  }
}

}  // namespace oodscope::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace oodscope::kernels {

HWY_EXPORT(ResampleRow);
HWY_EXPORT(CombineRows);

void resampleRow(const std::uint8_t* row, const Window* windows, const std::int32_t* weights, std::size_t width,
                 std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(ResampleRow)(row, windows, weights, width, out);
}

void combineRows(const std::uint8_t* const* rows, const std::int32_t* weights, int count, std::size_t bytes,
                 std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(CombineRows)(rows, weights, count, bytes, out);
}

}  // namespace oodscope::kernels
#endif
