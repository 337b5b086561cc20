// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/byte_product.inl.h"

#include "analysis/core/error.h"
#include "inference/networks/token_products.inl.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>
#include <ATen/ops/_make_per_channel_quantized_tensor.h>
#include <ATen/ops/zeros.h>

#include <utility>

namespace oodscope {

ByteProduct::ByteProduct(const torch::Tensor& integers, const torch::Tensor& scales, torch::Tensor bias,
                         ByteEngine engine)
    : m_bias(std::move(bias)), m_scales(scales) {
  require(integers.dim() == 2 && scales.numel() == integers.size(0), "ByteProduct: a factor a row");
  if (engine == ByteEngine::Own) {
    m_own.emplace(integers.view({integers.size(0), integers.size(1), 1, 1}), torch::Tensor(), ConvolutionGeometry{},
                  false);
    return;
  }
  require(hasByteEngine(), "ByteProduct: an engine");
  const torch::Tensor zeros = at::zeros({scales.numel()}, at::TensorOptions(at::kLong));
  torch::jit::Stack stack{at::_make_per_channel_quantized_tensor(integers.to(at::kChar).contiguous(),
                                                                 scales.to(at::kDouble).contiguous(), zeros, 0),
                          m_bias.contiguous()};
  c10::Dispatcher::singleton().findSchemaOrThrow("quantized::linear_prepack", "").callBoxed(&stack);
  m_packed = std::move(stack.front());
}

torch::Tensor ByteProduct::operator()(const torch::Tensor& x) const {
  if (!m_own) {
    torch::jit::Stack stack{x.contiguous(), m_packed, /*reduce_range=*/false};
    c10::Dispatcher::singleton().findSchemaOrThrow("quantized::linear_dynamic", "").callBoxed(&stack);
    return std::move(stack.front()).toTensor();
  }
  const auto [least, most] = x.aminmax();
  const ByteScale scale = byteScaleOf(least.item<float>(), most.item<float>());
  const auto zero = static_cast<double>(scale.zero), factor = static_cast<double>(scale.scale);
  const torch::Tensor bytes = (x * static_cast<double>(1.0F / scale.scale)).round_().clamp_(-zero, 255.0 - zero);
  return productByOwn(*m_own, bytes.contiguous()).mul_(m_scales * factor).add_(m_bias);
}

}  // namespace oodscope
