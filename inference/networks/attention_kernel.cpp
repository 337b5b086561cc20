// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/attention_kernel.h"

#include <algorithm>
#include <array>
#include <cstddef>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "inference/networks/attention_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <hwy/contrib/math/math-inl.h>

HWY_BEFORE_NAMESPACE();
namespace oodscope::attention::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::CappedTag<float, static_cast<std::size_t>(kAttentionPanel) / 2>;
using Vector = hn::Vec<Tag>;

/// Rows that are summed together: with two vectors of columns each, what sixteen registers hold.
constexpr std::size_t kTileRows = 6;
/// Rows whose weights are held at once, so that panels are read from memory once for all of them.
constexpr std::int64_t kHeldRows = 24;
/// Tokens whose values stay in the first cache while the held rows pass over them.
constexpr std::int64_t kHeldTokens = 256;
/// Far below every score and far above what overflows.
constexpr float kNoWeight = -1e30F;

using Sources = std::array<const float*, kTileRows>;
using Targets = std::array<float*, kTileRows>;

HWY_INLINE void AddScaled(float value, Vector w0, Vector w1, Vector& p, Vector& q) {
  const Vector x = hn::Set(Tag(), value);
  p = hn::MulAdd(x, w0, p);
  q = hn::MulAdd(x, w1, q);
}

/// c = a b, or c + a b, for six rows of `a` and two vectors of columns of a panel `b`.
HWY_NOINLINE void Tile(const Sources& a, const float* b, std::int64_t depth, const Targets& c, bool adds) {
  const Tag d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto start = [&](std::size_t row, std::int64_t at) { return adds ? hn::LoadU(d, c[row] + at) : hn::Zero(d); };
  Vector p0 = start(0, 0), q0 = start(0, lanes), p1 = start(1, 0), q1 = start(1, lanes);
  Vector p2 = start(2, 0), q2 = start(2, lanes), p3 = start(3, 0), q3 = start(3, lanes);
  Vector p4 = start(4, 0), q4 = start(4, lanes), p5 = start(5, 0), q5 = start(5, lanes);
  const float *const a0 = a[0], *const a1 = a[1], *const a2 = a[2], *const a3 = a[3], *const a4 = a[4],
                     *const a5 = a[5];
  for (std::int64_t i = 0; i < depth; ++i, b += kAttentionPanel) {
    const Vector w0 = hn::LoadU(d, b), w1 = hn::LoadU(d, b + lanes);
    AddScaled(a0[i], w0, w1, p0, q0);
    AddScaled(a1[i], w0, w1, p1, q1);
    AddScaled(a2[i], w0, w1, p2, q2);
    AddScaled(a3[i], w0, w1, p3, q3);
    AddScaled(a4[i], w0, w1, p4, q4);
    AddScaled(a5[i], w0, w1, p5, q5);
  }
  const auto store = [&](std::size_t row, Vector p, Vector q) {
    hn::StoreU(p, d, c[row]);
    hn::StoreU(q, d, c[row] + lanes);
  };
  store(0, p0, q0);
  store(1, p1, q1);
  store(2, p2, q2);
  store(3, p3, q3);
  store(4, p4, q4);
  store(5, p5, q5);
}

/// Six rows over a whole panel.
HWY_INLINE void Panel(const Sources& a, const float* panel, std::int64_t depth, Targets c, bool adds) {
  const auto step = 2 * static_cast<std::int64_t>(hn::Lanes(Tag()));
  for (std::int64_t at = 0; at < kAttentionPanel; at += step) {
    Tile(a, panel + at, depth, c, adds);
    for (float*& to : c) to += step;
  }
}

/// Scores to weights that are not yet divided by their sum, which is returned. `padded` scores, a multiple of a
/// vector's.
HWY_INLINE float Weigh(float* scores, std::int64_t tokens, std::int64_t padded, float scale) {
  const Tag d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::fill(scores + tokens, scores + padded, kNoWeight);
  Vector largest = hn::LoadU(d, scores);
  for (std::int64_t i = lanes; i < padded; i += lanes) largest = hn::Max(largest, hn::LoadU(d, scores + i));
  largest = hn::MaxOfLanes(d, largest);
  const Vector factor = hn::Set(d, scale);
  Vector sum = hn::Zero(d);
  for (std::int64_t i = 0; i < padded; i += lanes) {
    const Vector below = hn::Mul(hn::Sub(hn::LoadU(d, scores + i), largest), factor);
    // Exp takes a NaN for something very small; x - x is 0 but for NaN.
    const Vector weight = hn::Add(hn::Exp(d, below), hn::Sub(below, below));
    hn::StoreU(weight, d, scores + i);
    sum = hn::Add(sum, weight);
  }
  return hn::GetLane(hn::SumOfLanes(d, sum));
}

/// What attendRows() works on, and where its scratch memory is.
struct Work {
  const AttentionCall* call;
  const float* keys;
  const float* values;
  std::int64_t padded, wide;  ///< tokens and values of a head, rounded up to panels
  float* weights;             ///< kHeldRows x padded
  float* sums;                ///< kHeldRows x wide
};

