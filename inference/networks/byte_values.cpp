// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/byte_values.inl.h"

#include "analysis/core/error.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>
#include <ATen/ops/_empty_affine_quantized.h>
#include <ATen/ops/_make_per_channel_quantized_tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace oodscope {
namespace {

constexpr float kLeastScale = std::numeric_limits<float>::epsilon();
constexpr std::int64_t kByteGrain = 1 << 14;
constexpr float kMostByte = 255.0F;

torch::Tensor callOperator(const char* name, torch::jit::Stack stack) {
  c10::Dispatcher::singleton().findSchemaOrThrow(name, "").callBoxed(&stack);
  return std::move(stack.front()).toTensor();
}

/// To the nearest, halves to the even one, within what bytes and some more can be; a loop of it becomes SIMD.
float toWhole(float x) {
  constexpr float kToWhole = 12'582'912.0F;  // 1.5 * 2^23: adding it leaves no fraction
  const float sum = std::clamp(x, -1024.0F, 1024.0F) + kToWhole;
  return sum - kToWhole;
}

}  // namespace

torch::Tensor emptyBytes(at::IntArrayRef sizes, const ByteScale& scale) {
  return at::_empty_affine_quantized(sizes, at::TensorOptions(at::kQUInt8), static_cast<double>(scale.scale),
                                     scale.zero, at::MemoryFormat::ChannelsLast);
}

const std::uint8_t* bytesIn(const torch::Tensor& x) {
  require(x.scalar_type() == at::kQUInt8 && x.is_contiguous(at::MemoryFormat::ChannelsLast), "bytes, channels-last");
  return static_cast<const std::uint8_t*>(x.data_ptr());
}

ByteScale byteScaleOf(float least, float most) {
  const float low = std::min(least, 0.0F), high = std::max(most, 0.0F);
  const float scale = std::max((high - low) / kMostByte, kLeastScale);
  const auto zero = -static_cast<std::int64_t>(std::nearbyint(low / scale));
  return {scale, std::clamp<std::int64_t>(zero, 0, 255)};
}

torch::Tensor weightScales(const torch::Tensor& weight, std::int64_t outputs) {
  std::vector<std::int64_t> axes;
  for (std::int64_t d = 0; d < weight.dim(); ++d)
    if (d != outputs) axes.push_back(d);
  return (weight.abs().amax(axes, /*keepdim=*/true) / 127.5).clamp_min(kLeastScale);
}

torch::Tensor weightIntegers(const torch::Tensor& weight, const torch::Tensor& scales) {
  // By the reciprocal, as PyTorch does: the weight of largest magnitude lies between two whole numbers.
  return (weight * scales.reciprocal()).round().clamp(-128.0, 127.0);
}

bool hasByteEngine() {
  const auto& engines = at::globalContext().supportedQEngines();
  for (const at::QEngine engine : {at::QEngine::ONEDNN, at::QEngine::FBGEMM}) {
    if (std::find(engines.begin(), engines.end(), engine) == engines.end()) continue;
    at::globalContext().setQEngine(engine);
    return true;
  }
  return false;
}

ByteConvolution::ByteConvolution(const Layer& layer, const ByteScale& in, const ByteScale& out, ByteEngine engine)
    : m_in(in), m_out(out), m_relu(layer.relu) {
  if (engine == ByteEngine::Library) {
    require(hasByteEngine(), "ByteConvolution: an engine");
    const torch::Tensor zeros = at::zeros({layer.scales.size(0)}, at::TensorOptions(at::kLong));
    const torch::Tensor weight = at::_make_per_channel_quantized_tensor(
        layer.integers.to(at::kChar).contiguous(), layer.scales.to(at::kDouble).contiguous(), zeros, 0);
    torch::jit::Stack stack{weight,
                            layer.bias.contiguous(),
                            layer.geometry.stride,
                            layer.geometry.padding,
                            layer.geometry.dilation,
                            layer.geometry.groups};
    c10::Dispatcher::singleton().findSchemaOrThrow("quantized::conv2d_prepack", "").callBoxed(&stack);
    m_packed = std::move(stack.front());
    return;
  }
  // By reciprocals, the bias behind the whole sum and the zero before rounding, as oneDNN does: a sum beside the middle
  // between two bytes is then rounded to the same one.
  const torch::Tensor units = layer.scales.to(at::kFloat).reciprocal() * (1.0F / in.scale);
  m_own.emplace(layer.integers.contiguous(at::MemoryFormat::ChannelsLast), torch::Tensor(), layer.geometry, false);
  m_bias = (layer.bias * units).view({1, -1, 1, 1});
  m_factors = at::full_like(units, 1.0F / out.scale).div_(units).view({1, -1, 1, 1});
}

