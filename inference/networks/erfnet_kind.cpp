// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/kinds.inl.h"

#include "inference/checkpoints/state_dict.inl.h"
#include "inference/networks/channels_last.inl.h"
#include "inference/networks/erfnet.inl.h"
#include "inference/networks/folding.inl.h"

#include <string>
#include <unordered_map>
#include <variant>

namespace oodscope {
namespace {

using erfnet::Block;

struct FastDownsampler {
  explicit FastDownsampler(const erfnet::Downsampler& block) {
    const Affine norm = inferenceAffine(block.bn);
    const std::int64_t convolved = block.conv->options.out_channels();
    conv = FoldedConv(block.conv, norm.channels(0, convolved));
    const Affine rest = norm.channels(convolved, norm.scale.size(0) - convolved);
    if (!rest.isIdentity()) {
      scale = rest.scale.to(torch::kFloat).contiguous();
      shift = rest.shift.to(torch::kFloat).contiguous();
    }
  }
  torch::Tensor operator()(const torch::Tensor& x) const { return joinPooled(conv(x), x, scale, shift); }
  FoldedConv conv;
  torch::Tensor scale, shift;
};

struct FastResidual {
  explicit FastResidual(const erfnet::NonBottleneck1d& block)
      : first(block.conv3x1_1, {}, true),
        second(block.conv1x3_1, inferenceAffine(block.bn1), true),
        third(block.conv3x1_2, {}, true),
        fourth(block.conv1x3_2, inferenceAffine(block.bn2)) {}
  torch::Tensor operator()(const torch::Tensor& x) const {
    torch::Tensor y = fourth(third(second(first(x))));
    addThenRelu(y, x);
    return y;
  }
  FoldedConv first, second, third, fourth;
};

struct FastUpsampler {
  explicit FastUpsampler(const erfnet::Upsampler& block) : upsampling(block.conv, inferenceAffine(block.bn), true) {}
  torch::Tensor operator()(const torch::Tensor& x) const { return upsampling(x); }
  FoldedUpsampling upsampling;
};

class FastErfnet final : public InferenceNetwork {
public:
  explicit FastErfnet(const erfnet::Erfnet& network) : m_output(network.decoder->outputConv, {}) {
    m_steps.emplace_back(FastDownsampler(*network.encoder->initialBlock));
    for (const auto& block : network.encoder->blocks) add(*block);
    for (const auto& block : network.decoder->blocks) add(*block);
  }
  void run(const torch::Tensor& image, const torch::Tensor& logits) override { classify(penultimate(image), logits); }
  [[nodiscard]] bool isSplit() const override { return true; }
  torch::Tensor penultimate(const torch::Tensor& image) override {
    torch::Tensor x = image.contiguous(torch::MemoryFormat::ChannelsLast);
    for (const auto& step : m_steps) x = std::visit([&](const auto& apply) { return apply(x); }, step);
    return x;
  }
  void classify(const torch::Tensor& features, const torch::Tensor& logits) override {
    m_output.planar(features, logits);
  }

private:
  void add(const Block& block) {
    if (const auto* down = dynamic_cast<const erfnet::Downsampler*>(&block))
      m_steps.emplace_back(FastDownsampler(*down));
    if (const auto* same = dynamic_cast<const erfnet::NonBottleneck1d*>(&block))
      m_steps.emplace_back(FastResidual(*same));
    if (const auto* up = dynamic_cast<const erfnet::Upsampler*>(&block)) m_steps.emplace_back(FastUpsampler(*up));
  }
  std::vector<std::variant<FastDownsampler, FastResidual, FastUpsampler>> m_steps;
  FoldedUpsampling m_output;
};

/// What is left of the channels inside residual blocks; empty where none is missing, or a file's shapes are no pruned
/// ERFNet's.
std::vector<int> innerWidths(const StateDict& tensors) {
  std::unordered_map<std::string, const at::Tensor*> found;
  for (const auto& [key, tensor] : tensors) found.emplace(key, &tensor);
  const auto weight = [&](const std::string& module) -> const at::Tensor* {
    const auto at = found.find(module + ".weight");
    return at == found.end() || at->second->dim() != 4 ? nullptr : at->second;
  };
  std::vector<int> out;
  bool isPruned = false;
  for (const InnerChannels& inner : erfnet::innerChannels()) {
    const std::string block = inner.convolution.substr(0, inner.convolution.rfind('.'));
    const at::Tensor *given = weight(inner.convolution), *reader = weight(inner.reader);
    const at::Tensor* whole = weight(block + ".conv3x1_1");
    if (given == nullptr || reader == nullptr || whole == nullptr || given->size(0) != reader->size(1) ||
        given->size(0) < 1 || given->size(0) > whole->size(1))
      return {};
    out.push_back(static_cast<int>(given->size(0)));
    isPruned = isPruned || given->size(0) < whole->size(1);
  }
  return isPruned ? out : std::vector<int>();
}

std::optional<NetworkShape> erfnetShape(const StateDict& tensors) {
  const auto w0 = extent(tensors, "encoder.layers.0.conv.weight", 4, 1);
  const auto w1 = extent(tensors, "encoder.layers.6.conv.weight", 4, 1);
  const auto w2 = extent(tensors, "decoder.layers.0.conv.weight", 4, 0);
  const auto classes = extent(tensors, "decoder.output_conv.weight", 4, 1);
  if (!w0 || !w1 || !w2 || !classes || *w0 <= 3 || *w1 <= *w0 || *w2 <= *w1) return std::nullopt;
  NetworkShape shape{.classes = *classes, .widths = {*w0, *w1, *w2}};
  const std::vector<int> inner = innerWidths(tensors);
  shape.widths.insert(shape.widths.end(), inner.begin(), inner.end());
  return shape;
}

bool endsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

const std::vector<int> kErfnetWidths{16, 64, 128};

}  // namespace

NetworkKind erfnetKind() {
  return {.name = "ERFNet",
          .signature = {"encoder.initial_block.conv.weight", "encoder.layers.1.conv3x1_1.weight",
                        "encoder.layers.6.conv.weight", "decoder.layers.0.conv.weight", "decoder.output_conv.weight"},
          .auxiliaryHeads = {"encoder.output_conv."},
          .mayBeFolded = [](std::string_view norm) { return endsWith(norm, ".bn1") || endsWith(norm, ".bn2"); },
          .shapeOf = erfnetShape,
          .make =
              [](const NetworkShape& shape) {
                const bool isWhole = shape.widths.size() == erfnet::kAllWidths;
                return std::make_shared<erfnet::Erfnet>(isWhole ? shape : completed(shape, kErfnetWidths));
              },
          .widths = kErfnetWidths,
          .widthsHelp = "Channels at 1/2, 1/4 and 1/8 of the size; 8,32,64 is a slim network",
          .sizeMultiple = 8,
          .stages = {{.name = "encoder",
                      .reduction = 8,
                      .forward =
                          [](Network& network, const torch::Tensor& images) {
                            return dynamic_cast<erfnet::Erfnet&>(network).forwardEncoder(images);
                          },
                      .lastLayer = "encoder.output_conv"}},
          .head = {"decoder."},
          .switched = 0.0,
          .optimise = [](const Network& network) -> std::unique_ptr<InferenceNetwork> {
            return std::make_unique<FastErfnet>(dynamic_cast<const erfnet::Erfnet&>(network));
          },
          .lastLayer = LastLayer{.key = "decoder.output_conv", .reduction = 2, .isTransposed = true}};
}

}  // namespace oodscope
