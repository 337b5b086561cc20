// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/byte_graph.inl.h"

#include "analysis/core/error.h"
#include "inference/networks/byte_pixels.inl.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/state_dict_choice.inl.h"
#include "inference/networks/weights.inl.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/max_pool2d_with_indices.h>
#include <ATen/ops/max_unpool2d.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/zeros.h>
#include <torch/utils.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace oodscope {
namespace {

namespace nn = torch::nn;
using NodeKind = ByteGraph::Node::Kind;

/// A parametric activation is no part of a convolution: its argument is a value of its own.
bool isParametric(float slope) { return slope != kNoActivation && slope != kRectified; }

bool hasLayer(const ByteGraph::Node& node) { return node.kind == NodeKind::Convolve || node.kind == NodeKind::Join; }

torch::Tensor withSlope(const torch::Tensor& x, float slope) {
  if (slope == kNoActivation) return x;
  return slope == kRectified ? x.relu() : at::leaky_relu(x, slope);
}

/// A pass in float32 that notes the range of each value.
class Observer {
public:
  explicit Observer(torch::Tensor& ranges) : m_ranges(ranges) {}
  torch::Tensor note(const torch::Tensor& x) {
    const auto [least, most] = x.aminmax();
    torch::Tensor row = m_ranges.select(0, m_at++);
    row[0].copy_(at::minimum(row[0], least));
    row[1].copy_(at::maximum(row[1], most));
    return x;
  }
  torch::Tensor noteActivated(const torch::Tensor& x, float slope) {
    return note(withSlope(isParametric(slope) ? note(x) : x, slope));
  }
  torch::Tensor joined(const ByteGraph::Node& node, const torch::Tensor& x) {
    torch::Tensor left = convolved(node.layer, x);
    if (isParametric(node.layer.slope)) left = note(left);
    const auto along = [](const torch::Tensor& values) { return values.to(torch::kFloat).view({1, -1, 1, 1}); };
    const torch::Tensor pooled = at::max_pool2d(x, node.kernel, 2, node.kernel - 2);
    const torch::Tensor right = pooled * along(node.pooled.scale) + along(node.pooled.shift);
    return note(withSlope(at::cat({left, right}, 1), node.layer.slope));
  }
  torch::Tensor added(const ByteGraph::Node& node, const torch::Tensor& x, const torch::Tensor& y) {
    const torch::Tensor whole = at::constant_pad_nd(x, {0, 0, 0, 0, 0, y.size(1) - x.size(1)});
    return note(withSlope(whole + withSlope(y, node.slopeBeside), node.slope));
  }
  static torch::Tensor convolved(const FoldedLayer& of, const torch::Tensor& x) {
    const ConvolutionGeometry& g = of.geometry;
    if (of.isTransposed) return at::conv_transpose2d(x, of.weight, of.bias, g.stride, g.padding, g.padding);
    return at::conv2d(x, of.weight, of.bias, g.stride, g.padding, g.dilation);
  }

private:
  torch::Tensor& m_ranges;
  std::int64_t m_at = 0;
};

/// What a node gives: float32 or bytes, and where maxima were.
struct NodeMaps {
  torch::Tensor maps, places = {};
};

/// The last node's maps, each node run once by `run` and its maps let go of behind the last that reads them.
template <class Node, class Run>
torch::Tensor lastMaps(const std::vector<Node>& nodes, const Run& run) {
  std::vector<std::size_t> lastReader(nodes.size(), nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) lastReader[nodes[i].from] = lastReader[nodes[i].beside] = i;
  std::vector<NodeMaps> given(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::size_t from = nodes[i].from, beside = nodes[i].beside;
    given[i] = run(nodes[i], given[from], given[beside]);
    for (const std::size_t read : {from, beside})
      if (lastReader[read] == i && read != i) given[read] = {};
  }
  return given.back().maps;
}

[[noreturn]] void refuseForeign(const std::string& what) {
  throw Error({.what = "the file's " + what + " are not those of its network",
               .expected = "what shrink --quantise wrote",
               .found = "another count or shape",
               .file = {}});
}

/// A transposed convolution's plain form, see FoldedUpsampling: kernels of 4 C channels, of a 3x3 one with a margin.
ConvolutionGeometry upsamplingGeometry(std::int64_t margin) {
  return {.stride = {1, 1}, .padding = {margin, margin}, .dilation = {1, 1}};
}

std::int64_t marginOf(const FoldedLayer& layer) { return layer.weight.size(2) - 2; }

ByteConvolution::Layer byteLayerOf(const FoldedLayer& layer, const torch::Tensor& scale) {
  const torch::Tensor integers = weightIntegers(layer.weight, scale);
  const torch::Tensor flat = scale.reshape({-1}).contiguous();
  if (flat.sizes() != layer.bias.sizes() || !flat.gt(0.0).all().item<bool>()) refuseForeign("factors");
  const bool relu = layer.slope == kRectified;
  if (!layer.isTransposed) return {integers, flat, layer.bias, layer.geometry, relu};
  return {upsamplingKernels(integers), flat.repeat({4}), layer.bias.repeat({4}), upsamplingGeometry(marginOf(layer)),
          relu};
}

/// Reads the scales of a file's ranges one after another.
class RangeReader {
public:
  RangeReader(const torch::Tensor& ranges, std::int64_t count) : m_ranges(ranges) {
    if (!ranges.defined() || ranges.scalar_type() != at::kFloat || ranges.sizes() != at::IntArrayRef({count, 2}) ||
        !at::isfinite(ranges).all().item<bool>())
      refuseForeign("ranges");
  }
  ByteScale next() {
    const torch::Tensor row = m_ranges[m_at++];
    return byteScaleOf(row[0].item<float>(), row[1].item<float>());
  }

private:
  torch::Tensor m_ranges;
  std::int64_t m_at = 0;
};

/// A node with its weights and tables.
struct ByteNode {
  NodeKind kind = NodeKind::Image;
  std::size_t from = 0, beside = 0;
  ByteScale scale = {};  ///< of what it gives
  std::optional<ByteConvolution> convolution = {};
  torch::Tensor activation = {};                      ///< table of a parametric one, of what is convolved
  std::optional<int> margin = {};                     ///< of a transposed convolution
  int kernel = 0;                                     ///< of a join
  torch::Tensor pooled = {}, pairs = {}, alone = {};  ///< tables of a join and of a sum; undefined: a plain ReLU
};

class QuantisedNetwork final : public InferenceNetwork {
public:
  QuantisedNetwork(const ByteGraph& graph, const StateDict& scales, const torch::Tensor& ranges, ByteEngine engine)
      : m_output(graph.output, {}) {
    const std::map<std::string, torch::Tensor> factors(scales.begin(), scales.end());
    RangeReader reader(ranges, graph.ranges());
    for (const ByteGraph::Node& node : graph.nodes()) {
      ByteNode made{.kind = node.kind, .from = node.from, .beside = node.beside};
      if (hasLayer(node)) {
        const auto factor = factors.find(node.layer.key + ".weight");
        if (factor == factors.end()) refuseForeign("factors");
        addLayer(made, node, factor->second, reader, engine);
      } else if (node.kind == NodeKind::Add) {
        addSum(made, node, reader);
      } else {
        made.scale = node.kind == NodeKind::Image ? reader.next() : m_nodes[node.from].scale;
      }
      m_nodes.push_back(std::move(made));
    }
  }
  void run(const torch::Tensor& image, const torch::Tensor& logits) override { classify(penultimate(image), logits); }
  [[nodiscard]] bool isSplit() const override { return true; }
  torch::Tensor penultimate(const torch::Tensor& image) override {
    return fromBytes(lastMaps(m_nodes, [&](const ByteNode& node, const NodeMaps& from, const NodeMaps& beside) {
      return runNode(node, node.kind == NodeKind::Image ? image : from.maps, beside);
    }));
  }
  void classify(const torch::Tensor& features, const torch::Tensor& logits) override {
    m_output.planar(features, logits);
  }

private:
  void addLayer(ByteNode& made, const ByteGraph::Node& node, const torch::Tensor& factor, RangeReader& reader,
                ByteEngine engine) const {
    const FoldedLayer& layer = node.layer;
    const ByteScale in = m_nodes[node.from].scale, first = reader.next();
    made.convolution.emplace(byteLayerOf(layer, factor), in, first, engine);
    made.scale = isParametric(layer.slope) ? reader.next() : first;
    if (isParametric(layer.slope)) made.activation = activationTable(first, layer.slope, made.scale);
    if (layer.isTransposed) made.margin = static_cast<int>(marginOf(layer));
    if (node.kind != NodeKind::Join) return;
    made.kernel = node.kernel;
    made.pooled = channelTables(in, node.pooled.scale.to(torch::kFloat), node.pooled.shift.to(torch::kFloat),
                                layer.slope, made.scale);
  }
  void addSum(ByteNode& made, const ByteGraph::Node& node, RangeReader& reader) const {
    made.scale = reader.next();
    const ByteScale &x = m_nodes[node.from].scale, &y = m_nodes[node.beside].scale;
    if (node.slopeBeside == kNoActivation && node.slope == kRectified) return;
    made.pairs = sumTable(x, y, node.slopeBeside, node.slope, made.scale);
    // Beside a zero.
    made.alone = made.pairs.view({256, 256}).select(0, x.zero).contiguous();
  }
  static NodeMaps runNode(const ByteNode& node, const torch::Tensor& x, const NodeMaps& beside) {
    switch (node.kind) {
      case NodeKind::Image:
        return {toBytes(x, node.scale)};
      case NodeKind::Convolve:
      case NodeKind::Join:
        return {layered(node, x)};
      case NodeKind::Add:
        if (!node.pairs.defined()) return {addThenRelu(beside.maps, x, node.scale)};
        return {sumByTable(x, beside.maps, node.pairs, node.alone, node.scale)};
      case NodeKind::Pool: {
        PooledBytes pooled = poolBytes(x);
        return {pooled.bytes, pooled.places};
      }
      case NodeKind::Unpool:
        return {unpoolBytes(x, beside.places)};
    }
    throw ContractViolation("a byte graph's node of no kind");
  }
  static torch::Tensor layered(const ByteNode& node, const torch::Tensor& x) {
    torch::Tensor y = (*node.convolution)(x);
    if (node.activation.defined()) y = lookUp(y, node.activation, node.scale);
    if (node.kind == NodeKind::Join) return joinPooledBytes(y, x, node.pooled, node.kernel);
    return node.margin ? blocksToPixelBytes(y, *node.margin) : y;
  }

