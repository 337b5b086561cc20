// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <cstdint>
#include <span>
#include <vector>

namespace oodscope {

/// Pixels [begin, end) of row y.
struct Run {
  std::int32_t y = 0, begin = 0, end = 0;
  [[nodiscard]] std::int32_t length() const { return end - begin; }
  friend bool operator==(const Run&, const Run&) = default;
};

/// The 8-connected components of a mask as horizontal runs in row-major order.
struct Components {
  Size size;
  std::vector<Run> runs;
  std::vector<std::uint32_t> firstRun;   ///< of each row; height + 1 values
  std::vector<std::uint32_t> component;  ///< of each run: an index into areas
  std::vector<std::uint32_t> areas;      ///< in pixels, components in the order of their first pixels
  [[nodiscard]] std::size_t count() const { return areas.size(); }
  [[nodiscard]] std::span<const Run> rowRuns(int y) const;
};

/// Finds components row by row: feed `height` rows, then finish. Memory: of the order of the runs.
class ComponentBuilder {
public:
  explicit ComponentBuilder(Size size);
  /// The next row's mask: `width` values, 0 or 1.
  void addRow(const std::uint8_t* mask);
  /// Requires: all rows added. Call once, last.
  [[nodiscard]] Components finish();

private:
  [[nodiscard]] std::uint32_t root(std::uint32_t run);
  void joinWithRowAbove();

  Components m_found;
  std::vector<std::uint32_t> m_parent;
  int m_row = 0;
};

/// 8-connected components of a mask (0: background, else foreground), by run-based union-find.
/// Errors: ContractViolation where the mask does not fill the size. Cost: O(pixels), about 1 ms on 1920x1080.
[[nodiscard]] Components labelComponents(std::span<const std::uint8_t> mask, Size size);

/// Component index + 1 of each pixel, 0 for background.
[[nodiscard]] Grid<std::uint32_t> labelImage(const Components& components);

/// Calls visit(runOfA, runOfB, pixels) for each pair of runs that share pixels; a and b are run indices.
template <class Visit>
void forEachOverlap(const Components& a, const Components& b, Visit visit) {
  for (int y = 0; y < a.size.height; ++y) {
    const std::size_t row = static_cast<std::size_t>(y);
    std::uint32_t i = a.firstRun[row];
    std::uint32_t j = b.firstRun[row];
    while (i < a.firstRun[row + 1] && j < b.firstRun[row + 1]) {
      const Run& p = a.runs[i];
      const Run& q = b.runs[j];
      const std::int32_t shared = (p.end < q.end ? p.end : q.end) - (p.begin > q.begin ? p.begin : q.begin);
      if (shared > 0) visit(i, j, static_cast<std::uint32_t>(shared));
      if (p.end < q.end)
        ++i;
      else
        ++j;
    }
  }
}

}  // namespace oodscope
