// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/training/training.h"

#include "inference/checkpoints/state_dict.inl.h"
#include "inference/training/schedule.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace oodscope {

/// Where a training is. The random numbers of a step are functions of the seed and of these counts, so that there is no
/// generator whose state would have to be kept.
struct TrainingState {
  int stage = 1;            ///< 1 the whole network, 0 the last phase before it, -1 the one before that
  int epoch = 0;            ///< finished epochs of the stage
  int step = 0;             ///< finished steps of the epoch under way
  double lossSum = 0.0;     ///< over these steps
  std::string recipe;       ///< all that decides the weights, as text
  std::string log;          ///< log.csv so far
  at::Tensor classWeights;  ///< undefined: all 1
  StateDict network, optimiser;
  StateDict average;           ///< of the weights; empty without one
  std::optional<double> best;  ///< validation's best value so far
  StateDict bestNetwork;       ///< the weights that had it
  PlateauState plateau;        ///< of the phase under way
};

/// The options and pictures that decide the weights, one "name: value" a line.
[[nodiscard]] std::string recipeText(const TrainingOptions& options, const SampleSource& pictures);

/// Throws Error where a weight is NaN or infinite; `checkpoint` is where the last ones that were not are.
void requireFinite(const StateDict& tensors, const std::filesystem::path& checkpoint);

/// Writes the state as one state dict that Python's torch.load reads, too, atomically. Throws Error.
void writeTrainingState(const TrainingState& state, const std::filesystem::path& file);

/// Nothing where there is no file. Throws Error: damaged, or made with another recipe (the lines that differ are
/// named).
[[nodiscard]] std::optional<TrainingState> readTrainingState(const std::filesystem::path& file,
                                                             const std::string& recipe);

/// log.csv's first line and the line of one epoch.
[[nodiscard]] std::string logHeading();
[[nodiscard]] std::string logLine(const TrainingProgress& epoch);

}  // namespace oodscope
