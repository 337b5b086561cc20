// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/byte_values.inl.h"

#include <torch/types.h>

namespace oodscope {

/// What stands between convolutions of bytes. Maps are 1 x C x H x W, quantised (quint8), channels-last. Nothing is
/// rounded but what a table says, so that results are the same on any processor and number of threads.

/// What an activation (slope * x where x is negative: 1 for none, 0 for a ReLU) makes of each byte: 256 of uint8.
[[nodiscard]] torch::Tensor activationTable(const ByteScale& in, float slope, const ByteScale& out);
/// What scale * x + shift and then the activation make of each byte of a channel: C x 256. Scale and shift: C values.
[[nodiscard]] torch::Tensor channelTables(const ByteScale& in, const torch::Tensor& scale, const torch::Tensor& shift,
                                          float slope, const ByteScale& out);
/// What a + the activation of b, and a further activation of the sum, make of each pair: [256 * a + b] of uint8.
[[nodiscard]] torch::Tensor sumTable(const ByteScale& a, const ByteScale& b, float slopeOfB, float slope,
                                     const ByteScale& out);

/// table[byte] of each byte. Requires: an activationTable().
[[nodiscard]] torch::Tensor lookUp(const torch::Tensor& x, const torch::Tensor& table, const ByteScale& out);
/// pairs[256 * a + b] of each two bytes; where b has more channels than a, `alone`[b] of the others. Requires: a
/// sumTable() and, for fewer channels, an activationTable().
[[nodiscard]] torch::Tensor sumByTable(const torch::Tensor& a, const torch::Tensor& b, const torch::Tensor& pairs,
                                       const torch::Tensor& alone, const ByteScale& out);

/// `convolved` beside `table`[c][the largest byte of each square of channel c of x]: of 2x2, or of 3x3 with a margin of
/// one, every second one along both axes. Requires: channelTables(); x twice as high and wide. The result has
/// `convolved`'s scale.
[[nodiscard]] torch::Tensor joinPooledBytes(const torch::Tensor& convolved, const torch::Tensor& x,
                                            const torch::Tensor& table, int kernel);
/// As blocksToPixels() of channels_last.inl.h.
[[nodiscard]] torch::Tensor blocksToPixelBytes(const torch::Tensor& blocks, int margin);

/// The largest byte of each 2x2 square, and which of the four it is, the first of several: row by row, uint8.
struct PooledBytes {
  torch::Tensor bytes, places;
};
[[nodiscard]] PooledBytes poolBytes(const torch::Tensor& x);
/// Each byte at its place of a 2x2 square, 0 at the others. Requires: places of poolBytes() of as many channels.
[[nodiscard]] torch::Tensor unpoolBytes(const torch::Tensor& x, const torch::Tensor& places);

}  // namespace oodscope
