// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/channel_dropout.inl.h"

#include "analysis/core/error.h"

#include <ATen/ops/empty.h>

namespace oodscope {
namespace {

void letSample(torch::nn::Module& network, SplitMix* random) {
  for (const auto& module : network.modules(false))
    if (auto* dropout = module->as<ChannelDropoutImpl>()) dropout->sampleFrom(random);
}

}  // namespace

torch::Tensor ChannelDropoutImpl::forward(const torch::Tensor& x) {
  if (m_random == nullptr) return torch::nn::Dropout2dImpl::forward(x);
  require(x.dim() == 4 && x.size(0) == 1, "ChannelDropout: a sampled pass is one of one image");
  const double p = options.p();
  torch::Tensor factors = at::empty({1, x.size(1), 1, 1}, torch::kFloat);
  float* const factor = factors.data_ptr<float>();
  for (std::int64_t c = 0; c < x.size(1); ++c)
    factor[c] = m_random->uniform() >= p ? static_cast<float>(1.0 / (1.0 - p)) : 0.0F;
  return x * factors.to(x.device());
}

SampledDropout::SampledDropout(torch::nn::Module& network, SplitMix& random) : m_network(network) {
  letSample(m_network, &random);
}

SampledDropout::~SampledDropout() { letSample(m_network, nullptr); }

bool hasDropout(const torch::nn::Module& network) {
  for (const auto& module : network.modules(false))
    if (const auto* dropout = module->as<ChannelDropoutImpl>(); dropout != nullptr && dropout->options.p() > 0.0)
      return true;
  return false;
}

}  // namespace oodscope
