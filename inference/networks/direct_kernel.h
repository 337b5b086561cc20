// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>

namespace oodscope {

/// A convolution over one channels-last image, and where everything lies. All counts are in elements.
struct DirectCall {
  const float* in = nullptr;       ///< height x width x inPixel, of each pixel the first `channels`
  const float* weights = nullptr;  ///< kernelHeight x kernelWidth x channels x outStride, what is beyond outChannels 0
  const float* bias = nullptr;     ///< outStride, what is beyond outChannels 0
  float* out = nullptr;            ///< outHeight x outWidth x outPixel, of each pixel the first `outChannels`
  std::int64_t height = 0, width = 0, channels = 0;
  std::int64_t inPixel = 0,
               outPixel = 0;  ///< from a pixel to the next: more than the channels where groups lie side by side
  std::int64_t outHeight = 0, outWidth = 0, outChannels = 0, outStride = 0;
  std::int64_t kernelHeight = 1, kernelWidth = 1;
  std::int64_t strideY = 1, strideX = 1, paddingY = 0, paddingX = 0, dilationY = 1, dilationX = 1;
  bool relu = false;
};

/// A multiple of which outStride must be: of no processor's vectors hold more than this.
inline constexpr std::int64_t kDirectStride = 16;

/// Fills rows firstRow…endRow of the output. Every value is summed in the same order (bias, kernel positions row by
/// row, channels) in float32 with fused multiply-adds where the processor has them, so that it depends neither on how
/// rows are shared among threads nor on its place. Calls no library. NaN stays NaN. Cost: outHeight x outWidth x
/// weights multiply-adds, about 60 % of what one core can do.
void convolveRows(const DirectCall& call, std::int64_t firstRow, std::int64_t endRow);

}  // namespace oodscope
