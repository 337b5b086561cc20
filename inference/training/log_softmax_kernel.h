// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>

namespace oodscope {

/// What both functions share: values of one pixel lie side by side, pixels one after another; the output overlaps no
/// input. Sums run over the classes of one pixel, in float32: a pixel's values do not depend on its place. Where a
/// pixel has a NaN or +infinity, or -infinity alone, all its values are NaN. Cost: one pass over memory.

/// y = x - ln sum exp x of every pixel. -infinity beside finite values stays so.
void logSoftmaxOfPixels(const float* x, std::int64_t pixels, std::int64_t classes, float* y);
/// The slope of a value in x where its slope in y = logSoftmaxOfPixels(x) is `slope`: slope - exp y * sum slope.
/// exp y below 1e-37 is taken as 0.
void logSoftmaxSlopes(const float* y, const float* slope, std::int64_t pixels, std::int64_t classes, float* out);

}  // namespace oodscope
