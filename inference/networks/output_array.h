// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/core/output.h"

#include <cstddef>

namespace oodscope {

/// One of the arrays that a pass gives; class logits have Q channels of 1 x columns.
struct OutputArray {
  Output output = Output::Logits;
  int channels = 0;
  Size size;
  [[nodiscard]] std::size_t values() const { return static_cast<std::size_t>(channels) * size.area(); }
  friend bool operator==(const OutputArray&, const OutputArray&) = default;
};

}  // namespace oodscope
