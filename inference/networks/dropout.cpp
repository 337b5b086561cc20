// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/dropout.inl.h"

#include "analysis/core/error.h"

#include <ATen/ops/empty.h>

#include <vector>

namespace oodscope {
namespace {

std::vector<SampledLayer*> sampledLayers(const torch::nn::Module& network) {
  std::vector<SampledLayer*> out;
  for (const auto& module : network.modules(false))
    if (auto* layer = dynamic_cast<SampledLayer*>(module.get())) out.push_back(layer);
  return out;
}

void letSample(const torch::nn::Module& network, SplitMix* random) {
  for (SampledLayer* layer : sampledLayers(network)) layer->sampleFrom(random);
}

}  // namespace

torch::Tensor SampledLayer::sampled(const torch::Tensor& x, at::IntArrayRef shape) const {
  require(x.dim() == 4 && x.size(0) == 1, "dropout: a sampled pass is one of one image");
  const double p = rate();
  const auto kept = static_cast<float>(1.0 / (1.0 - p));
  torch::Tensor factors = at::empty(shape, torch::kFloat);
  float* const factor = factors.data_ptr<float>();
  for (std::int64_t i = 0; i < factors.numel(); ++i) factor[i] = m_random->uniform() >= p ? kept : 0.0F;
  return x * factors.to(x.device());
}

SampledDropout::SampledDropout(torch::nn::Module& network, SplitMix& random) : m_network(network) {
  letSample(m_network, &random);
}

SampledDropout::~SampledDropout() { letSample(m_network, nullptr); }

bool hasDropout(const torch::nn::Module& network) {
  for (const SampledLayer* layer : sampledLayers(network))
    if (layer->rate() > 0.0) return true;
  return false;
}

void scaleDropout(torch::nn::Module& network, double factor) {
  for (SampledLayer* layer : sampledLayers(network)) layer->setRate(layer->rate() * factor);
}

}  // namespace oodscope