  std::vector<ByteNode> m_nodes;
  FoldedUpsampling m_output;
};

/// What a file keeps of a layer; `done` are the keys that need no more.
void writeLayer(const FoldedLayer& layer, const NetworkKind& kind, StateDict& out, std::set<std::string>& done) {
  const torch::Tensor scales = weightScales(layer.weight, layer.outputs());
  out.emplace_back(layer.key + ".weight_int8", weightIntegers(layer.weight, scales).to(at::kChar));
  out.emplace_back(layer.key + ".weight_scale", scales);
  if (layer.hasBias) out.emplace_back(layer.key + ".bias", layer.bias);
  for (const char* name : {".weight", ".bias"}) done.insert(layer.key + name);
  if (layer.norm.is_empty()) return;
  const bool isKept = !layer.hasBias || !kind.mayBeFolded(layer.normAt);
  // A norm of 1 and 0 in the channels that it was folded into, but for a bias that nothing else holds; others keep
  // theirs.
  const auto with = [&](const char* name, const torch::Tensor& given, const torch::Tensor& values) {
    done.insert(layer.normAt + name);
    if (!isKept) return;
    torch::Tensor copy = given.detach().clone();
    copy.narrow(0, 0, layer.bias.size(0)).copy_(values);
    out.emplace_back(layer.normAt + name, copy);
  };
  const nn::BatchNorm2d& norm = layer.norm;
  const auto number = [](double value) { return at::scalar_tensor(value, at::TensorOptions(at::kFloat)); };
  with(".weight", norm->weight, number(1.0));
  with(".bias", norm->bias, layer.hasBias ? number(0.0) : layer.bias);
  with(".running_mean", norm->running_mean, number(0.0));
  with(".running_var", norm->running_var, number(1.0 - norm->options.eps()));
}

}  // namespace

