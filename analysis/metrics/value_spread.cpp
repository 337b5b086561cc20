// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/value_spread.h"

#include "analysis/core/error.h"

#include <algorithm>
#include <cmath>

namespace oodscope {

std::vector<float> orderedSample(std::span<const float> values, std::size_t most) {
  require(most > 0, "orderedSample: some are wanted");
  std::vector<float> sample;
  const std::size_t step = std::max<std::size_t>(1, values.size() / most);
  sample.reserve(values.size() / step + 1);
  for (std::size_t i = 0; i < values.size(); i += step)
    if (std::isfinite(values[i])) sample.push_back(values[i]);
  std::sort(sample.begin(), sample.end());
  return sample;
}

float lowerQuantile(std::span<const float> ordered, double share) {
  return ordered[static_cast<std::size_t>(share * static_cast<double>(ordered.size() - 1))];
}

float nearestQuantile(std::span<const float> ordered, double share) {
  return ordered[static_cast<std::size_t>(std::lround(share * static_cast<double>(ordered.size() - 1)))];
}

double shareOutside(std::span<const float> values, float low, float high) {
  std::uint32_t outside = 0;  // counted without a branch: it is done at every tick of a slider
  for (const float value : values)
    outside += static_cast<std::uint32_t>(value > high) + static_cast<std::uint32_t>(value < low);
  return values.empty() ? 0.0 : static_cast<double>(outside) / static_cast<double>(values.size());
}

std::vector<double> edgesOf(const ScoreHistogram& histogram) {
  std::vector<double> out;
  const std::size_t bins = histogram.normal.size();
  const double low = static_cast<double>(histogram.low), width = static_cast<double>(histogram.high) - low;
  for (std::size_t i = 0; bins > 0 && i <= bins; ++i)
    out.push_back(low + width * static_cast<double>(i) / static_cast<double>(bins));
  return out;
}

std::vector<double> sharesOf(std::span<const std::uint64_t> counts) {
  double sum = 0.0;
  for (const std::uint64_t count : counts) sum += static_cast<double>(count);
  std::vector<double> out;
  out.reserve(counts.size());
  for (const std::uint64_t count : counts) out.push_back(sum > 0.0 ? static_cast<double>(count) / sum : 0.0);
  return out;
}

}  // namespace oodscope
