// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/optimiser.inl.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>

namespace oodscope {
namespace {

/// A parameter after steps with these gradients.
double trained(const TrainingOptions& options, const std::vector<double>& gradients) {
  at::Tensor parameter = torch::full({1}, 2.0, torch::kDouble).requires_grad_(true);
  TrainingOptimiser optimiser(options, {parameter});
  for (const double gradient : gradients) {
    parameter.mutable_grad() = torch::full({1}, gradient, torch::kDouble);
    optimiser.setLearningRate(options.learningRate);
    optimiser.step();
  }
  return parameter.item<double>();
}

TEST(Optimiser, AdamWDecaysApartFromTheGradient) {
  TrainingOptions options;
  options.optimiser = Optimiser::AdamW;
  options.learningRate = 0.1;
  options.weightDecay = 0.05;
  const std::vector<double> gradients{0.5, -1.0, 3.0};
  // Loshchilov, Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, algorithm 2.
  double w = 2.0, mean = 0.0, square = 0.0;
  for (std::size_t t = 0; t < gradients.size(); ++t) {
    const double g = gradients[t], step = static_cast<double>(t + 1);
    mean = 0.9 * mean + 0.1 * g;
    square = 0.999 * square + 0.001 * g * g;
    w -= 0.1 * 0.05 * w;
    w -= 0.1 * (mean / (1.0 - std::pow(0.9, step))) / (std::sqrt(square / (1.0 - std::pow(0.999, step))) + 1e-8);
  }
  EXPECT_NEAR(trained(options, gradients), w, 1e-12);
  options.optimiser = Optimiser::Adam;
  EXPECT_GT(std::fabs(trained(options, gradients) - w), 1e-4) << "Adam's decay goes through its moments";
}

TEST(Optimiser, GradientsAreScaledToTheGreatestNormAndSmallerOnesAreNot) {
  TrainingOptions options;
  options.optimiser = Optimiser::Sgd;
  options.learningRate = 1.0;
  options.momentum = options.weightDecay = 0.0;
  options.gradientClip = 0.5;
  EXPECT_NEAR(trained(options, {8.0}), 2.0 - 0.5, 1e-5);
  EXPECT_NEAR(trained(options, {0.25}), 2.0 - 0.25, 1e-12);
  options.gradientClip = 0.0;
  EXPECT_NEAR(trained(options, {8.0}), 2.0 - 8.0, 1e-12);
}

TEST(Optimiser, TheBackboneLearnsAtItsShareOfTheRate) {
  TrainingOptions options;
  options.optimiser = Optimiser::Sgd;
  options.momentum = 0.9;
  options.weightDecay = 0.0;
  options.backboneRate = 0.1;
  at::Tensor backbone = torch::full({1}, 2.0, torch::kDouble).requires_grad_(true);
  at::Tensor head = torch::full({1}, 2.0, torch::kDouble).requires_grad_(true);
  TrainingOptimiser optimiser(options, {backbone, head}, {backbone});
  for (const double rate : {0.5, 0.25}) {
    for (at::Tensor* parameter : {&backbone, &head}) parameter->mutable_grad() = torch::full({1}, 1.0, torch::kDouble);
    optimiser.setLearningRate(rate);
    optimiser.step();
  }
  // v = 1, then 0.9 + 1; w = 2 - 0.5 v1 - 0.25 v2.
  EXPECT_NEAR(head.item<double>(), 2.0 - 0.5 - 0.25 * 1.9, 1e-12);
  EXPECT_NEAR(backbone.item<double>(), 2.0 - 0.05 - 0.025 * 1.9, 1e-12);
}

TEST(Optimiser, AdamWGoesOnFromItsStateAsIfUninterrupted) {
  TrainingOptions options;
  options.optimiser = Optimiser::AdamW;
  at::Tensor whole = torch::full({3}, 2.0).requires_grad_(true), parts = torch::full({3}, 2.0).requires_grad_(true);
  const auto step = [](TrainingOptimiser& optimiser, at::Tensor& parameter, double gradient) {
    parameter.mutable_grad() = torch::full({3}, gradient);
    optimiser.step();
  };
  TrainingOptimiser uninterrupted(options, {whole});
  StateDict saved;
  {
    TrainingOptimiser first(options, {parts});
    for (const double gradient : {0.5, -2.0}) {
      step(uninterrupted, whole, gradient);
      step(first, parts, gradient);
    }
    first.save("", saved);
  }
  TrainingOptimiser second(options, {parts});
  second.load("", saved, "checkpoint.pth");
  step(uninterrupted, whole, 0.25);
  step(second, parts, 0.25);
  EXPECT_TRUE(whole.equal(parts));
}

}  // namespace
}  // namespace oodscope
