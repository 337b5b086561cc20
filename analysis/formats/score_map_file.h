// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <cstddef>
#include <filesystem>
#include <string>

namespace oodscope {

/// Reads one score per pixel that somebody's method wrote: .npy or .npz (one array) of HxW, 1xHxW or HxWx1; .hdf5 with
/// a dataset `value` (SegmentMeIfYouCan); 16-bit grey PNG (scores 0..1 as 0..65535); float or 16-bit TIFF. The content
/// decides, not the name. Values are kept as they are, NaN and infinity included: see countNotFinite.
/// Throws Error: missing, empty, truncated, another kind, several channels (logits are no scores), 8-bit pictures.
/// Cost: O(bytes).
[[nodiscard]] ScoreMap readScoreMap(const std::filesystem::path& file);

/// Throws Error where the map's size is not `expected`, and names both.
void requireScoreSize(const ScoreMap& scores, Size expected, const std::filesystem::path& file);

/// How many scores are NaN and how many infinite: to be counted and shown, never passed on.
struct NotFinite {
  std::size_t nan = 0;
  std::size_t infinite = 0;
  [[nodiscard]] std::size_t total() const { return nan + infinite; }
};
[[nodiscard]] NotFinite countNotFinite(const ScoreMap& scores);

/// Writes scores as SegmentMeIfYouCan takes them: dataset `value`, HxW float16, gzip. All or nothing. Throws Error
/// where it cannot be written.
void writeSmiycScores(const std::filesystem::path& file, const ScoreMap& scores);

}  // namespace oodscope
