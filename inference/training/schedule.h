// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/training/training.h"

#include <cstdint>
#include <string_view>

namespace oodscope {

/// Learning rate of step `step` of `steps`, from `base` at step 0: constant, base (1 - step/steps)^0.9, or
/// base (1 + cos(pi step/steps)) / 2. Requires: 0 <= step <= steps, steps >= 1.
[[nodiscard]] double learningRateAt(Schedule schedule, double base, std::int64_t step, std::int64_t steps);

/// The share of the rate that step `step` learns with where the rate rises over the first `steps`: (step + 1) / steps
/// up to 1, and 1 where steps is 0.
[[nodiscard]] double warmUpAt(std::int64_t step, std::int64_t steps);

/// "constant", "polynomial", "cosine": in options and in recipes, which are kept in files.
[[nodiscard]] std::string_view scheduleName(Schedule schedule);

}  // namespace oodscope
