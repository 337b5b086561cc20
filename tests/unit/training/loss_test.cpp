// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/loss.inl.h"

#include "analysis/core/error.h"
#include "inference/training/training.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
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

/// What a loss is given of these pictures: the last class is void where it learns from outliers, and a second head
/// gives two logits a pixel where it needs one.
at::Tensor valueOf(const std::string& name, const Loss& loss, const at::Tensor& z, const at::Tensor& targets) {
  LossInput in{.logits = z.permute({0, 2, 3, 1}).reshape({-1, z.size(1)}), .targets = targets.reshape({-1}), .rows = 2};
  if (traitsOf(name).takesOutliers) in.voidClass = 2;
  if (traitsOf(name).needsSecondHead)
    in.outlier = (torch::arange(2 * in.targets.numel(), torch::kDouble) * 0.9).cos().view({-1, 2});
  return loss.of(in);
}

/// Their gradient leaves a factor out on purpose.
bool holdsAFactorConstant(const std::string& name) { return name.ends_with("focal-released"); }

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
  constexpr double step = 1e-6;
  for (const std::string& name : lossNames()) {
    if (holdsAFactorConstant(name)) continue;
    for (const double part : {0.25, 1.0}) {  // of each parameter's initial value
      LossParameters given;
      for (const LossParameter& parameter : parametersOf(name))
        given[std::string(parameter.name)] = std::max(parameter.least, part * parameter.initial);
      const auto loss = makeLoss(name, torch::tensor({1.0, 0.5, 2.0}, torch::kDouble), given);
      auto z = someLogits().requires_grad_(true);
      valueOf(name, *loss, z, someTargets()).backward();
      const at::Tensor gradient = z.grad().flatten();
      for (std::int64_t i = 0; i < gradient.numel(); ++i) {
        const auto at = [&](double shift) {
          at::Tensor moved = someLogits();
          moved.view(-1)[i] += shift;
          return valueOf(name, *loss, moved, someTargets()).item<double>();
        };
        const double slope = (at(step) - at(-step)) / (2.0 * step);
        EXPECT_NEAR(gradient[i].item<double>(), slope, 1e-7) << name << ", logit " << i;
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
    EXPECT_EQ(valueOf(name, *loss, changed, someTargets()).item<double>(),
              valueOf(name, *loss, someLogits(), someTargets()).item<double>())
        << name;
  }
}

TEST(Loss, WithoutLearnedPixelsIsZeroWithZeroSlopes) {
  const auto targets = torch::full({2, 2, 2}, kIgnoredTarget, torch::kLong);
  for (const std::string& name : lossNames()) {
    auto z = someLogits().requires_grad_(true);
    const at::Tensor value = valueOf(name, *makeLoss(name), z, targets);
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

TEST(Loss, ParametersOfOneNameAreOneAndStayInTheirRange) {
  std::map<std::string_view, LossParameter> seen;
  for (const std::string& loss : lossNames()) {
    for (const LossParameter& parameter : parametersOf(loss)) {
      EXPECT_EQ(seen.emplace(parameter.name, parameter).first->second, parameter) << "one name, two parameters";
      EXPECT_LE(parameter.least, parameter.initial) << parameter.name;
      EXPECT_LE(parameter.initial, parameter.most) << parameter.name;
      EXPECT_THROW(static_cast<void>(makeLoss(loss, {}, {{std::string(parameter.name), parameter.most + 1.0}})),
                   ContractViolation);
    }
  }
  EXPECT_EQ(lossValues("focal", {{"of-another-loss", 7.0}}), std::vector<double>{2.0});
}

TEST(Loss, ReleasedFocalHoldsTheFactorConstantAndKnowsNoWeights) {
  const at::Tensor weights = torch::tensor({1.0, 0.25, 3.0}, torch::kDouble);
  const auto released = makeLoss("focal-released", weights, {{"focal-gamma", 2.0}}), focal = makeLoss("focal");
  auto z = someLogits().requires_grad_(true), plain = someLogits().requires_grad_(true);
  const at::Tensor value = (*released)(z, someTargets()), other = (*focal)(plain, someTargets());
  value.backward();
  other.backward();
  EXPECT_NEAR(value.item<double>(), other.item<double>(), 1e-12) << "the values are those of equal weights";
  EXPECT_GT((z.grad() - plain.grad()).abs().max().item<double>(), 1e-3);
}

TEST(Loss, TheGuideNamesEachLossHeadAndParameter) {
  std::ifstream in(std::string(OODSCOPE_SOURCE_DIR) + "/resources/guide/losses.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  const auto expectNamed = [&page](std::string_view name) {
    EXPECT_NE(page.find("`" + std::string(name) + "`"), std::string::npos) << name;
  };
  for (const std::string& loss : lossNames()) {
    expectNamed(loss);
    for (const LossParameter& parameter : parametersOf(loss)) expectNamed(parameter.name);
  }
  for (const TrainableHead& head : trainableHeads()) {
    if (head.name != "plain") expectNamed(head.name);
    for (const NumberParameter& parameter : head.parameters) expectNamed(parameter.name);
  }
}

TEST(Loss, LogitNormIsTheSameForLongerLogits) {
  for (const char* name : {"logit-norm", "logit-norm-focal"}) {
    const auto loss = makeLoss(name);
    EXPECT_NEAR((*loss)(someLogits(), someTargets()).item<double>(),
                (*loss)(someLogits() * 7.0, someTargets()).item<double>(), 1e-4)
        << name;
  }
}

TEST(Loss, DenseHybridWithoutASecondHeadIsACallersError) {
  EXPECT_THROW(static_cast<void>((*makeLoss("densehybrid"))(someLogits(), someTargets())), ContractViolation);
}

TEST(Loss, UnknownNameIsACallersError) { EXPECT_THROW(static_cast<void>(makeLoss("hinge")), ContractViolation); }

}  // namespace
}  // namespace oodscope
