// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/statistics/bootstrap.h"

#include <functional>

namespace oodscope {

/// Numbers that depend on a seed and a stream alone, so that any thread may draw any stream. Source: SplitMix64.
class RandomStream {
public:
  RandomStream(std::uint64_t seed, std::uint64_t stream);
  [[nodiscard]] std::uint64_t next();
  /// Uniform in 0 … n - 1; bias below 2^-32 for n below 2^32. Requires: 0 < n < 2^32.
  [[nodiscard]] std::uint32_t below(std::uint32_t n);

private:
  std::uint64_t m_state;
};

/// Values of several statistics; NaN where one is not defined.
using Values = std::vector<double>;

/// Computes all statistics for frames taken `times[f]` times each.
using WeightedStatistics = std::function<void(std::span<const std::uint32_t> times, std::span<double> values)>;

/// Resampled values of each statistic: resamples x statistics, row-major.
[[nodiscard]] Values resampled(std::size_t frames, std::size_t statistics, const BootstrapOptions& options,
                               const WeightedStatistics& compute);
/// Values with each frame left out once: frames x statistics.
[[nodiscard]] Values leftOut(std::size_t frames, std::size_t statistics, const WeightedStatistics& compute);

/// An interval and the standard error of its ends (ResampledValue::endError).
struct DrawnInterval {
  Interval ends, error;
};
/// The interval of one statistic from its resampled and left-out values (left-out ones only for BCa), NaN ignored.
/// Empty where fewer than two resamples are defined.
[[nodiscard]] std::optional<DrawnInterval> interval(std::vector<double> resampledValues,
                                                    std::span<const double> leftOutValues, double value,
                                                    const BootstrapOptions& options);

/// The i-th column of a row-major matrix.
[[nodiscard]] std::vector<double> column(std::span<const double> matrix, std::size_t columns, std::size_t i);

/// ResampledValue of a statistic: the interval is found around `binned`, moved to `exact` where that is given, and kept
/// within `range`.
[[nodiscard]] ResampledValue estimate(std::vector<double> resampledValues, std::span<const double> leftOutValues,
                                      double binned, std::optional<double> exact, Interval range,
                                      const BootstrapOptions& options);

}  // namespace oodscope
