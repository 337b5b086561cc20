// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/loss.inl.h"

#include "analysis/core/error.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

namespace oodscope {
namespace {

at::Tensor someLogits() {
  // Well spread, no two alike, some of them confident.
  return (torch::arange(2 * 3 * 2 * 2, torch::kDouble) * 1.7).sin().mul(4.0).view({2, 3, 2, 2});
}

at::Tensor someTargets() {
  return torch::tensor(std::vector<std::int64_t>{0, 1, 2, kIgnoredTarget, 2, 2, 1, 0}, torch::kLong).view({2, 2, 2});
}

TEST(Loss, CrossEntropyOfEqualLogitsIsTheLogarithmOfTheClasses) {
  const auto loss = makeLoss("cross-entropy");
  EXPECT_NEAR((*loss)(torch::zeros({1, 4, 2, 2}), torch::ones({1, 2, 2}, torch::kLong)).item<double>(), std::log(4.0),
              1e-6);
}

TEST(Loss, FocalOfEqualLogitsIsDampedByTheMiss) {
  // p = 1/4: (3/4)^2 ln 4
  const auto loss = makeLoss("focal", {}, {{"focal-gamma", 2.0}});
  EXPECT_NEAR((*loss)(torch::zeros({1, 4, 2, 2}), torch::ones({1, 2, 2}, torch::kLong)).item<double>(),
              0.5625 * std::log(4.0), 1e-6);
}

TEST(Loss, GradientsAreTheSlopes) {
  constexpr double step = 1e-5;
  for (const std::string& name : lossNames()) {
    for (const double part : {0.25, 1.0}) {  // of each parameter's initial value
      LossParameters given;
      for (const LossParameter& parameter : parametersOf(name))
        given[std::string(parameter.name)] = std::max(parameter.least, part * parameter.initial);
      const auto loss = makeLoss(name, torch::tensor({1.0, 0.5, 2.0}, torch::kDouble), given);
      auto z = someLogits().requires_grad_(true);
      (*loss)(z, someTargets()).backward();
      const at::Tensor gradient = z.grad().flatten();
      for (std::int64_t i = 0; i < gradient.numel(); ++i) {
        const auto at = [&](double shift) {
          at::Tensor moved = someLogits();
          moved.view(-1)[i] += shift;
          return (*loss)(moved, someTargets()).item<double>();
        };
        const double slope = (at(step) - at(-step)) / (2.0 * step);
        EXPECT_NEAR(gradient[i].item<double>(), slope, 1e-8) << name << ", logit " << i;
      }
    }
  }
}

TEST(Loss, FocalWithoutFocusIsCrossEntropy) {
  const at::Tensor weights = torch::tensor({1.0, 0.25, 3.0}, torch::kDouble);
  const auto focal = makeLoss("focal", weights, {{"focal-gamma", 0.0}});
  const auto cross = makeLoss("cross-entropy", weights);
  EXPECT_NEAR((*focal)(someLogits(), someTargets()).item<double>(),
              (*cross)(someLogits(), someTargets()).item<double>(), 1e-12);
}

TEST(Loss, IgnoredPixelsChangeNothing) {
  at::Tensor changed = someLogits();
  changed.select(0, 0).select(1, 1).select(1, 1).fill_(50.0);  // the pixel that is not learned from
  for (const std::string& name : lossNames()) {
    const auto loss = makeLoss(name);
    EXPECT_EQ((*loss)(changed, someTargets()).item<double>(), (*loss)(someLogits(), someTargets()).item<double>())
        << name;
  }
}

TEST(Loss, WithoutLearnedPixelsIsZeroWithZeroSlopes) {
  const auto targets = torch::full({2, 2, 2}, kIgnoredTarget, torch::kLong);
  for (const std::string& name : lossNames()) {
    auto z = someLogits().requires_grad_(true);
    const at::Tensor value = (*makeLoss(name))(z, targets);
    value.backward();
    EXPECT_EQ(value.item<double>(), 0.0) << name;
    EXPECT_EQ(z.grad().abs().max().item<double>(), 0.0) << name;
  }
}

TEST(Loss, FocalIsFiniteForCertainties) {
  const auto loss = makeLoss("focal", {}, {{"focal-gamma", 0.5}});
  auto z = torch::tensor({200.0, -200.0}, torch::kDouble).view({1, 2, 1, 1}).requires_grad_(true);
  (*loss)(z, torch::zeros({1, 1, 1}, torch::kLong)).backward();
  EXPECT_TRUE(z.grad().isfinite().all().item<bool>());
}

TEST(Loss, ParametersHaveNamesOfTheirOwnAndStayInTheirRange) {
  std::set<std::string_view> names;
  for (const std::string& loss : lossNames()) {
    for (const LossParameter& parameter : parametersOf(loss)) {
      EXPECT_TRUE(names.insert(parameter.name).second) << "one option for two losses: " << parameter.name;
      EXPECT_LE(parameter.least, parameter.initial) << parameter.name;
      EXPECT_LE(parameter.initial, parameter.most) << parameter.name;
      EXPECT_THROW(static_cast<void>(makeLoss(loss, {}, {{std::string(parameter.name), parameter.most + 1.0}})),
                   ContractViolation);
    }
  }
  EXPECT_EQ(lossValues("focal", {{"of-another-loss", 7.0}}), std::vector<double>{2.0});
}

TEST(Loss, UnknownNameIsACallersError) { EXPECT_THROW(static_cast<void>(makeLoss("hinge")), ContractViolation); }

}  // namespace
}  // namespace oodscope
