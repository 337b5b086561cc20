// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/scores/score_function.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace oodscope {

/// How the size of somebody's map lies to the size of its frame.
enum class ShapeFit {
  Same,
  Scaled,        ///< the same shape, to the pixel, at another resolution
  NetworkInput,  ///< a size that networks take whatever the frame: 1024x512, its double and its parts
  OtherAspect,   ///< to be stretched
  Transposed     ///< height and width changed places
};
/// Requires: neither size empty.
[[nodiscard]] ShapeFit shapeFit(Size found, Size expected);

enum class AxisOrder { ChannelsFirst, ChannelsLast };
/// Which axis of logits holds the channels, by what the other two say beside the frame's size; ChannelsFirst where
/// nothing tells. Requires: three axes.
[[nodiscard]] AxisOrder axisOrder(std::span<const std::size_t> shape, Size expected);

/// What the values of a map look like, NaN and infinities apart.
enum class ValueKind {
  Scores,
  None,       ///< no finite value
  Constant,   ///< one value: nothing to rank
  TwoValues,  ///< a decision: the ranking has a single step
  ClassIds    ///< whole numbers of 0 to 255, a few of them: an argmax rather than scores
};
struct ValueFacts {
  ValueKind kind = ValueKind::None;
  double low = 0.0, high = 0.0;
  bool fitFloat = true;  ///< every value is a float exactly
};
/// Cost: O(n).
[[nodiscard]] ValueFacts valueFacts(std::span<const float> values);
[[nodiscard]] ValueFacts valueFacts(std::span<const double> values);

/// Whether the values are probabilities already: of some thousand pixels, all in [0, 1] and of sum 1 over the channels,
/// as far as float16 can tell. False for a single channel. Cost: some thousand pixels.
[[nodiscard]] bool areProbabilities(const LogitsView& logits);

}  // namespace oodscope
