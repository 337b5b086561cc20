// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace oodscope {

/// Ends of a confidence interval, low <= high.
struct Interval {
  double low = 0.0;
  double high = 0.0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

}  // namespace oodscope
