// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/head.inl.h"

#include <ATen/ops/relu.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>

namespace oodscope {
namespace {

constexpr const char* kPolarityOption = "outlier_polarity";
constexpr const char* kInFirst = "in-first";
constexpr const char* kOutFirst = "out-first";

/// Batch norm, ReLU and a 1x1 convolution on what the last layer reads: one channel, the logit of P(in), or two, whose
/// second is the outlier's. Source: Grcić, Bevandić, Šegvić, "DenseHybrid", ECCV 2022, section 3.1; keys as in its
/// code.
class DenseHybrid final : public Head {
public:
  DenseHybrid(const HeadSite& site, int channels, bool isOutFirst) : m_isOutFirst(isOutFirst) {
    m_norm = register_module("norm", torch::nn::BatchNorm2d(torch::nn::BatchNorm2dOptions(site.features)));
    m_conv = register_module("conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(site.features, channels, 1)));
  }
  torch::Tensor forward(const torch::Tensor& features) override {
    torch::Tensor out = m_conv(at::relu(m_norm(features)));
    if (!m_isOutFirst) return out;
    return out.size(1) == 1 ? -out : out.flip({1});
  }

private:
  torch::nn::BatchNorm2d m_norm{nullptr};
  torch::nn::Conv2d m_conv{nullptr};
  bool m_isOutFirst;
};

constexpr NumberParameter kOutlierChannels{
    "outlier-channels", 2, 1, 2, "Channels of the outlier head: 1, a logit of P(in), or 2, the second the outlier's"};

std::optional<std::vector<double>> densehybridValues(const StateDict& below) {
  for (const auto& [key, tensor] : below)
    if (key == "conv.weight" && tensor.dim() == 4 && (tensor.size(0) == 1 || tensor.size(0) == 2))
      return std::vector<double>{static_cast<double>(tensor.size(0))};
  return std::nullopt;
}

std::shared_ptr<Head> makeDensehybrid(const HeadSite& site, const std::vector<double>& values,
                                      const NetworkOptions& options) {
  const auto polarity = options.find(kPolarityOption);
  const bool isOutFirst = polarity != options.end() && polarity->second == kOutFirst;
  return std::make_shared<DenseHybrid>(site, static_cast<int>(values.at(0)), isOutFirst);
}

}  // namespace

HeadKind densehybridHead() {
  return {.name = "densehybrid",
          .help = "DenseHybrid's second head beside the logits: batch norm, ReLU and 1x1 convolution to outlier logits",
          .place = HeadPlace::BesideLast,
          .key = "logits_ood",
          .parameters = {&kOutlierChannels, 1},
          .options = {{.name = kPolarityOption,
                       .values = {{kInFirst, "one channel is a logit of P(in), of two the second is the outlier's"},
                                  {kOutFirst, "one channel is a logit of P(out), of two the first is the outlier's"}},
                       .ofOldTrainings = {}}},
          .adds = Output::Outlier,
          .valuesOf = densehybridValues,
          .make = makeDensehybrid};
}

}  // namespace oodscope
