// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/own_convolution.inl.h"

#include <torch/types.h>

#include <cstdint>

namespace oodscope {

/// The products of a transformer, float32. Debian's LibTorch has the system's BLAS, mostly the reference one: its
/// matmul reaches 2 % of what oneDNN does, its 1x1 convolution too.

/// x W^T + b for rows of `x` (rows x in); weight out x in, bias out or undefined. On the CPU by oneDNN's matrix
/// product, or, where oneDNN is off, as a 1x1 convolution, which OwnConvolutions computes by this program's own kernel.
/// Differentiable. Cost: rows x in x out multiply-adds.
[[nodiscard]] torch::Tensor rowProduct(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias);

/// Rows as pixels of a map that is channels-last however thin it is, height * width rows to 1 x C x height x width; and
/// back.
[[nodiscard]] torch::Tensor rowsAsMap(const torch::Tensor& x, std::int64_t height, std::int64_t width);
[[nodiscard]] torch::Tensor mapAsRows(const torch::Tensor& map);
/// Rows by an own convolution of 1x1: rows x in to rows x out, without gradient.
[[nodiscard]] torch::Tensor productByOwn(const OwnConvolution& own, const torch::Tensor& x);

/// softmax(Q K^T / sqrt(d)) V of each head: N x T x 3D (all queries, head by head, then keys, then values) to
/// N x T x D, in blocks of rows, so that T x T weights never lie in memory together but for a gradient. Differentiable.
/// Requires: D a multiple of `heads`. Cost: 2 N T^2 D multiply-adds.
[[nodiscard]] torch::Tensor attention(const torch::Tensor& qkv, int heads);

/// The same by this program's own kernel, without gradient: T x 3D to T x D, on the threads that are set. Other devices
/// and types by attention(). Cost: as above, memory for a packed copy of keys and values.
[[nodiscard]] torch::Tensor quickAttention(const torch::Tensor& qkv, int heads);

}  // namespace oodscope
