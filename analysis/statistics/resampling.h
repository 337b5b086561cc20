// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/statistics/bootstrap.h"

#include <functional>

namespace oodscope {

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
