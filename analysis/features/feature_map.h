// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <span>
#include <vector>

namespace oodscope {

/// A network's features of one frame: `dimensions` planes of `size`, row-major, as D x h x w arrays are stored.
struct FeatureView {
  std::span<const float> values;
  int dimensions = 0;
  Size size;
  [[nodiscard]] std::size_t pixels() const { return size.area(); }
};

/// The features of the pixels [first, first + count) as rows: count x D. Requires: the view is filled, pixels within.
[[nodiscard]] std::vector<float> featureRows(const FeatureView& features, std::size_t first, std::size_t count);
/// Throws ContractViolation unless the values fill dimensions x size.
void requireFilled(const FeatureView& features);

}  // namespace oodscope
