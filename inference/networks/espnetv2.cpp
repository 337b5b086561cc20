// SPDX-License-Identifier: GPL-3.0-or-later
// Sources: github.com/sacmehta/EdgeNets, model/segmentation/espnetv2.py, nn_layers/eesp.py, efficient_pyramid_pool.py
// and efficient_pt.py, read for their structure; names of keys are theirs.
#include "inference/networks/espnetv2.inl.h"

#include "analysis/core/error.h"

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace oodscope::espnetv2 {
namespace {

using Options = torch::nn::Conv2dOptions;
constexpr StepActivation kPrelu = StepActivation::ParametricByChannel;

/// Of the decoder's levels, as trained on Cityscapes.
constexpr std::array kDecoded{64, 48, 32};
constexpr int kMostProjected = 16;
/// Receptive fields end at 7 in the deepest stage: a branch beyond falls back to 3x3 and comes first.
constexpr Dilations kFour{1, 2, 3, 4}, kThree{1, 1, 2, 3};

constexpr std::array kScales{2.0, 1.5, 1.0, 0.5, 0.1};
/// A side of a pooled map is no shorter.
constexpr std::int64_t kLeastSide = 5;

Options depthwise(int channels, int stride, int dilation) {
  return Options(channels, channels, 3)
      .stride(stride)
      .padding(dilation)
      .dilation(dilation)
      .groups(channels)
      .bias(false);
}

torch::Tensor halved(const torch::Tensor& x) { return at::avg_pool2d(x, 3, 2, 1); }

torch::Tensor resized(const torch::Tensor& x, std::int64_t height, std::int64_t width) {
  return at::upsample_bilinear2d(x, {height, width}, true);
}

/// Channel c of group g of `groups` becomes channel c * groups + g.
torch::Tensor shuffled(const torch::Tensor& x, std::int64_t groups) {
  return x.reshape({x.size(0), groups, x.size(1) / groups, x.size(2), x.size(3)}).transpose(1, 2).reshape(x.sizes());
}

StepKeys cbr(const std::string& at) { return {at + ".conv", at + ".bn", at + ".act"}; }
StepKeys cbrList(const std::string& at) { return {at + ".0", at + ".1", at + ".2"}; }

}  // namespace

SpatialPyramid::SpatialPyramid(int in, int out, int stride, const Dilations& dilations) {
  require(in % kBranches == 0 && out % (kBranches * kBranches) == 0, "ESPNetv2: widths that its groups divide");
  const int each = out / kBranches;
  m_project = step(cbr("proj_1x1"), Options(in, each, 1).groups(kBranches), kPrelu);
  for (std::size_t i = 0; i < dilations.size(); ++i) {
    m_depthwise.at(i) = step({.conv = "spp_dw." + std::to_string(i) + ".conv"},
                             depthwise(each, stride, dilations.at(i)), StepActivation::None);
  }
  m_expand =
      step({"conv_1x1_exp.conv", "conv_1x1_exp.bn"}, Options(out, out, 1).groups(kBranches), StepActivation::None);
  m_normed = normStep({.norm = "br_after_cat.bn", .activation = "br_after_cat.act"}, out, kPrelu);
  m_out = normStep({.activation = "module_act"}, out, kPrelu);
}

torch::Tensor SpatialPyramid::branch(const torch::Tensor& x) {
  const torch::Tensor projected = m_project(x);
  std::vector<torch::Tensor> parts;
  for (const ConvStep& each : m_depthwise) parts.push_back(each(projected));
  if (m_normed.isFolded()) return m_expand(stackedSums(parts, m_normed.finish()));
  for (std::size_t i = 1; i < parts.size(); ++i) parts[i] = parts[i] + parts[i - 1];
  return m_expand(m_normed(at::cat(parts, 1)));
}

torch::Tensor SpatialPyramid::forward(const torch::Tensor& x) { return m_out.ofSum(branch(x), x); }

EspDownsampler::EspDownsampler(int in, int out, const Dilations& dilations) {
  require(out > in, "ESPNetv2: each width must exceed the one before it");
  m_pyramid = register_module("eesp", std::make_shared<SpatialPyramid>(in, out - in, 2, dilations));
  m_reinforceFirst = step(cbr("inp_reinf.0"), Options(3, 3, 3).padding(1), kPrelu);
  m_reinforce = step({"inp_reinf.1.conv", "inp_reinf.1.bn"}, Options(3, out, 1), StepActivation::None);
  m_out = normStep({.activation = "act"}, out, kPrelu);
}

torch::Tensor EspDownsampler::forward(const torch::Tensor& x, const torch::Tensor& image) {
  const torch::Tensor joined = at::cat({halved(x), m_pyramid->branch(x)}, 1);
  return m_out.ofSum(m_reinforce(m_reinforceFirst(image)), joined);
}

EspEncoder::EspEncoder(const std::array<int, 4>& widths) {
  const auto [w1, w2, w3, w4] = widths;
  m_first = step(cbr("level1"), Options(3, w1, 3).stride(2).padding(1), kPrelu);
  m_down2 = register_module("level2_0", std::make_shared<EspDownsampler>(w1, w2, kFour));
  m_down3 = register_module("level3_0", std::make_shared<EspDownsampler>(w2, w3, kFour));
  const auto add = [&](std::vector<std::shared_ptr<SpatialPyramid>>& stage, const std::string& name, int width,
                       int count, const Dilations& dilations) {
    for (int i = 0; i < count; ++i) {
      stage.push_back(std::make_shared<SpatialPyramid>(width, width, 1, dilations));
      registerAt(*this, name + "." + std::to_string(i), stage.back());
    }
  };
  add(m_stage3, "level3", w3, 3, kFour);
  m_down4 = register_module("level4_0", std::make_shared<EspDownsampler>(w3, w4, kFour));
  add(m_stage4, "level4", w4, 7, kThree);
}

std::array<torch::Tensor, 4> EspEncoder::forward(const torch::Tensor& image) {
  std::array<torch::Tensor, 4> out;
  out[0] = m_first(image);
  torch::Tensor small = halved(halved(image));
  out[1] = m_down2->forward(out[0], small);
  small = halved(small);
  out[2] = m_down3->forward(out[1], small);
  for (const auto& block : m_stage3) out[2] = block->forward(out[2]);
  small = halved(small);
  out[3] = m_down4->forward(out[2], small);
  for (const auto& block : m_stage4) out[3] = block->forward(out[3]);
  return out;
}

PyramidPooling::PyramidPooling(int in, int projected, int out, Ending ending) : m_isNormed(ending == Ending::Normed) {
  for (std::size_t i = 0; i < kSizes; ++i) {
    m_stages.at(i) = step({.conv = "stages." + std::to_string(i)}, depthwise(projected, 1, 1), StepActivation::None);
  }
  const int all = projected * static_cast<int>(kSizes);
  m_project = step(cbrList("projection_layer.cbr"), Options(in, projected, 1), kPrelu);
  m_normed = normStep({.norm = "merge_layer.0.br.0", .activation = "merge_layer.0.br.1"}, all, kPrelu);
  m_merge = step(cbrList("merge_layer.2.cbr"), Options(all, projected, 3).padding(1).groups(projected), kPrelu);
  m_last = step({.conv = "merge_layer.3"}, Options(projected, out, 1).bias(!m_isNormed), StepActivation::None);
  if (m_isNormed) m_out = normStep({.norm = "br.br.0", .activation = "br.br.1"}, out, kPrelu);
}

torch::Tensor PyramidPooling::atSize(std::size_t i, const torch::Tensor& x) const {
  const std::int64_t height = x.size(2), width = x.size(3);
  const double scale = kScales.at(i);
  const auto side = [&](std::int64_t whole) {
    return std::max(kLeastSide, static_cast<std::int64_t>(std::ceil(static_cast<double>(whole) * scale)));
  };
  const auto convolved = [&](const torch::Tensor& in) {
    return m_isFolded ? m_foldedStages.at(i)(in) : m_stages.at(i)(in);
  };
  if (scale < 1.0) return resized(convolved(at::adaptive_avg_pool2d(x, {side(height), side(width)})), height, width);
  if (scale > 1.0) return at::adaptive_avg_pool2d(convolved(resized(x, side(height), side(width))), {height, width});
  return convolved(x);
}

torch::Tensor PyramidPooling::merged(const torch::Tensor& x) {
  const torch::Tensor projected = m_project(x);
  std::vector<torch::Tensor> parts;
  for (std::size_t i = 0; i < kSizes; ++i) parts.push_back(atSize(i, projected));
  if (m_isFolded) {
    torch::Tensor out = m_foldedMerge(stacked(parts, m_sideBySide));
    finish(out, {}, m_afterMerge);
    return out;
  }
  return m_merge(shuffled(m_normed(at::cat(parts, 1)), static_cast<std::int64_t>(kSizes)));
}

torch::Tensor PyramidPooling::last(const torch::Tensor& x) const { return m_isNormed ? m_out(m_last(x)) : m_last(x); }

void PyramidPooling::fold() {
  SteppedModule::fold();
  // Means of pixels commute with a factor and an offset a channel, so that the norm of all sizes together goes into the
  // convolution of each.
  const Affine norm = m_normed.affine();
  const auto sizes = static_cast<std::int64_t>(kSizes), each = norm.scale.size(0) / sizes;
  for (std::size_t i = 0; i < kSizes; ++i) {
    const auto first = static_cast<std::int64_t>(i) * each;
    m_foldedStages.at(i) = FoldedConv(m_stages.at(i).convolution(), norm.channels(first, each));
  }
  m_sideBySide = {.scale = {}, .shift = {}, .slope = m_normed.slope()};
  // Output o reads channel o of every size, which the shuffle puts side by side: written as weights of all channels.
  const torch::Tensor grouped = m_merge.convolution()->weight.detach().to(torch::kDouble);  // each, sizes, 3, 3
  const Affine after = m_merge.affine();
  torch::Tensor weight = at::zeros({each, sizes * each, grouped.size(2), grouped.size(3)}, grouped.options());
  for (std::int64_t o = 0; o < each; ++o)
    for (std::int64_t s = 0; s < sizes; ++s)
      weight.select(0, o).select(0, s * each + o).copy_(grouped.select(0, o).select(0, s) * after.scale[o]);
  m_foldedMerge = FoldedConv(weight.to(torch::kFloat).contiguous(torch::MemoryFormat::ChannelsLast),
                             after.shift.to(torch::kFloat), 1, false);
  m_afterMerge = {.scale = {}, .shift = {}, .slope = m_merge.slope()};
  m_isFolded = true;
}

WeighedConvolution::WeighedConvolution(int in, int out) {
  m_weigh = step({.conv = "wt_layer.1"}, Options(in, out, 1).bias(false), StepActivation::None);
  m_expand = step(cbrList("expansion_layer.cbr"), Options(in, out, 3).padding(1).groups(std::gcd(in, out)), kPrelu);
}

torch::Tensor WeighedConvolution::forward(const torch::Tensor& x) {
  return m_expand(x) * at::sigmoid(m_weigh(globalMean(x)));
}

NormedSum::NormedSum(int channels) { m_step = normStep({.norm = "0", .activation = "1"}, channels, kPrelu); }

torch::Tensor NormedSum::forward(torch::Tensor a, const torch::Tensor& b) { return m_step.ofSum(std::move(a), b); }

EspNetV2::EspNetV2(const NetworkShape& shape)
    : SteppedNetwork(shape, {.how = Enlargement::How::BilinearAligned, .factor = 2}) {
  const auto widths = widthsOf<4>(shape);
  require(shape.classes > 1, "ESPNetv2: at least two classes");
  const int projected = std::min(shape.classes / 2, kMostProjected);
  m_encoder = register_module("base_net", std::make_shared<EspEncoder>(widths));
  using Ending = PyramidPooling::Ending;
  const auto pooling = [&](const char* name, int in, int out, Ending ending) {
    return register_module(name, std::make_shared<PyramidPooling>(in, projected, out, ending));
  };
  m_decode1 = pooling("bu_dec_l1", widths[3], kDecoded[0], Ending::Normed);
  m_decode2 = pooling("bu_dec_l2", kDecoded[0], kDecoded[1], Ending::Normed);
  m_decode3 = pooling("bu_dec_l3", kDecoded[1], kDecoded[2], Ending::Normed);
  m_decode4 = pooling("bu_dec_l4", kDecoded[2], shape.classes, Ending::Biased);
  m_merge2 = register_module("merge_enc_dec_l2", std::make_shared<WeighedConvolution>(widths[2], kDecoded[0]));
  m_merge3 = register_module("merge_enc_dec_l3", std::make_shared<WeighedConvolution>(widths[1], kDecoded[1]));
  m_merge4 = register_module("merge_enc_dec_l4", std::make_shared<WeighedConvolution>(widths[0], kDecoded[2]));
  m_sum2 = register_module("bu_br_l2", std::make_shared<NormedSum>(kDecoded[0]));
  m_sum3 = register_module("bu_br_l3", std::make_shared<NormedSum>(kDecoded[1]));
  m_sum4 = register_module("bu_br_l4", std::make_shared<NormedSum>(kDecoded[2]));
}

torch::Tensor EspNetV2::penultimate(const torch::Tensor& images) {
  const auto [half, quarter, eighth, sixteenth] = m_encoder->forward(images);
  const auto doubled = [](const torch::Tensor& x) { return resized(x, 2 * x.size(2), 2 * x.size(3)); };
  torch::Tensor x = doubled(m_decode1->forward(sixteenth));
  x = doubled(m_decode2->forward(m_sum2->forward(std::move(x), m_merge2->forward(eighth))));
  x = doubled(m_decode3->forward(m_sum3->forward(std::move(x), m_merge3->forward(quarter))));
  return m_decode4->merged(m_sum4->forward(std::move(x), m_merge4->forward(half)));
}

torch::Tensor EspNetV2::scores(const torch::Tensor& features) { return m_decode4->last(features); }

}  // namespace oodscope::espnetv2