FoldedLayer::FoldedLayer(std::string at, const nn::Conv2d& conv, nn::BatchNorm2d after, std::string normKey,
                         float activation)
    : key(std::move(at)),
      hasBias(conv->bias.defined()),
      slope(activation),
      norm(std::move(after)),
      normAt(std::move(normKey)) {
  using std::get;
  const auto list = [](const torch::ExpandingArray<2>& values) { return std::vector(values->begin(), values->end()); };
  geometry = {.stride = list(conv->options.stride()),
              .padding = list(get<torch::ExpandingArray<2>>(conv->options.padding())),
              .dilation = list(conv->options.dilation()),
              .groups = 1};
  require(conv->options.groups() == 1, "FoldedLayer: one group");
  bias = conv->bias;
  fold(conv->weight);
}

FoldedLayer::FoldedLayer(std::string at, const nn::ConvTranspose2d& conv, nn::BatchNorm2d after, std::string normKey,
                         float activation)
    : key(std::move(at)),
      isTransposed(true),
      hasBias(conv->bias.defined()),
      slope(activation),
      norm(std::move(after)),
      normAt(std::move(normKey)) {
  const std::int64_t margin = conv->weight.size(2) - 2;
  geometry = {.stride = {2, 2}, .padding = {margin, margin}, .dilation = {1, 1}};
  bias = conv->bias;
  fold(conv->weight);
}

void FoldedLayer::fold(const torch::Tensor& given) {
  weight = given.detach().to(torch::kDouble);
  const std::int64_t channels = weight.size(outputs());
  bias = bias.defined() ? bias.detach().to(torch::kDouble) : at::zeros({channels}, at::TensorOptions(at::kDouble));
  if (!norm.is_empty()) {
    const Affine after = inferenceAffine(norm).channels(0, channels);
    std::vector<std::int64_t> along{1, 1, 1, 1};
    along[static_cast<std::size_t>(outputs())] = -1;
    weight = weight * after.scale.view(along);
    bias = bias * after.scale + after.shift;
  }
  weight = weight.to(torch::kFloat);
  bias = bias.to(torch::kFloat);
}

