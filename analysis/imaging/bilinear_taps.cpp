// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/imaging/bilinear_taps.h"

#include "analysis/core/error.h"

#include <algorithm>

namespace oodscope {

std::vector<BilinearTap> bilinearTaps(int source, int target) {
  require(source > 0 && target > 0, "bilinearTaps: sizes must be positive");
  std::vector<BilinearTap> taps;
  taps.reserve(static_cast<std::size_t>(target));
  const auto ratio = static_cast<double>(static_cast<float>(source) / static_cast<float>(target));
  for (int i = 0; i < target; ++i) {
    const double at = std::max(ratio * (i + 0.5) - 0.5, 0.0);
    const int left = std::min(static_cast<int>(at), source - 1);
    taps.push_back({left, std::min(left + 1, source - 1), static_cast<float>(std::clamp(at - left, 0.0, 1.0))});
  }
  return taps;
}

}  // namespace oodscope
