// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/state_dict_choice.inl.h"
#include "inference/networks/weights.inl.h"
#include "inference/training/loss.inl.h"
#include "inference/training/training.h"

#include <filesystem>
#include <string>
#include <vector>

namespace oodscope {

/// What is trained: the network's shape with its head.
[[nodiscard]] NetworkShape shapeToTrain(const TrainingOptions& options, int channels);
/// Whether the channel after the known classes learns what void is.
[[nodiscard]] bool trainsVoidChannel(const TrainingOptions& options);
/// "densehybrid 2", for the recipe; empty for the network's own last layer.
[[nodiscard]] std::string headText(const TrainingOptions& options);
/// Throws ContractViolation where head, loss and stages do not go together.
void requireHeadFits(const TrainingOptions& options, const NetworkKind& kind);

/// Loads weights of the network with another head, or with none: what both have; the head's own tensors stay as they
/// are. Says which. Throws Error as loadWeights() does.
[[nodiscard]] LoadRemarks loadUnderHead(Network& network, const ChosenStateDict& chosen,
                                        const std::filesystem::path& file);

/// A row a pixel of what a network gave (outputs()), which is how channels-last memory holds them: the sums over
/// channels run in order. A second head's array is brought to the targets' size (bilinear).
[[nodiscard]] LossInput lossInput(const std::vector<at::Tensor>& outputs, const at::Tensor& targets, int voidClass);

}  // namespace oodscope
