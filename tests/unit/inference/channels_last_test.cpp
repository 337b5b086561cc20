// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/channels_last.inl.h"
#include "inference/networks/packed_convolution.inl.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include <limits>

namespace oodscope {
namespace {

using torch::MemoryFormat;

torch::Tensor noise(at::IntArrayRef sizes, MemoryFormat format) { return at::randn(sizes).contiguous(format); }

/// Both memory formats: channels-last takes the fast way, the other LibTorch's operators.
class ChannelsLast : public ::testing::TestWithParam<MemoryFormat> {};

TEST_P(ChannelsLast, AddThenReluEqualsTheTwoOperators) {
  torch::Tensor a = noise({1, 5, 6, 7}, GetParam());
  const torch::Tensor b = noise({1, 5, 6, 7}, GetParam());
  const torch::Tensor expected = (a + b).relu();
  addThenRelu(a, b);
  EXPECT_TRUE(a.equal(expected));
}

TEST_P(ChannelsLast, ANaNStaysANaN) {
  torch::Tensor a = at::zeros({1, 2, 2, 2}).contiguous(GetParam());
  a.select(1, 1).select(1, 0).select(1, 1).fill_(std::numeric_limits<float>::quiet_NaN());
  const torch::Tensor b = at::zeros({1, 2, 2, 2}).contiguous(GetParam());
  torch::Tensor sum = a.clone();
  addThenRelu(sum, b);
  EXPECT_EQ(sum.isnan().sum().item<int>(), 1);
  const torch::Tensor joined = joinPooled(at::zeros({1, 1, 1, 1}).contiguous(GetParam()), a, {}, {});
  EXPECT_EQ(joined.isnan().sum().item<int>(), 1);
}

TEST_P(ChannelsLast, JoinPooledEqualsItsOperators) {
  const torch::Tensor convolved = noise({1, 5, 4, 6}, GetParam()), x = noise({1, 3, 8, 12}, GetParam());
  const torch::Tensor scale = at::rand({3}), shift = at::rand({3});
  const torch::Tensor pooled = at::max_pool2d(x, 2, 2);
  EXPECT_TRUE(joinPooled(convolved, x, {}, {}).equal(at::cat({convolved, pooled}, 1).relu()));
  const torch::Tensor scaled = pooled * scale.view({1, 3, 1, 1}) + shift.view({1, 3, 1, 1});
  EXPECT_TRUE(joinPooled(convolved, x, scale, shift).allclose(at::cat({convolved, scaled}, 1).relu(), 1e-6, 1e-6));
}

TEST_P(ChannelsLast, BlocksBecomeTheirPixels) {
  const torch::Tensor blocks = noise({1, 12, 4, 5}, GetParam());
  for (const int margin : {0, 1}) {
    const torch::Tensor pixels = blocksToPixels(blocks, margin);
    ASSERT_EQ(pixels.sizes(), (std::vector<std::int64_t>{1, 3, 2 * (4 - margin), 2 * (5 - margin)}));
    for (int c = 0; c < 3; ++c) {
      for (int y = 0; y < pixels.size(2); ++y) {
        for (int x = 0; x < pixels.size(3); ++x) {
          const int phase = (y % 2) * 2 + x % 2;
          EXPECT_EQ(pixels[0][c][y][x].item<float>(),
                    blocks[0][phase * 3 + c][y / 2 + margin][x / 2 + margin].item<float>());
        }
      }
    }
  }
  torch::Tensor planes = at::zeros({1, 3, 8, 10});
  blocksToPlanes(blocks, planes);
  EXPECT_TRUE(planes.equal(blocksToPixels(blocks, 0)));
}

INSTANTIATE_TEST_SUITE_P(Formats, ChannelsLast, ::testing::Values(MemoryFormat::ChannelsLast, MemoryFormat::Contiguous),
                         [](const auto& format) {
                           return format.param == MemoryFormat::ChannelsLast ? "ChannelsLast" : "Planar";
                         });

TEST(PackedConvolution, EqualsConvolutionAndRelu) {
  const torch::InferenceMode inference;
  const torch::Tensor weight = at::randn({16, 16, 3, 1}).contiguous(MemoryFormat::ChannelsLast), bias = at::randn({16});
  const torch::Tensor x = noise({1, 16, 24, 32}, MemoryFormat::ChannelsLast);
  const PackedConvolution::Geometry geometry{.stride = {1, 1}, .padding = {2, 0}, .dilation = {2, 1}};
  const torch::Tensor expected = at::conv2d(x, weight, bias, geometry.stride, geometry.padding, geometry.dilation);
  for (const bool relu : {false, true}) {
    const auto packed = PackedConvolution::pack(weight, bias, geometry, x.sizes().vec(), relu);
    if (!packed) GTEST_SKIP() << "this LibTorch has no packed convolutions";
    EXPECT_TRUE(packed->fits(x));
    EXPECT_FALSE(packed->fits(x.narrow(2, 0, 8)));
    EXPECT_TRUE((*packed)(x).allclose(relu ? expected.relu() : expected, 1e-5, 1e-5));
  }
}

TEST(PackedConvolution, AKernelThatCannotBeIsNotPacked) {
  const torch::Tensor weight = at::randn({4, 5, 3, 3}), bias = at::randn({4});
  EXPECT_FALSE(
      PackedConvolution::pack(weight, bias, {.stride = {1}, .padding = {}, .dilation = {1, 1}}, {1, 5, 8, 8}, true)
          .has_value());
}

}  // namespace
}  // namespace oodscope
