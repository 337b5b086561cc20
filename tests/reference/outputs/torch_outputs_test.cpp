// SPDX-License-Identifier: GPL-3.0-or-later
// Scores of second heads and mask networks against PyTorch's own operators, written as the publications' code calls
// them: bilinear upsampling, sigmoid, softmax and einsum of LibTorch in double precision, of a two-headed network and
// of a mask network with 100 queries and 19 classes, with and without a negative class.
#include "analysis/scores/method_kinds.h"
#include "analysis/scores/score_function.h"

#include <ATen/ops/einsum.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <functional>
#include <map>
#include <vector>

namespace oodscope {
namespace {

constexpr std::int64_t kQueries = 100, kKnown = 19;

LogitsView viewOf(const at::Tensor& tensor) {
  return {.single = tensor.data_ptr<float>(),
          .channels = static_cast<int>(tensor.size(0)),
          .height = static_cast<int>(tensor.size(1)),
          .width = static_cast<int>(tensor.size(2))};
}

at::Tensor upsampled(const at::Tensor& array, Size target) {
  return at::upsample_bilinear2d(array.to(at::kDouble).unsqueeze(0), {target.height, target.width}, false).squeeze(0);
}

void expectScores(const OutputsView& outputs, const ScoreParameters& how, Size target, const at::Tensor& expected) {
  std::vector<float> out(target.area());
  scoreResized(outputs, how, target, out);
  const at::Tensor values = expected.contiguous();
  ASSERT_EQ(values.numel(), static_cast<std::int64_t>(out.size()));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double wanted = values.data_ptr<double>()[i];
    ASSERT_NEAR(static_cast<double>(out[i]), wanted, 1e-5 * std::max(1.0, std::abs(wanted)))
        << how.method << " pixel " << i << " of " << target.width << "x" << target.height;
  }
}

const Size kTargets[] = {{32, 16}, {64, 32}, {75, 41}};

TEST(TorchOutputs, AMaskNetworksScores) {
  for (const std::int64_t extra : {1, 2}) {
    torch::manual_seed(17);
    const at::Tensor classes = at::randn({kQueries, 1, kKnown + extra}) * 3;
    const at::Tensor masks = at::randn({kQueries, 16, 32}) * 4 - 2;
    OutputsView outputs;
    outputs[Output::ClassLogits] = viewOf(classes);
    outputs[Output::MaskLogits] = viewOf(masks);
    outputs.knownClasses = kKnown;
    for (const Size target : kTargets)
      for (const float t : {1.0F, 2.5F}) {
        const at::Tensor m = upsampled(masks, target).sigmoid();
        const at::Tensor p = (classes.to(at::kDouble).squeeze(1) / static_cast<double>(t)).softmax(-1);
        const at::Tensor known = p.narrow(1, 0, kKnown);
        const at::Tensor s = at::einsum("qk,qhw->khw", {known, m});
        const at::Tensor best = std::get<0>(known.max(-1));
        const std::map<Method, at::Tensor> expected = {
            {methods::kRba, -s.tanh().sum(0)},
            {methods::kMembershipMax, 1 - std::get<0>(s.max(0))},
            {methods::kMembershipSum, 1 - s.sum(0)},
            {methods::kM2a, 1 - std::get<0>(s.max(0))},
            {methods::kEam, 1 - at::einsum("q,qhw->hw", {best, m})},
        };
        for (const auto& [method, values] : expected)
          expectScores(outputs, {.method = method, .temperature = t}, target, values);
        if (extra == 2)
          expectScores(outputs, {.method = methods::kUno, .temperature = t}, target,
                       -at::einsum("q,qhw->hw", {best - p.select(1, -2), m}));
      }
  }
}

TEST(TorchOutputs, ATwoHeadedNetworksScores) {
  torch::manual_seed(18);
  const at::Tensor logits = at::randn({kKnown, 16, 32}) * 4, head = at::randn({2, 16, 32}) * 3;
  OutputsView outputs(viewOf(logits));
  outputs[Output::Outlier] = viewOf(head);
  for (const Size target : kTargets) {
    const at::Tensor outlier = upsampled(head, target).log_softmax(0).select(0, 1);
    const at::Tensor likelihood = upsampled(logits, target).logsumexp(0);
    expectScores(outputs, {.method = methods::kDenseHybridRatio}, target, outlier - likelihood);
    expectScores(outputs, {.method = methods::kDenseHybridGenerative}, target, -likelihood);
    expectScores(outputs, {.method = methods::kDenseHybridDiscriminative}, target, outlier);
  }
}

TEST(TorchOutputs, StandardisedMaxLogits) {
  torch::manual_seed(19);
  const at::Tensor logits = at::randn({kKnown, 16, 32}) * 4;
  const at::Tensor mean = at::randn({kKnown}) + 8, variance = at::randn({kKnown}).abs() + 0.5;
  ScoreParameters how{.method = methods::kSml, .classStatistics = MaxLogitStatistics{}};
  for (std::int64_t c = 0; c < kKnown; ++c) {
    how.classStatistics->mean.push_back(static_cast<double>(mean[c].item<float>()));
    how.classStatistics->variance.push_back(static_cast<double>(variance[c].item<float>()));
  }
  const auto [largest, predicted] = logits.to(at::kDouble).max(0);
  const auto ofPredicted = [&predicted = predicted](const at::Tensor& values) {
    return values.to(at::kDouble).index_select(0, predicted.flatten()).reshape_as(predicted);
  };
  const at::Tensor m = ofPredicted(mean), v = ofPredicted(variance);
  expectScores(OutputsView(viewOf(logits)), how, {32, 16}, -(largest - m) / v.sqrt());
}

}  // namespace
}  // namespace oodscope
