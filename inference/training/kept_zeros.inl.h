// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/network.inl.h"

#include <torch/types.h>

#include <vector>

namespace oodscope {

/// Weights of convolutions and linear layers that are exactly 0, and stay so: what pruning left. A masked gradient of 0
/// moves a weight of 0 nowhere, under each optimiser and with weight decay, and counts for nothing in a clipped norm.
class KeptZeros {
public:
  /// Of the network as it is now; its parameters outlive this.
  explicit KeptZeros(const Network& network);
  /// Share of those weights that are 0.
  [[nodiscard]] double share() const { return m_share; }
  /// Clears the gradients of the zeros. Call between the backward pass and the step.
  void maskGradients() const;

private:
  struct Masked {
    torch::Tensor parameter, mask;  ///< 1 where it may move
  };
  std::vector<Masked> m_masked;
  double m_share = 0.0;
};

}  // namespace oodscope
