// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>

namespace oodscope {

/// Entropies below this are computed anew: their terms reach into numbers that the kernels take as 0.
inline constexpr float kTinyEntropy = 0x1p-100F;
/// Where the second largest logit, divided by the temperature, lies farther below the largest than this, the entropy is
/// less than half of the smallest float.
inline constexpr float kLeastTinyExponent = -110.0F;

/// The max-entropy score of one pixel in double, for logits so far apart that single precision has no normal number for
/// it: equal to the kernels' own above kTinyEntropy. `logits`: `channels` values `stride` apart, none of them NaN, the
/// largest finite. Result: -sum p ln p / ln C, down to the smallest float. Independent of flush-to-zero modes. Cost: an
/// exponential a channel.
[[nodiscard]] float tinyEntropy(const float* logits, std::size_t stride, int channels, double inverseTemperature,
                                double inverseLogChannels);

}  // namespace oodscope
