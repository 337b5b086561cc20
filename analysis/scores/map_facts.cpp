// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/map_facts.h"

#include "analysis/core/error.h"
#include "analysis/core/half.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace oodscope {
namespace {

/// Whether a width and height are the other's to within a pixel.
bool isScaled(Size found, Size expected) {
  const auto difference =
      std::abs(std::int64_t{found.width} * expected.height - std::int64_t{found.height} * expected.width);
  return difference <= expected.width || difference <= expected.height;
}

bool isNetworkInput(Size found) {
  constexpr std::array kWidths = {128, 256, 512, 1024,
                                  2048};  // 1024x512, twice as much and what strides of 2 to 8 leave
  return found.width == 2 * found.height && std::find(kWidths.begin(), kWidths.end(), found.width) != kWidths.end();
}

/// How well a size suits the frame, for choosing between two readings of a shape.
int suitability(std::size_t width, std::size_t height, Size expected) {
  constexpr std::size_t kMost = 65'536;
  if (width == 0 || height == 0 || width > kMost || height > kMost) return -1;
  switch (shapeFit({static_cast<int>(width), static_cast<int>(height)}, expected)) {
    case ShapeFit::Same:
      return 3;
    case ShapeFit::Scaled:
    case ShapeFit::NetworkInput:
      return 2;
    case ShapeFit::Transposed:
      return 1;
    case ShapeFit::OtherAspect:
      break;
  }
  return 0;
}

template <class T>
ValueFacts factsOf(std::span<const T> values) {
  constexpr std::size_t kMostIds = 40;  // Cityscapes has 35 with its void ones
  constexpr double kMostId = 255.0;
  ValueFacts out;
  std::vector<double> seen;  // distinct, ascending, up to one more than kMostIds
  bool isWhole = true;
  for (const T raw : values) {
    if (!std::isfinite(raw)) continue;
    const auto value = static_cast<double>(raw);
    out.fitFloat = out.fitFloat && static_cast<double>(static_cast<float>(value)) == value;
    isWhole = isWhole && value == std::floor(value);
    if (seen.size() > kMostIds) {
      out.low = std::min(out.low, value);
      out.high = std::max(out.high, value);
      continue;
    }
    const auto place = std::lower_bound(seen.begin(), seen.end(), value);
    if (place == seen.end() || *place != value) seen.insert(place, value);
    out.low = seen.front();
    out.high = seen.back();
  }
  if (seen.empty()) return out;
  out.kind = ValueKind::Scores;
  if (seen.size() == 1) out.kind = ValueKind::Constant;
  if (seen.size() == 2) out.kind = ValueKind::TwoValues;
  if (seen.size() > 2 && seen.size() <= kMostIds && isWhole && out.low >= 0.0 && out.high <= kMostId)
    out.kind = ValueKind::ClassIds;
  return out;
}

}  // namespace

ShapeFit shapeFit(Size found, Size expected) {
  require(found.area() > 0 && expected.area() > 0, "shapeFit: an empty size");
  if (found == expected) return ShapeFit::Same;
  const Size turned{found.height, found.width};
  if (turned == expected) return ShapeFit::Transposed;
  if (isScaled(found, expected)) return ShapeFit::Scaled;
  if (isNetworkInput(found)) return ShapeFit::NetworkInput;
  return isScaled(turned, expected) ? ShapeFit::Transposed : ShapeFit::OtherAspect;
}

AxisOrder axisOrder(std::span<const std::size_t> shape, Size expected) {
  require(shape.size() == 3, "axisOrder: three axes are needed");
  constexpr std::size_t kManyChannels = 1024;
  const std::size_t first = shape[0], middle = shape[1], last = shape[2];
  if (last >= std::min(first, middle) || last > kManyChannels) return AxisOrder::ChannelsFirst;
  const int asFirst = suitability(last, middle, expected), asLast = suitability(middle, first, expected);
  if (asFirst != asLast) return asLast > asFirst ? AxisOrder::ChannelsLast : AxisOrder::ChannelsFirst;
  return first > 2 * last && middle > 2 * last ? AxisOrder::ChannelsLast : AxisOrder::ChannelsFirst;
}

ValueFacts valueFacts(std::span<const float> values) { return factsOf(values); }
ValueFacts valueFacts(std::span<const double> values) { return factsOf(values); }

bool areProbabilities(const LogitsView& logits) {
  constexpr std::size_t kLooked = 4096;
  constexpr float kSlack = 1e-3F;
  if (logits.channels < 2) return false;
  const std::size_t pixels = logits.size().area();
  const std::size_t step = std::max<std::size_t>(1, pixels / kLooked);
  const float sumSlack = 0.01F + 5e-4F * static_cast<float>(logits.channels);  // half a float16 step a channel, near 1
  for (std::size_t pixel = 0; pixel < pixels; pixel += step) {
    float sum = 0.0F;
    for (std::size_t channel = 0; channel < static_cast<std::size_t>(logits.channels); ++channel) {
      const std::size_t at = channel * pixels + pixel;
      const float value = logits.half != nullptr ? floatFromHalf(logits.half[at]) : logits.single[at];
      if (!(value >= -kSlack && value <= 1.0F + kSlack)) return false;
      sum += value;
    }
    if (std::abs(sum - 1.0F) > sumSlack) return false;
  }
  return pixels > 0;
}

}  // namespace oodscope
