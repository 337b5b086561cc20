// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/training/training.h"

#include <cstdint>

namespace oodscope {

/// Learning rate of step `step` of `steps`, from `base` at step 0: constant, base (1 - step/steps)^0.9, or
/// base (1 + cos(pi step/steps)) / 2. Requires: 0 <= step <= steps, steps >= 1.
[[nodiscard]] double learningRateAt(Schedule schedule, double base, std::int64_t step, std::int64_t steps);

}  // namespace oodscope
