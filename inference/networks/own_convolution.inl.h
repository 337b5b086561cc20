// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace oodscope {

/// Of a convolution over two dimensions, each y and x.
struct ConvolutionGeometry {
  std::vector<std::int64_t> stride{1, 1}, padding{0, 0}, dilation{1, 1};
  std::int64_t groups = 1;  ///< into which input and output channels are divided
};

/// A convolution by this program's own kernel: no oneDNN and no BLAS, and the same values to the last bit
/// on any number of threads (see direct_kernel.h). Float32 on the CPU, in any memory format; channels-last is quickest.
class OwnConvolution {
public:
  /// weight: out x in / groups x kernel height x kernel width; bias: out, or undefined.
  OwnConvolution(const torch::Tensor& weight, const torch::Tensor& bias, ConvolutionGeometry geometry, bool relu);
  /// N x in x H x W, to channels-last N x out x … .
  [[nodiscard]] torch::Tensor operator()(const torch::Tensor& x) const;

private:
  torch::Tensor m_weight;  ///< groups x kernel height x kernel width x in x padded out, both of a group
  torch::Tensor m_bias;    ///< groups x padded out
  std::int64_t m_out;
  ConvolutionGeometry m_geometry;
  bool m_relu;
};

/// While it lives, all two-dimensional float32 convolutions on the CPU that its thread starts, plain and transposed, of
/// modules, functions and TorchScript, are computed by OwnConvolution; others as ever. Convolutions that a script's
/// author packed for oneDNN are no convolutions to LibTorch any more and stay as they are.
class OwnConvolutions {
public:
  OwnConvolutions();

private:
  c10::impl::IncludeDispatchKeyGuard m_guard;
};

}  // namespace oodscope
