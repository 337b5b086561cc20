// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>

namespace oodscope {

/// Columns that are packed side by side: a multiple of what two vectors of any processor hold.
inline constexpr std::int64_t kAttentionPanel = 32;

/// softmax(Q K^T scale) V of one head, and where everything lies. All counts are in floats; a token's values lie side
/// by side.
struct AttentionCall {
  const float* queries = nullptr;  ///< of the first token
  const float* keys = nullptr;
  const float* values = nullptr;
  float* out = nullptr;
  std::int64_t tokens = 0, width = 0;        ///< width of the head
  std::int64_t inStride = 0, outStride = 0;  ///< from token to token
  float scale = 1.0F;
};

/// Floats that packHead() fills.
[[nodiscard]] std::int64_t packedHeadSize(const AttentionCall& call);
/// Keys and values laid out for attendRows(): panels of kAttentionPanel tokens, and of as many values of all tokens,
/// what is beyond both 0. Cost: one pass over them.
void packHead(const AttentionCall& call, float* packed);
/// Floats that attendRows() needs besides.
[[nodiscard]] std::int64_t attentionScratchSize(const AttentionCall& call);
/// Fills rows firstRow…endRow of `out`. Holds the weights of a few rows at a time, never all tokens x tokens. A row's
/// values depend neither on how rows are shared among threads nor on its place. Calls no library. NaN stays NaN.
/// Cost: 2 x rows x tokens x width multiply-adds, at about the rate of a good matrix product.
void attendRows(const AttentionCall& call, const float* packed, std::int64_t firstRow, std::int64_t endRow,
                float* scratch);

}  // namespace oodscope
