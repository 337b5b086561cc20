// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <torch/nn/module.h>
#include <torch/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace oodscope {

/// What a network of a known architecture is built from.
struct NetworkShape {
  int classes = 20;
  /// Channels at 1/2, 1/4 and 1/8 of the input; smaller numbers give a slim variant, {8, 32, 64} costs about a quarter.
  std::array<int, 3> widths{16, 64, 128};
  std::string variant = {};  ///< one of the kind's (see NetworkKind), empty for the published one of today
  friend bool operator==(const NetworkShape&, const NetworkShape&) = default;
};

/// A trainable semantic segmentation network. state_dict names are those of the public Python implementation.
class Network : public torch::nn::Module {
public:
  /// N x 3 x H x W to logits N x classes x H x W. Requires: H and W multiples of 8.
  virtual torch::Tensor forward(const torch::Tensor& images) = 0;
  /// Logits of the encoder alone at 1/8 of the size, for pre-training an encoder. Throws ContractViolation where the
  /// architecture has no such head.
  virtual torch::Tensor forwardEncoder(const torch::Tensor& images) = 0;
  [[nodiscard]] virtual NetworkShape shape() const = 0;
};

/// A network arranged for speed: batch norm folded, weights laid out for the device. Holds no gradient and no training
/// state.
class InferenceNetwork {
public:
  InferenceNetwork() = default;
  InferenceNetwork(const InferenceNetwork&) = delete;
  InferenceNetwork& operator=(const InferenceNetwork&) = delete;
  virtual ~InferenceNetwork() = default;
  /// Fills `logits`, 1 x classes x H x W, from `image`, 1 x 3 x H x W, float32, any memory format, on the weights'
  /// device. Fastest where `logits` is contiguous float32 on the CPU.
  virtual void run(const torch::Tensor& image, const torch::Tensor& logits) = 0;
};

}  // namespace oodscope
