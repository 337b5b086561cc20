// SPDX-License-Identifier: GPL-3.0-or-later
// LibTorch's own log_softmax and cross_entropy_loss are the reference.
#include "inference/training/log_softmax.inl.h"

#include "inference/training/loss.inl.h"

#include <ATen/Parallel.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/log_softmax.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace oodscope {
namespace {

using LogSoftmaxFunction = at::Tensor (*)(const at::Tensor& logits);

at::Tensor logSoftmaxOfLibTorch(const at::Tensor& logits) { return at::log_softmax(logits, 1); }

struct LogSoftmaxResult {
  at::Tensor value, slope;
};

LogSoftmaxResult resultOf(LogSoftmaxFunction function, const at::Tensor& logits, const at::Tensor& slope) {
  const at::Tensor x = logits.detach().requires_grad_(true);
  const at::Tensor y = function(x);
  y.backward(slope);
  return {.value = y.detach(), .slope = x.grad()};
}

double largestError(const at::Tensor& found, const at::Tensor& exact) {
  return (found.to(torch::kDouble) - exact).abs().max().item<double>();
}

/// The same 2 x C x 3 x 7 values as LibTorch may lay them out: planar, channels-last, rows, rows of a wider tensor.
std::vector<at::Tensor> layoutsOf(const at::Tensor& planar) {
  const at::Tensor last = planar.contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor rows = planar.permute({0, 2, 3, 1}).reshape({-1, planar.size(1)});
  const at::Tensor wider = torch::cat({rows, torch::full({rows.size(0), 2}, 99.0F)}, 1);
  return {planar, last, rows, wider.slice(1, 0, planar.size(1))};
}

TEST(LogSoftmax, IsAsExactAsThatOfLibTorch) {
  torch::manual_seed(11);
  double own = 0.0, ofLibTorch = 0.0, ownSlope = 0.0, slopeOfLibTorch = 0.0;
  std::vector<std::int64_t> counts{64, 150};
  for (std::int64_t classes = 1; classes <= 33; ++classes) counts.push_back(classes);
  for (const std::int64_t classes : counts) {
    const at::Tensor planar = torch::randn({2, classes, 3, 7}) * 8.0;
    const double limit = 1e-6 * planar.abs().max().item<double>();
    for (const at::Tensor& x : layoutsOf(planar)) {
      SCOPED_TRACE(std::to_string(classes) + " classes, " + std::to_string(x.dim()) + " dimensions");
      const at::Tensor slope = torch::randn_like(x);
      const auto exact = resultOf(logSoftmaxOfLibTorch, x.to(torch::kDouble), slope.to(torch::kDouble));
      const auto found = resultOf(logSoftmax, x, slope), other = resultOf(logSoftmaxOfLibTorch, x, slope);
      EXPECT_TRUE(found.value.is_contiguous(x.dim() == 4 ? x.suggest_memory_format() : at::MemoryFormat::Contiguous));
      EXPECT_LT(largestError(found.value, exact.value), std::max(limit, 1e-12));
      own = std::max(own, largestError(found.value, exact.value));
      ofLibTorch = std::max(ofLibTorch, largestError(other.value, exact.value));
      ownSlope = std::max(ownSlope, largestError(found.slope, exact.slope));
      slopeOfLibTorch = std::max(slopeOfLibTorch, largestError(other.slope, exact.slope));
    }
  }
  EXPECT_GT(own, 0.0);
  EXPECT_LT(own, 2.0 * ofLibTorch);
  EXPECT_LT(ownSlope, 2.0 * slopeOfLibTorch);
}

TEST(LogSoftmax, SlopesMayComeInAnyLayout) {
  torch::manual_seed(12);
  const at::Tensor x = (torch::randn({2, 5, 3, 4}) * 3.0).contiguous(at::MemoryFormat::ChannelsLast);
  for (const at::Tensor& slope : {torch::randn({2, 5, 3, 4}), torch::randn({2, 5, 1, 1}).expand({2, 5, 3, 4}),
                                  torch::randn({1}).expand({2, 5, 3, 4})}) {
    const auto found = resultOf(logSoftmax, x, slope), other = resultOf(logSoftmaxOfLibTorch, x, slope);
    EXPECT_EQ(found.slope.strides(), x.strides());
    EXPECT_LT((found.slope - other.slope).abs().max().item<float>(), 2e-6F);
  }
}

TEST(LogSoftmax, OfHugeAndOfEqualLogitsLosesNothing) {
  for (const float value : {0.0F, -7.0F, 1e4F, -1e4F, 1e30F, -3e38F}) {
    const at::Tensor y = logSoftmax(torch::full({9, 20}, value));
    EXPECT_LT((y + std::log(20.0)).abs().max().item<double>(), 4e-7) << value;
  }
  const at::Tensor apart = torch::tensor({1e30F, 0.0F, -1e30F, 1e4F, 0.0F, 9990.0F}).view({2, 3});
  const auto found = resultOf(logSoftmax, apart, torch::ones({2, 3}));
  EXPECT_TRUE(torch::equal(found.value[0], torch::tensor({0.0F, -1e30F, -2e30F})));
  EXPECT_LT((found.value[1] - torch::tensor({-4.5398899e-5F, -1e4F, -10.0000454F})).abs().max().item<float>(), 1e-6F);
  EXPECT_TRUE(found.slope.isfinite().all().item<bool>());
}

TEST(LogSoftmax, OfInfinitiesAndNaNIsThatOfLibTorch) {
  const float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  for (const std::int64_t classes : {1, 3, 16, 19, 20}) {
    at::Tensor x = torch::arange(10 * classes, torch::kFloat).mul(0.7).sin().view({10, classes});
    x[1][0] = nan;
    x[2][classes - 1] = nan;
    x[3][0] = infinity;
    x[4].fill_(-infinity);
    x[5][classes - 1] = -infinity;
    x[6].fill_(infinity);
    x[7][0] = nan;
    x[7][classes - 1] = -infinity;
    x[9][classes / 2] = nan;
    const at::Tensor slope = torch::arange(10 * classes, torch::kFloat).cos().view({10, classes});
    const auto found = resultOf(logSoftmax, x, slope), other = resultOf(logSoftmaxOfLibTorch, x, slope);
    EXPECT_TRUE(torch::allclose(found.value, other.value, 1e-6, 1e-6, true)) << found.value << other.value;
    EXPECT_TRUE(torch::allclose(found.slope, other.slope, 1e-6, 1e-6, true)) << found.slope << other.slope;
    EXPECT_TRUE(found.value[8].isfinite().all().item<bool>()) << "between a NaN and another";
  }
}

TEST(LogSoftmax, DoesNotDependOnThreadsNorOnTheOtherPixels) {
  torch::manual_seed(13);
  const at::Tensor x = torch::randn({10007, 19}) * 4.0, slope = torch::randn({10007, 19});
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const auto one = resultOf(logSoftmax, x, slope);
  at::set_num_threads(3);
  const auto three = resultOf(logSoftmax, x, slope);
  at::set_num_threads(before);
  EXPECT_TRUE(torch::equal(one.value, three.value));
  EXPECT_TRUE(torch::equal(one.slope, three.slope));
  for (const std::int64_t pixel : {0, 5000, 10006})
    EXPECT_TRUE(torch::equal(logSoftmax(x.slice(0, pixel, pixel + 1))[0], one.value[pixel]));
}

TEST(LogSoftmax, HasSecondDerivatives) {
  const auto second = [](LogSoftmaxFunction function) {
    const at::Tensor x = torch::arange(12, torch::kFloat).mul(0.9).sin().view({4, 3}).requires_grad_(true);
    const at::Tensor first = torch::autograd::grad({function(x).square().sum()}, {x}, {}, true, true).front();
    return torch::autograd::grad({first.square().sum()}, {x}).front();
  };
  const at::Tensor found = second(logSoftmax), other = second(logSoftmaxOfLibTorch);
  EXPECT_GT(other.abs().max().item<float>(), 0.1F);
  EXPECT_LT((found - other).abs().max().item<float>(), 1e-4F);
}

TEST(LogSoftmax, ALossIsWhatItWasWithLibTorchs) {
  torch::manual_seed(14);
  const at::Tensor x = torch::randn({600, 19}) * 5.0, weights = torch::rand({19}) + 0.1;
  at::Tensor targets = torch::randint(19, {600}, torch::kLong);
  targets.slice(0, 0, 100).fill_(kIgnoredTarget);
  for (const at::Tensor& weight : {at::Tensor(), weights}) {
    const at::Tensor own = x.clone().requires_grad_(true), other = x.clone().requires_grad_(true);
    const at::Tensor found = (*makeLoss("cross-entropy", weight))(own, targets);
    const at::Tensor former = at::cross_entropy_loss(other, targets, weight, at::Reduction::Mean, kIgnoredTarget);
    found.backward();
    former.backward();
    EXPECT_NEAR(found.item<double>(), former.item<double>(), 1e-6 * former.item<double>());
    EXPECT_LT((own.grad() - other.grad()).abs().max().item<float>(), 1e-8F);
  }
}

}  // namespace
}  // namespace oodscope
