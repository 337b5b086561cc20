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
#include <ATen/ops/from_blob.h>
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

torch::Tensor emptyBytes(at::IntArrayRef sizes, double scale, std::int64_t zero) {
  return at::_empty_affine_quantized(sizes, at::TensorOptions(at::kQUInt8), scale, zero,
                                     at::MemoryFormat::ChannelsLast);
}

const std::uint8_t* bytesIn(const torch::Tensor& x) {
  require(x.scalar_type() == at::kQUInt8 && x.is_contiguous(at::MemoryFormat::ChannelsLast), "bytes, channels-last");
  return static_cast<const std::uint8_t*>(x.data_ptr());
}

/// To the nearest, halves to the even one, within what bytes and some more can be; a loop of it becomes SIMD.
float toWhole(float x) {
  constexpr float kToWhole = 12'582'912.0F;  // 1.5 * 2^23: adding it leaves no fraction
  const float sum = std::clamp(x, -1024.0F, 1024.0F) + kToWhole;
  return sum - kToWhole;
}

}  // namespace

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
  const torch::Tensor unit = layer.scales * in.scale;
  m_own.emplace(layer.integers.contiguous(at::MemoryFormat::ChannelsLast), (layer.bias / unit).round(), layer.geometry,
                false);
  m_factors = (unit / out.scale).view({1, -1, 1, 1});
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
  sums.mul_(m_factors).round_().add_(static_cast<double>(m_out.zero));
  sums.clamp_(m_relu ? static_cast<double>(m_out.zero) : 0.0, 255.0);
  const torch::Tensor last = sums.contiguous(at::MemoryFormat::ChannelsLast);
  torch::Tensor out = emptyBytes(sums.sizes(), m_out.scale, m_out.zero);
  auto* const values = static_cast<std::uint8_t*>(out.data_ptr());
  const float* const sum = last.data_ptr<float>();
  for (std::int64_t i = 0; i < out.numel(); ++i) values[i] = static_cast<std::uint8_t>(sum[i]);
  return out;
}

torch::Tensor toBytes(const torch::Tensor& x, const ByteScale& scale) {
  const torch::Tensor last = x.contiguous(at::MemoryFormat::ChannelsLast);
  torch::Tensor out = emptyBytes(x.sizes(), scale.scale, scale.zero);
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

torch::Tensor joinPooledBytes(const torch::Tensor& convolved, const torch::Tensor& x, const torch::Tensor& table) {
  const std::int64_t first = convolved.size(1), rest = x.size(1), height = convolved.size(2), width = convolved.size(3);
  require(x.size(2) == 2 * height && x.size(3) == 2 * width && x.size(0) == 1, "joinPooledBytes: half the size");
  require(table.sizes() == at::IntArrayRef({rest, 256}), "joinPooledBytes: a table a channel");
  torch::Tensor out = emptyBytes({1, first + rest, height, width}, convolved.q_scale(), convolved.q_zero_point());
  const std::uint8_t *const left = bytesIn(convolved), *const source = bytesIn(x);
  const auto* const entries = table.data_ptr<std::uint8_t>();
  auto* const target = static_cast<std::uint8_t*>(out.data_ptr());
  at::parallel_for(0, height, 4, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t y = begin; y < end; ++y) {
      const std::uint8_t* upper = source + 2 * y * 2 * width * rest;
      const std::uint8_t* lower = upper + 2 * width * rest;
      const std::uint8_t* conv = left + y * width * first;
      std::uint8_t* to = target + y * width * (first + rest);
      for (std::int64_t column = 0; column < width; ++column) {
        std::copy_n(conv, first, to);
        for (std::int64_t c = 0; c < rest; ++c) {
          const std::uint8_t most = std::max(std::max(upper[c], upper[rest + c]), std::max(lower[c], lower[rest + c]));
          to[first + c] = entries[c * 256 + most];
        }
        upper += 2 * rest;
        lower += 2 * rest;
        conv += first;
        to += first + rest;
      }
    }
  });
  return out;
}

torch::Tensor blocksToPixelBytes(const torch::Tensor& blocks, int margin) {
  const std::int64_t c = blocks.size(1) / 4, columns = blocks.size(3);
  const std::int64_t h = blocks.size(2) - margin, w = columns - margin;
  require(blocks.size(0) == 1, "blocksToPixelBytes: one image");
  torch::Tensor out = emptyBytes({1, c, 2 * h, 2 * w}, blocks.q_scale(), blocks.q_zero_point());
  const std::uint8_t* const source = bytesIn(blocks);
  auto* const target = static_cast<std::uint8_t*>(out.data_ptr());
  at::parallel_for(0, h, 4, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t y = begin; y < end; ++y) {
      const std::uint8_t* from = source + ((y + margin) * columns + margin) * 4 * c;
      std::uint8_t* upper = target + 2 * y * 2 * w * c;
      std::uint8_t* lower = upper + 2 * w * c;
      for (std::int64_t x = 0; x < w; ++x) {
        std::copy_n(from, 2 * c, upper);
        std::copy_n(from + 2 * c, 2 * c, lower);
        from += 4 * c;
        upper += 2 * c;
        lower += 2 * c;
      }
    }
  });
  return out;
}

}  // namespace oodscope
