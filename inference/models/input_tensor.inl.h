// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/models/model.h"

#include <ATen/core/Tensor.h>

#include <utility>

namespace oodscope {

/// An image as the network wants it: 1 x 3 x H x W float32, channels-last, resized, scaled and normalised. Cost:
/// O(pixels).
[[nodiscard]] at::Tensor inputTensor(const RgbImage& image, const Preprocessing& preprocessing);

/// Smallest and largest value that any pixel can become.
[[nodiscard]] std::pair<double, double> inputRange(const Preprocessing& preprocessing);

}  // namespace oodscope
