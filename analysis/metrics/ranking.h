// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/pixel_metrics.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace oodscope {

/// Counts of negatives in 2m + 1 slots around m distinct anomaly scores u[0] < … < u[m-1]: slot 2j holds those strictly
/// between u[j-1] and u[j], slot 2j + 1 those equal to u[j]. 64-bit counts in 32-bit storage: carries lie in a map.
class SlotCounts {
public:
  SlotCounts() = default;
  explicit SlotCounts(std::size_t slots) : m_low(slots) {}

  [[nodiscard]] std::size_t size() const { return m_low.size(); }
  [[nodiscard]] std::uint64_t at(std::size_t slot) const {
    if (m_carries.empty()) return m_low[slot];
    const auto found = m_carries.find(slot);
    return m_low[slot] + (found == m_carries.end() ? 0 : found->second << 32);
  }
  void add(std::size_t slot, std::uint64_t count);
  /// Adds counts[i] to slot first + i.
  void add(std::size_t first, std::span<const std::uint32_t> counts);
  /// The low 32 bits of `count` slots, for a caller who knows that none of them passes 2^32.
  [[nodiscard]] std::span<std::uint32_t> row(std::size_t first, std::size_t count) {
    return std::span(m_low).subspan(first, count);
  }
  /// The slots are rows of these sizes, laid one after another: the first slot of each row joins the last one before
  /// it.
  void joinRows(std::span<const std::size_t> rowSizes);

private:
  std::vector<std::uint32_t> m_low;
  std::map<std::size_t, std::uint64_t> m_carries;
};

/// A set's pixels as far as ranking metrics can see them. `more` may be null: further negatives of the same slots.
struct RankedPixels {
  std::span<const std::int32_t> keys;             ///< m distinct keys of positives, ascending
  std::span<const std::uint32_t> positivesAtKey;  ///< m
  const SlotCounts* counts = nullptr;             ///< 2m + 1
  const SlotCounts* more = nullptr;
  std::uint64_t positives = 0;
  std::uint64_t negatives = 0;  ///< all of them, those below every positive included

  [[nodiscard]] std::uint64_t at(std::size_t slot) const {
    return counts->at(slot) + (more == nullptr ? 0 : more->at(slot));
  }
};

/// Exact AP, AUROC, best F1 and FPR95 by the crossing rule of `protocol`. Frame counts are left
/// at 0. All empty without positives or negatives. Cost: O(m).
[[nodiscard]] PixelMetrics rankingMetrics(const RankedPixels& pixels, Protocol protocol);

/// At most kMaxCurvePoints of the m steps: wherever recall or FPR grew by 1/900, or the predictions doubled, since the
/// last point kept. Cost: O(m).
[[nodiscard]] SetCurves rankingCurves(const RankedPixels& pixels, Protocol protocol);

/// One point of a curve. Requires: positives and negatives above 0.
[[nodiscard]] CurvePoint curvePoint(float threshold, std::uint64_t tp, std::uint64_t fp, std::uint64_t positives,
                                    std::uint64_t negatives);

/// Keeps the distinct values of sorted `keys` in place and returns how often each occurred.
/// Errors: Error where a value occurs more than 2^32 - 1 times.
[[nodiscard]] std::vector<std::uint32_t> collapseEqualKeys(std::vector<std::int32_t>& keys);

}  // namespace oodscope
