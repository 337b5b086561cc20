// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/scored_image.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace oodscope {

/// Sizes in pixels below which a component does not count. Source: SegmentMeIfYouCan SegEval.
struct ComponentTrack {
  int minPredicted = 500;
  int minTruth = 100;
  friend bool operator==(const ComponentTrack&, const ComponentTrack&) = default;
};
inline constexpr ComponentTrack kAnomalyTrack{.minPredicted = 500, .minTruth = 100};
inline constexpr ComponentTrack kObstacleTrack{.minPredicted = 50, .minTruth = 10};
/// Of both tracks of ISSU. Source: vojirt/benchmark_issu, CVPR 2025.
inline constexpr ComponentTrack kIssuTrack{.minPredicted = 49, .minTruth = 49};

/// Number of overlap limits t over which F1* is the mean: 0.25, 0.30, …, 0.75.
inline constexpr std::size_t kOverlapLimits = 11;
/// The i-th overlap limit, formed as numpy's linspace(0.25, 0.75, 11) does.
[[nodiscard]] constexpr double overlapLimit(std::size_t i) {
  return i + 1 == kOverlapLimits ? 0.75 : 0.25 + 0.05 * static_cast<double>(i);
}

/// Overlaps of one frame at one threshold, each in [0, 1].
struct FrameComponents {
  std::vector<double> siou;  ///< one per truth component of the least size or more, in row-major order of first pixels
  std::vector<double> ppv;   ///< one per predicted component of the least size or more, in the same order
};

/// Component overlaps of a frame; predicted are pixels with score > threshold outside void. NaN is never predicted.
/// Components are 8-connected; truth components under the minimum are void, which predicted ones lose after their own
/// size filter. Errors: ContractViolation where the spans do not fill the size. Cost: one pass, 4–6 ms on 1920x1080.
/// Source: Chan et al., NeurIPS 2021; SegmentMeIfYouCan/road-anomaly-benchmark, metric SegEval.
[[nodiscard]] FrameComponents evaluateComponents(const ScoredImage& frame, double threshold,
                                                 const ComponentTrack& track);
[[nodiscard]] FrameComponents evaluateComponents(std::span<const float> scores, std::span<const std::uint8_t> labels,
                                                 Size size, double threshold, const ComponentTrack& track);

/// What component metrics keep of a set at one threshold: additive, and the same whatever the order of addition,
/// because the overlaps are summed as integers of 2^-40 (error below 1e-12 a component; room for 16 million
/// components).
class ComponentTally {
public:
  ComponentTally() = default;
  explicit ComponentTally(const FrameComponents& frame);
  void addTruth(double siou);
  void addPredicted(double ppv);
  ComponentTally& operator+=(const ComponentTally& other);
  /// Adds `other` `times` over; for resampling.
  void addScaled(const ComponentTally& other, std::uint32_t times);
  friend bool operator==(const ComponentTally&, const ComponentTally&) = default;

  [[nodiscard]] std::uint64_t truths() const { return m_truths; }
  [[nodiscard]] std::uint64_t predicted() const { return m_predicted; }
  [[nodiscard]] std::uint64_t truePositives(std::size_t limit) const { return m_found[limit]; }
  [[nodiscard]] std::uint64_t falseNegatives(std::size_t limit) const { return m_truths - m_found[limit]; }
  [[nodiscard]] std::uint64_t falsePositives(std::size_t limit) const { return m_wrong[limit]; }
  /// Mean overlaps; not defined without a component to take the mean over.
  [[nodiscard]] std::optional<double> siou() const;
  [[nodiscard]] std::optional<double> ppv() const;
  /// F1 at one limit: 2TP / (2TP + FN + FP); not defined without truth components.
  [[nodiscard]] std::optional<double> f1(std::size_t limit) const;
  /// Mean of the eleven F1; 0 where nothing is predicted, not defined without truth components.
  [[nodiscard]] std::optional<double> f1Star() const;

private:
  std::uint64_t m_truths = 0;
  std::uint64_t m_predicted = 0;
  std::uint64_t m_siouSum = 0;  // in units of 2^-40
  std::uint64_t m_ppvSum = 0;
  std::array<std::uint64_t, kOverlapLimits> m_found{};  // truth components with sIoU >= t
  std::array<std::uint64_t, kOverlapLimits> m_wrong{};  // predicted components with PPV < t
};

/// Component metrics of a set at one threshold, as reported.
struct ComponentMetrics {
  struct AtLimit {
    double limit = 0.0;
    std::uint64_t truePositives = 0, falseNegatives = 0, falsePositives = 0;
    std::optional<double> f1;
  };
  double threshold = 0.0;
  std::optional<double> siou;
  std::optional<double> ppv;     ///< not defined where no component is predicted in the whole set
  std::optional<double> f1Star;  ///< 0 where no component is predicted; not defined without truth components
  std::uint64_t truths = 0, predicted = 0;
  std::array<AtLimit, kOverlapLimits> atLimit{};
};
[[nodiscard]] ComponentMetrics summary(const ComponentTally& tally, double threshold);

}  // namespace oodscope
