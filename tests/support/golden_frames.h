// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <array>
#include <cstdint>

namespace oodscope::testing {

/// The three synthetic frames that the protocols' reference code was run on: scores k / 1024, exact in float16.
struct GoldenFrame {
  ScoreMap scores;
  LabelMap labels;
};

inline constexpr Size kGoldenSize{192, 128};

inline GoldenFrame goldenFrame(int frame) {
  struct Box {
    int y0, y1, x0, x1;
    [[nodiscard]] bool holds(int x, int y) const { return y >= y0 && y <= y1 && x >= x0 && x <= x1; }
  };
  static const std::array<std::array<Box, 3>, 3> kAnomalies{{
      {{{40, 79, 30, 69}, {100, 104, 150, 155}, {20, 22, 100, 102}}},
      {{{1, 0, 1, 0}, {1, 0, 1, 0}, {1, 0, 1, 0}}},
      {{{60, 89, 60, 89}, {90, 109, 90, 129}, {30, 49, 150, 174}}},
  }};
  GoldenFrame golden{ScoreMap(kGoldenSize), LabelMap(kGoldenSize, kNormal)};
  auto random = static_cast<std::uint32_t>(1 + frame);
  for (int y = 0; y < kGoldenSize.height; ++y) {
    for (int x = 0; x < kGoldenSize.width; ++x) {
      random = random * 1664525U + 1013904223U;
      bool anomaly = false;
      for (const Box& box : kAnomalies.at(static_cast<std::size_t>(frame))) anomaly = anomaly || box.holds(x, y);
      const bool falsePositive =
          (frame == 1 && Box{60, 79, 100, 139}.holds(x, y)) || (frame == 2 && Box{30, 49, 20, 29}.holds(x, y));
      const bool cut = anomaly && frame == 2 && Box{38, 41, 140, 179}.holds(x, y);
      if (cut) anomaly = false;
      std::uint32_t k = random >> 24;
      if (anomaly) k = 200 + (random >> 23);
      if (falsePositive) k = 300 + (random >> 25);
      golden.scores.at(x, y) = static_cast<float>(k) / 1024.0F;
      if (anomaly) golden.labels.at(x, y) = kAnomaly;
      if (y < 16 || cut) golden.labels.at(x, y) = kVoid;
    }
  }
  return golden;
}

}  // namespace oodscope::testing