std::int64_t ByteGraph::Node::ranges() const {
  if (kind == NodeKind::Pool || kind == NodeKind::Unpool) return 0;
  return hasLayer(*this) && isParametric(layer.slope) ? 2 : 1;
}

ByteGraph::ByteGraph() { append({.kind = NodeKind::Image}); }

ByteGraph::Id ByteGraph::append(Node node) {
  require(std::max(node.from, node.beside) <= m_nodes.size(), "ByteGraph: of earlier nodes");
  m_nodes.push_back(std::move(node));
  return m_nodes.size() - 1;
}

ByteGraph::Id ByteGraph::convolve(Id x, FoldedLayer layer) {
  return append({.kind = NodeKind::Convolve, .from = x, .beside = x, .layer = std::move(layer)});
}

ByteGraph::Id ByteGraph::join(Id x, FoldedLayer layer, int kernel) {
  const Affine norm = inferenceAffine(layer.norm);
  const std::int64_t convolved = layer.bias.size(0);
  return append({.kind = NodeKind::Join,
                 .from = x,
                 .beside = x,
                 .layer = std::move(layer),
                 .kernel = kernel,
                 .pooled = norm.channels(convolved, norm.scale.size(0) - convolved)});
}

ByteGraph::Id ByteGraph::add(Id x, Id y, float slopeOfY, float slope) {
  return append({.kind = NodeKind::Add, .from = x, .beside = y, .slopeBeside = slopeOfY, .slope = slope});
}

ByteGraph::Id ByteGraph::pool(Id x) { return append({.kind = NodeKind::Pool, .from = x, .beside = x}); }

ByteGraph::Id ByteGraph::unpool(Id x, Id pooled) {
  return append({.kind = NodeKind::Unpool, .from = x, .beside = pooled});
}

std::int64_t ByteGraph::ranges() const {
  std::int64_t count = 0;
  for (const Node& node : m_nodes) count += node.ranges();
  return count;
}

torch::Tensor observeRanges(const ByteGraph& graph, const std::function<torch::Tensor()>& next) {
  const torch::NoGradGuard noGradient;
  torch::Tensor ranges = at::zeros({graph.ranges(), 2});
  for (torch::Tensor image = next(); image.defined(); image = next()) {
    Observer observer(ranges);
    const auto run = [&](const ByteGraph::Node& node, const NodeMaps& from, const NodeMaps& beside) -> NodeMaps {
      switch (node.kind) {
        case NodeKind::Image:
          return {observer.note(image.contiguous(at::MemoryFormat::ChannelsLast))};
        case NodeKind::Convolve:
          return {observer.noteActivated(Observer::convolved(node.layer, from.maps), node.layer.slope)};
        case NodeKind::Join:
          return {observer.joined(node, from.maps)};
        case NodeKind::Add:
          return {observer.added(node, from.maps, beside.maps)};
        case NodeKind::Pool: {
          const auto [maps, places] = at::max_pool2d_with_indices(from.maps, 2, 2);
          return {maps, places};
        }
        case NodeKind::Unpool:
          return {at::max_unpool2d(from.maps, beside.places, {2 * from.maps.size(2), 2 * from.maps.size(3)})};
      }
      throw ContractViolation("a byte graph's node of no kind");
    };
    static_cast<void>(lastMaps(graph.nodes(), run));
  }
  return ranges;
}

StateDict quantisedStateDict(const ByteGraph& graph, const Network& network, const NetworkKind& kind,
                             const torch::Tensor& ranges) {
  const torch::NoGradGuard noGradient;
  StateDict out;
  std::set<std::string> done;
  for (const ByteGraph::Node& node : graph.nodes())
    if (hasLayer(node)) writeLayer(node.layer, kind, out, done);
  for (const auto& [key, tensor] : stateDictOf(network)) {
    const auto starts = [&, of = std::string_view(key)](const std::string& prefix) { return of.starts_with(prefix); };
    if (done.contains(key) || key.ends_with(".num_batches_tracked") || std::ranges::any_of(kind.auxiliaryHeads, starts))
      continue;
    out.emplace_back(key, tensor.detach());
  }
  out.emplace_back(std::string(kQuantisedRanges), ranges);
  return out;
}

std::unique_ptr<InferenceNetwork> quantisedNetwork(const ByteGraph& graph, const StateDict& scales,
                                                   const torch::Tensor& ranges, ByteEngine engine) {
  const torch::NoGradGuard noGradient;
  return std::make_unique<QuantisedNetwork>(graph, scales, ranges, engine);
}

}  // namespace oodscope
