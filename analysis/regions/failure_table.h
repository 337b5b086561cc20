// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/failures.h"

#include <span>
#include <string>
#include <vector>

namespace oodscope {

/// One line of an exported failure list.
struct FailureTableRow {
  std::string set, frame;
  FailureRegion region;  ///< in pixels of the map it was found on
  Size size;             ///< of that map
  std::string predictedClass = {};
  std::vector<std::string> tags = {};
  std::string note = {};
};

/// A header line and one line a row: kind, set, frame, map size, area, box, peak, mean, margin, recall (missed
/// objects), predicted class and its share, distance, tags (separated by ';'), note. RFC 4180 quoting; numbers read
/// back to the same double; not defined is empty. The same rows give the same bytes.
[[nodiscard]] std::string failuresAsCsv(std::span<const FailureTableRow> rows);

}  // namespace oodscope
