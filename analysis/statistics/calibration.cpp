// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/statistics/calibration.h"

#include "analysis/core/error.h"
#include "analysis/core/grid.h"

#include <algorithm>
#include <cmath>

#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

constexpr double kUnit = 4294967296.0;  // 2^32
constexpr std::size_t kBlock = 4096;    // pixels; sums are formed a block at a time, so threads do not change them
constexpr double kPrecision = 1e-6;     // of the temperature, relative
constexpr int kMostHalvings = 200;      // far more than bisection needs

void check(const LabelledLogits& samples) {
  require(samples.logits.size() == samples.pixels() * samples.classes,
          "calibration: logits and truth differ in pixels");
  require(std::all_of(samples.truth.begin(), samples.truth.end(), [&](std::uint8_t c) { return c < samples.classes; }),
          "calibration: a true class has no logit");
}

/// What one pass over the samples sums up.
struct Sums {
  double pixels = 0.0, nll = 0.0, slope = 0.0, right = 0.0;
  ReliabilityTally reliability;
};

/// NLL and its derivative by 1/T at one inverse temperature; reliability only where asked for.
Sums pass(const LabelledLogits& samples, double inverse, bool withReliability) {
  const std::size_t blocks = (samples.pixels() + kBlock - 1) / kBlock;
  std::vector<Sums> parts(blocks);
  tbb::parallel_for(std::size_t{0}, blocks, [&](std::size_t b) {
    Sums& sums = parts[b];
    for (std::size_t i = b * kBlock; i < std::min(samples.pixels(), (b + 1) * kBlock); ++i) {
      const std::span<const float> z = std::span(samples.logits).subspan(i * samples.classes, samples.classes);
      if (!std::all_of(z.begin(), z.end(), [](float v) { return std::isfinite(v); })) continue;
      const auto top = std::max_element(z.begin(), z.end());
      const double highest = static_cast<double>(*top);
      double sum = 0.0;
      double weighted = 0.0;  // of z - highest
      for (const float v : z) {
        const double d = static_cast<double>(v) - highest;
        const double e = std::exp(inverse * d);
        sum += e;
        weighted += e * d;
      }
      const double truth = static_cast<double>(z[samples.truth[i]]) - highest;
      const bool isRight = top - z.begin() == samples.truth[i];
      sums.pixels += 1.0;
      sums.nll += std::log(sum) - inverse * truth;
      sums.slope += weighted / sum - truth;
      sums.right += isRight ? 1.0 : 0.0;
      if (withReliability) sums.reliability.add(1.0 / sum, isRight);
    }
  });
  Sums all;
  for (const Sums& part : parts) {
    all.pixels += part.pixels;
    all.nll += part.nll;
    all.slope += part.slope;
    all.right += part.right;
    all.reliability += part.reliability;
  }
  return all;
}

}  // namespace

std::optional<double> ReliabilityTally::Bin::confidence() const {
  if (count == 0) return std::nullopt;
  return static_cast<double>(confidenceSum) / kUnit / static_cast<double>(count);
}

std::optional<double> ReliabilityTally::Bin::frequency() const {
  if (count == 0) return std::nullopt;
  return static_cast<double>(right) / static_cast<double>(count);
}

void ReliabilityTally::add(double confidence, bool isRight) {
  if (!(confidence >= 0.0 && confidence <= 1.0)) {
    ++m_outside;
    return;
  }
  Bin& bin = m_bins[std::min(kBins - 1, static_cast<std::size_t>(confidence * static_cast<double>(kBins)))];
  ++bin.count;
  bin.right += isRight ? 1 : 0;
  bin.confidenceSum += static_cast<std::uint64_t>(std::llround(confidence * kUnit));
}

ReliabilityTally& ReliabilityTally::operator+=(const ReliabilityTally& other) {
  for (std::size_t b = 0; b < kBins; ++b) {
    m_bins[b].count += other.m_bins[b].count;
    m_bins[b].right += other.m_bins[b].right;
    m_bins[b].confidenceSum += other.m_bins[b].confidenceSum;
  }
  m_outside += other.m_outside;
  return *this;
}

std::uint64_t ReliabilityTally::count() const {
  std::uint64_t sum = 0;
  for (const Bin& bin : m_bins) sum += bin.count;
  return sum;
}

std::optional<double> ReliabilityTally::expectedError() const {
  const std::uint64_t all = count();
  if (all == 0) return std::nullopt;
  double sum = 0.0;
  for (const Bin& bin : m_bins)
    if (bin.count != 0) sum += static_cast<double>(bin.count) * std::abs(*bin.frequency() - *bin.confidence());
  return sum / static_cast<double>(all);
}

std::optional<double> ReliabilityTally::maximumError() const {
  std::optional<double> largest;
  for (const Bin& bin : m_bins)
    if (bin.count != 0) largest = std::max(largest.value_or(0.0), std::abs(*bin.frequency() - *bin.confidence()));
  return largest;
}

ReliabilityTally scoreReliability(std::span<const float> scores, std::span<const std::uint8_t> labels) {
  require(scores.size() == labels.size(), "scoreReliability: scores and labels differ in length");
  ReliabilityTally tally;
  for (std::size_t i = 0; i < scores.size(); ++i)
    if (labels[i] == kNormal || labels[i] == kAnomaly) tally.add(static_cast<double>(scores[i]), labels[i] == kAnomaly);
  return tally;
}

std::optional<CalibrationAt> calibrationAt(const LabelledLogits& samples, double temperature) {
  require(temperature > 0.0, "calibrationAt: the temperature is not positive");
  check(samples);
  const Sums sums = pass(samples, 1.0 / temperature, true);
  if (sums.pixels == 0.0) return std::nullopt;
  return CalibrationAt{.temperature = temperature,
                       .nll = sums.nll / sums.pixels,
                       .accuracy = sums.right / sums.pixels,
                       .reliability = sums.reliability};
}

std::optional<BestTemperature> bestTemperature(const LabelledLogits& samples, double low, double high) {
  require(low > 0.0 && low < high, "bestTemperature: the range is not one of positive temperatures");
  check(samples);
  // The slope by the inverse temperature rises with it: find where it passes 0.
  double cold = 1.0 / high;
  double hot = 1.0 / low;
  const Sums first = pass(samples, cold, false);
  if (first.pixels == 0.0) return std::nullopt;
  const auto result = [&](double inverse, bool atEnd) {
    const Sums sums = pass(samples, inverse, false);
    return BestTemperature{.temperature = 1.0 / inverse, .nll = sums.nll / sums.pixels, .atEnd = atEnd};
  };
  if (first.slope >= 0.0) return result(cold, true);
  if (pass(samples, hot, false).slope <= 0.0) return result(hot, true);
  for (int step = 0; step < kMostHalvings && hot / cold > 1.0 + kPrecision; ++step) {
    const double middle = std::sqrt(cold * hot);
    (pass(samples, middle, false).slope < 0.0 ? cold : hot) = middle;
  }
  return result(std::sqrt(cold * hot), false);
}

}  // namespace oodscope
