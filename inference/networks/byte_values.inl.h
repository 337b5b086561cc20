// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/own_convolution.inl.h"

#include <ATen/core/ivalue.h>
#include <torch/types.h>

#include <cstdint>
#include <optional>

namespace oodscope {

/// Of values held in bytes: value = scale * (byte - zero).
struct ByteScale {
  float scale = 1.0F;
  std::int64_t zero = 0;
};
/// For values from `least` to `most`. PyTorch's formula of its default observers (quint8, affine, whole range):
/// scale = (max(most, 0) - min(least, 0)) / 255, not below float32's epsilon; zero = -round(min(least, 0) / scale).
[[nodiscard]] ByteScale byteScaleOf(float least, float most);

/// Factors of weights in int8, one an output channel along `outputs`, of a shape that broadcasts. PyTorch's formula
/// (qint8, symmetric, per channel): max |w| / 127.5, not below float32's epsilon.
[[nodiscard]] torch::Tensor weightScales(const torch::Tensor& weight, std::int64_t outputs);
/// round(w * (1 / scale)) within -128 … 127, as float32.
[[nodiscard]] torch::Tensor weightIntegers(const torch::Tensor& weight, const torch::Tensor& scales);

/// Who computes convolutions of bytes. Own: by this program's own kernel on the same integers, exactly; slower.
enum class ByteEngine { Library, Own };
/// Whether LibTorch was built with an engine that convolves bytes here (oneDNN or FBGEMM), which is then set.
[[nodiscard]] bool hasByteEngine();

/// A convolution of bytes to bytes whose weights are whole numbers times a factor an output channel, with a ReLU after
/// it where asked. Values N x C x H x W, quantised (quint8), channels-last.
class ByteConvolution {
public:
  struct Layer {
    torch::Tensor integers, scales;  ///< out x in x k x k; out
    torch::Tensor bias;              ///< out
    ConvolutionGeometry geometry;
    bool relu = false;
  };
  ByteConvolution(const Layer& layer, const ByteScale& in, const ByteScale& out, ByteEngine engine);
  [[nodiscard]] torch::Tensor operator()(const torch::Tensor& x) const;

private:
  ByteScale m_in, m_out;
  bool m_relu;
  c10::IValue m_packed;                 ///< of the library
  std::optional<OwnConvolution> m_own;  ///< of integers
  torch::Tensor m_bias, m_factors;      ///< in units of its sums; from them to bytes
};

/// float32 to bytes, channels-last: round(x / scale) + zero within 0 … 255.
[[nodiscard]] torch::Tensor toBytes(const torch::Tensor& x, const ByteScale& scale);
/// Bytes to float32, channels-last.
[[nodiscard]] torch::Tensor fromBytes(const torch::Tensor& x);
/// max(a + b, 0) as bytes.
[[nodiscard]] torch::Tensor addThenRelu(const torch::Tensor& a, const torch::Tensor& b, const ByteScale& out);
/// Bytes that nothing is written to yet, channels-last.
[[nodiscard]] torch::Tensor emptyBytes(at::IntArrayRef sizes, const ByteScale& scale);
/// Where they lie. Requires: bytes, channels-last.
[[nodiscard]] const std::uint8_t* bytesIn(const torch::Tensor& x);

}  // namespace oodscope
