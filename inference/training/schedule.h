// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/training/training.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace oodscope {

/// Learning rate of step `step` of `steps`, from `base` at step 0: constant, base (1 - step/steps)^0.9, or from base to
/// `last` by the half cosine, last + (base - last) (1 + cos(pi step/steps)) / 2. Requires: one of these schedules;
/// 0 <= step <= steps, steps >= 1.
[[nodiscard]] double learningRateAt(Schedule schedule, double base, std::int64_t step, std::int64_t steps,
                                    double last = 0.0);

/// What a plateau schedule remembers.
struct PlateauState {
  std::optional<double> least;  ///< loss so far
  int waited = 0;               ///< epochs since
  double share = 1.0;           ///< of the learning rate that is left
};
/// Takes in an epoch's loss: where more than `patience` epochs in a row were not below the least by 1e-4 of it, the
/// share falls by `factor`. Source: torch.optim.lr_scheduler.ReduceLROnPlateau with its defaults (mode min, relative
/// threshold, no cooldown).
void observe(PlateauState& state, double loss, double factor, int patience);

/// Where a training is in the course of a stage.
struct TrainingPlace {
  std::int64_t step = 0, steps = 1;  ///< of the stage
  int epoch = 0, epochs = 1;         ///< of the stage
  double plateau = 1.0;              ///< PlateauState::share
};
/// The learning rate there by the options' schedule, warm-up included.
[[nodiscard]] double learningRateOf(const TrainingOptions& options, const TrainingPlace& place);

/// The share of the rate that step `step` learns with where the rate rises over the first `steps`: (step + 1) / steps
/// up to 1, and 1 where steps is 0.
[[nodiscard]] double warmUpAt(std::int64_t step, std::int64_t steps);

/// "constant", "polynomial", "cosine", "step", "plateau": in options and in recipes, which are kept in files.
[[nodiscard]] std::string_view scheduleName(Schedule schedule);
/// All of them, in menu order.
[[nodiscard]] std::span<const Schedule> allSchedules();

}  // namespace oodscope
