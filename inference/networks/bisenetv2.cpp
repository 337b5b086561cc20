// SPDX-License-Identifier: GPL-3.0-or-later
// Source: github.com/CoinCheung/BiSeNet, lib/models/bisenetv2.py, read for its structure; names of keys are its.
#include "inference/networks/bisenetv2.inl.h"

#include "analysis/core/error.h"

#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/upsample_nearest2d.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace oodscope::bisenetv2 {
namespace {

using Options = torch::nn::Conv2dOptions;
constexpr StepActivation kRelu = StepActivation::Relu, kNone = StepActivation::None;
constexpr int kExpansion = 6, kSemantic = 128, kHeadWidth = 1024;
constexpr double kDropped = 0.1;

Options square(int in, int out, int kernel, int stride = 1) {
  return Options(in, out, kernel).stride(stride).padding(kernel / 2).bias(false);
}

/// Each input channel by itself.
Options depthwise(int in, int out, int stride = 1) { return square(in, out, 3, stride).groups(in); }

StepKeys block(const std::string& at) { return {.conv = at + ".conv", .norm = at + ".bn"}; }

/// Convolution and norm at neighbouring places of a list.
StepKeys listed(const std::string& at, int first = 0) {
  return {.conv = at + "." + std::to_string(first), .norm = at + "." + std::to_string(first + 1)};
}

const Form& formOf(const NetworkShape& shape) {
  const auto* found = std::ranges::find(kForms, std::string_view(shape.form), &Form::name);
  require(found != kForms.end(), "BiSeNetV2: a form that is known");
  return *found;
}

}  // namespace

DetailBranch::DetailBranch() {
  const auto add = [&](const char* key, int in, int out, int stride) {
    m_convolutions.push_back(step(block(key), square(in, out, 3, stride), kRelu));
  };
  add("S1.0", 3, 64, 2);
  add("S1.1", 64, 64, 1);
  add("S2.0", 64, 64, 2);
  add("S2.1", 64, 64, 1);
  add("S2.2", 64, 64, 1);
  add("S3.0", 64, 128, 2);
  add("S3.1", 128, 128, 1);
  add("S3.2", 128, 128, 1);
}

torch::Tensor DetailBranch::forward(const torch::Tensor& image) {
  torch::Tensor x = image;
  for (const ConvStep& each : m_convolutions) x = each(x);
  return x;
}

Stem::Stem() {
  m_conv = step(block("conv"), square(3, 16, 3, 2), kRelu);
  m_left0 = step(block("left.0"), square(16, 8, 1), kRelu);
  m_left1 = step(block("left.1"), square(8, 16, 3, 2), kRelu);
  m_fuse = step(block("fuse"), square(32, 16, 3), kRelu);
}

torch::Tensor Stem::forward(const torch::Tensor& image) {
  const torch::Tensor x = m_conv(image);
  return m_fuse(at::cat({m_left1(m_left0(x)), at::max_pool2d(x, 3, 2, 1)}, 1));
}

GatherExpansion::GatherExpansion(int in, int out, int stride) : m_isHalving(stride == 2) {
  const int wide = in * kExpansion;
  m_first = step(block("conv1"), square(in, in, 3), kRelu);
  if (m_isHalving) {
    m_wide = step(listed("dwconv1"), depthwise(in, wide, 2), kNone);
    m_wideAgain = step(listed("dwconv2"), depthwise(wide, wide), kRelu);
  } else {
    m_wide = step(listed("dwconv"), depthwise(in, wide), kRelu);
  }
  m_last = step(listed("conv2"), square(wide, out, 1), kNone);
  if (!m_isHalving) return;
  m_shortcutWide = step(listed("shortcut"), depthwise(in, in, 2), kNone);
  m_shortcut = step(listed("shortcut", 2), square(in, out, 1), kNone);
}

torch::Tensor GatherExpansion::forward(const torch::Tensor& x) {
  const torch::Tensor wide = m_wide(m_first(x));
  if (!m_isHalving) return sumThenRelu(m_last(wide), x);
  return sumThenRelu(m_last(m_wideAgain(wide)), m_shortcut(m_shortcutWide(x)));
}

ContextEmbedding::ContextEmbedding() {
  m_norm = normStep({.norm = "bn"}, kSemantic, kNone);
  m_mean = step(block("conv_gap"), square(kSemantic, kSemantic, 1), kRelu);
  m_last = step(block("conv_last"), square(kSemantic, kSemantic, 3), kRelu);
}

torch::Tensor ContextEmbedding::forward(const torch::Tensor& x) { return m_last(x + m_mean(m_norm(globalMean(x)))); }

SemanticBranch::SemanticBranch() {
  m_stem = register_module("S1S2", std::make_shared<Stem>());
  const auto add = [&](const char* key, int in, int out) {
    m_layers.push_back(std::make_shared<GatherExpansion>(in, out, in == out ? 1 : 2));
    registerAt(*this, key, m_layers.back());
  };
  add("S3.0", 16, 32);
  add("S3.1", 32, 32);
  add("S4.0", 32, 64);
  add("S4.1", 64, 64);
  add("S5_4.0", 64, kSemantic);
  for (const char* key : {"S5_4.1", "S5_4.2", "S5_4.3"}) add(key, kSemantic, kSemantic);
  m_context = register_module("S5_5", std::make_shared<ContextEmbedding>());
}

