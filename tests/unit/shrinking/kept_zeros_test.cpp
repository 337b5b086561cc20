// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/kept_zeros.inl.h"

#include "inference/networks/network_registry.inl.h"
#include "inference/shrinking/pruning.inl.h"
#include "inference/training/optimiser.inl.h"

#include <gtest/gtest.h>
#include <torch/utils.h>

namespace oodscope {
namespace {

/// Three steps of an optimiser with weight decay and clipped gradients; the zeros of a half-pruned network stay.
TEST(KeptZeros, StayUnderEveryOptimiserAndAllElseMoves) {
  for (const Optimiser optimiser : {Optimiser::Adam, Optimiser::AdamW, Optimiser::Sgd}) {
    torch::manual_seed(3);
    const auto network = makeNetwork("ERFNet", {.classes = 3, .widths = {4, 6, 8}});
    const NetworkKind& kind = *networkKind("ERFNet");
    {
      const torch::NoGradGuard noGradient;
      pruneByMagnitude(convolutionWeights(*network, kind), 0.5);
    }
    const KeptZeros zeros(*network);
    EXPECT_GT(zeros.share(), 0.4);
    const torch::Tensor weight = network->named_parameters()["encoder.layers.1.conv3x1_1.weight"];
    const torch::Tensor before = weight.detach().clone();
    TrainingOptions options;
    options.optimiser = optimiser;
    options.gradientClip = 1.0;
    TrainingOptimiser steps(options, network->parameters());
    steps.setLearningRate(0.01);
    network->train();
    for (int i = 0; i < 3; ++i) {
      network->forward(torch::ones({1, 3, 32, 64})).square().mean().backward();
      zeros.maskGradients();
      steps.step();
    }
    EXPECT_TRUE(weight.detach().ne(0).equal(before.ne(0)));
    EXPECT_EQ((weight.detach() - before).count_nonzero().item<std::int64_t>(),
              before.count_nonzero().item<std::int64_t>());
  }
}

}  // namespace
}  // namespace oodscope
