// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/log_softmax_kernel.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "inference/training/log_softmax_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <hwy/contrib/math/math-inl.h>

HWY_BEFORE_NAMESPACE();
namespace oodscope::log_softmax::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::ScalableTag<float>;
using Vector = hn::Vec<Tag>;

/// Its exponential is still normal: denormal results take a hundred times as long.
constexpr float kLeastPower = -87.0F;

/// Values of one pixel in whole vectors; the last one reaches `spill` values beyond them.
struct Shape {
  explicit Shape(std::int64_t count)
      : classes(count),
        lanes(static_cast<std::int64_t>(hn::Lanes(Tag()))),
        last((count - 1) / lanes * lanes),
        spill(last + lanes - count) {}
  std::int64_t classes, lanes;
  std::int64_t last;  ///< where the last vector begins
  std::int64_t spill;
  [[nodiscard]] HWY_INLINE Vector lastOr(float other, const float* from) const {
    const Tag d;
    const auto isInside = hn::FirstN(d, static_cast<std::size_t>(classes - last));
    return hn::IfThenElse(isInside, hn::LoadU(d, from + last), hn::Set(d, other));
  }
};

/// exp x of x <= 0, 0 where x is below kLeastPower; NaN stays NaN.
HWY_INLINE Vector PowerOf(Vector x) {
  const Tag d;
  const Vector least = hn::Set(d, kLeastPower);
  const Vector power = hn::IfThenZeroElse(hn::Lt(x, least), hn::Exp(d, hn::Max(x, least)));
  return hn::IfThenElse(hn::IsNaN(x), x, power);
}

/// A pixel's logarithms. Reads and writes whole vectors.
struct Logarithms {
  Shape shape;
  HWY_INLINE void operator()(const float* x, const float*, float* y) const {
    const Tag d;
    // Beyond the classes -infinity, which adds nothing.
    const Vector end = shape.lastOr(-std::numeric_limits<float>::infinity(), x);
    Vector largest = end;
    for (std::int64_t c = 0; c < shape.last; c += shape.lanes) largest = hn::Max(largest, hn::LoadU(d, x + c));
    largest = hn::MaxOfLanes(d, largest);
    Vector sum = PowerOf(hn::Sub(end, largest));
    for (std::int64_t c = 0; c < shape.last; c += shape.lanes)
      sum = hn::Add(sum, PowerOf(hn::Sub(hn::LoadU(d, x + c), largest)));
    sum = hn::SumOfLanes(d, sum);
    // hn::Log takes no NaN.
    const Vector ofSum = hn::IfThenElse(hn::IsNaN(sum), sum, hn::Log(d, sum));
    // In this order: the largest may be too large for the logarithm to change it.
    for (std::int64_t c = 0; c < shape.last; c += shape.lanes)
      hn::StoreU(hn::Sub(hn::Sub(hn::LoadU(d, x + c), largest), ofSum), d, y + c);
    hn::StoreU(hn::Sub(hn::Sub(end, largest), ofSum), d, y + shape.last);
  }
};

/// A pixel's slopes. Reads and writes whole vectors.
struct Slopes {
  Shape shape;
  HWY_INLINE void operator()(const float* y, const float* slope, float* out) const {
    const Tag d;
    Vector sum = shape.lastOr(0.0F, slope);
    for (std::int64_t c = 0; c < shape.last; c += shape.lanes) sum = hn::Add(sum, hn::LoadU(d, slope + c));
    sum = hn::SumOfLanes(d, sum);
    for (std::int64_t c = 0; c <= shape.last; c += shape.lanes)
      hn::StoreU(hn::NegMulAdd(PowerOf(hn::LoadU(d, y + c)), sum, hn::LoadU(d, slope + c)), d, out + c);
  }
};

/// `pixel` of every pixel, first to last: what it writes beyond a pixel's values the next one writes again. The last
/// ones, beyond which there is nothing, go through copies.
template <class Pixel>
HWY_INLINE void ForPixels(const Pixel& pixel, const float* a, const float* b, std::int64_t pixels, float* out) {
  const std::int64_t classes = pixel.shape.classes;
  const std::int64_t held = std::min(pixels, (pixel.shape.spill + classes - 1) / classes);
  std::int64_t at = 0;
  for (; at < (pixels - held) * classes; at += classes) pixel(a + at, b + at, out + at);
  const std::int64_t wide = classes + pixel.shape.spill;
  std::vector<float> copies(static_cast<std::size_t>(3 * wide));
  float *const copyOfA = copies.data(), *const copyOfB = copyOfA + wide, *const made = copyOfB + wide;
  for (; at < pixels * classes; at += classes) {
    std::copy_n(a + at, classes, copyOfA);
    std::copy_n(b + at, classes, copyOfB);
    pixel(copyOfA, copyOfB, made);
    std::copy_n(made, classes, out + at);
  }
}

void LogSoftmax(const float* x, std::int64_t pixels, std::int64_t classes, float* y) {
  ForPixels(Logarithms{Shape(classes)}, x, x, pixels, y);
}

void LogSoftmaxSlopes(const float* y, const float* slope, std::int64_t pixels, std::int64_t classes, float* out) {
  ForPixels(Slopes{Shape(classes)}, y, slope, pixels, out);
}

}  // namespace oodscope::log_softmax::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace oodscope {
namespace log_softmax {
HWY_EXPORT(LogSoftmax);
HWY_EXPORT(LogSoftmaxSlopes);
}  // namespace log_softmax

void logSoftmaxOfPixels(const float* x, std::int64_t pixels, std::int64_t classes, float* y) {
  using namespace log_softmax;
  HWY_DYNAMIC_DISPATCH(LogSoftmax)(x, pixels, classes, y);
}

void logSoftmaxSlopes(const float* y, const float* slope, std::int64_t pixels, std::int64_t classes, float* out) {
  using namespace log_softmax;
  HWY_DYNAMIC_DISPATCH(LogSoftmaxSlopes)(y, slope, pixels, classes, out);
}

}  // namespace oodscope
#endif
