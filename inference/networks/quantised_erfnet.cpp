// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/quantised_erfnet.inl.h"

#include "analysis/core/error.h"
#include "inference/networks/channels_last.inl.h"
#include "inference/networks/erfnet.inl.h"
#include "inference/networks/folding.inl.h"
#include "inference/networks/state_dict_choice.inl.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/zeros.h>
#include <torch/utils.h>

#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace oodscope {
namespace {

namespace nn = torch::nn;

/// A convolution with its norm folded in. Weights as a file has them: of a transposed one in x out x k x k.
struct FoldedLayer {
  std::string key;
  torch::Tensor weight, bias;
  ConvolutionGeometry geometry;
  bool isTransposed = false;
  bool relu = true;
  [[nodiscard]] std::int64_t outputs() const { return isTransposed ? 1 : 0; }
};

/// A block of the chain: its layers, and what a downsampler does to pooled channels.
struct FoldedStep {
  enum class Kind { Down, Residual, Up } kind = Kind::Down;
  std::vector<FoldedLayer> layers;
  std::string norm = {};                             ///< key of one that a file keeps
  std::optional<nn::BatchNorm2d> kept = {};          ///< that norm
  torch::Tensor pooledScale = {}, pooledShift = {};  ///< 1 x C x 1 x 1
};

template <class Convolution>
FoldedLayer foldedLayer(const std::string& key, const Convolution& conv, const std::optional<Affine>& norm) {
  FoldedLayer out{.key = key, .weight = conv->weight.detach().to(torch::kDouble), .bias = {}, .geometry = {}};
  out.bias = conv->bias.detach().to(torch::kDouble);
  out.isTransposed = std::is_same_v<Convolution, nn::ConvTranspose2d>;
  if (norm) {
    std::vector<std::int64_t> along{1, 1, 1, 1};
    along[static_cast<std::size_t>(out.outputs())] = -1;
    out.weight = out.weight * norm->scale.view(along);
    out.bias = out.bias * norm->scale + norm->shift;
  }
  out.weight = out.weight.to(torch::kFloat);
  out.bias = out.bias.to(torch::kFloat);
  return out;
}

FoldedLayer foldedPlain(const std::string& key, const nn::Conv2d& conv, const std::optional<Affine>& norm, bool relu) {
  using std::get;
  FoldedLayer out = foldedLayer(key, conv, norm);
  const auto list = [](const torch::ExpandingArray<2>& values) { return std::vector(values->begin(), values->end()); };
  out.geometry = {.stride = list(conv->options.stride()),
                  .padding = list(get<torch::ExpandingArray<2>>(conv->options.padding())),
                  .dilation = list(conv->options.dilation()),
                  .groups = 1};
  out.relu = relu;
  return out;
}

FoldedStep stepOf(const std::string& key, const erfnet::Block& block) {
  if (const auto* down = dynamic_cast<const erfnet::Downsampler*>(&block)) {
    const Affine norm = inferenceAffine(down->bn);
    const std::int64_t convolved = down->conv->options.out_channels(), pooled = norm.scale.size(0) - convolved;
    FoldedStep out{.kind = FoldedStep::Kind::Down, .layers = {}, .norm = key + ".bn", .kept = down->bn};
    out.layers.push_back(foldedPlain(key + ".conv", down->conv, norm.channels(0, convolved), true));
    const Affine rest = norm.channels(convolved, pooled);
    out.pooledScale = rest.scale.to(torch::kFloat).view({1, -1, 1, 1});
    out.pooledShift = rest.shift.to(torch::kFloat).view({1, -1, 1, 1});
    return out;
  }
  if (const auto* up = dynamic_cast<const erfnet::Upsampler*>(&block)) {
    FoldedStep out{.kind = FoldedStep::Kind::Up, .layers = {}, .norm = key + ".bn", .kept = up->bn};
    out.layers.push_back(foldedLayer(key + ".conv", up->conv, inferenceAffine(up->bn)));
    return out;
  }
  const auto& residual = dynamic_cast<const erfnet::NonBottleneck1d&>(block);
  FoldedStep out{.kind = FoldedStep::Kind::Residual, .layers = {}};
  out.layers.push_back(foldedPlain(key + ".conv3x1_1", residual.conv3x1_1, {}, true));
  out.layers.push_back(foldedPlain(key + ".conv1x3_1", residual.conv1x3_1, inferenceAffine(residual.bn1), true));
  out.layers.push_back(foldedPlain(key + ".conv3x1_2", residual.conv3x1_2, {}, true));
  out.layers.push_back(foldedPlain(key + ".conv1x3_2", residual.conv1x3_2, inferenceAffine(residual.bn2), false));
  return out;
}

const erfnet::Erfnet& erfnetOf(const Network& network) {
  require(isQuantisable(network), "an ERFNet without a head");
  return dynamic_cast<const erfnet::Erfnet&>(network);
}

std::vector<FoldedStep> stepsOf(const erfnet::Erfnet& network) {
  std::vector<FoldedStep> out{stepOf("encoder.initial_block", *network.encoder->initialBlock)};
  const auto add = [&](const std::string& part, const std::vector<std::shared_ptr<erfnet::Block>>& blocks) {
    for (std::size_t i = 0; i < blocks.size(); ++i)
      out.push_back(stepOf(part + ".layers." + std::to_string(i), *blocks[i]));
  };
  add("encoder", network.encoder->blocks);
  add("decoder", network.decoder->blocks);
  return out;
}

[[noreturn]] void refuseForeign(const std::string& what) {
  throw Error({.what = "the file's " + what + " are not those of its network",
               .expected = "what shrink --quantise wrote",
               .found = "another count or shape",
               .file = {}});
}

/// Of the image, and of each layer and sum.
std::int64_t valuesOf(const std::vector<FoldedStep>& steps) {
  std::int64_t count = 1;
  for (const FoldedStep& step : steps)
    count += static_cast<std::int64_t>(step.layers.size()) + (step.kind == FoldedStep::Kind::Residual ? 1 : 0);
  return count;
}

/// A transposed convolution's plain form, see FoldedUpsampling: kernels of 4 C channels with a margin of one.
ConvolutionGeometry upsamplingGeometry() { return {.stride = {1, 1}, .padding = {1, 1}, .dilation = {1, 1}}; }

/// A pass in float32 that notes the range of each value.
class Observer {
public:
  explicit Observer(torch::Tensor& ranges) : m_ranges(ranges) {}
  torch::Tensor note(const torch::Tensor& x) {
    const auto [least, most] = x.aminmax();
    torch::Tensor row = m_ranges.select(0, m_at++);
    row[0].copy_(at::minimum(row[0], least));
    row[1].copy_(at::maximum(row[1], most));
    return x;
  }
  torch::Tensor layer(const FoldedLayer& of, const torch::Tensor& x) {
    return note(of.relu ? convolved(of, x).relu() : convolved(of, x));
  }
  torch::Tensor down(const FoldedStep& step, const torch::Tensor& x) {
    const torch::Tensor pooled = at::max_pool2d(x, 2, 2) * step.pooledScale + step.pooledShift;
    return note(at::cat({convolved(step.layers.front(), x), pooled}, 1).relu());
  }

private:
  static torch::Tensor convolved(const FoldedLayer& of, const torch::Tensor& x) {
    const ConvolutionGeometry& g = of.geometry;
    if (of.isTransposed) return at::conv_transpose2d(x, of.weight, of.bias, 2, 1, 1);
    return at::conv2d(x, of.weight, of.bias, g.stride, g.padding, g.dilation);
  }
  torch::Tensor& m_ranges;
  std::int64_t m_at = 0;
};

class QuantisedErfnet final : public InferenceNetwork {
public:
  QuantisedErfnet(const erfnet::Erfnet& network, const StateDict& scales, const torch::Tensor& ranges,
                  ByteEngine engine)
      : m_output(network.decoder->outputConv, {}) {
    const std::vector<FoldedStep> steps = stepsOf(network);
    if (!ranges.defined() || ranges.scalar_type() != at::kFloat ||
        ranges.sizes() != at::IntArrayRef({valuesOf(steps), 2}) || !at::isfinite(ranges).all().item<bool>())
      refuseForeign("ranges");
    const std::map<std::string, torch::Tensor> factors(scales.begin(), scales.end());
    std::int64_t at = 0;
    const auto next = [&] {
      const torch::Tensor row = ranges[at++];
      return byteScaleOf(row[0].item<float>(), row[1].item<float>());
    };
    m_image = next();
    ByteScale in = m_image;
    for (const FoldedStep& step : steps) {
      Step& made = m_steps.emplace_back();
      made.kind = step.kind;
      ByteScale before = in;
      for (const FoldedLayer& layer : step.layers) {
        const auto scale = factors.find(layer.key + ".weight");
        if (scale == factors.end()) refuseForeign("factors");
        const ByteScale out = next();
        made.convolutions.emplace_back(layerOf(layer, scale->second), before, out, engine);
        before = out;
      }
      if (step.kind == FoldedStep::Kind::Residual) before = made.sum = next();
      if (step.kind == FoldedStep::Kind::Down) made.table = tableOf(step, in, before);
      in = before;
    }
  }
  void run(const torch::Tensor& image, const torch::Tensor& logits) override { classify(penultimate(image), logits); }
  [[nodiscard]] bool isSplit() const override { return true; }
  torch::Tensor penultimate(const torch::Tensor& image) override {
    torch::Tensor x = toBytes(image, m_image);
    for (const Step& step : m_steps) {
      torch::Tensor y = x;
      for (const ByteConvolution& convolution : step.convolutions) y = convolution(y);
      if (step.kind == FoldedStep::Kind::Residual)
        x = addThenRelu(y, x, step.sum);
      else
        x = step.kind == FoldedStep::Kind::Down ? joinPooledBytes(y, x, step.table) : blocksToPixelBytes(y, 1);
    }
    return fromBytes(x);
  }
  void classify(const torch::Tensor& features, const torch::Tensor& logits) override {
    m_output.planar(features, logits);
  }

private:
  struct Step {
    FoldedStep::Kind kind = FoldedStep::Kind::Down;
    std::vector<ByteConvolution> convolutions;
    torch::Tensor table;  ///< of a downsampler's pooled bytes
    ByteScale sum;        ///< of a residual block
  };

