// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/statistics/resampling.h"

#include "analysis/core/random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

double normalDistribution(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

/// Inverse of the normal distribution by bisection: a few dozen steps, a few times an interval.
double normalQuantile(double p) {
  double low = -9.0;
  double high = 9.0;
  for (int step = 0; step < 60; ++step) {
    const double middle = 0.5 * (low + high);
    (normalDistribution(middle) < p ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

/// Quantile of ascending values at (n + 1) p, linear between neighbours.
double quantile(const std::vector<double>& ascending, double p) {
  const double last = static_cast<double>(ascending.size() - 1);
  const double at = std::clamp(p * static_cast<double>(ascending.size() + 1) - 1.0, 0.0, last);
  const std::size_t i = static_cast<std::size_t>(at);
  const std::size_t j = std::min(i + 1, ascending.size() - 1);
  return std::lerp(ascending[i], ascending[j], at - static_cast<double>(i));
}

/// Standard error of that quantile: the number of values below it is binomial.
double quantileError(const std::vector<double>& ascending, double p) {
  const double deviation = std::sqrt(p * (1.0 - p) / static_cast<double>(ascending.size()));
  return 0.5 * (quantile(ascending, p + deviation) - quantile(ascending, p - deviation));
}

/// Skewness of a statistic's dependence on single frames, over six. Source: Efron and Tibshirani, An Introduction to
/// the Bootstrap, 1993, eq. 14.15.
double acceleration(std::span<const double> leftOutValues) {
  double sum = 0.0;
  double count = 0.0;
  for (const double v : leftOutValues)
    if (!std::isnan(v)) {
      sum += v;
      count += 1.0;
    }
  if (count < 2.0) return 0.0;
  double squares = 0.0;
  double cubes = 0.0;
  for (const double v : leftOutValues)
    if (!std::isnan(v)) {
      const double d = sum / count - v;
      squares += d * d;
      cubes += d * d * d;
    }
  return squares > 0.0 ? cubes / (6.0 * std::pow(squares, 1.5)) : 0.0;
}

}  // namespace

Values resampled(std::size_t frames, std::size_t statistics, const BootstrapOptions& options,
                 const WeightedStatistics& compute) {
  require(frames > 0, "bootstrap: no frames");
  require(options.resamples > 0, "bootstrap: no resamples");
  require(options.level > 0.0 && options.level < 1.0, "bootstrap: the level is not between 0 and 1");
  Values out(options.resamples * statistics);
  tbb::parallel_for(std::size_t{0}, options.resamples, [&](std::size_t r) {
    SplitMix random = randomStream(options.seed, r);
    std::vector<std::uint32_t> times(frames, 0);
    for (std::size_t i = 0; i < frames; ++i) ++times[random.scaledBelow(static_cast<std::uint32_t>(frames))];
    compute(times, std::span(out).subspan(r * statistics, statistics));
  });
  return out;
}

Values leftOut(std::size_t frames, std::size_t statistics, const WeightedStatistics& compute) {
  Values out(frames * statistics);
  tbb::parallel_for(std::size_t{0}, frames, [&](std::size_t f) {
    std::vector<std::uint32_t> times(frames, 1);
    times[f] = 0;
    compute(times, std::span(out).subspan(f * statistics, statistics));
  });
  return out;
}

std::optional<DrawnInterval> interval(std::vector<double> resampledValues, std::span<const double> leftOutValues,
                                      double value, const BootstrapOptions& options) {
  std::erase_if(resampledValues, [](double v) { return std::isnan(v); });
  if (resampledValues.size() < 2) return std::nullopt;
  std::sort(resampledValues.begin(), resampledValues.end());
  double low = 0.5 * (1.0 - options.level);
  double high = 1.0 - low;
  if (options.kind == IntervalKind::Bca) {
    const auto [first, last] = std::equal_range(resampledValues.begin(), resampledValues.end(), value);
    const double count = static_cast<double>(resampledValues.size());
    const double under = static_cast<double>(first - resampledValues.begin()) + 0.5 * static_cast<double>(last - first);
    // A value outside all resamples has no finite bias: half a resample keeps it so.
    const double bias = normalQuantile(std::clamp(under / count, 0.5 / count, 1.0 - 0.5 / count));
    const double a = acceleration(leftOutValues);
    const auto corrected = [&](double p) {
      const double z = bias + normalQuantile(p);
      const double scale = 1.0 - a * z;
      return scale > 0.0 ? normalDistribution(bias + z / scale) : p;
    };
    low = corrected(low);
    high = corrected(high);
  }
  return DrawnInterval{{quantile(resampledValues, low), quantile(resampledValues, high)},
                       {quantileError(resampledValues, low), quantileError(resampledValues, high)}};
}

std::vector<double> column(std::span<const double> matrix, std::size_t columns, std::size_t i) {
  std::vector<double> out;
  out.reserve(matrix.size() / columns);
  for (std::size_t at = i; at < matrix.size(); at += columns) out.push_back(matrix[at]);
  return out;
}

ResampledValue estimate(std::vector<double> resampledValues, std::span<const double> leftOutValues, double binned,
                        std::optional<double> exact, Interval range, const BootstrapOptions& options) {
  ResampledValue out;
  out.value = exact;
  if (std::isnan(binned)) return out;
  out.binned = binned;
  if (!out.value) out.value = binned;
  out.undefinedResamples = static_cast<std::size_t>(
      std::count_if(resampledValues.begin(), resampledValues.end(), [](double v) { return std::isnan(v); }));
  if (const auto found = interval(std::move(resampledValues), leftOutValues, binned, options)) {
    const double shift = *out.value - binned;
    out.interval = Interval{std::clamp(found->ends.low + shift, range.low, range.high),
                            std::clamp(found->ends.high + shift, range.low, range.high)};
    out.endError = found->error;
  }
  return out;
}

}  // namespace oodscope
