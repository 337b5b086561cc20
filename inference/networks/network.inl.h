// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/error.h"
#include "analysis/core/output.h"
#include "inference/networks/network_options.h"

#include <torch/nn/module.h>
#include <torch/types.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace oodscope {

/// What a network of a known architecture is built from.
struct NetworkShape {
  int classes = 20;
  std::vector<int> widths = {};         ///< of its layers, see NetworkKind; empty: as published
  NetworkOptions options = {};          ///< of the kind's, see NetworkOption
  std::string form = {};                ///< of the kind's published ones, see NetworkKind::forms; empty: today's
  std::string head = {};                ///< see HeadKind; empty: the network's own last layer
  std::vector<double> headValues = {};  ///< of the head's parameters, in their order
  bool hasAuxiliary = false;            ///< with the heads that training alone uses, see NetworkKind::trainsAuxiliary
  friend bool operator==(const NetworkShape&, const NetworkShape&) = default;
};

/// The widths of a shape that has so many. Throws ContractViolation where it has others.
template <std::size_t N>
[[nodiscard]] std::array<int, N> widthsOf(const NetworkShape& shape) {
  require(shape.widths.size() == N, "a network's shape: another number of widths");
  std::array<int, N> out{};
  std::copy_n(shape.widths.begin(), N, out.begin());
  return out;
}

/// What one pass gives for training.
struct AuxiliaryPass {
  torch::Tensor features;                ///< what the last layer reads
  std::vector<torch::Tensor> auxiliary;  ///< logits of each head that training alone uses, N x classes x H x W
};

/// A trainable semantic segmentation network. state_dict names are those of the public Python implementation.
class Network : public torch::nn::Module {
public:
  /// N x 3 x H x W to logits N x classes x H x W. Requires: H and W multiples of the kind's sizeMultiple.
  virtual torch::Tensor forward(const torch::Tensor& images) = 0;
  /// Fills `out` with what a pass over one image gives: logits, 1 x classes x H x W, or what NetworkKind::arrays says,
  /// one array as 1 x C x h x w, several one after another as 1 x 1 x 1 x values.
  virtual void fill(const torch::Tensor& image, const torch::Tensor& out);
  [[nodiscard]] virtual NetworkShape shape() const = 0;
  /// Whether what the last layer reads can be taken out: forward() is then classify(penultimate()).
  [[nodiscard]] virtual bool isSplit() const { return false; }
  /// N x D x h x w, what the last layer reads. Requires: isSplit().
  virtual torch::Tensor penultimate(const torch::Tensor&) { throw ContractViolation("Network: not split"); }
  /// The same, with the logits of auxiliary heads out of the same pass; none where the shape has none.
  virtual AuxiliaryPass penultimateWithAuxiliary(const torch::Tensor& images) { return {penultimate(images), {}}; }
  /// The last layer. Requires: isSplit().
  virtual torch::Tensor classify(const torch::Tensor&) { throw ContractViolation("Network: not split"); }
  /// The same for an image of `size`, height and width, which is not always a multiple of the features'.
  virtual torch::Tensor classifyTo(const torch::Tensor& features, at::IntArrayRef /*size*/) {
    return classify(features);
  }
  /// The arrays that classifyAll() gives, the logits first.
  [[nodiscard]] virtual std::vector<Output> outputs() const { return {Output::Logits}; }
  /// Each 1 or N x channels x its own size, from what the last layer reads, for an image of `size`. Requires:
  /// isSplit().
  virtual std::vector<torch::Tensor> classifyAll(const torch::Tensor& features, at::IntArrayRef size) {
    return {classifyTo(features, size)};
  }
  /// Logits of a layer in the last one's place, N x C x h x w as penultimate() is, for an image of `size`: interpolated
  /// as the network does its own, bilinearly without aligned corners where it does not.
  virtual torch::Tensor enlarge(const torch::Tensor& small, at::IntArrayRef size);
};

/// Everything that the network gives of images: outputs().
[[nodiscard]] std::vector<torch::Tensor> forwardAll(Network& network, const torch::Tensor& images);
/// Copies arrays into `out`: of the only one's sizes, or 1 x 1 x 1 x all values, one array after another.
void fillFrom(const std::vector<torch::Tensor>& arrays, const torch::Tensor& out);

/// A network arranged for speed: batch norm folded, weights laid out for the device. Holds no gradient and no training
/// state.
class InferenceNetwork {
public:
  InferenceNetwork() = default;
  InferenceNetwork(const InferenceNetwork&) = delete;
  InferenceNetwork& operator=(const InferenceNetwork&) = delete;
  virtual ~InferenceNetwork() = default;
  /// Fills `logits`, 1 x classes x H x W (other arrays as Network::fill() does), from `image`, 1 x 3 x H x W, float32,
  /// any memory format, on the weights' device. Fastest where `logits` is contiguous float32 on the CPU.
  virtual void run(const torch::Tensor& image, const torch::Tensor& logits) = 0;
  /// As Network's: run() is then classify(penultimate()). Heads need both.
  [[nodiscard]] virtual bool isSplit() const { return false; }
  virtual torch::Tensor penultimate(const torch::Tensor&) { throw ContractViolation("InferenceNetwork: not split"); }
  virtual void classify(const torch::Tensor& /*features*/, const torch::Tensor& /*logits*/) {
    throw ContractViolation("InferenceNetwork: not split");
  }
};

}  // namespace oodscope
