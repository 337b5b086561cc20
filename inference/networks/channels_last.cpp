// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/channels_last.inl.h"

#include "analysis/core/error.h"
#include "inference/networks/pixel_rows.inl.h"

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/max_pool2d.h>

#include <algorithm>
#include <cstring>

namespace oodscope {
namespace {

bool isFast(const torch::Tensor& x) {
  return x.is_cpu() && x.dim() == 4 && x.size(0) == 1 && x.scalar_type() == torch::kFloat &&
         x.is_contiguous(torch::MemoryFormat::ChannelsLast);
}

float relu(float x) { return x < 0.0F ? 0.0F : x; }  // a NaN is not below 0

/// The larger; NaN where one is NaN.
float larger(float a, float b) { return a != a || a >= b ? a : b; }

/// Rows of blocks, each block the four sub-pixels of all channels, to planes. in: H x W x (2, 2, C); out: C x 2H x 2W.
void toPlanes(const float* in, float* out, std::int64_t height, std::int64_t width, std::int64_t channels) {
  // 16 pixels of 80 values fit the first-level cache, so that the strided reads below cost nothing.
  constexpr std::int64_t kTile = 16;
  at::parallel_for(0, height, 1, [&](std::int64_t firstRow, std::int64_t endRow) {
    for (std::int64_t y = firstRow; y < endRow; ++y) {
      for (std::int64_t x0 = 0; x0 < width; x0 += kTile) {
        const std::int64_t x1 = std::min(x0 + kTile, width);
        for (std::int64_t c = 0; c < channels; ++c) {
          for (std::int64_t a = 0; a < 2; ++a) {
            const float* from = in + (y * width * 4 + a * 2) * channels + c;
            float* to = out + (c * height * 2 + 2 * y + a) * width * 2;
            for (std::int64_t x = x0; x < x1; ++x) {
              to[2 * x] = from[x * 4 * channels];
              to[2 * x + 1] = from[x * 4 * channels + channels];
            }
          }
        }
      }
    }
  });
}

torch::Tensor channelsLast(std::int64_t channels, std::int64_t height, std::int64_t width, const torch::Tensor& like) {
  return at::empty({1, height, width, channels}, like.options()).permute({0, 3, 1, 2});
}

}  // namespace

void addThenRelu(torch::Tensor& a, const torch::Tensor& b) {
  if (!isFast(a) || !isFast(b) || a.sizes() != b.sizes()) {
    a.add_(b).relu_();
    return;
  }
  float* to = a.data_ptr<float>();
  const float* from = b.data_ptr<float>();
  at::parallel_for(0, a.numel(), 1 << 14, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) to[i] = relu(to[i] + from[i]);
  });
}

torch::Tensor joinPooled(const torch::Tensor& convolved, const torch::Tensor& x, const torch::Tensor& scale,
                         const torch::Tensor& shift) {
  require(x.size(2) == 2 * convolved.size(2) && x.size(3) == 2 * convolved.size(3), "joinPooled: half the size");
  if (!isFast(convolved) || !isFast(x)) {
    torch::Tensor pooled = at::max_pool2d(x, 2, 2);
    if (scale.defined()) pooled.mul_(scale.view({1, -1, 1, 1})).add_(shift.view({1, -1, 1, 1}));
    return at::cat({convolved, pooled}, 1).relu_();
  }
  const std::int64_t first = convolved.size(1), rest = x.size(1), height = convolved.size(2), width = convolved.size(3);
  const float* const factor = scale.defined() ? scale.data_ptr<float>() : nullptr;
  const float* const offset = scale.defined() ? shift.data_ptr<float>() : nullptr;
  const float* const convolvedValues = convolved.data_ptr<float>();
  const float* const source = x.data_ptr<float>();
  torch::Tensor out = channelsLast(first + rest, height, width, x);
  float* const target = out.data_ptr<float>();
  at::parallel_for(0, height, 4, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t y = begin; y < end; ++y) {
      const float* upper = source + 2 * y * 2 * width * rest;
      const float* lower = upper + 2 * width * rest;
      const float* conv = convolvedValues + y * width * first;
      float* to = target + y * width * (first + rest);
      for (std::int64_t column = 0; column < width; ++column) {
        for (std::int64_t c = 0; c < first; ++c) to[c] = relu(conv[c]);
        for (std::int64_t c = 0; c < rest; ++c) {
          float value = larger(larger(upper[c], upper[rest + c]), larger(lower[c], lower[rest + c]));
          if (factor != nullptr) value = value * factor[c] + offset[c];
          to[first + c] = relu(value);
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

torch::Tensor blocksToPixels(const torch::Tensor& blocks, int margin) {
  const std::int64_t n = blocks.size(0), c = blocks.size(1) / 4, rows = blocks.size(2), columns = blocks.size(3);
  const std::int64_t h = rows - margin, w = columns - margin;
  if (!isFast(blocks)) {
    return blocks.narrow(2, margin, h)
        .narrow(3, margin, w)
        .permute({0, 2, 3, 1})
        .contiguous()
        .view({n, h, w, 2, 2 * c})
        .permute({0, 1, 3, 2, 4})
        .contiguous()
        .view({n, 2 * h, 2 * w, c})
        .permute({0, 3, 1, 2});
  }
  torch::Tensor out = channelsLast(c, 2 * h, 2 * w, blocks);
  blocksToRows(static_cast<const float*>(blocks.data_ptr<float>()), out.data_ptr<float>(), h, columns, c, margin);
  return out;
}

void blocksToPlanes(const torch::Tensor& blocks, const torch::Tensor& out) {
  const std::int64_t n = blocks.size(0), c = blocks.size(1) / 4, h = blocks.size(2), w = blocks.size(3);
  require(out.dim() == 4 && out.size(0) == n && out.size(1) == c && out.size(2) == 2 * h && out.size(3) == 2 * w,
          "blocksToPlanes: output of another shape");
  if (isFast(blocks) && out.is_cpu() && out.is_contiguous() && out.scalar_type() == torch::kFloat) {
    toPlanes(blocks.data_ptr<float>(), out.data_ptr<float>(), h, w, c);
    return;
  }
  out.copy_(blocks.permute({0, 2, 3, 1}).reshape({n, h, w, 2, 2, c}).permute({0, 5, 1, 3, 2, 4}).reshape(out.sizes()));
}

}  // namespace oodscope
