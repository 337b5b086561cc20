// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/token_products.inl.h"

#include "analysis/core/error.h"
#include "inference/networks/attention_kernel.h"
#include "inference/networks/own_convolution.inl.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/TracerMode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mkldnn_linear.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

namespace oodscope {
namespace {

/// Rows of weights that are held at once.
constexpr std::int64_t kAttentionRows = 512;
/// Rows that one call of the own kernel computes: enough that threads share the work evenly.
constexpr std::int64_t kTaskRows = 192;

/// Rows as pixels: a map 16 wide, and what is left over as one of one row.
torch::Tensor productByConvolution(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias) {
  constexpr std::int64_t wide = 16;
  const ConvolutionGeometry each{};
  const torch::Tensor kernel = weight.reshape({weight.size(0), weight.size(1), 1, 1});
  const std::int64_t rows = x.size(0), whole = rows / wide * wide;
  const auto part = [&](std::int64_t first, std::int64_t height, std::int64_t width) {
    const torch::Tensor pixels =
        x.narrow(0, first, height * width).reshape({1, height, width, x.size(1)}).permute({0, 3, 1, 2});
    return at::conv2d(pixels, kernel, bias, each.stride, each.padding, each.dilation)
        .permute({0, 2, 3, 1})
        .reshape({height * width, weight.size(0)});
  };
  if (whole == 0) return part(0, 1, rows);
  if (whole == rows) return part(0, rows / wide, wide);
  return at::cat({part(0, whole / wide, wide), part(whole, 1, rows - whole)});
}

/// Of one head: queries, keys T x d, values T x d.
torch::Tensor attentionOfHead(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values) {
  const torch::Tensor turned = values.t().contiguous(), kept = keys.contiguous();
  std::vector<torch::Tensor> parts;
  for (std::int64_t first = 0; first < queries.size(0); first += kAttentionRows) {
    const std::int64_t count = std::min(kAttentionRows, queries.size(0) - first);
    const torch::Tensor scores = rowProduct(queries.narrow(0, first, count), kept, {});
    parts.push_back(rowProduct(at::softmax(scores, 1), turned, {}));
  }
  return parts.size() == 1 ? parts.front() : at::cat(parts);
}

}  // namespace

torch::Tensor rowsAsMap(const torch::Tensor& x, std::int64_t height, std::int64_t width) {
  return x.view({1, height, width, x.size(1)}).permute({0, 3, 1, 2});
}

torch::Tensor mapAsRows(const torch::Tensor& map) { return map.permute({0, 2, 3, 1}).reshape({-1, map.size(1)}); }

torch::Tensor productByOwn(const OwnConvolution& own, const torch::Tensor& x) {
  // The own kernel shares rows of a map among threads and sums four pixels of a row at once.
  constexpr std::int64_t wide = 4;
  const std::int64_t rows = x.size(0), whole = rows / wide * wide;
  if (whole == 0) return mapAsRows(own(rowsAsMap(x, 1, rows)));
  if (whole == rows) return mapAsRows(own(rowsAsMap(x, rows / wide, wide)));
  return at::cat({mapAsRows(own(rowsAsMap(x.narrow(0, 0, whole), whole / wide, wide))),
                  mapAsRows(own(rowsAsMap(x.narrow(0, whole, rows - whole), 1, rows - whole)))});
}

torch::Tensor rowProduct(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias) {
  // What is being recorded for TorchScript is to run elsewhere, too: on a GPU, by a LibTorch without oneDNN.
  const bool isRecorded = at::tracer::impl::is_dispatch_enabled();
  if (isRecorded || !x.is_cpu() || x.scalar_type() != torch::kFloat) return at::linear(x, weight, bias);
  if (!at::hasMKLDNN() || !at::globalContext().userEnabledMkldnn()) return productByConvolution(x, weight, bias);
  return at::mkldnn_linear(x.contiguous().to_mkldnn(), weight, bias).to_dense();
}

torch::Tensor attention(const torch::Tensor& qkv, int heads) {
  const std::int64_t width = qkv.size(2) / 3, each = width / heads;
  require(width * 3 == qkv.size(2) && each * heads == width, "attention: N x T x 3D, D a multiple of the heads");
  const double scale = 1.0 / std::sqrt(static_cast<double>(each));
  std::vector<torch::Tensor> samples;
  for (std::int64_t n = 0; n < qkv.size(0); ++n) {
    const torch::Tensor rows = qkv.select(0, n);
    std::vector<torch::Tensor> out;
    for (std::int64_t h = 0; h < heads; ++h) {
      const auto part = [&](std::int64_t which) { return rows.narrow(1, which * width + h * each, each); };
      out.push_back(attentionOfHead(part(0) * scale, part(1), part(2)));
    }
    samples.push_back(at::cat(out, 1));
  }
  return at::stack(samples);
}

torch::Tensor quickAttention(const torch::Tensor& qkv, int heads) {
  if (!qkv.is_cpu() || qkv.scalar_type() != torch::kFloat) return attention(qkv.unsqueeze(0), heads).squeeze(0);
  const std::int64_t tokens = qkv.size(0), width = qkv.size(1) / 3, each = width / heads;
  require(width * 3 == qkv.size(1) && each * heads == width, "quickAttention: T x 3D, D a multiple of the heads");
  const torch::Tensor in = qkv.contiguous();
  torch::Tensor out = at::empty({tokens, width}, in.options());
  const auto callOf = [&](std::int64_t head) {
    const float* const first = in.data_ptr<float>() + head * each;
    return AttentionCall{.queries = first,
                         .keys = first + width,
                         .values = first + 2 * width,
                         .out = out.data_ptr<float>() + head * each,
                         .tokens = tokens,
                         .width = each,
                         .inStride = 3 * width,
                         .outStride = width,
                         .scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(each)))};
  };
  const std::int64_t packedSize = packedHeadSize(callOf(0)), scratchSize = attentionScratchSize(callOf(0));
  torch::Tensor packed = at::empty({heads, packedSize}, in.options());
  float* const panels = packed.data_ptr<float>();
  at::parallel_for(0, heads, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t h = begin; h < end; ++h) packHead(callOf(h), panels + h * packedSize);
  });
  const std::int64_t blocks = (tokens + kTaskRows - 1) / kTaskRows;
  at::parallel_for(0, heads * blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    const auto scratch = std::make_unique<float[]>(static_cast<std::size_t>(scratchSize));
    for (std::int64_t task = begin; task < end; ++task) {
      const std::int64_t head = task / blocks, first = task % blocks * kTaskRows;
      attendRows(callOf(head), panels + head * packedSize, first, std::min(first + kTaskRows, tokens), scratch.get());
    }
  });
  return out;
}

}  // namespace oodscope
