// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/direct_kernel.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "inference/networks/direct_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace oodscope::direct::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::CappedTag<float, static_cast<std::size_t>(kDirectStride)>;
using Vector = hn::Vec<Tag>;

/// Pixels of a row that are summed together: with two vectors of channels each, what sixteen registers hold.
constexpr std::size_t kPixels = 4;
using Sources = std::array<const float*, kPixels>;

HWY_INLINE Vector Finished(Vector sum, bool relu) {
  const Vector zero = hn::Zero(Tag());
  return relu ? hn::IfThenElse(hn::Lt(sum, zero), zero, sum) : sum;  // a NaN is not below 0
}

/// `count` values, at most a vector's.
HWY_INLINE void StoreSome(Vector value, float* to, std::int64_t count) {
  const Tag d;
  if (count >= static_cast<std::int64_t>(hn::Lanes(d))) {
    hn::StoreU(value, d, to);
    return;
  }
  HWY_ALIGN std::array<float, static_cast<std::size_t>(kDirectStride)> all;
  hn::StoreU(value, d, all.data());
  std::copy_n(all.data(), count, to);
}

/// One vector of output channels, or two, of four neighbouring pixels.
template <bool kTwo>
HWY_INLINE void Block(const DirectCall& call, const std::vector<Sources>& sources, std::int64_t channel, float* out,
                      std::size_t pixels) {
  const Tag d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const Vector bias0 = hn::LoadU(d, call.bias + channel);
  const Vector bias1 = kTwo ? hn::LoadU(d, call.bias + channel + lanes) : bias0;
  Vector a0 = bias0, b0 = bias0, c0 = bias0, e0 = bias0, a1 = bias1, b1 = bias1, c1 = bias1, e1 = bias1;
  const float* weight = call.weights + channel;
  for (const Sources& from : sources) {
    for (std::int64_t i = 0; i < call.channels; ++i, weight += call.outStride) {
      const Vector w0 = hn::LoadU(d, weight);
      const Vector a = hn::Set(d, from[0][i]), b = hn::Set(d, from[1][i]);
      const Vector c = hn::Set(d, from[2][i]), e = hn::Set(d, from[3][i]);
      a0 = hn::MulAdd(a, w0, a0);
      b0 = hn::MulAdd(b, w0, b0);
      c0 = hn::MulAdd(c, w0, c0);
      e0 = hn::MulAdd(e, w0, e0);
      if constexpr (kTwo) {
        const Vector w1 = hn::LoadU(d, weight + lanes);
        a1 = hn::MulAdd(a, w1, a1);
        b1 = hn::MulAdd(b, w1, b1);
        c1 = hn::MulAdd(c, w1, c1);
        e1 = hn::MulAdd(e, w1, e1);
      }
    }
  }
  const auto store = [&](std::size_t pixel, Vector first, Vector second) {
    if (pixel >= pixels) return;
    float* const to = out + static_cast<std::int64_t>(pixel) * call.outPixel + channel;
    StoreSome(Finished(first, call.relu), to, call.outChannels - channel);
    if (kTwo && channel + lanes < call.outChannels)
      StoreSome(Finished(second, call.relu), to + lanes, call.outChannels - channel - lanes);
  };
  store(0, a0, a1);
  store(1, b0, b1);
  store(2, c0, c1);
  store(3, e0, e1);
}

/// Where the values under the kernel lie for `pixels` pixels from (x, y): `outside` where the input has none.
void FindSources(const DirectCall& call, std::int64_t y, std::int64_t x, std::size_t pixels, const float* outside,
                 std::vector<Sources>& sources) {
  for (std::int64_t ky = 0, at = 0; ky < call.kernelHeight; ++ky) {
    const std::int64_t row = y * call.strideY - call.paddingY + ky * call.dilationY;
    for (std::int64_t kx = 0; kx < call.kernelWidth; ++kx, ++at) {
      for (std::size_t p = 0; p < kPixels; ++p) {
        const std::int64_t column =
            (x + static_cast<std::int64_t>(p)) * call.strideX - call.paddingX + kx * call.dilationX;
        const bool inside = p < pixels && row >= 0 && row < call.height && column >= 0 && column < call.width;
        sources[static_cast<std::size_t>(at)][p] =
            inside ? call.in + (row * call.width + column) * call.inPixel : outside;
      }
    }
  }
}

void ConvolveRows(const DirectCall& call, std::int64_t firstRow, std::int64_t endRow) {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(Tag()));
  const std::vector<float> outside(static_cast<std::size_t>(call.channels), 0.0F);
  std::vector<Sources> sources(static_cast<std::size_t>(call.kernelHeight * call.kernelWidth));
  for (std::int64_t y = firstRow; y < endRow; ++y) {
    for (std::int64_t x = 0; x < call.outWidth; x += static_cast<std::int64_t>(kPixels)) {
      const auto pixels = static_cast<std::size_t>(std::min<std::int64_t>(kPixels, call.outWidth - x));
      FindSources(call, y, x, pixels, outside.data(), sources);
      float* const out = call.out + (y * call.outWidth + x) * call.outPixel;
      std::int64_t channel = 0;
      for (; channel + lanes < call.outChannels; channel += 2 * lanes) Block<true>(call, sources, channel, out, pixels);
      if (channel < call.outChannels) Block<false>(call, sources, channel, out, pixels);
    }
  }
}

}  // namespace oodscope::direct::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace oodscope {
namespace direct {
HWY_EXPORT(ConvolveRows);
}  // namespace direct

void convolveRows(const DirectCall& call, std::int64_t firstRow, std::int64_t endRow) {
  using namespace direct;
  HWY_DYNAMIC_DISPATCH(ConvolveRows)(call, firstRow, endRow);
}

}  // namespace oodscope
#endif
