// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/network.inl.h"

#include <string>
#include <vector>

namespace oodscope {

/// Channels that nothing but the next convolution reads, so that some can be taken out of a network: what a convolution
/// gives, normalised or not, after a ReLU. All three are keys of modules; convolution and reader have biases.
struct InnerChannels {
  std::string convolution, norm /* empty: none */, reader;
};

/// What a network is beside Network where such channels can be taken out of it.
class HasInnerChannels {
public:
  HasInnerChannels() = default;
  HasInnerChannels(const HasInnerChannels&) = delete;
  HasInnerChannels& operator=(const HasInnerChannels&) = delete;
  virtual ~HasInnerChannels() = default;
  [[nodiscard]] virtual std::vector<InnerChannels> innerChannels() const = 0;
  /// The network's shape with so many of each, in the order of innerChannels().
  [[nodiscard]] virtual NetworkShape shapeWithInner(const std::vector<int>& counts) const = 0;
};

}  // namespace oodscope
