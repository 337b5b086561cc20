// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/shrinking/pruning.inl.h"

#include "analysis/core/error.h"
#include "inference/networks/head.inl.h"
#include "inference/networks/weights.inl.h"

#include <ATen/ops/cat.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/utils.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <unordered_map>

namespace oodscope {
namespace {

using TensorsByKey = std::map<std::string, torch::Tensor>;

TensorsByKey byKey(const Network& network) {
  TensorsByKey out;
  for (const auto& [key, tensor] : stateDictOf(network)) out.emplace(key, tensor.detach());
  return out;
}

torch::Tensor indexTensor(const std::vector<std::int64_t>& values) { return torch::tensor(values, torch::kLong); }

std::vector<std::int64_t> allBut(const std::vector<std::int64_t>& kept, std::int64_t count) {
  std::vector<std::int64_t> out;
  for (std::int64_t i = 0; i < count; ++i)
    if (!std::ranges::binary_search(kept, i)) out.push_back(i);
  return out;
}

/// Keys of a norm's tensors that have a value a channel.
constexpr std::array kNormTensors{"weight", "bias", "running_mean", "running_var"};

/// What channels without weights give behind norm and ReLU.
torch::Tensor constantsOf(const Network& network, const TensorsByKey& tensors, const InnerChannels& inner) {
  torch::Tensor out = tensors.at(inner.convolution + ".bias");
  if (!inner.norm.empty()) {
    const auto module = network.named_modules()[inner.norm];  // shares it with a list that does not last
    const double epsilon = module->as<torch::nn::BatchNorm2dImpl>()->options.eps();
    const auto norm = [&](const char* name) { return tensors.at(inner.norm + "." + name).to(torch::kDouble); };
    out = (out.to(torch::kDouble) - norm("running_mean")) / (norm("running_var") + epsilon).sqrt() * norm("weight") +
          norm("bias");
  }
  return out.to(torch::kDouble).relu();
}

}  // namespace

std::int64_t countTaken(double fraction, std::int64_t count) {
  return static_cast<std::int64_t>(std::nearbyint(fraction * static_cast<double>(count)));
}

std::vector<ConvolutionWeight> convolutionWeights(const Network& network, const NetworkKind& kind) {
  NetworkShape larger = network.shape();
  ++larger.classes;
  std::unordered_map<std::string, std::vector<std::int64_t>> grown;
  for (const auto& [key, tensor] : stateDictOf(*makeNetwork(kind, larger))) grown.emplace(key, tensor.sizes().vec());
  std::vector<ConvolutionWeight> out;
  for (const auto& module : network.named_modules("", false)) {
    const auto* plain = module.value()->as<torch::nn::Conv2dImpl>();
    const auto* transposed = module.value()->as<torch::nn::ConvTranspose2dImpl>();
    const std::string key = module.key() + ".";
    const bool isUnused =
        std::ranges::any_of(kind.auxiliaryHeads, [&](const std::string& prefix) { return key.starts_with(prefix); });
    if ((plain == nullptr && transposed == nullptr) || isUnused) continue;
    const torch::Tensor weight = plain != nullptr ? plain->weight : transposed->weight;
    out.push_back({.module = module.key(),
                   .weight = weight.detach(),
                   .outputs = plain != nullptr ? 0 : 1,
                   .givesLogits = grown.at(key + "weight") != weight.sizes().vec()});
  }
  return out;
}

std::int64_t pruneByMagnitude(const std::vector<ConvolutionWeight>& weights, double fraction) {
  std::vector<torch::Tensor> flat;
  flat.reserve(weights.size());
  for (const ConvolutionWeight& each : weights) flat.push_back(each.weight.abs().reshape({-1}));
  if (flat.empty()) return 0;
  const torch::Tensor all = at::cat(flat);
  const std::int64_t taken = countTaken(fraction, all.numel());
  const torch::Tensor least = std::get<1>(all.sort(/*stable=*/true, /*dim=*/0, /*descending=*/false));
  torch::Tensor mask = at::ones_like(all);
  mask.index_fill_(0, least.narrow(0, 0, taken), 0.0);
  std::int64_t at = 0;
  for (const ConvolutionWeight& each : weights) {
    each.weight.mul_(mask.narrow(0, at, each.weight.numel()).view(each.weight.sizes()));
    at += each.weight.numel();
  }
  return taken;
}

std::vector<std::int64_t> channelsKept(const ConvolutionWeight& convolution, double fraction) {
  const std::int64_t count = convolution.weight.size(convolution.outputs);
  const torch::Tensor norms =
      convolution.weight.abs().transpose(0, convolution.outputs).reshape({count, -1}).sum(1).contiguous();
  const float* const norm = norms.data_ptr<float>();
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](std::int64_t a, std::int64_t b) { return norm[a] > norm[b]; });
  order.resize(static_cast<std::size_t>(std::max<std::int64_t>(1, count - countTaken(fraction, count))));
  std::ranges::sort(order);
  return order;
}

void zeroOtherChannels(const ConvolutionWeight& convolution, const std::vector<std::int64_t>& kept) {
  const auto rest = allBut(kept, convolution.weight.size(convolution.outputs));
  if (!rest.empty()) torch::Tensor(convolution.weight).index_fill_(convolution.outputs, indexTensor(rest), 0.0);
}

std::shared_ptr<Network> withoutChannels(const Network& network, const NetworkKind& kind,
                                         const HasInnerChannels& channels,
                                         const std::vector<std::vector<std::int64_t>>& kept) {
  const std::vector<InnerChannels> all = channels.innerChannels();
  require(all.size() == kept.size(), "withoutChannels: a list of each");
  const TensorsByKey given = byKey(network);
  TensorsByKey tensors = given;
  std::vector<int> counts;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const InnerChannels& inner = all[i];
    counts.push_back(static_cast<int>(kept[i].size()));
    const auto rest = allBut(kept[i], given.at(inner.convolution + ".weight").size(0));
    if (rest.empty()) continue;
    const torch::Tensor stay = indexTensor(kept[i]), go = indexTensor(rest);
    // Whatever other channels of the reader are taken out: its rows keep their order, and this sums over columns.
    const torch::Tensor readers = given.at(inner.reader + ".weight").to(torch::kDouble).sum({2, 3});
    const torch::Tensor added = readers.index_select(1, go).mv(constantsOf(network, given, inner).index_select(0, go));
    TensorsByKey& t = tensors;
    const torch::Tensor bias = (given.at(inner.reader + ".bias").to(torch::kDouble) + added).to(torch::kFloat);
    t[inner.reader + ".bias"] = bias;
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    const torch::Tensor stay = indexTensor(kept[i]);
    const auto select = [&](const std::string& key, std::int64_t dimension) {
      tensors[key] = tensors.at(key).index_select(dimension, stay);
    };
    select(all[i].convolution + ".weight", 0);
    select(all[i].convolution + ".bias", 0);
    select(all[i].reader + ".weight", 1);
    if (all[i].norm.empty()) continue;
    for (const char* name : kNormTensors) select(all[i].norm + "." + name, 0);
  }
  NetworkShape shape = channels.shapeWithInner(counts);
  shape.options = network.shape().options;
  shape.head = network.shape().head;
  shape.headValues = network.shape().headValues;
  std::shared_ptr<Network> out = makeNetwork(kind, shape);
  loadWeights(*out, kind, StateDict(tensors.begin(), tensors.end()), {});
  out->eval();
  return out;
}

}  // namespace oodscope
