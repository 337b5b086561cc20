// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/scores/score_function.h"
#include "analysis/scores/score_kernels.h"

#include <type_traits>
#include <vector>

// What the score functions share: checked parameters and the planes that take part. Internal to analysis/scores.
namespace oodscope::kernels {

/// Throws ContractViolation unless exactly one storage is set and the sizes are positive.
void requireLogits(const LogitsView& logits);

/// The channels that take part, ascending: the chosen ones, or all where the method reads all or none is chosen. Throws
/// ContractViolation for one out of range or out of order.
[[nodiscard]] std::vector<int> channelsOf(const LogitsView& logits, std::span<const int> chosen);
[[nodiscard]] std::vector<int> channelsOf(const LogitsView& logits, const ScoreParameters& parameters);

/// Throws ContractViolation for a bad temperature or logits that lack what the method needs.
[[nodiscard]] Recipe recipeOf(const LogitsView& logits, const ScoreParameters& parameters);

template <class T>
[[nodiscard]] std::vector<const T*> planesOf(const LogitsView& logits, std::span<const int> channels) {
  const T* first = nullptr;
  if constexpr (std::is_same_v<T, float>) {
    first = logits.single;
  } else {
    first = logits.half;
  }
  std::vector<const T*> planes;
  planes.reserve(channels.size());
  for (const int channel : channels) planes.push_back(first + static_cast<std::size_t>(channel) * logits.size().area());
  return planes;
}

/// Calls body(planes) with the planes' stored type.
template <class Body>
void withPlanes(const LogitsView& logits, std::span<const int> channels, Body&& body) {
  if (logits.half != nullptr) {
    body(planesOf<std::uint16_t>(logits, channels));
  } else {
    body(planesOf<float>(logits, channels));
  }
}

/// Pixels a task takes at least: tens of microseconds of work, so that starting one does not show.
inline constexpr std::size_t kTaskPixels = 8192;

}  // namespace oodscope::kernels
