// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace oodscope {

/// The values at `target` size: the source pixel that holds the target pixel's centre. For maps that must not be mixed
/// (classes, distances). Requires: neither size empty. Cost: O(target).
template <class T>
[[nodiscard]] Grid<T> sampledNearest(const Grid<T>& values, Size target) {
  require(values.size().area() > 0 && target.area() > 0, "sampledNearest: an empty size");
  if (values.size() == target) return values;
  const auto source = [](int at, int to, int from) {
    const double position = (static_cast<double>(at) + 0.5) * static_cast<double>(from) / to;
    return std::clamp(static_cast<int>(std::floor(position)), 0, from - 1);
  };
  std::vector<std::size_t> columns(static_cast<std::size_t>(target.width));
  for (int x = 0; x < target.width; ++x)
    columns[static_cast<std::size_t>(x)] = static_cast<std::size_t>(source(x, target.width, values.width()));
  Grid<T> out(target);
  for (int y = 0; y < target.height; ++y) {
    const auto from = values.row(source(y, target.height, values.height()));
    const auto to = out.row(y);
    for (std::size_t x = 0; x < columns.size(); ++x) to[x] = from[columns[x]];
  }
  return out;
}

}  // namespace oodscope
