// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <cstdint>

namespace oodscope {

/// The image at `target` size, equal to PIL's Image.resize(size, BILINEAR) in every 8-bit value: a triangle filter as
/// wide as the reduction (antialiased), weights in fixed point with 22 fractional bits, horizontal pass first, rounded
/// to 8 bits in between. Requires: neither size empty. The same bits for any number of threads and SIMD target. Cost:
/// see tests/bench/imaging; a few ms from 2048x1024 to 1024x512. Source: Pillow, libImaging/Resample.c.
[[nodiscard]] RgbImage resizePilBilinear(const RgbImage& image, Size target);

/// The values at `target` size by PIL's nearest rule: the source pixel that holds the target pixel's centre, stepping
/// in double precision as PIL does (OpenCV's INTER_NEAREST takes corners instead). Requires: neither size empty. Cost:
/// O(target). Source: Pillow, libImaging/Geometry.c, ImagingScaleAffine.
[[nodiscard]] Grid<std::uint8_t> resizePilNearest(const Grid<std::uint8_t>& values, Size target);

/// Plain bilinear: half-pixel centres, borders repeated, no antialiasing, weights in float32, as torch's
/// interpolate(mode="bilinear", align_corners=False). The image is rounded to the nearest 8-bit value, halves up.
/// NaN and infinities spread to the target pixels that lie next to them. Requires: neither size empty. Cost: O(target).
[[nodiscard]] RgbImage resizeBilinear(const RgbImage& image, Size target);
[[nodiscard]] ScoreMap resizeBilinear(const ScoreMap& scores, Size target);
/// The same in double throughout, weights included, as interpolate of float64.
[[nodiscard]] Grid<double> resizeBilinear(const Grid<double>& scores, Size target);

}  // namespace oodscope
