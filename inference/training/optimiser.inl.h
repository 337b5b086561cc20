// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/training/training.h"

#include "inference/checkpoints/state_dict.inl.h"

#include <torch/optim/optimizer.h>

#include <memory>

namespace oodscope {

/// A LibTorch optimiser whose state can be written as plain tensors and taken up again without loss.
class TrainingOptimiser {
public:
  /// Learns `parameters`, those of `slower` at the options' backboneRate. Requires: each once.
  TrainingOptimiser(const TrainingOptions& options, std::vector<at::Tensor> parameters,
                    const std::vector<at::Tensor>& slower = {});
  /// The rate of those that are not slower.
  void setLearningRate(double rate);
  /// One step from the gradients, which are scaled down to the options' greatest norm and cleared afterwards.
  void step();
  /// The state, each name below `prefix`.
  void save(const std::string& prefix, StateDict& out) const;
  /// Takes up what save() wrote. Throws Error where a tensor is missing or has another shape.
  void load(const std::string& prefix, const StateDict& saved, const std::filesystem::path& file);

private:
  Optimiser m_kind;
  double m_mostGradient, m_slowerRate;
  std::vector<at::Tensor> m_parameters;
  std::unique_ptr<torch::optim::Optimizer> m_optimiser;
};

}  // namespace oodscope
