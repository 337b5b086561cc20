// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/byte_pixels.inl.h"

#include "analysis/core/error.h"
#include "inference/networks/pixel_rows.inl.h"

#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/where.h>

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

constexpr std::int64_t kBytes = 256;
constexpr std::int64_t kLookUpGrain = 1 << 13, kRowGrain = 4;

/// The value of each byte.
torch::Tensor valuesOf(const ByteScale& scale) {
  const torch::Tensor bytes = at::arange(kBytes, at::TensorOptions(at::kFloat));
  return (bytes - static_cast<double>(scale.zero)) * static_cast<double>(scale.scale);
}

torch::Tensor activated(const torch::Tensor& x, float slope) {
  return at::where(x.gt(0.0), x, x * static_cast<double>(slope));
}

torch::Tensor roundedTo(const ByteScale& scale, const torch::Tensor& values) {
  return ((values / static_cast<double>(scale.scale)).round() + static_cast<double>(scale.zero))
      .clamp(0.0, 255.0)
      .to(at::kByte)
      .contiguous();
}

ByteScale scaleOf(const torch::Tensor& x) { return {static_cast<float>(x.q_scale()), x.q_zero_point()}; }

std::uint8_t* bytesOf(torch::Tensor& x) { return static_cast<std::uint8_t*>(x.data_ptr()); }

void requireDoubled(const torch::Tensor& small, const torch::Tensor& large, const char* what) {
  require(large.size(2) == 2 * small.size(2) && large.size(3) == 2 * small.size(3) && large.size(0) == 1, what);
}

/// The largest of `count` bytes of each pixel of a square whose rows and columns are first … last of a map.
struct Square {
  std::int64_t firstRow, lastRow, firstColumn, lastColumn;
};
void largestOf(const std::uint8_t* map, std::int64_t width, std::int64_t count, const Square& square,
               std::uint8_t* most) {
  std::fill_n(most, count, std::uint8_t{0});
  for (std::int64_t row = square.firstRow; row <= square.lastRow; ++row) {
    for (std::int64_t column = square.firstColumn; column <= square.lastColumn; ++column) {
      const std::uint8_t* const pixel = map + (row * width + column) * count;
      for (std::int64_t c = 0; c < count; ++c) most[c] = std::max(most[c], pixel[c]);
    }
  }
}

}  // namespace

torch::Tensor activationTable(const ByteScale& in, float slope, const ByteScale& out) {
  return roundedTo(out, activated(valuesOf(in), slope));
}

torch::Tensor channelTables(const ByteScale& in, const torch::Tensor& scale, const torch::Tensor& shift, float slope,
                            const ByteScale& out) {
  return roundedTo(out, activated(scale.reshape({-1, 1}) * valuesOf(in) + shift.reshape({-1, 1}), slope));
}

torch::Tensor sumTable(const ByteScale& a, const ByteScale& b, float slopeOfB, float slope, const ByteScale& out) {
  return roundedTo(out, activated(valuesOf(a).view({-1, 1}) + activated(valuesOf(b), slopeOfB), slope)).view({-1});
}

torch::Tensor lookUp(const torch::Tensor& x, const torch::Tensor& table, const ByteScale& out) {
  require(table.numel() == kBytes, "lookUp: a table of 256");
  torch::Tensor found = emptyBytes(x.sizes(), out);
  const std::uint8_t* const from = bytesIn(x);
  const auto* const entries = table.data_ptr<std::uint8_t>();
  std::uint8_t* const to = bytesOf(found);
  at::parallel_for(0, x.numel(), kLookUpGrain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) to[i] = entries[from[i]];
  });
  return found;
}

torch::Tensor sumByTable(const torch::Tensor& a, const torch::Tensor& b, const torch::Tensor& pairs,
                         const torch::Tensor& alone, const ByteScale& out) {
  const std::int64_t both = a.size(1), all = b.size(1), pixels = b.size(2) * b.size(3);
  require(a.size(2) == b.size(2) && a.size(3) == b.size(3) && both <= all && b.size(0) == 1, "sumByTable: one size");
  require(pairs.numel() == kBytes * kBytes && (both == all || alone.numel() == kBytes), "sumByTable: its tables");
  torch::Tensor sum = emptyBytes(b.sizes(), out);
  const std::uint8_t *const first = bytesIn(a), *const second = bytesIn(b);
  const auto* const entries = pairs.data_ptr<std::uint8_t>();
  const auto* const single = both == all ? nullptr : alone.data_ptr<std::uint8_t>();
  std::uint8_t* const to = bytesOf(sum);
  at::parallel_for(0, pixels, std::max<std::int64_t>(1, kLookUpGrain / all), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::uint8_t *const left = first + i * both, *const right = second + i * all;
      std::uint8_t* const target = to + i * all;
      for (std::int64_t c = 0; c < both; ++c) target[c] = entries[left[c] * kBytes + right[c]];
      for (std::int64_t c = both; c < all; ++c) target[c] = single[right[c]];
    }
  });
  return sum;
}

