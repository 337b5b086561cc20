// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <vector>

namespace oodscope {

/// Where a target pixel's value comes from along one axis: (1 - weight) * source[left] + weight * source[right].
struct BilinearTap {
  std::int32_t left = 0;
  std::int32_t right = 0;
  float weight = 0.0F;  ///< in [0, 1]
};

/// One tap for each of `target` positions: half-pixel centres, borders repeated, no antialiasing. The weights equal
/// those of torch.nn.functional.interpolate(mode="bilinear", align_corners=False) on the CPU: the ratio of the sizes in
/// float32, positions in float64, weights in float32 (observed with torch 1.13). Requires: both positive.
[[nodiscard]] std::vector<BilinearTap> bilinearTaps(int source, int target);

}  // namespace oodscope
