// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/theme/colour_map.h"

#include <cstdint>
#include <span>

namespace oodscope {

// The inner loops of the views: scores and labels of one row in, premultiplied ARGB out. No allocation; written so that
// the compiler vectorises them. All spans of one call have the same length.

/// table[round down of (score - min) / (max - min) * 256], clamped; `notFinite` for NaN and infinities. With max <= min
/// every score below min gets the first colour and every other the last.
void colourScores(std::span<const float> scores, float min, float max, const ColourTable& table, QRgb notFinite,
                  std::span<QRgb> out);

/// What a pixel's decision is called.
enum Decision : std::uint8_t {
  kTn,
  kFp,
  kFn,
  kTp,
  kVoidPixel,
  kFlagged /* without label */,
  kUnflagged,
  kDecisionCount
};

/// kVoidPixel where the label is void or the score is not finite; flagged means score >= threshold.
[[nodiscard]] Decision decisionOf(float score, float threshold, std::uint8_t label);

struct DecisionColours {
  QRgb tn, fp, fn, tp, voidPixel;  ///< premultiplied
};
void colourDecisions(std::span<const float> scores, std::span<const std::uint8_t> labels, float threshold,
                     const DecisionColours& colours, std::span<QRgb> out);

/// Four colours for flagged by neither, A only, B only, both.
struct ComparisonColours {
  QRgb neither, onlyA, onlyB, both;
};
void colourComparison(std::span<const float> a, float thresholdA, std::span<const float> b, float thresholdB,
                      const ComparisonColours& colours, std::span<QRgb> out);

/// Two rows of 2 * out.size() pixels averaged into one of half the width, each channel rounded half up.
void halveRows(std::span<const QRgb> upper, std::span<const QRgb> lower, std::span<QRgb> out);

/// `opacity` of `colour` as a premultiplied pixel.
[[nodiscard]] QRgb premultiplied(const QColor& colour, double opacity);

}  // namespace oodscope
