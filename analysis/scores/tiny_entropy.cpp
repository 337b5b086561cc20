// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/tiny_entropy.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace oodscope {
namespace {

/// To the nearest float without float arithmetic, which flush-to-zero modes would round to 0.
float toFloat(double value) {
  constexpr double kSmallestNormal = 0x1p-126, kSteps = 0x1p149;
  if (value >= kSmallestNormal) return static_cast<float>(value);
  return std::bit_cast<float>(static_cast<std::uint32_t>(std::nearbyint(value * kSteps)));
}

}  // namespace

float tinyEntropy(const float* logits, std::size_t stride, int channels, double inverseTemperature,
                  double inverseLogChannels) {
  float largest = logits[0];
  for (int c = 1; c < channels; ++c) largest = std::max(largest, logits[static_cast<std::size_t>(c) * stride]);
  double sum = 0.0, weighted = 0.0;
  for (int c = 0; c < channels; ++c) {
    const double z = static_cast<double>(logits[static_cast<std::size_t>(c) * stride]);
    const double difference = (z - static_cast<double>(largest)) * inverseTemperature;
    const double power = std::exp(difference);
    if (power == 0.0) continue;  // -infinity among them: 0 ln 0 is 0
    sum += power;
    weighted += power * difference;
  }
  return toFloat(std::max(0.0, (std::log(sum) - weighted / sum) * inverseLogChannels));
}

}  // namespace oodscope
