// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/checkpoints/state_dict.inl.h"
#include "inference/networks/byte_values.inl.h"
#include "inference/networks/folding.inl.h"
#include "inference/networks/network.inl.h"

#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace oodscope {

struct NetworkKind;

/// Of an activation: what values below 0 are multiplied by.
inline constexpr float kNoActivation = 1.0F, kRectified = 0.0F;

/// A convolution with its norm folded in. Weights as a file has them: of a transposed one in x out x k x k.
struct FoldedLayer {
  FoldedLayer() = default;
  /// `at`: key of the convolution; norm: the one after it, whose first channels are the convolution's, and its key.
  FoldedLayer(std::string at, const torch::nn::Conv2d& conv, torch::nn::BatchNorm2d after, std::string normKey,
              float activation);
  /// A transposed one of stride 2 that doubles the size.
  FoldedLayer(std::string at, const torch::nn::ConvTranspose2d& conv, torch::nn::BatchNorm2d after, std::string normKey,
              float activation);
  [[nodiscard]] std::int64_t outputs() const { return isTransposed ? 1 : 0; }

  std::string key;
  torch::Tensor weight, bias;
  ConvolutionGeometry geometry;
  bool isTransposed = false, hasBias = false;
  float slope = kRectified;
  torch::nn::BatchNorm2d norm{nullptr};  ///< empty: none
  std::string normAt;

private:
  void fold(const torch::Tensor& given);
};

/// How a network of convolutions runs in bytes: what stands between the image and the last layer, which stays float32,
/// so that scores have more than 256 values. Every value between two layers is a byte of the scale of its own range;
/// weights are int8 with a factor an output channel; norms are folded in. A network's graph is built once from its
/// modules (see NetworkKind::byteGraph); measuring ranges, the file and the arrangement follow from it.
class ByteGraph {
public:
  /// Which node; nodes read earlier ones.
  using Id = std::size_t;
  struct Node {
    enum class Kind { Image, Convolve, Join, Add, Pool, Unpool } kind = Kind::Image;
    Id from = 0, beside = 0;
    FoldedLayer layer = {};                                    ///< Convolve, Join
    int kernel = 0;                                            ///< Join
    Affine pooled = {};                                        ///< Join: of the pooled channels
    float slopeBeside = kNoActivation, slope = kNoActivation;  ///< Add: of what is added, of the sum
    /// Ranges that the node's values have: those before a parametric activation, too.
    [[nodiscard]] std::int64_t ranges() const;
  };

  ByteGraph();
  [[nodiscard]] static Id image() { return 0; }
  Id convolve(Id x, FoldedLayer layer);
  /// The layer's maps beside the largest values of x's squares of `kernel` (2: 2x2; 3: 3x3 with a margin of 1), one in
  /// two along both axes, after the rest of the layer's norm; the layer's activation after both.
  Id join(Id x, FoldedLayer layer, int kernel);
  /// x + the activation of y, and an activation of the sum. Fewer channels of x are filled up with zeros.
  Id add(Id x, Id y, float slopeOfY, float slope);
  /// The largest of each 2x2 square, and where it was.
  Id pool(Id x);
  /// x at the places of `pooled`, zeros elsewhere.
  Id unpool(Id x, Id pooled);
  /// The last layer, a transposed convolution, reads the last node.
  torch::nn::ConvTranspose2d output{nullptr};

  [[nodiscard]] const std::vector<Node>& nodes() const { return m_nodes; }
  [[nodiscard]] std::int64_t ranges() const;

private:
  Id append(Node node);
  std::vector<Node> m_nodes;
};

/// Smallest and largest of each value between layers over the images that are handed in, n x 2: what the bytes' scales
/// are made of. `next` gives 1 x 3 x H x W, or an undefined tensor at the end. Cost: a plain pass an image.
[[nodiscard]] torch::Tensor observeRanges(const ByteGraph& graph, const std::function<torch::Tensor()>& next);

/// The state dict of the graph's network with its weights in int8, see chooseStateDict(): "….weight_int8",
/// "….weight_scale". Norms that a file of the kind may leave out are left out; others keep what was not folded into a
/// convolution without a bias. Heads that serve training alone are left out.
[[nodiscard]] StateDict quantisedStateDict(const ByteGraph& graph, const Network& network, const NetworkKind& kind,
                                           const torch::Tensor& ranges);

/// The arrangement. The graph's network holds weights that are whole numbers times `scales` (ChosenStateDict::scales).
/// Throws Error where ranges or scales are not this network's.
[[nodiscard]] std::unique_ptr<InferenceNetwork> quantisedNetwork(const ByteGraph& graph, const StateDict& scales,
                                                                 const torch::Tensor& ranges, ByteEngine engine);

}  // namespace oodscope
