// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/outlier_exposure.inl.h"

#include "analysis/core/error.h"
#include "inference/training/loss.inl.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>
#include <vector>

namespace oodscope {
namespace {

constexpr int kVoidOfFour = 3;

at::Tensor exposedLogits() { return (torch::arange(5 * 4, torch::kDouble) * 1.3).cos().mul(3.0).view({5, 4}); }

at::Tensor exposedTargets() {
  return torch::tensor(std::vector<std::int64_t>{0, kVoidOfFour, kIgnoredTarget, kVoidOfFour, 2}, torch::kLong);
}

/// From the definition: the cross-entropy of softmax over the known classes to the uniform distribution.
double byDefinition(const at::Tensor& logits, const at::Tensor& targets) {
  double sum = 0.0;
  int count = 0;
  for (std::int64_t i = 0; i < logits.size(0); ++i) {
    if (targets[i].item<std::int64_t>() != kVoidOfFour) continue;
    double whole = 0.0;
    for (int c = 0; c < kVoidOfFour; ++c) whole += std::exp(logits[i][c].item<double>());
    for (int c = 0; c < kVoidOfFour; ++c) sum -= std::log(std::exp(logits[i][c].item<double>()) / whole) / kVoidOfFour;
    ++count;
  }
  return sum / count;
}

TEST(OutlierExposure, IsTheCrossEntropyToTheUniformDistributionOnVoidPixels) {
  EXPECT_NEAR(outlierExposure(exposedLogits(), exposedTargets(), kVoidOfFour).item<double>(),
              byDefinition(exposedLogits(), exposedTargets()), 1e-12);
}

TEST(OutlierExposure, OfEqualLogitsIsTheLeastWhateverTheVoidLogitIs) {
  at::Tensor logits = torch::full({5, 4}, 7.0, torch::kDouble);
  logits.select(1, kVoidOfFour).fill_(-40.0);
  logits.requires_grad_(true);
  const at::Tensor value = outlierExposure(logits, exposedTargets(), kVoidOfFour);
  value.backward();
  EXPECT_NEAR(value.item<double>(), std::log(3.0), 1e-12);
  EXPECT_LT(logits.grad().abs().max().item<double>(), 1e-15);
}

TEST(OutlierExposure, GradientIsTheSlopeAndNothingOnOtherPixelsAndTheVoidLogit) {
  constexpr double step = 1e-5;
  at::Tensor z = exposedLogits().requires_grad_(true);
  outlierExposure(z, exposedTargets(), kVoidOfFour).backward();
  for (std::int64_t i = 0; i < z.numel(); ++i) {
    const auto at = [&](double shift) {
      at::Tensor moved = exposedLogits();
      moved.view(-1)[i] += shift;
      return byDefinition(moved, exposedTargets());
    };
    EXPECT_NEAR(z.grad().flatten()[i].item<double>(), (at(step) - at(-step)) / (2.0 * step), 1e-8) << i;
  }
  EXPECT_EQ(z.grad().select(1, kVoidOfFour).abs().max().item<double>(), 0.0);
  EXPECT_EQ(z.grad()[0].abs().max().item<double>(), 0.0);
  EXPECT_EQ(z.grad()[2].abs().max().item<double>(), 0.0);
}

TEST(OutlierExposure, WithoutVoidPixelsIsZeroWithZeroSlopes) {
  at::Tensor z = exposedLogits().requires_grad_(true);
  const at::Tensor value = outlierExposure(z, torch::zeros({5}, torch::kLong), kVoidOfFour);
  value.backward();
  EXPECT_EQ(value.item<double>(), 0.0);
  EXPECT_EQ(z.grad().abs().max().item<double>(), 0.0);
}

TEST(OutlierExposure, WithoutKnownClassesIsACallersError) {
  EXPECT_THROW(static_cast<void>(outlierExposure(exposedLogits(), exposedTargets(), 0)), ContractViolation);
  EXPECT_THROW(static_cast<void>(outlierExposure(exposedLogits(), exposedTargets(), 4)), ContractViolation);
}

TEST(Loss, RowsOfPixelsAndPicturesGiveTheSame) {
  const at::Tensor pictures = (torch::arange(2 * 3 * 2 * 2, torch::kDouble) * 1.7).sin().mul(4.0).view({2, 3, 2, 2});
  const at::Tensor targets =
      torch::tensor(std::vector<std::int64_t>{0, 1, 2, kIgnoredTarget, 2, 2, 1, 0}, torch::kLong).view({2, 2, 2});
  const at::Tensor weights = torch::tensor({1.0, 0.5, 2.0}, torch::kDouble);
  for (const std::string& name : lossNames()) {
    if (traitsOf(name).needsSecondHead) continue;  // takes rows alone
    const auto loss = makeLoss(name, weights);
    EXPECT_NEAR((*loss)(pictures, targets).item<double>(),
                (*loss)(pictures.permute({0, 2, 3, 1}).reshape({-1, 3}), targets.reshape({-1})).item<double>(), 1e-12)
        << name;
  }
}

}  // namespace
}  // namespace oodscope
