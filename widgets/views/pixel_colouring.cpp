// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/pixel_colouring.h"

#include "analysis/core/grid.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace oodscope {
namespace {

constexpr float kLargest = std::numeric_limits<float>::max();
constexpr std::size_t kBlock = 256;  // pixels whose indices fit in the first-level cache beside the row

bool isFinite(float score) { return std::fabs(score) <= kLargest; }

}  // namespace

void colourScores(std::span<const float> scores, float min, float max, const ColourTable& table, QRgb notFinite,
                  std::span<QRgb> out) {
  const float range = max - min;
  // A collapsed scale becomes a step at min: an infinite slope would make 0 * inf of the score min itself.
  const float slope = range > 0 ? 256.0F / range : 1e30F;
  const float offset = range > 0 ? 0.0F : 255.0F;
  std::array<std::int32_t, kBlock> index;
  std::array<QRgb, 257> colours;
  std::copy(table.begin(), table.end(), colours.begin());
  colours[256] = notFinite;
  for (std::size_t start = 0; start < scores.size(); start += kBlock) {
    const std::size_t n = std::min(kBlock, scores.size() - start);
    const float* score = scores.data() + start;
    for (std::size_t i = 0; i < n; ++i) {
      const float v = score[i];
      float position = (v - min) * slope + offset;
      position = position < 0.0F ? 0.0F : position;
      position = position > 255.0F ? 255.0F : position;
      const bool finite = std::fabs(v) <= kLargest;
      index[i] = static_cast<std::int32_t>(finite ? position : 256.0F);
    }
    QRgb* to = out.data() + start;
    for (std::size_t i = 0; i < n; ++i) to[i] = colours[static_cast<std::size_t>(index[i])];
  }
}

Decision decisionOf(float score, float threshold, std::uint8_t label) {
  if (label == kVoid || !isFinite(score)) return kVoidPixel;
  const bool flagged = score >= threshold;
  if (label == kAnomaly) return flagged ? kTp : kFn;
  return flagged ? kFp : kTn;
}

void colourDecisions(std::span<const float> scores, std::span<const std::uint8_t> labels, float threshold,
                     const DecisionColours& colours, std::span<QRgb> out) {
  const DecisionColours c = colours;
  const float* score = scores.data();
  const std::uint8_t* label = labels.data();
  QRgb* to = out.data();
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const float v = score[i];
    const std::uint32_t truth = label[i];
    const QRgb positive = v >= threshold ? c.tp : c.fn;
    const QRgb negative = v >= threshold ? c.fp : c.tn;
    QRgb colour = truth == kAnomaly ? positive : negative;
    colour = truth == kVoid ? c.voidPixel : colour;
    to[i] = std::fabs(v) <= kLargest ? colour : c.voidPixel;
  }
}

void colourComparison(std::span<const float> a, float thresholdA, std::span<const float> b, float thresholdB,
                      const ComparisonColours& colours, std::span<QRgb> out) {
  const ComparisonColours c = colours;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const QRgb withB = a[i] >= thresholdA ? c.both : c.onlyB;
    const QRgb withoutB = a[i] >= thresholdA ? c.onlyA : c.neither;
    out[i] = b[i] >= thresholdB ? withB : withoutB;
  }
}

void halveRows(std::span<const QRgb> upper, std::span<const QRgb> lower, std::span<QRgb> out) {
  constexpr std::uint32_t kEven = 0x00ff00ff;
  const QRgb* a = upper.data();
  const QRgb* b = lower.data();
  QRgb* to = out.data();
  for (std::size_t i = 0; i < out.size(); ++i) {
    const QRgb p = a[2 * i], q = a[2 * i + 1], r = b[2 * i], s = b[2 * i + 1];
    const std::uint32_t low = (p & kEven) + (q & kEven) + (r & kEven) + (s & kEven) + 0x00020002;
    const std::uint32_t high =
        ((p >> 8) & kEven) + ((q >> 8) & kEven) + ((r >> 8) & kEven) + ((s >> 8) & kEven) + 0x00020002;
    to[i] = ((low >> 2) & kEven) | ((high << 6) & ~kEven);
  }
}

QRgb premultiplied(const QColor& colour, double opacity) {
  QColor seen = colour;
  seen.setAlphaF(static_cast<float>(std::clamp(opacity, 0.0, 1.0)));
  return qPremultiply(seen.rgba());
}

}  // namespace oodscope
