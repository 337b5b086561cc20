// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/erfnet.inl.h"
#include "inference/networks/quantised_forms.inl.h"

#include <string>
#include <vector>

namespace oodscope {
namespace {

using Id = ByteGraph::Id;

Id addErfnetBlock(ByteGraph& graph, Id x, const std::string& key, const erfnet::Block& block) {
  if (const auto* down = dynamic_cast<const erfnet::Downsampler*>(&block))
    return graph.join(x, {key + ".conv", down->conv, down->bn, key + ".bn", kRectified}, 2);
  if (const auto* up = dynamic_cast<const erfnet::Upsampler*>(&block))
    return graph.convolve(x, {key + ".conv", up->conv, up->bn, key + ".bn", kRectified});
  const auto& residual = dynamic_cast<const erfnet::NonBottleneck1d&>(block);
  Id y = graph.convolve(x, {key + ".conv3x1_1", residual.conv3x1_1, nullptr, {}, kRectified});
  y = graph.convolve(y, {key + ".conv1x3_1", residual.conv1x3_1, residual.bn1, key + ".bn1", kRectified});
  y = graph.convolve(y, {key + ".conv3x1_2", residual.conv3x1_2, nullptr, {}, kRectified});
  y = graph.convolve(y, {key + ".conv1x3_2", residual.conv1x3_2, residual.bn2, key + ".bn2", kNoActivation});
  return graph.add(x, y, kNoActivation, kRectified);
}

}  // namespace

ByteGraph erfnetBytes(const Network& network) {
  const auto& erfnet = dynamic_cast<const erfnet::Erfnet&>(network);
  ByteGraph graph;
  Id x = addErfnetBlock(graph, ByteGraph::image(), "encoder.initial_block", *erfnet.encoder->initialBlock);
  const auto add = [&](const std::string& part, const std::vector<std::shared_ptr<erfnet::Block>>& blocks) {
    for (std::size_t i = 0; i < blocks.size(); ++i)
      x = addErfnetBlock(graph, x, part + ".layers." + std::to_string(i), *blocks[i]);
  };
  add("encoder", erfnet.encoder->blocks);
  add("decoder", erfnet.decoder->blocks);
  graph.output = erfnet.decoder->outputConv;
  return graph;
}

}  // namespace oodscope
