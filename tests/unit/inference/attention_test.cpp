// SPDX-License-Identifier: GPL-3.0-or-later
// Checked against the definition in double precision, written out.
#include "inference/networks/attention_kernel.h"
#include "inference/networks/own_convolution.inl.h"
#include "inference/networks/token_products.inl.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/utils.h>

#include <cmath>
#include <limits>

namespace oodscope {
namespace {

/// softmax(Q K^T / sqrt(d)) V of each head in double.
at::Tensor attentionInDouble(const at::Tensor& qkv, int heads) {
  const at::Tensor all = qkv.to(at::kDouble);
  const std::int64_t width = all.size(1) / 3, each = width / heads;
  std::vector<at::Tensor> out;
  for (std::int64_t h = 0; h < heads; ++h) {
    const auto part = [&](std::int64_t which) { return all.narrow(1, which * width + h * each, each); };
    const at::Tensor scores = at::matmul(part(0), part(1).t()) / std::sqrt(static_cast<double>(each));
    out.push_back(at::matmul(at::softmax(scores, 1), part(2)));
  }
  return at::cat(out, 1);
}

double mostApart(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

struct AttentionCase {
  std::int64_t tokens, width;
  int heads;
};
class Attention : public ::testing::TestWithParam<AttentionCase> {};

/// Counts of tokens and widths on both sides of panels, tiles, tasks and blocks of rows.
INSTANTIATE_TEST_SUITE_P(Shapes, Attention,
                         ::testing::Values(AttentionCase{1, 64, 1}, AttentionCase{5, 8, 1}, AttentionCase{32, 128, 2},
                                           AttentionCase{37, 192, 3}, AttentionCase{193, 24, 1},
                                           AttentionCase{600, 80, 2}));

TEST_P(Attention, EqualsTheDefinition) {
  const auto [tokens, width, heads] = GetParam();
  torch::manual_seed(5);
  const torch::NoGradGuard noGradient;
  // Scores reach 20: their rounding alone moves weights by some 1e-5.
  const at::Tensor qkv = torch::randn({tokens, 3 * width}) * 2.0;
  const at::Tensor expected = attentionInDouble(qkv, heads);
  EXPECT_LT(mostApart(quickAttention(qkv, heads), expected), 3e-5);
  EXPECT_LT(mostApart(attention(qkv.unsqueeze(0), heads).squeeze(0), expected), 3e-5);
}

TEST_P(Attention, IsTheSameOnAnyCountOfThreads) {
  const auto [tokens, width, heads] = GetParam();
  torch::manual_seed(6);
  const at::Tensor qkv = torch::randn({tokens, 3 * width});
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const at::Tensor one = quickAttention(qkv, heads);
  at::set_num_threads(3);
  const at::Tensor three = quickAttention(qkv, heads);
  at::set_num_threads(threads);
  EXPECT_TRUE(one.equal(three));
}

TEST(AttentionValues, OneKeyFarAboveTheOthersIsAllThereIs) {
  at::Tensor qkv = torch::randn({40, 24});
  qkv.narrow(1, 0, 8).fill_(100.0);
  qkv.narrow(1, 8, 8).fill_(-100.0);
  qkv[17].narrow(0, 8, 8).fill_(100.0);
  const at::Tensor out = quickAttention(qkv, 1);
  for (std::int64_t row = 0; row < 40; ++row) EXPECT_TRUE(out[row].equal(qkv[17].narrow(0, 16, 8))) << row;
}

TEST(AttentionValues, NanOfAKeyReachesEveryRow) {
  at::Tensor qkv = torch::randn({40, 24});
  qkv[33][9] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(quickAttention(qkv, 1).isnan().all().item<bool>());
}

TEST(AttentionValues, HoldsAFewRowsOfWeightsAlone) {
  const AttentionCall call{.tokens = 4'096, .width = 64};
  EXPECT_LT(attentionScratchSize(call), 4'096 * 64) << "of 4096 x 4096";
  EXPECT_EQ(packedHeadSize(call), 2 * 4'096 * 64);
}

/// Both routes of the products, with gradients.
TEST(RowProduct, EqualsMatmulWithOneDnnAndWithOwnConvolutions) {
  torch::manual_seed(7);
  for (const std::int64_t rows : {1, 7, 16, 37}) {
    const at::Tensor x = torch::randn({rows, 20}), weight = torch::randn({11, 20}), bias = torch::randn({11});
    const at::Tensor expected = at::matmul(x.to(at::kDouble), weight.to(at::kDouble).t()) + bias.to(at::kDouble);
    EXPECT_LT(mostApart(rowProduct(x, weight, bias), expected), 2e-5) << rows;
    EXPECT_LT(mostApart(rowProduct(x, weight, {}), expected - bias), 2e-5) << rows;
    at::globalContext().setUserEnabledMkldnn(false);
    {
      const OwnConvolutions own;
      EXPECT_LT(mostApart(rowProduct(x, weight, bias), expected), 2e-5) << rows;
    }
    EXPECT_LT(mostApart(rowProduct(x, weight, bias), expected), 2e-5) << rows;
    at::globalContext().setUserEnabledMkldnn(true);
  }
}

TEST(RowProduct, HasTheGradientsOfMatmul) {
  torch::manual_seed(9);
  const auto learned = [](at::Tensor values) { return values.set_requires_grad(true); };
  const at::Tensor x = learned(torch::randn({37, 20})), weight = learned(torch::randn({11, 20})),
                   bias = learned(torch::randn({11})), way = torch::randn({37, 11});
  const auto exact = [&](const at::Tensor& values) { return learned(values.detach().to(at::kDouble)); };
  const at::Tensor x2 = exact(x), weight2 = exact(weight), bias2 = exact(bias);
  const auto found = torch::autograd::grad({(rowProduct(x, weight, bias) * way).sum()}, {x, weight, bias});
  const at::Tensor product = at::matmul(x2, weight2.t()) + bias2;
  const auto expected = torch::autograd::grad({(product * way.to(at::kDouble)).sum()}, {x2, weight2, bias2});
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_LT(mostApart(found[i], expected[i]), 1e-4) << i;
}

TEST(RowProduct, AttentionHasTheGradientOfItsDefinition) {
  torch::manual_seed(8);
  const at::Tensor qkv = torch::randn({33, 48}).set_requires_grad(true);
  const at::Tensor way = torch::randn({33, 16});
  const at::Tensor found =
      torch::autograd::grad({(attention(qkv.unsqueeze(0), 2).squeeze(0) * way).sum()}, {qkv}).front();
  const at::Tensor exact = qkv.detach().to(at::kDouble).set_requires_grad(true);
  const at::Tensor expected =
      torch::autograd::grad({(attentionInDouble(exact, 2) * way.to(at::kDouble)).sum()}, {exact}).front();
  EXPECT_LT(mostApart(found, expected), 2e-5);
}

}  // namespace
}  // namespace oodscope
