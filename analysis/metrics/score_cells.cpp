// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/score_cells.h"

#include "analysis/metrics/score_key.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "analysis/metrics/score_cells.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace oodscope::cells::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

std::size_t ScoreCells(const float* HWY_RESTRICT scores, std::size_t count, const CellRule& rule,
                       std::int32_t* HWY_RESTRICT keys, std::uint32_t* HWY_RESTRICT cells) {
  const hn::ScalableTag<float> f;
  const hn::RebindToSigned<decltype(f)> s;
  const hn::RebindToUnsigned<decltype(f)> u;
  const std::size_t lanes = hn::Lanes(f);
  const auto zero = hn::Zero(f);
  const auto magnitude = hn::Set(s, 0x7fffffff);
  const auto exponent = hn::Set(s, 0x7f800000);
  const auto low = hn::Set(s, rule.low);
  const auto high = hn::Set(s, rule.high);
  const auto nowhere = hn::Set(u, rule.nowhere);
  std::size_t unusable = 0;
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto bits = hn::BitCast(s, hn::Add(hn::LoadU(f, scores + i), zero));  // -0 + 0 is +0
    const auto key = hn::Xor(bits, hn::And(hn::ShiftRight<31>(bits), magnitude));
    const auto clamped = hn::Min(hn::Max(key, low), high);
    const auto notFinite = hn::Eq(hn::And(bits, exponent), exponent);
    const auto cell = hn::ShiftRightSame(hn::BitCast(u, hn::Sub(clamped, low)), rule.shift);
    hn::StoreU(clamped, s, keys + i);
    hn::StoreU(hn::IfThenElse(hn::RebindMask(u, notFinite), nowhere, cell), u, cells + i);
    unusable += hn::CountTrue(s, notFinite);
  }
  for (; i < count; ++i) {
    keys[i] = std::min(std::max(keyOfScore(scores[i]), rule.low), rule.high);
    const bool finite = isFiniteScore(scores[i]);
    cells[i] = finite ? (static_cast<std::uint32_t>(keys[i]) - static_cast<std::uint32_t>(rule.low)) >> rule.shift
                      : rule.nowhere;
    unusable += finite ? 0 : 1;
  }
  return unusable;
}

}  // namespace oodscope::cells::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace oodscope {
namespace cells {
HWY_EXPORT(ScoreCells);
}  // namespace cells

std::size_t scoreCells(const float* scores, std::size_t count, const CellRule& rule, std::int32_t* keys,
                       std::uint32_t* indices) {
  using namespace cells;
  return HWY_DYNAMIC_DISPATCH(ScoreCells)(scores, count, rule, keys, indices);
}

}  // namespace oodscope
#endif
