// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/statistics/frame_histograms.h"

#include <cmath>
#include <random>
#include <vector>

namespace oodscope::testing {

inline constexpr std::size_t kSimulatedBins = 320;

/// Counts of one frame of a population of road scenes: how well its anomalies are separated, how many pixels they have
/// and how its background scores vary from frame to frame. About 200 anomalous and 3,000 normal pixels.
inline std::vector<std::uint32_t> simulatedFrame(std::mt19937& random, double skill = 1.5) {
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> unit;
  const double mean = skill + 0.5 * normal(random);
  const double background = 0.3 * normal(random);
  const int anomalies = 40 + static_cast<int>(320.0 * unit(random));
  std::vector<std::uint32_t> counts(2 * kSimulatedBins, 0);
  const auto above = [](double edge, double mu) { return 0.5 * std::erfc((edge - mu) / std::sqrt(2.0)); };
  const auto spread = [&](std::size_t first, double mu, int pixels) {
    double given = 0.0;
    for (std::size_t i = 0; i < kSimulatedBins; ++i) {
      const double edge = 4.5 - 8.0 * static_cast<double>(i + 1) / static_cast<double>(kSimulatedBins);
      const double before = (i + 1 == kSimulatedBins ? 1.0 : above(edge, mu)) * pixels;
      const double whole = std::round(before);
      counts[first + i] = static_cast<std::uint32_t>(whole - given);
      given = whole;
    }
  };
  spread(0, mean, anomalies);
  spread(kSimulatedBins, background, 3000);
  return counts;
}

inline FrameHistograms simulatedSet(std::mt19937& random, std::size_t frames, double skill = 1.5) {
  FrameHistograms set(frames, kSimulatedBins);
  for (std::size_t f = 0; f < frames; ++f) set.setFrame(f, simulatedFrame(random, skill));
  return set;
}

}  // namespace oodscope::testing