SemanticMaps SemanticBranch::forward(const torch::Tensor& image) {
  SemanticMaps out;
  torch::Tensor x = out.stages[0] = m_stem->forward(image);
  std::size_t stage = 0;
  for (const auto& layer : m_layers) {
    if (layer->isHalving()) ++stage;
    x = out.stages.at(stage) = layer->forward(x);
  }
  out.context = m_context->forward(x);
  return out;
}

Aggregation::Aggregation(bool isBilinear) : m_isBilinear(isBilinear) {
  constexpr int width = kSemantic;
  m_left1Wide = step(listed("left1"), depthwise(width, width), kNone);
  m_left1 = step({.conv = "left1.2"}, square(width, width, 1), kNone);
  m_left2 = step(listed("left2"), square(width, width, 3, 2), kNone);
  m_right1 = step(listed("right1"), square(width, width, 3), kNone);
  m_right2Wide = step(listed("right2"), depthwise(width, width), kNone);
  m_right2 = step({.conv = "right2.2"}, square(width, width, 1), kNone);
  m_out = step(listed("conv"), square(width, width, 3), kRelu);
}

torch::Tensor Aggregation::enlarged(const torch::Tensor& x) const {
  const std::array<std::int64_t, 2> sides{4 * x.size(2), 4 * x.size(3)};
  return m_isBilinear ? at::upsample_bilinear2d(x, sides, true) : at::upsample_nearest2d(x, sides);
}

torch::Tensor Aggregation::forward(const torch::Tensor& detail, const torch::Tensor& semantic) {
  // Of repeated values the sigmoid can be taken before they are repeated; of interpolated ones it cannot.
  const torch::Tensor right1 = m_right1(semantic);
  const torch::Tensor gate = m_isBilinear ? at::sigmoid(enlarged(right1)) : enlarged(at::sigmoid(right1));
  const torch::Tensor left = m_left1(m_left1Wide(detail)) * gate;
  const torch::Tensor small = at::avg_pool2d(m_left2(detail), 3, 2, 1);
  return m_out(left + enlarged(small * at::sigmoid(m_right2(m_right2Wide(semantic)))));
}

SegmentHead::SegmentHead(int classes, const Form& form) {
  const int channels = form.enlarged == Enlargement::How::Shuffled ? classes * kEnlarged * kEnlarged : classes;
  m_conv = step(block("conv"), square(kSemantic, kHeadWidth, 3), kRelu);
  m_drop = register_module("drop", ElementDropout(kDropped));
  m_out = step({.conv = form.lastKey}, Options(kHeadWidth, channels, 1), kNone);
}

AuxiliaryHead::AuxiliaryHead(int in, int classes, int factor) {
  const int pixels = factor * factor;
  m_conv = step(block("conv"), square(in, kSemantic, 3), kRelu);
  m_drop = register_module("drop", ElementDropout(kDropped));
  m_middle = step(block("conv_out.0.1"), square(kSemantic, pixels, 3), kRelu);
  m_out = step({.conv = "conv_out.1"}, Options(pixels, classes, 1), kNone);
}

torch::Tensor AuxiliaryHead::forward(const torch::Tensor& x) {
  const torch::Tensor features = m_drop(m_conv(x));
  return m_out(m_middle(at::upsample_nearest2d(features, {2 * features.size(2), 2 * features.size(3)})));
}

torch::Tensor SegmentHead::features(const torch::Tensor& x) { return m_drop(m_conv(x)); }

BiSeNetV2::BiSeNetV2(const NetworkShape& shape) : BiSeNetV2(shape, formOf(shape)) {}

BiSeNetV2::BiSeNetV2(const NetworkShape& shape, const Form& form)
    : SteppedNetwork(shape, {.how = form.enlarged, .factor = kEnlarged}) {
  m_detail = register_module("detail", std::make_shared<DetailBranch>());
  m_semantic = register_module("segment", std::make_shared<SemanticBranch>());
  m_aggregation = register_module("bga", std::make_shared<Aggregation>(form.isAggregationBilinear));
  m_head = register_module("head", std::make_shared<SegmentHead>(shape.classes, form));
  if (!shape.hasAuxiliary) return;
  require(shape.form.empty(), "BiSeNetV2: auxiliary heads are of today's form");
  int channels = 16, factor = 4;
  for (const char* key : {"aux2", "aux3", "aux4", "aux5_4"}) {
    m_auxiliary.push_back(register_module(key, std::make_shared<AuxiliaryHead>(channels, shape.classes, factor)));
    channels *= 2;
    factor *= 2;
  }
}

torch::Tensor BiSeNetV2::penultimate(const torch::Tensor& images) {
  return m_head->features(m_aggregation->forward(m_detail->forward(images), m_semantic->forward(images).context));
}

AuxiliaryPass BiSeNetV2::penultimateWithAuxiliary(const torch::Tensor& images) {
  const SemanticMaps semantic = m_semantic->forward(images);
  AuxiliaryPass out{.features = m_head->features(m_aggregation->forward(m_detail->forward(images), semantic.context)),
                    .auxiliary = {}};
  for (std::size_t i = 0; i < m_auxiliary.size(); ++i)
    out.auxiliary.push_back(enlarge(m_auxiliary[i]->forward(semantic.stages.at(i)), images.sizes().slice(2)));
  return out;
}

torch::Tensor BiSeNetV2::scores(const torch::Tensor& features) { return m_head->scores(features); }

}  // namespace oodscope::bisenetv2
