// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/scored_image.h"

#include <vector>

namespace oodscope::testing {

struct GoldenFrame {
  ScoreMap scores;
  LabelMap labels;
  std::vector<std::uint32_t> k;  ///< the integers behind the scores
  [[nodiscard]] ScoredImage view() const { return scoredImage(scores, labels); }
};

/// The three synthetic frames of the reference protocols, section 6.
inline std::vector<GoldenFrame> goldenFrames() {
  constexpr Size kSize{192, 128};
  std::vector<GoldenFrame> frames;
  for (std::uint32_t f = 0; f < 3; ++f) {
    GoldenFrame frame{ScoreMap(kSize), LabelMap(kSize), std::vector<std::uint32_t>(kSize.area())};
    const auto fill = [&](int rowFirst, int rowLast, int columnFirst, int columnLast, std::uint8_t label) {
      for (int y = rowFirst; y <= rowLast; ++y)
        for (int x = columnFirst; x <= columnLast; ++x) frame.labels.at(x, y) = label;
    };
    fill(0, 15, 0, 191, kVoid);
    if (f == 0) {
      fill(40, 79, 30, 69, kAnomaly);
      fill(100, 104, 150, 155, kAnomaly);
      fill(20, 22, 100, 102, kAnomaly);
    }
    if (f == 2) {
      fill(60, 89, 60, 89, kAnomaly);
      fill(90, 109, 90, 129, kAnomaly);
      fill(30, 49, 150, 174, kAnomaly);
      for (int y = 38; y <= 41; ++y)
        for (int x = 140; x <= 179; ++x)
          if (frame.labels.at(x, y) == kAnomaly) frame.labels.at(x, y) = kVoid;
    }
    const auto inside = [](int v, int first, int last) { return v >= first && v <= last; };
    std::uint32_t x = 1 + f;
    for (int row = 0; row < kSize.height; ++row)
      for (int column = 0; column < kSize.width; ++column) {
        x = 1664525U * x + 1013904223U;
        std::uint32_t k = x >> 24U;
        if (frame.labels.at(column, row) == kAnomaly) k = 200 + (x >> 23U);
        if (f == 1 && inside(row, 60, 79) && inside(column, 100, 139)) k = 300 + (x >> 25U);
        if (f == 2 && inside(row, 30, 49) && inside(column, 20, 29)) k = 300 + (x >> 25U);
        frame.k[static_cast<std::size_t>(row * kSize.width + column)] = k;
        frame.scores.at(column, row) = static_cast<float>(k) / 1024.0F;
      }
    frames.push_back(std::move(frame));
  }
  return frames;
}

}  // namespace oodscope::testing