torch::Tensor joinPooledBytes(const torch::Tensor& convolved, const torch::Tensor& x, const torch::Tensor& table,
                              int kernel) {
  const std::int64_t first = convolved.size(1), rest = x.size(1), height = convolved.size(2), width = convolved.size(3);
  requireDoubled(convolved, x, "joinPooledBytes: half the size");
  require(table.sizes() == at::IntArrayRef({rest, kBytes}), "joinPooledBytes: a table a channel");
  require(kernel == 2 || kernel == 3, "joinPooledBytes: squares of 2x2 or 3x3");
  torch::Tensor out = emptyBytes({1, first + rest, height, width}, scaleOf(convolved));
  const std::uint8_t *const left = bytesIn(convolved), *const source = bytesIn(x);
  const auto* const entries = table.data_ptr<std::uint8_t>();
  std::uint8_t* const target = bytesOf(out);
  const std::int64_t before = kernel - 2;
  at::parallel_for(0, height, kRowGrain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t y = begin; y < end; ++y) {
      const std::uint8_t* conv = left + y * width * first;
      std::uint8_t* to = target + y * width * (first + rest);
      for (std::int64_t column = 0; column < width; ++column) {
        std::copy_n(conv, first, to);
        std::uint8_t* const most = to + first;
        largestOf(source, 2 * width, rest,
                  {std::max<std::int64_t>(2 * y - before, 0), 2 * y + 1, std::max<std::int64_t>(2 * column - before, 0),
                   2 * column + 1},
                  most);
        for (std::int64_t c = 0; c < rest; ++c) most[c] = entries[c * kBytes + most[c]];
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
  torch::Tensor out = emptyBytes({1, c, 2 * h, 2 * w}, scaleOf(blocks));
  blocksToRows(bytesIn(blocks), bytesOf(out), h, columns, c, margin);
  return out;
}

PooledBytes poolBytes(const torch::Tensor& x) {
  const std::int64_t c = x.size(1), h = x.size(2) / 2, w = x.size(3) / 2;
  require(x.size(0) == 1 && x.size(2) == 2 * h && x.size(3) == 2 * w, "poolBytes: even sides");
  PooledBytes out{.bytes = emptyBytes({1, c, h, w}, scaleOf(x)),
                  .places = at::empty({1, c, h, w}, at::TensorOptions(at::kByte), at::MemoryFormat::ChannelsLast)};
  const std::uint8_t* const source = bytesIn(x);
  std::uint8_t *const bytes = bytesOf(out.bytes), *const places = bytesOf(out.places);
  at::parallel_for(0, h, kRowGrain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin * w; i < end * w; ++i) {
      const std::uint8_t* const upper = source + (i / w * 4 * w + i % w * 2) * c;
      const std::uint8_t* const lower = upper + 2 * w * c;
      std::uint8_t *const most = bytes + i * c, *const place = places + i * c;
      for (std::int64_t k = 0; k < c; ++k) {
        const std::uint8_t above = std::max(upper[k], upper[c + k]), below = std::max(lower[k], lower[c + k]);
        const std::uint8_t isRightAbove = upper[c + k] > upper[k] ? 1 : 0;
        const std::uint8_t isRightBelow = lower[c + k] > lower[k] ? 3 : 2;
        most[k] = std::max(above, below);
        place[k] = below > above ? isRightBelow : isRightAbove;
      }
    }
  });
  return out;
}

torch::Tensor unpoolBytes(const torch::Tensor& x, const torch::Tensor& places) {
  const std::int64_t c = x.size(1), h = x.size(2), w = x.size(3);
  require(places.sizes() == x.sizes() && x.size(0) == 1 && places.is_contiguous(at::MemoryFormat::ChannelsLast),
          "unpoolBytes: as many places");
  torch::Tensor out = emptyBytes({1, c, 2 * h, 2 * w}, scaleOf(x));
  const std::uint8_t* const bytes = bytesIn(x);
  const auto* const where = places.data_ptr<std::uint8_t>();
  std::uint8_t* const target = bytesOf(out);
  const auto zero = static_cast<std::uint8_t>(x.q_zero_point());
  at::parallel_for(0, h, kRowGrain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin * w; i < end * w; ++i) {
      std::uint8_t* const upper = target + (i / w * 4 * w + i % w * 2) * c;
      const std::array<std::uint8_t*, 4> pixels{upper, upper + c, upper + 2 * w * c, upper + (2 * w + 1) * c};
      for (std::size_t p = 0; p < pixels.size(); ++p) {
        std::uint8_t* const pixel = pixels.at(p);
        for (std::int64_t k = 0; k < c; ++k) pixel[k] = where[i * c + k] == p ? bytes[i * c + k] : zero;
      }
    }
  });
  return out;
}

}  // namespace oodscope
