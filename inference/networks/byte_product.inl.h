// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/byte_values.inl.h"
#include "inference/networks/own_convolution.inl.h"

#include <ATen/core/ivalue.h>
#include <torch/types.h>

#include <optional>

namespace oodscope {

/// x W^T + b of rows of float32, where W is whole numbers times a factor a row and x is brought to bytes by the range
/// of all its values at each call (byteScaleOf); sums are whole numbers, what is given is float32. PyTorch's
/// quantized::linear_dynamic, with activations of 8 bits.
class ByteProduct {
public:
  /// integers: out x in, -128 … 127, float32; scales: out, above 0; bias: out.
  ByteProduct(const torch::Tensor& integers, const torch::Tensor& scales, torch::Tensor bias, ByteEngine engine);
  /// rows x in to rows x out. Cost: rows x in x out multiply-adds of bytes.
  [[nodiscard]] torch::Tensor operator()(const torch::Tensor& x) const;

private:
  torch::Tensor m_bias;
  c10::IValue m_packed;                 ///< of the library
  std::optional<OwnConvolution> m_own;  ///< of integers
  torch::Tensor m_scales;
};

}  // namespace oodscope
