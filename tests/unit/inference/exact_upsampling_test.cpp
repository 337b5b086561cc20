// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/exact_upsampling.inl.h"

#include "inference/networks/network_registry.inl.h"

#include <gtest/gtest.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/dropout.h>
#include <torch/types.h>
#include <torch/utils.h>

namespace oodscope {
namespace {

using Options = torch::nn::ConvTranspose2dOptions;

struct UpsamplingCase {
  std::string name;
  Options options;
};

std::vector<UpsamplingCase> upsamplingCases() {
  return {{"2x2 stride 2", Options(3, 5, 2).stride(2)},
          {"2x2 stride 2 without bias", Options(3, 5, 2).stride(2).bias(false)},
          {"3x3 stride 2", Options(3, 5, 3).stride(2).padding(1).output_padding(1)},
          {"3x3 stride 2 without bias", Options(3, 5, 3).stride(2).padding(1).output_padding(1).bias(false)},
          {"4x4, run as it is", Options(3, 5, 4).stride(2).padding(1)},
          {"3x3 without output padding, run as it is", Options(3, 5, 3).stride(2).padding(1)},
          {"grouped, run as it is", Options(4, 4, 2).stride(2).groups(2)}};
}

/// Value and gradients of input, weight and bias for the sum of the output times fixed numbers.
std::vector<at::Tensor> valueAndGradients(torch::nn::ConvTranspose2d convolution, const at::Tensor& input,
                                          bool isExact) {
  convolution->zero_grad();
  const at::Tensor x = input.clone().requires_grad_(true);
  const at::Tensor y = isExact ? upsampled(convolution, x) : convolution(x);
  (y * torch::arange(y.numel(), y.options()).mul(0.7).sin().view(y.sizes())).sum().backward();
  std::vector<at::Tensor> out{y.detach(), x.grad()};
  for (const at::Tensor& parameter : convolution->parameters()) out.push_back(parameter.grad().clone());
  return out;
}

TEST(ExactUpsampling, GivesTheTransposedConvolutionAndItsGradients) {
  torch::manual_seed(3);
  for (const UpsamplingCase& each : upsamplingCases()) {
    torch::nn::ConvTranspose2d convolution(each.options);
    convolution->to(torch::kDouble);
    for (const auto& [height, width] : {std::pair<std::int64_t, std::int64_t>{1, 1}, {3, 4}, {5, 2}}) {
      const at::Tensor x = torch::randn({2, each.options.in_channels(), height, width}, torch::kDouble);
      const auto exact = valueAndGradients(convolution, x, true), direct = valueAndGradients(convolution, x, false);
      ASSERT_EQ(exact.size(), direct.size());
      for (std::size_t i = 0; i < exact.size(); ++i) {
        ASSERT_EQ(exact[i].sizes(), direct[i].sizes()) << each.name << ", tensor " << i;
        EXPECT_LT((exact[i] - direct[i]).abs().max().item<double>(), 1e-13) << each.name << ", tensor " << i;
      }
    }
  }
}

TEST(ExactUpsampling, OfChannelsLastMapsIsTheSameAndChannelsLast) {
  torch::manual_seed(4);
  for (const UpsamplingCase& each : upsamplingCases()) {
    if (each.name.find("as it is") != std::string::npos) continue;
    torch::nn::ConvTranspose2d convolution(each.options);
    const at::Tensor x = torch::randn({2, each.options.in_channels(), 5, 4}).contiguous(at::MemoryFormat::ChannelsLast);
    const auto exact = valueAndGradients(convolution, x, true), direct = valueAndGradients(convolution, x, false);
    EXPECT_TRUE(exact.front().is_contiguous(at::MemoryFormat::ChannelsLast)) << each.name;
    ASSERT_EQ(exact.size(), direct.size());
    for (std::size_t i = 0; i < exact.size(); ++i)
      EXPECT_LT((exact[i] - direct[i]).abs().max().item<double>(), 2e-5) << each.name << ", tensor " << i;
  }
}

TEST(ExactUpsampling, TrainingNetworksGiveWhatTheyGiveOtherwise) {
  // Batch norms use the batch in training: compared are two networks in training, of which one has no rewritten step.
  for (const NetworkKind& kind : networkKinds()) {
    torch::manual_seed(4);
    const auto network = kind.make({.classes = 4, .widths = {}, .options = {}});
    network->eval();
    const at::Tensor x = torch::rand({1, 3, 64, 64});
    const at::Tensor direct = network->forward(x);
    // Normalisations and dropout stay as in evaluation; the network itself and its blocks train.
    network->train();
    for (const auto& module : network->modules(false)) {
      if (module->as<torch::nn::BatchNorm2dImpl>() != nullptr || module->as<torch::nn::Dropout2dImpl>() != nullptr ||
          module->as<torch::nn::DropoutImpl>() != nullptr)
        module->eval();
    }
    const at::Tensor exact = network->forward(x);
    EXPECT_LT((exact - direct).abs().max().item<double>(), 1e-4 * std::max(1.0, direct.abs().max().item<double>()))
        << kind.name;
  }
}

}  // namespace
}  // namespace oodscope
