// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/scored_image.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace oodscope::testing {

struct SyntheticFrame {
  ScoreMap scores;
  LabelMap labels;
};

/// Frames shaped like a network's output: a smooth field, fine noise, uncertain edges along lines, a few anomalies with
/// raised scores and a void border. Scores lie in [0, 1] with most of them near 0, as MSP's do.
inline std::vector<SyntheticFrame> syntheticFrames(std::size_t count, Size size) {
  std::vector<SyntheticFrame> frames;
  for (std::size_t f = 0; f < count; ++f) {
    std::mt19937 random(static_cast<std::uint32_t>(f + 1));
    const auto unit = [&] { return static_cast<float>(random()) / 4294967296.0F; };
    SyntheticFrame frame{ScoreMap(size), LabelMap(size)};
    const float phase = 6.0F * unit();
    for (int y = 0; y < size.height; ++y)
      for (int x = 0; x < size.width; ++x) {
        const float smooth =
            std::sin(0.011F * static_cast<float>(x) + phase) * std::cos(0.017F * static_cast<float>(y) - phase) +
            0.5F * std::sin(0.05F * static_cast<float>(x + y));
        const float logit = 2.2F * smooth - 3.0F + 0.5F * (unit() + unit() - 1.0F);
        frame.scores.at(x, y) = 1.0F / (1.0F + std::exp(-logit));
        if (y < size.height / 12) frame.labels.at(x, y) = kVoid;
      }
    for (int object = 0; object < 6; ++object) {
      const int w = 10 + static_cast<int>(120.0F * unit()), h = 10 + static_cast<int>(90.0F * unit());
      const int x0 = static_cast<int>(unit() * static_cast<float>(size.width - w));
      const int third = size.height / 3;
      const int y0 = third + static_cast<int>(unit() * static_cast<float>(2 * third - h));
      for (int y = y0; y < std::min(size.height, y0 + h); ++y)
        for (int x = x0; x < std::min(size.width, x0 + w); ++x) {
          frame.labels.at(x, y) = kAnomaly;
          frame.scores.at(x, y) = std::min(1.0F, frame.scores.at(x, y) + 0.5F * unit());
        }
    }
    frames.push_back(std::move(frame));
  }
  return frames;
}

}  // namespace oodscope::testing