  static ByteConvolution::Layer layerOf(const FoldedLayer& layer, const torch::Tensor& scale) {
    const torch::Tensor integers = weightIntegers(layer.weight, scale);
    const torch::Tensor flat = scale.reshape({-1}).contiguous();
    if (flat.sizes() != layer.bias.sizes() || !flat.gt(0.0).all().item<bool>()) refuseForeign("factors");
    if (!layer.isTransposed) return {integers, flat, layer.bias, layer.geometry, layer.relu};
    return {upsamplingKernels(integers), flat.repeat({4}), layer.bias.repeat({4}), upsamplingGeometry(), layer.relu};
  }
  /// What norm and ReLU make of each pooled byte of a channel.
  static torch::Tensor tableOf(const FoldedStep& step, const ByteScale& in, const ByteScale& out) {
    const torch::Tensor values =
        (at::arange(256, at::TensorOptions(at::kFloat)) - static_cast<double>(in.zero)) * static_cast<double>(in.scale);
    const torch::Tensor given = (step.pooledScale.view({-1, 1}) * values + step.pooledShift.view({-1, 1})).relu();
    return ((given / static_cast<double>(out.scale)).round() + static_cast<double>(out.zero))
        .clamp(0.0, 255.0)
        .to(at::kByte)
        .contiguous();
  }

