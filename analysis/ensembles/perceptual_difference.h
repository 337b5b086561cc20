// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <span>
#include <vector>

namespace oodscope {

/// One layer of a network's features of an image and of its resynthesis: planes of `size`, row-major, C x h x w each.
struct FeaturePair {
  std::span<const float> image, resynthesis;
  int channels = 0;
  Size size;
};

/// How features become one map.
enum class PerceptualForm {
  /// V = sum_i |F_i(x) - F_i(r)|_1 / M_i with M_i = C h w, as written: the 1-norm over the channels at each place.
  Equation,
  /// Released code: the mean over the channels, upsampled bicubically (a = -0.75), weighted 1/32, 1/16, 1/8, 1/4, 1.
  Released
};

/// SynBoost's perceptual difference at `target`, min-max normalised to [0, 1] over the frame; 0 everywhere where it is
/// constant. Layers of another size are brought to `target`: bilinearly in the equation's form, which does not say how.
/// Requires: filled layers, 5 of them for the released form, one or more otherwise. Cost: O(features + layers target).
/// Source: Di Biase et al., CVPR 2021, eq. 3; giandbt/synboost.
[[nodiscard]] ScoreMap perceptualDifference(std::span<const FeaturePair> layers, PerceptualForm form, Size target);

/// The map at another size by cubic convolution, a = -0.75, half-pixel centres, borders repeated, no antialiasing, as
/// torch's interpolate(mode="bicubic", align_corners=False). Requires: neither size empty.
[[nodiscard]] ScoreMap resizeBicubic(const ScoreMap& map, Size target);

/// Softmax entropy in bits of one pixel's probabilities, -sum p log2 p with 0 log2 0 = 0: eq. 1.
[[nodiscard]] double entropyInBits(std::span<const double> probabilities);
/// 1 - max p + second max p, eq. 2; of equal largest ones the second is the other. Requires: a class or more.
[[nodiscard]] double softmaxDistance(std::span<const double> probabilities);

/// The released maps, over one frame: (H - min) / max, and 1 - (m - min) / max of m = largest - second largest p. Their
/// divisor is the largest value, not the width. In place; all 0 (entropy) or 1 where the largest is 0.
void scaleEntropyAsReleased(std::span<float> entropy);
void scaleMarginAsReleased(std::span<float> margin);

}  // namespace oodscope