torch::Tensor ByteConvolution::operator()(const torch::Tensor& x) const {
  if (!m_own) {
    torch::jit::Stack stack{x, m_packed, static_cast<double>(m_out.scale), m_out.zero};
    const char* name = m_relu ? "quantized::conv2d_relu" : "quantized::conv2d";
    c10::Dispatcher::singleton().findSchemaOrThrow(name, "new").callBoxed(&stack);
    return std::move(stack.front()).toTensor();
  }
  const std::uint8_t* const from = bytesIn(x);
  torch::Tensor integers = at::empty(x.sizes(), at::TensorOptions(at::kFloat), at::MemoryFormat::ChannelsLast);
  float* const to = integers.data_ptr<float>();
  const auto zero = static_cast<float>(m_in.zero);
  for (std::int64_t i = 0; i < x.numel(); ++i) to[i] = static_cast<float>(from[i]) - zero;
  torch::Tensor sums = (*m_own)(integers);
  sums.add_(m_bias).mul_(m_factors).add_(static_cast<double>(m_out.zero)).round_();
  sums.clamp_(m_relu ? static_cast<double>(m_out.zero) : 0.0, 255.0);
  const torch::Tensor last = sums.contiguous(at::MemoryFormat::ChannelsLast);
  torch::Tensor out = emptyBytes(sums.sizes(), m_out);
  auto* const values = static_cast<std::uint8_t*>(out.data_ptr());
  const float* const sum = last.data_ptr<float>();
  for (std::int64_t i = 0; i < out.numel(); ++i) values[i] = static_cast<std::uint8_t>(sum[i]);
  return out;
}

torch::Tensor toBytes(const torch::Tensor& x, const ByteScale& scale) {
  const torch::Tensor last = x.contiguous(at::MemoryFormat::ChannelsLast);
  torch::Tensor out = emptyBytes(x.sizes(), scale);
  const float* const from = last.data_ptr<float>();
  auto* const to = static_cast<std::uint8_t*>(out.data_ptr());
  const float zero = static_cast<float>(scale.zero), inverse = 1.0F / scale.scale;
  at::parallel_for(0, x.numel(), kByteGrain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i)
      to[i] = static_cast<std::uint8_t>(std::clamp(toWhole(from[i] * inverse) + zero, 0.0F, kMostByte));
  });
  return out;
}

torch::Tensor fromBytes(const torch::Tensor& x) {
  torch::Tensor out = at::empty(x.sizes(), at::TensorOptions(at::kFloat), at::MemoryFormat::ChannelsLast);
  const std::uint8_t* const from = bytesIn(x);
  float* const to = out.data_ptr<float>();
  const auto scale = static_cast<float>(x.q_scale()), zero = static_cast<float>(x.q_zero_point());
  at::parallel_for(0, x.numel(), kByteGrain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) to[i] = scale * (static_cast<float>(from[i]) - zero);
  });
  return out;
}

torch::Tensor addThenRelu(const torch::Tensor& a, const torch::Tensor& b, const ByteScale& out) {
  return callOperator("quantized::add_relu", {a, b, static_cast<double>(out.scale), out.zero});
}

}  // namespace oodscope
