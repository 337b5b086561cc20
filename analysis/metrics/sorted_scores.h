// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/pixel_metrics.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace oodscope {

/// Pixels by truth and decision (score >= threshold). Additive over frames.
struct ConfusionCounts {
  std::uint64_t tp = 0, fp = 0, fn = 0, tn = 0;
  ConfusionCounts& operator+=(const ConfusionCounts& other);
  friend bool operator==(const ConfusionCounts&, const ConfusionCounts&) = default;
  /// Empty where the denominator is 0.
  [[nodiscard]] std::optional<double> precision() const;
  [[nodiscard]] std::optional<double> recall() const;
  [[nodiscard]] std::optional<double> fpr() const;
  [[nodiscard]] std::optional<double> f1() const;
  [[nodiscard]] std::optional<double> iou() const;  ///< TP / (TP + FP + FN)
};

/// What is kept of a frame so that a threshold can move without looking at its pixels again: the scores of its
/// positives and negatives, each sorted. Memory: 4 bytes per labelled pixel with a finite score.
class SortedScores {
public:
  SortedScores() = default;
  /// Requires: equal lengths. Cost: O(n), a radix sort (about 10 ns a pixel).
  SortedScores(std::span<const float> scores, std::span<const std::uint8_t> labels);

  /// Exact counts at a threshold; -0 equals +0; a NaN threshold predicts nothing. Cost: O(log n).
  [[nodiscard]] ConfusionCounts countsAt(float threshold) const;
  [[nodiscard]] std::uint64_t positives() const { return m_positives.size(); }
  [[nodiscard]] std::uint64_t negatives() const { return m_negatives.size(); }
  [[nodiscard]] const ScoreHygiene& hygiene() const { return m_hygiene; }

  /// Monotone integer images of the scores (score_key.h), ascending.
  [[nodiscard]] std::span<const std::int32_t> positiveKeys() const { return m_positives; }
  [[nodiscard]] std::span<const std::int32_t> negativeKeys() const { return m_negatives; }

private:
  std::vector<std::int32_t> m_positives;
  std::vector<std::int32_t> m_negatives;
  ScoreHygiene m_hygiene;
};

/// Sum of countsAt over the frames. Cost: O(frames log n).
[[nodiscard]] ConfusionCounts countsAt(std::span<const SortedScores* const> frames, float threshold);

struct SortedSetResult {
  PixelMetrics metrics;
  SetCurves curves;
};
/// Exact metrics and curves of a set under a pooled protocol (Course, Fishyscapes, DenseHybrid), equal to evaluateSet's
/// to the last bit. Errors: ContractViolation for another protocol. Cost: O(pixels), a sequential merge.
[[nodiscard]] SortedSetResult evaluateSorted(std::span<const SortedScores* const> frames, Protocol protocol);

}  // namespace oodscope
