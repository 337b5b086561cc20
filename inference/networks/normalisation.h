// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <string_view>

namespace oodscope {

/// What a pixel's value becomes before a network reads it: (value * scale - mean) / deviation, by channel, RGB.
struct InputNormalisation {
  std::string_view source = {};  ///< whose mean and deviation they are: "ImageNet"; empty: none are applied
  double scale = 1.0 / 255.0;
  std::array<double, 3> mean{0.0, 0.0, 0.0}, deviation{1.0, 1.0, 1.0};
};

/// Of the pictures that most published weights were first trained on. Source: torchvision, models/resnet.py.
inline constexpr InputNormalisation kImageNet{
    .source = "ImageNet", .mean = {0.485, 0.456, 0.406}, .deviation = {0.229, 0.224, 0.225}};

/// The input for each value of a pixel, by channel, RGB. Requires: deviation > 0.
using NormalisationTable = std::array<std::array<float, 256>, 3>;
[[nodiscard]] NormalisationTable tableOf(const InputNormalisation& normalisation);

}  // namespace oodscope
