// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/pixel_finish.inl.h"

#include "analysis/core/error.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/prelu.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include <limits>

namespace oodscope {
namespace {

using torch::MemoryFormat;

torch::Tensor map(std::int64_t channels, MemoryFormat format) {
  return at::randn({1, channels, 5, 7}).contiguous(format);
}

torch::Tensor ofChannels(const torch::Tensor& values) { return values.view({1, -1, 1, 1}); }

/// Channels-last takes the fast way, the other LibTorch's operators.
class PixelFinishFormats : public ::testing::TestWithParam<MemoryFormat> {};

TEST_P(PixelFinishFormats, ASumIsScaledShiftedAndBent) {
  const PixelFinish how{.scale = at::rand({6}), .shift = at::randn({6}), .slope = at::rand({6})};
  const torch::Tensor a = map(6, GetParam()), b = map(6, GetParam());
  const torch::Tensor expected =
      at::prelu((a + b) * ofChannels(how.scale) + ofChannels(how.shift), how.slope).contiguous();
  torch::Tensor out = a.clone();
  finish(out, b, how);
  EXPECT_TRUE(out.allclose(expected, 1e-6, 1e-6));
}

TEST_P(PixelFinishFormats, WhatIsLeftOutDoesNothing) {
  const torch::Tensor x = map(6, GetParam());
  torch::Tensor same = x.clone(), bent = x.clone(), scaled = x.clone();
  finish(same, {}, {});
  EXPECT_TRUE(same.equal(x));
  const torch::Tensor one = at::rand({1});
  finish(bent, {}, {.scale = {}, .shift = {}, .slope = one});
  EXPECT_TRUE(bent.allclose(at::prelu(x, one)));
  const torch::Tensor scale = at::randn({6});
  finish(scaled, {}, {.scale = scale, .shift = {}, .slope = {}});
  EXPECT_TRUE(scaled.allclose(x * ofChannels(scale)));
}

TEST_P(PixelFinishFormats, StackedSumsAreTheRunningOnes) {
  const torch::Tensor a = map(3, GetParam()), b = map(3, GetParam()), c = map(3, GetParam());
  const PixelFinish how{.scale = at::rand({9}), .shift = at::randn({9}), .slope = at::rand({9})};
  const torch::Tensor joined = at::cat({a, a + b, a + b + c}, 1);
  const torch::Tensor expected = at::prelu(joined * ofChannels(how.scale) + ofChannels(how.shift), how.slope);
  EXPECT_TRUE(stackedSums({a, b, c}, how).allclose(expected, 1e-6, 1e-6));
  EXPECT_TRUE(stacked({a, b, c}, {.scale = {}, .shift = {}, .slope = how.slope})
                  .allclose(at::prelu(at::cat({a, b, c}, 1), how.slope)));
}

TEST_P(PixelFinishFormats, ANaNStaysANaN) {
  torch::Tensor x = at::zeros({1, 2, 2, 2}).contiguous(GetParam());
  x.select(1, 1).select(1, 0).select(1, 1).fill_(std::numeric_limits<float>::quiet_NaN());
  finish(x, {}, {.scale = {}, .shift = {}, .slope = at::zeros({1})});
  EXPECT_EQ(x.isnan().sum().item<int>(), 1);
  EXPECT_TRUE(x[0][1][0][1].isnan().item<bool>());
}

INSTANTIATE_TEST_SUITE_P(Formats, PixelFinishFormats,
                         ::testing::Values(MemoryFormat::ChannelsLast, MemoryFormat::Contiguous));

TEST(PixelFinishSizes, MapsOfOtherSizesAreRefused) {
  torch::Tensor x = map(2, MemoryFormat::ChannelsLast);
  EXPECT_THROW(finish(x, map(3, MemoryFormat::ChannelsLast), {}), ContractViolation);
  EXPECT_THROW((void)stackedSums({}, {}), ContractViolation);
}

}  // namespace
}  // namespace oodscope