HWY_INLINE Targets RowsOf(float* first, std::int64_t stride) {
  Targets out{};
  for (std::size_t r = 0; r < kTileRows; ++r) out[r] = first + static_cast<std::int64_t>(r) * stride;
  return out;
}

/// Q K^T of `count` rows from `row`. Rows past the last are computed and thrown away.
HWY_INLINE void Score(const Work& work, std::int64_t row, std::int64_t count) {
  const AttentionCall& call = *work.call;
  for (std::int64_t first = 0; first < work.padded; first += kAttentionPanel) {
    for (std::int64_t group = 0; group < count; group += static_cast<std::int64_t>(kTileRows)) {
      Sources from{};
      for (std::size_t r = 0; r < kTileRows; ++r)
        from[r] = call.queries + (row + std::min(group + static_cast<std::int64_t>(r), count - 1)) * call.inStride;
      Panel(from, work.keys + first * call.width, call.width,
            RowsOf(work.weights + group * work.padded + first, work.padded), false);
    }
  }
}

/// Weights times V.
HWY_INLINE void Sum(const Work& work, std::int64_t count) {
  const std::int64_t tokens = work.call->tokens;
  for (std::int64_t first = 0; first < tokens; first += kHeldTokens) {
    const std::int64_t depth = std::min(kHeldTokens, tokens - first);
    for (std::int64_t column = 0; column < work.wide; column += kAttentionPanel) {
      const float* const panel = work.values + column * tokens + first * kAttentionPanel;
      for (std::int64_t group = 0; group < count; group += static_cast<std::int64_t>(kTileRows)) {
        const Targets weights = RowsOf(work.weights + group * work.padded + first, work.padded);
        Sources from{};
        std::copy(weights.begin(), weights.end(), from.begin());
        Panel(from, panel, depth, RowsOf(work.sums + group * work.wide + column, work.wide), first > 0);
      }
    }
  }
}

void AttendRows(const AttentionCall& call, const float* packed, std::int64_t firstRow, std::int64_t endRow,
                float* scratch) {
  const auto rounded = [](std::int64_t count) {
    return (count + kAttentionPanel - 1) / kAttentionPanel * kAttentionPanel;
  };
  const std::int64_t padded = rounded(call.tokens), wide = rounded(call.width);
  const Work work{.call = &call,
                  .keys = packed,
                  .values = packed + padded * call.width,
                  .padded = padded,
                  .wide = wide,
                  .weights = scratch,
                  .sums = scratch + kHeldRows * padded};
  std::array<float, static_cast<std::size_t>(kHeldRows)> shares{};
  for (std::int64_t row = firstRow; row < endRow; row += kHeldRows) {
    const std::int64_t count = std::min(kHeldRows, endRow - row);
    Score(work, row, count);
    for (std::int64_t r = 0; r < count; ++r)
      shares[static_cast<std::size_t>(r)] = 1.0F / Weigh(scratch + r * padded, call.tokens, padded, call.scale);
    Sum(work, count);
    for (std::int64_t r = 0; r < count; ++r)
      for (std::int64_t i = 0; i < call.width; ++i)
        call.out[(row + r) * call.outStride + i] = work.sums[r * wide + i] * shares[static_cast<std::size_t>(r)];
  }
}

std::int64_t HeldRows() { return kHeldRows; }

}  // namespace oodscope::attention::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace oodscope {
namespace attention {
HWY_EXPORT(AttendRows);
HWY_EXPORT(HeldRows);
}  // namespace attention

namespace {

std::int64_t roundedToPanels(std::int64_t count) {
  return (count + kAttentionPanel - 1) / kAttentionPanel * kAttentionPanel;
}

}  // namespace

std::int64_t packedHeadSize(const AttentionCall& call) {
  return roundedToPanels(call.tokens) * call.width + roundedToPanels(call.width) * call.tokens;
}

void packHead(const AttentionCall& call, float* packed) {
  std::fill_n(packed, packedHeadSize(call), 0.0F);
  for (std::int64_t token = 0; token < call.tokens; ++token) {
    const float* const key = call.keys + token * call.inStride;
    float* const to = packed + token / kAttentionPanel * kAttentionPanel * call.width + token % kAttentionPanel;
    for (std::int64_t i = 0; i < call.width; ++i) to[i * kAttentionPanel] = key[i];
  }
  float* const values = packed + roundedToPanels(call.tokens) * call.width;
  for (std::int64_t column = 0; column < call.width; column += kAttentionPanel) {
    const std::int64_t count = std::min(kAttentionPanel, call.width - column);
    for (std::int64_t token = 0; token < call.tokens; ++token)
      std::copy_n(call.values + token * call.inStride + column, count,
                  values + column * call.tokens + token * kAttentionPanel);
  }
}

std::int64_t attentionScratchSize(const AttentionCall& call) {
  using namespace attention;
  return HWY_DYNAMIC_DISPATCH(HeldRows)() * (roundedToPanels(call.tokens) + roundedToPanels(call.width));
}

void attendRows(const AttentionCall& call, const float* packed, std::int64_t firstRow, std::int64_t endRow,
                float* scratch) {
  using namespace attention;
  HWY_DYNAMIC_DISPATCH(AttendRows)(call, packed, firstRow, endRow, scratch);
}

}  // namespace oodscope
#endif
