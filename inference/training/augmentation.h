// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/random.h"
#include "inference/training/samples.h"

#include <vector>

namespace oodscope {

/// How a sample is varied each time it is learned from.
struct Augmentation {
  bool flip = true;                      ///< left and right swapped, every other time
  double smallest = 1.0, largest = 1.0;  ///< scale of the picture, uniform in its logarithm
  std::vector<double> scales = {};       ///< in its place one of these, each as often; empty: none
  Size crop{0, 0};                       ///< a window of the scaled picture; 0x0: all of it
  double brightness = 0.0;               ///< factor in 1 ± this
  double contrast = 0.0;                 ///< factor about the picture's mean in 1 ± this
  double saturation = 0.0;               ///< factor about each pixel's grey in 1 ± this
  double channels = 0.0;                 ///< factor on red, on green and on blue in 1 ± this
  int shift = 0;                         ///< pixels by which it is moved at most, each way, in x and in y
  double pasted = 0.0;                   ///< share of pictures with pasted objects, see pasting.h
  friend bool operator==(const Augmentation&, const Augmentation&) = default;
};

/// A variation of `sample`, a function of the generator's state alone. Labels follow the geometry by the nearest rule;
/// what lies beyond the picture after a crop or shift is black and kUnlearned. Cost: O(pixels).
[[nodiscard]] Sample augmented(const Sample& sample, const Augmentation& how, SplitMix& random);

}  // namespace oodscope
