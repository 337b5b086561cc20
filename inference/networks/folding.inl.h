// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/own_convolution.inl.h"
#include "inference/networks/packed_convolution.inl.h"

#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/types.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace oodscope {

/// y = scale * x + shift per channel: a batch norm that no longer learns.
struct Affine {
  torch::Tensor scale, shift;
  [[nodiscard]] bool isIdentity() const;
  [[nodiscard]] Affine channels(std::int64_t first, std::int64_t count) const;
};
[[nodiscard]] Affine inferenceAffine(const torch::nn::BatchNorm2d& norm);

/// A convolution with the normalisation after it folded in, and a ReLU after both where asked; weights in channels-last
/// order, packed for the size of the first input (packed again for another size). A 1x1 kernel is this program's own:
/// oneDNN's of 80 channels is wrong in LibTorch 2.6 on two threads. Nothing is packed while oneDNN is off. Not
/// thread-safe.
class FoldedConv {
public:
  FoldedConv() = default;
  FoldedConv(const torch::nn::Conv2d& conv, const std::optional<Affine>& after, bool relu = false);
  /// Stride 1; weight in channels-last order.
  FoldedConv(torch::Tensor weight, torch::Tensor bias, std::int64_t padding, bool relu);
  [[nodiscard]] torch::Tensor operator()(const torch::Tensor& x) const;

private:
  torch::Tensor m_weight, m_bias;
  PackedConvolution::Geometry m_geometry;
  bool m_relu = false;
  mutable std::optional<PackedConvolution> m_packed;
  mutable std::optional<OwnConvolution> m_own;
};

/// A transposed convolution of stride 2 that exactly doubles the size (2x2, or 3x3 with padding and output padding 1),
/// rewritten as a plain convolution to four times the channels and a rearrangement: LibTorch sends the transposed one
/// to BLAS at a third of the speed. Equal up to float rounding.
class FoldedUpsampling {
public:
  FoldedUpsampling() = default;
  FoldedUpsampling(const torch::nn::ConvTranspose2d& conv, const std::optional<Affine>& after, bool relu = false);
  /// Channels-last in and out.
  [[nodiscard]] torch::Tensor operator()(const torch::Tensor& x) const;
  /// Channels-last in; fills `out`, N x C x 2H x 2W, any device and format, planar float32 without a further copy.
  void planar(const torch::Tensor& x, const torch::Tensor& out) const;

private:
  FoldedConv m_conv;           ///< output channel (a * 2 + b) * C + c makes pixel (2y + a, 2x + b)
  bool m_needsMargin = false;  ///< 3x3: reads one pixel to the right and below
};

/// The kernels of such a convolution's plain form, 4 C x in x k x k (k is 1 or 2): see FoldedUpsampling. Requires: a
/// weight in x C x 2 x 2 or in x C x 3 x 3.
[[nodiscard]] torch::Tensor upsamplingKernels(const torch::Tensor& weight);

}  // namespace oodscope
