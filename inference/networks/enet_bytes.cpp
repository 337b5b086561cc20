// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/enet.inl.h"
#include "inference/networks/quantised_forms.inl.h"

#include <string>
#include <vector>

namespace oodscope {
namespace {

using enet::ChainStep;

std::string childKey(const enet::Enet& network, const torch::nn::Module& block) {
  for (const auto& child : network.named_children())
    if (child.value().get() == &block) return child.key();
  throw ContractViolation("ENet: a block of its own");
}

/// The layers of a chain, whose convolutions are called 0, 3, …, its norms 1, 4, …; the last activation is left out
/// where that is asked for.
ByteGraph::Id addChain(ByteGraph& graph, ByteGraph::Id x, const std::string& key, const torch::nn::Sequential& chain,
                       bool isLastLeft = false) {
  const std::vector<ChainStep> steps = enet::stepsOf(chain);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto at = [&](std::size_t place) { return key + "." + std::to_string(3 * i + place); };
    const bool isLeft = isLastLeft && i + 1 == steps.size();
    x = graph.convolve(x, {at(0), steps[i].conv, steps[i].norm, at(1), isLeft ? kNoActivation : steps[i].slope});
  }
  return x;
}

/// The three chains of a bottleneck's branch without its last activation, whose slope is given.
template <class Bottleneck>
ByteGraph::Id addBranch(ByteGraph& graph, ByteGraph::Id x, const std::string& key, const Bottleneck& block,
                        float& lastSlope) {
  x = addChain(graph, x, key + ".ext_conv1", block.extConv1);
  x = addChain(graph, x, key + ".ext_conv2", block.extConv2);
  lastSlope = enet::stepsOf(block.extConv3).back().slope;
  // A ReLU costs a convolution nothing; a parametric one is a part of the sum's table.
  const bool isLeft = lastSlope != kRectified;
  x = addChain(graph, x, key + ".ext_conv3", block.extConv3, isLeft);
  if (!isLeft) lastSlope = kNoActivation;
  return x;
}

ByteGraph::Id addRegular(ByteGraph& graph, ByteGraph::Id x, const std::string& key,
                         const enet::RegularBottleneck& block) {
  float slope = kNoActivation;
  const ByteGraph::Id branch = addBranch(graph, x, key, block, slope);
  return graph.add(x, branch, slope, enet::slopeOf(block.outActivation));
}

/// The sum, and the pooled node in `pooled`.
ByteGraph::Id addDownsampling(ByteGraph& graph, ByteGraph::Id x, const std::string& key,
                              const enet::DownsamplingBottleneck& block, ByteGraph::Id& pooled) {
  pooled = graph.pool(x);
  float slope = kNoActivation;
  const ByteGraph::Id branch = addBranch(graph, x, key, block, slope);
  return graph.add(pooled, branch, slope, enet::slopeOf(block.outActivation));
}

ByteGraph::Id addUpsampling(ByteGraph& graph, ByteGraph::Id x, const std::string& key,
                            const enet::UpsamplingBottleneck& block, ByteGraph::Id pooled) {
  const ByteGraph::Id main = addChain(graph, x, key + ".main_conv1", block.mainConv1);
  ByteGraph::Id branch = addChain(graph, x, key + ".ext_conv1", block.extConv1);
  branch = graph.convolve(
      branch, {key + ".ext_tconv1", block.transposed, block.transposedNorm, key + ".ext_tconv1_bnorm", kRectified});
  branch = addChain(graph, branch, key + ".ext_conv2", block.extConv2);
  return graph.add(graph.unpool(main, pooled), branch, kNoActivation, kRectified);
}

}  // namespace

ByteGraph enetBytes(const Network& network) {
  const auto& enet = dynamic_cast<const enet::Enet&>(network);
  ByteGraph graph;
  const enet::InitialBlock& first = *enet.initialBlock;
  ByteGraph::Id x = graph.join(ByteGraph::image(),
                               {"initial_block.main_branch", first.mainBranch, first.batchNorm,
                                "initial_block.batch_norm", enet::slopeOf(first.outActivation)},
                               3);
  const auto addStage = [&](const std::vector<std::shared_ptr<enet::RegularBottleneck>>& blocks) {
    for (const auto& block : blocks) x = addRegular(graph, x, childKey(enet, *block), *block);
  };
  ByteGraph::Id pooled1 = 0, pooled2 = 0;
  x = addDownsampling(graph, x, "downsample1_0", *enet.downsample1, pooled1);
  addStage(enet.stage1);
  x = addDownsampling(graph, x, "downsample2_0", *enet.downsample2, pooled2);
  addStage(enet.stage23);
  x = addUpsampling(graph, x, "upsample4_0", *enet.upsample4, pooled2);
  addStage(enet.stage4);
  x = addUpsampling(graph, x, "upsample5_0", *enet.upsample5, pooled1);
  x = addRegular(graph, x, "regular5_1", *enet.regular5);
  graph.output = enet.transposedConv;
  return graph;
}

}  // namespace oodscope
