// SPDX-License-Identifier: GPL-3.0-or-later
// Checked against sums in double precision, written out, and not against a library that may be wrong.
#include "inference/networks/own_convolution.inl.h"

#include <ATen/Parallel.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/rand.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <cmath>
#include <limits>

namespace oodscope {
namespace {

/// What the kernel of output channel `o` sums up to over picture `n` with its first place at (row, column).
double summedAt(const at::Tensor& x, const at::Tensor& weight, const ConvolutionGeometry& g, std::int64_t n,
                std::int64_t o, std::int64_t row, std::int64_t column) {
  const auto in = x.accessor<float, 4>(), w = weight.accessor<float, 4>();
  double value = 0.0;
  const std::int64_t first = o / (weight.size(0) / g.groups) * weight.size(1);  // of its group
  for (std::int64_t i = 0; i < weight.size(1); ++i)
    for (std::int64_t ky = 0; ky < weight.size(2); ++ky)
      for (std::int64_t kx = 0; kx < weight.size(3); ++kx) {
        const std::int64_t y = row + ky * g.dilation[0], at = column + kx * g.dilation[1];
        if (y < 0 || at < 0 || y >= x.size(2) || at >= x.size(3)) continue;
        value += static_cast<double>(in[n][first + i][y][at]) * static_cast<double>(w[o][i][ky][kx]);
      }
  return value;
}

at::Tensor summedInDouble(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                          const ConvolutionGeometry& g) {
  const auto out = [&](std::size_t axis) {
    const auto at = static_cast<std::int64_t>(axis) + 2;
    return (x.size(at) + 2 * g.padding[axis] - g.dilation[axis] * (weight.size(at) - 1) - 1) / g.stride[axis] + 1;
  };
  at::Tensor sum = torch::zeros({x.size(0), weight.size(0), out(0), out(1)}, torch::kDouble);
  auto to = sum.accessor<double, 4>();
  for (std::int64_t n = 0; n < x.size(0); ++n)
    for (std::int64_t o = 0; o < weight.size(0); ++o)
      for (std::int64_t y = 0; y < sum.size(2); ++y)
        for (std::int64_t column = 0; column < sum.size(3); ++column)
          to[n][o][y][column] =
              static_cast<double>(bias[o].item<float>()) +
              summedAt(x, weight, g, n, o, y * g.stride[0] - g.padding[0], column * g.stride[1] - g.padding[1]);
  return sum;
}

struct Shape {
  std::int64_t batch, in, out, height, width, kernelHeight, kernelWidth;
  ConvolutionGeometry geometry;
};

class OwnConvolutionShapes : public ::testing::TestWithParam<Shape> {};

TEST_P(OwnConvolutionShapes, EqualsTheSumWrittenOut) {
  const Shape& s = GetParam();
  torch::manual_seed(2);
  const at::Tensor x = at::rand({s.batch, s.in, s.height, s.width}) - 0.5;
  const at::Tensor weight = at::rand({s.out, s.in / s.geometry.groups, s.kernelHeight, s.kernelWidth}) - 0.5,
                   bias = at::rand({s.out}) - 0.5;
  const at::Tensor expected = summedInDouble(x, weight, bias, s.geometry);
  const at::Tensor own = OwnConvolution(weight, bias, s.geometry, false)(x);
  ASSERT_EQ(own.sizes(), expected.sizes());
  EXPECT_LT((own - expected).abs().max().item<double>(), 1e-5 * (1.0 + expected.abs().max().item<double>()));
  EXPECT_TRUE(OwnConvolution(weight, bias, s.geometry, true)(x).equal(own.relu()));
  const OwnConvolutions scope;
  const auto& g = s.geometry;
  EXPECT_TRUE(at::conv2d(x, weight, bias, g.stride, g.padding, g.dilation, g.groups).equal(own)) << "whoever calls";
}

INSTANTIATE_TEST_SUITE_P(Shapes, OwnConvolutionShapes,
                         ::testing::Values(Shape{1, 16, 80, 5, 7, 1, 1, {}},
                                           Shape{2, 3, 13, 9, 11, 3, 3, {{2, 2}, {1, 1}, {1, 1}}},
                                           Shape{1, 5, 1, 4, 3, 3, 1, {{1, 1}, {2, 0}, {2, 1}}},
                                           Shape{1, 4, 33, 6, 10, 1, 5, {{1, 3}, {0, 2}, {1, 1}}},
                                           Shape{1, 1, 16, 3, 4, 2, 2, {}},
                                           Shape{3, 7, 20, 8, 9, 3, 3, {{1, 1}, {4, 4}, {4, 4}}},
                                           Shape{2, 12, 40, 5, 7, 1, 1, {{1, 1}, {0, 0}, {1, 1}, 4}},
                                           Shape{1, 10, 10, 6, 9, 3, 3, {{2, 2}, {1, 1}, {1, 1}, 10}},
                                           Shape{1, 3, 18, 7, 5, 3, 3, {{1, 1}, {2, 2}, {2, 2}, 3}}));

TEST(OwnConvolution, GivesTheSameBitsOnAnyNumberOfThreads) {
  torch::manual_seed(3);
  const at::Tensor x = at::rand({1, 16, 64, 64}), weight = at::rand({80, 16, 1, 1});
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const at::Tensor one = OwnConvolution(weight, {}, {}, false)(x);
  for (const int threads : {2, 3, 5}) {
    at::set_num_threads(threads);
    EXPECT_TRUE(OwnConvolution(weight, {}, {}, false)(x).equal(one)) << threads;
  }
  at::set_num_threads(before);
}

TEST(OwnConvolution, KeepsNanWhereAnInputHasOneAndNowhereElse) {
  at::Tensor x = at::rand({1, 2, 3, 8});
  x[0][1][1][2] = std::numeric_limits<float>::quiet_NaN();
  const at::Tensor out = OwnConvolution(at::rand({4, 2, 1, 1}), {}, {}, true)(x);
  EXPECT_EQ(out.isnan().sum().item<int>(), 4);
  EXPECT_TRUE(std::isnan(out[0][3][1][2].item<float>()));
}

/// Each input pixel adds its weights where they fall: stride 2, dilation 2. `kernels`: in, out, 3, 3.
void spread(const at::Tensor& x, const at::Tensor& kernels, const at::Tensor& out) {
  for (std::int64_t i = 0; i < x.size(0); ++i)
    for (std::int64_t o = 0; o < out.size(0); ++o)
      for (std::int64_t y = 0; y < x.size(1); ++y)
        for (std::int64_t column = 0; column < x.size(2); ++column)
          out[o]
              .slice(0, 2 * y, 2 * y + 5, 2)
              .slice(1, 2 * column, 2 * column + 5, 2)
              .add_(x[i][y][column].item<double>() * kernels[i][o].to(torch::kDouble));
}

TEST(OwnConvolutions, ComputeTransposedAndGroupedOnesToo) {
  torch::manual_seed(4);
  const at::Tensor x = at::rand({1, 4, 3, 5}), weight = at::rand({4, 3, 3, 3}), bias = at::rand({6});
  at::Tensor expected = torch::zeros({1, 6, 9, 13}, torch::kDouble);
  for (int group = 0; group < 2; ++group)
    spread(x[0].narrow(0, 2 * group, 2), weight.narrow(0, 2 * group, 2), expected[0].narrow(0, 3 * group, 3));
  expected = expected.narrow(2, 1, 8).narrow(3, 1, 12);  // padding 1, one row and column more at the end
  expected = expected + bias.to(torch::kDouble).view({1, 6, 1, 1});
  const OwnConvolutions scope;
  const at::Tensor own = at::conv_transpose2d(x, weight, bias, {2, 2}, {1, 1}, {1, 1}, 2, {2, 2});
  ASSERT_EQ(own.size(2), 8);
  ASSERT_EQ(own.size(3), 12);
  EXPECT_LT((own - expected).abs().max().item<double>(), 1e-5);
}

/// LibTorch's defaults are one number for both axes. Another kernel sums in another order: the bits tell.
TEST(OwnConvolutions, ComputeThoseThatNameOneNumberForBothAxes) {
  torch::manual_seed(5);
  const at::Tensor x = at::rand({1, 300, 5, 8}), weight = at::rand({7, 300, 1, 1}), bias = at::rand({7});
  const at::Tensor expected = OwnConvolution(weight, bias, {}, false)(x);
  const OwnConvolutions scope;
  EXPECT_TRUE(at::conv2d(x, weight, bias).equal(expected));
}

}  // namespace
}  // namespace oodscope
