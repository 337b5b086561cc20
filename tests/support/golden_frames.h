// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/scored_image.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace oodscope::testing {

/// One of the three synthetic frames that the protocols' reference code was run on: scores k / 1024, exact in float16.
struct GoldenFrame {
  ScoreMap scores;
  LabelMap labels;
  std::vector<std::uint32_t> k;  ///< row by row
  [[nodiscard]] ScoredImage view() const { return scoredImage(scores, labels); }
};

inline constexpr Size kGoldenSize{192, 128};

struct GoldenBox {
  int y0, y1, x0, x1;  ///< the last rows and columns too
  [[nodiscard]] bool holds(int x, int y) const { return y >= y0 && y <= y1 && x >= x0 && x <= x1; }
};

inline std::uint8_t goldenLabel(int frame, int x, int y) {
  static const std::array<std::vector<GoldenBox>, 3> kAnomalies{{
      {{40, 79, 30, 69}, {100, 104, 150, 155}, {20, 22, 100, 102}},
      {},
      {{60, 89, 60, 89}, {90, 109, 90, 129}, {30, 49, 150, 174}},
  }};
  if (y < 16) return kVoid;
  const auto& boxes = kAnomalies.at(static_cast<std::size_t>(frame));
  if (std::none_of(boxes.begin(), boxes.end(), [&](const GoldenBox& box) { return box.holds(x, y); })) return kNormal;
  return frame == 2 && GoldenBox{38, 41, 140, 179}.holds(x, y) ? kVoid : kAnomaly;
}

/// Whether a frame has something there that scores high and is no anomaly.
inline bool isGoldenDistractor(int frame, int x, int y) {
  return (frame == 1 && GoldenBox{60, 79, 100, 139}.holds(x, y)) ||
         (frame == 2 && GoldenBox{30, 49, 20, 29}.holds(x, y));
}

inline GoldenFrame goldenFrame(int frame) {
  GoldenFrame golden{ScoreMap(kGoldenSize), LabelMap(kGoldenSize), {}};
  auto random = static_cast<std::uint32_t>(1 + frame);
  for (int y = 0; y < kGoldenSize.height; ++y) {
    for (int x = 0; x < kGoldenSize.width; ++x) {
      random = random * 1664525U + 1013904223U;
      const std::uint8_t label = goldenLabel(frame, x, y);
      std::uint32_t k = random >> 24;
      if (label == kAnomaly) k = 200 + (random >> 23);
      if (isGoldenDistractor(frame, x, y)) k = 300 + (random >> 25);
      golden.k.push_back(k);
      golden.scores.at(x, y) = static_cast<float>(k) / 1024.0F;
      golden.labels.at(x, y) = label;
    }
  }
  return golden;
}

inline std::vector<GoldenFrame> goldenFrames() { return {goldenFrame(0), goldenFrame(1), goldenFrame(2)}; }

}  // namespace oodscope::testing
