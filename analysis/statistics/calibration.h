// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace oodscope {

/// Confidence against frequency in equal bins of [0, 1]; additive over frames.
class ReliabilityTally {
public:
  static constexpr std::size_t kBins = 15;  // as Guo et al. 2017

  struct Bin {
    std::uint64_t count = 0;
    std::uint64_t right = 0;          ///< of them
    std::uint64_t confidenceSum = 0;  ///< in units of 2^-32, so that the order of addition does not matter
    friend bool operator==(const Bin&, const Bin&) = default;
    /// Means over the bin; not defined where it is empty.
    [[nodiscard]] std::optional<double> confidence() const;
    [[nodiscard]] std::optional<double> frequency() const;
  };

  /// One prediction made with `confidence` in [0, 1]; 1 belongs to the last bin. NaN and values outside are counted as
  /// outside and take no part.
  void add(double confidence, bool isRight);
  ReliabilityTally& operator+=(const ReliabilityTally& other);
  friend bool operator==(const ReliabilityTally&, const ReliabilityTally&) = default;

  [[nodiscard]] const std::vector<Bin>& bins() const { return m_bins; }
  [[nodiscard]] std::uint64_t count() const;
  [[nodiscard]] std::uint64_t outside() const { return m_outside; }
  /// Expected calibration error: mean over predictions of |frequency - confidence| of their bin. Not defined without
  /// any. Source: Guo et al., ICML 2017, eq. 3.
  [[nodiscard]] std::optional<double> expectedError() const;
  /// The largest |frequency - confidence| of a bin.
  [[nodiscard]] std::optional<double> maximumError() const;

private:
  std::vector<Bin> m_bins = std::vector<Bin>(kBins);
  std::uint64_t m_outside = 0;
};

/// An anomaly score read as the probability of an anomaly, against the labels (kNormal, kAnomaly; others are left out).
/// Meaningful for scores in [0, 1]; what lies outside is counted. Errors: ContractViolation where lengths differ.
[[nodiscard]] ReliabilityTally scoreReliability(std::span<const float> scores, std::span<const std::uint8_t> labels);

/// Logits of labelled pixels: classes values a pixel, pixel after pixel, and the true class of each.
struct LabelledLogits {
  std::size_t classes = 0;
  std::vector<float> logits;
  std::vector<std::uint8_t> truth;  ///< below `classes`
  [[nodiscard]] std::size_t pixels() const { return truth.size(); }
};

/// Calibration of softmax(z / T) as a prediction of the class.
struct CalibrationAt {
  double temperature = 1.0;
  double nll = 0.0;       ///< mean negative log likelihood of the true class, nats
  double accuracy = 0.0;  ///< does not depend on T; the lowest of equal classes is predicted
  ReliabilityTally reliability;
};

/// At one temperature. Empty without pixels. Pixels with a logit that is not finite are left out.
/// Requires: temperature > 0, logits of pixels * classes values, truth below classes. Cost: pixels * classes exps.
/// The same for any number of threads.
[[nodiscard]] std::optional<CalibrationAt> calibrationAt(const LabelledLogits& samples, double temperature);

/// The temperature in [low, high] with the least mean NLL; the NLL is convex in 1/T, so it is the only one. At an end
/// of the range where the least lies beyond. Empty without pixels. Relative precision 1e-6. Cost: about 25 passes.
struct BestTemperature {
  double temperature = 1.0;
  double nll = 0.0;
  bool atEnd = false;  ///< the least lies at or beyond an end of the range
};
[[nodiscard]] std::optional<BestTemperature> bestTemperature(const LabelledLogits& samples, double low = 0.05,
                                                             double high = 20.0);

}  // namespace oodscope
