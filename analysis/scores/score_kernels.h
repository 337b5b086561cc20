// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/scores/score_function.h"

#include <cstddef>
#include <cstdint>

// Inner loops of the score functions, one body compiled for each SIMD target and chosen at run time. Internal to
// analysis/scores.
namespace oodscope::kernels {

/// A method with its parameters turned into what the inner loop multiplies with.
struct Recipe {
  Method method = Method::Msp;
  float temperature = 1.0F;
  float inverseTemperature = 1.0F;
  float exponentScale = 1.0F;     ///< log2(e) / T
  float lowestDifference = 0.0F;  ///< z - max z below this adds exactly nothing: 2^-127
  float inverseLogChannels = 0.0F;
  int voidPlane = 0;  ///< for Void: its place among the planes
};

/// Pixels scored together: planes handed to scoreSpan() may be cut anywhere, results never depend on where.
inline constexpr std::size_t kMaxGroup = 128;

/// Scores pixels [first, first + count) of `channels` planes with each of `recipes`; outs[r][0] is pixel `first`'s
/// score. Reads nothing outside the range, prefetching apart. Lane-wise: a pixel's score does not depend on its
/// neighbours.
void scoreSpan(const std::uint16_t* const* planes, int channels, std::size_t first, std::size_t count,
               std::span<const Recipe> recipes, float* const* outs);
void scoreSpan(const float* const* planes, int channels, std::size_t first, std::size_t count,
               std::span<const Recipe> recipes, float* const* outs);

/// Plane index of the largest logit, ties to the lowest, 255 where no channel is above -infinity.
void argmaxSpan(const std::uint16_t* const* planes, int channels, std::size_t first, std::size_t count,
                std::uint8_t* out);
void argmaxSpan(const float* const* planes, int channels, std::size_t first, std::size_t count, std::uint8_t* out);

void widen(const std::uint16_t* in, std::size_t count, float* out);

/// out[i] = (1 - weight[i]) row[left[i]] + weight[i] row[right[i]].
void expandRow(const float* row, const std::int32_t* left, const std::int32_t* right, const float* weight,
               std::size_t count, float* out);
/// out[i] = (1 - weight) upper[i] + weight lower[i], rounded as expandRow does.
void blendRows(const float* upper, const float* lower, float weight, std::size_t count, float* out);
/// The four corners of each pixel, blended exactly as expandRow then blendRows would.
struct Corners {
  const float* upperLeft;
  const float* upperRight;
  const float* lowerLeft;
  const float* lowerRight;
};
void blendCorners(const Corners& corners, const float* weightX, const float* weightY, std::size_t count, float* out);

}  // namespace oodscope::kernels
