// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/network.inl.h"

#include <cstdint>
#include <memory>

namespace oodscope {

/// The exponential average of a network's weights over its training. The running means and variances of its batch norms
/// are averaged with them: what they normalise is what averaged weights give.
class WeightAverage {
public:
  /// `average` begins equal to `network`, or where going on, as it was written; `decay` below 1 is the share that a
  /// step keeps of it.
  WeightAverage(std::shared_ptr<Network> average, double decay) : m_average(std::move(average)), m_decay(decay) {}
  /// Takes in the weights after step `step`, from 0. The first steps are averaged over fewer: the share is at most
  /// (step + 1) / (step + 10). Requires: of the same shape.
  void add(const Network& network, std::int64_t step);
  [[nodiscard]] Network& network() { return *m_average; }

private:
  std::shared_ptr<Network> m_average;
  double m_decay;
};

}  // namespace oodscope