  ByteScale m_image;
  std::vector<Step> m_steps;
  FoldedUpsampling m_output;
};

}  // namespace

bool isQuantisable(const Network& network) { return dynamic_cast<const erfnet::Erfnet*>(&network) != nullptr; }

torch::Tensor observeRanges(const Network& network, const std::function<torch::Tensor()>& next) {
  const torch::NoGradGuard noGradient;
  const std::vector<FoldedStep> steps = stepsOf(erfnetOf(network));
  torch::Tensor ranges = at::zeros({valuesOf(steps), 2});
  for (torch::Tensor image = next(); image.defined(); image = next()) {
    Observer observer(ranges);
    torch::Tensor x = observer.note(image.contiguous(at::MemoryFormat::ChannelsLast));
    for (const FoldedStep& step : steps) {
      if (step.kind == FoldedStep::Kind::Down) {
        x = observer.down(step, x);
        continue;
      }
      torch::Tensor y = x;
      for (const FoldedLayer& layer : step.layers) y = observer.layer(layer, y);
      x = step.kind == FoldedStep::Kind::Residual ? observer.note((y + x).relu()) : y;
    }
  }
  return ranges;
}

StateDict quantisedStateDict(const Network& network, const torch::Tensor& ranges) {
  const torch::NoGradGuard noGradient;
  const erfnet::Erfnet& erfnet = erfnetOf(network);
  StateDict out;
  for (const FoldedStep& step : stepsOf(erfnet)) {
    for (const FoldedLayer& layer : step.layers) {
      const torch::Tensor scales = weightScales(layer.weight, layer.outputs());
      out.emplace_back(layer.key + ".weight_int8", weightIntegers(layer.weight, scales).to(at::kChar));
      out.emplace_back(layer.key + ".weight_scale", scales);
      out.emplace_back(layer.key + ".bias", layer.bias);
    }
    if (!step.kept) continue;
    // A norm of 1 and 0 in the channels that it was folded into; pooled ones keep theirs.
    const nn::BatchNorm2d& norm = *step.kept;
    const std::int64_t convolved = step.layers.front().bias.size(0);
    const auto with = [&](const char* name, const torch::Tensor& tensor, double value) {
      torch::Tensor copy = tensor.detach().clone();
      copy.narrow(0, 0, convolved).fill_(value);
      out.emplace_back(step.norm + "." + name, copy);
    };
    with("weight", norm->weight, 1.0);
    with("bias", norm->bias, 0.0);
    with("running_mean", norm->running_mean, 0.0);
    with("running_var", norm->running_var, 1.0 - norm->options.eps());
  }
  const nn::ConvTranspose2d& last = erfnet.decoder->outputConv;
  out.emplace_back("decoder.output_conv.weight", last->weight.detach());
  out.emplace_back("decoder.output_conv.bias", last->bias.detach());
  out.emplace_back(std::string(kQuantisedRanges), ranges);
  return out;
}

std::unique_ptr<InferenceNetwork> quantisedErfnet(const Network& network, const StateDict& scales,
                                                  const torch::Tensor& ranges, ByteEngine engine) {
  const torch::NoGradGuard noGradient;
  return std::make_unique<QuantisedErfnet>(erfnetOf(network), scales, ranges, engine);
}

}  // namespace oodscope
