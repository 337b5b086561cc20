// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/failures.h"
#include "analysis/regions/scored_image.h"

#include <cstdint>
#include <optional>

namespace oodscope {

/// A stretch of a curve: the pixels it adds, low <= score < high. Without `high` there is no upper end, so that the
/// curve's strictest point is included. NaN and infinite scores lie in no stretch, as they are on no curve.
struct ScoreStretch {
  double low = 0.0;
  std::optional<double> high = {};
};

/// Pixels of a stretch by label; `ignored` are void.
struct BrushCounts {
  std::uint64_t normal = 0, anomaly = 0, ignored = 0;
  BrushCounts& operator+=(const BrushCounts& other);
  friend bool operator==(const BrushCounts&, const BrushCounts&) = default;
};

/// What a brush marks, per pixel. Void pixels are on no curve, so they are counted but not marked.
inline constexpr std::uint8_t kBrushedNormal = 1;
inline constexpr std::uint8_t kBrushedAnomaly = 2;

/// Counts alone. Cost: one pass.
[[nodiscard]] BrushCounts countBrushed(const ScoredImage& frame, const ScoreStretch& stretch);

/// Pixels of one region that lie in the stretch; those in void count, as a region has none.
[[nodiscard]] std::uint64_t countBrushed(const ScoredImage& frame, const FailureRegion& region,
                                         const ScoreStretch& stretch);

struct BrushedFrame {
  Grid<std::uint8_t> mask;  ///< 0, kBrushedNormal or kBrushedAnomaly
  BrushCounts counts;
};
/// The pixels of a frame whose score lies in the stretch. Errors: ContractViolation where sizes differ. Cost: one pass.
[[nodiscard]] BrushedFrame brush(const ScoredImage& frame, const ScoreStretch& stretch);

}  // namespace oodscope
