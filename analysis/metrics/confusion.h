// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace oodscope {

/// Pixels by true class (row) and predicted class (column). Additive: frames and sets merge by +=.
class ConfusionMatrix {
public:
  explicit ConfusionMatrix(int classes);

  [[nodiscard]] int classes() const { return m_classes; }
  [[nodiscard]] std::uint64_t at(int truth, int predicted) const;

  /// Counts one frame. A true label of `classes` or more (255 is void) is left out; a prediction there counts as a miss
  /// of its true class and as no class's false positive. Requires: equal lengths. Cost: O(n).
  void add(std::span<const std::uint8_t> truth, std::span<const std::uint8_t> predicted);
  ConfusionMatrix& operator+=(const ConfusionMatrix& other);
  friend bool operator==(const ConfusionMatrix&, const ConfusionMatrix&) = default;

  /// TP / (TP + FP + FN) per class; empty where the class neither occurs nor is predicted.
  [[nodiscard]] std::vector<std::optional<double>> iouPerClass() const;
  /// Classes that occur in the truth: those that a mean over all classes is of.
  [[nodiscard]] std::size_t occurringClasses() const;
  /// Mean IoU over the first `evaluated` classes that occur in the truth; empty where none does. -1: all classes.
  [[nodiscard]] std::optional<double> meanIou(int evaluated = -1) const;
  /// Fraction of counted pixels whose class is right; empty without pixels.
  [[nodiscard]] std::optional<double> accuracy() const;

private:
  int m_classes;
  std::vector<std::uint64_t> m_counts;  // classes rows of classes + 1 columns; the last column: predicted no class
};

/// open-mIoU as StreetHazards evaluates it (DenseHybrid evaluate_osr.py): twelve inlier classes 0..11, anomaly 12,
/// ignore 13; a pixel whose score is *above* the threshold is predicted as anomaly.
inline constexpr std::uint8_t kOpenInlierClasses = 12;
inline constexpr std::uint8_t kOpenAnomaly = 12;
inline constexpr std::uint8_t kOpenIgnore = 13;

struct OpenSetResult {
  std::optional<double> openMiou;    ///< mean IoU over the classes 0..11 that occur, anomaly predictions counted
  std::optional<double> closedMiou;  ///< the same classes, anomaly and ignored pixels left out, no threshold
};

/// Accumulates frames of one town. Merge towns by mergeTowns().
class OpenSetTally {
public:
  OpenSetTally();
  /// truth: 0..13; predicted: argmax 0..11; scores: higher is more anomalous; a NaN score is never an anomaly.
  /// Requires: equal lengths; predicted below 12.
  void add(std::span<const std::uint8_t> truth, std::span<const std::uint8_t> predicted, std::span<const float> scores,
           float threshold);
  OpenSetTally& operator+=(const OpenSetTally& other);
  [[nodiscard]] OpenSetResult result() const;
  [[nodiscard]] std::uint64_t frames() const { return m_frames; }

private:
  ConfusionMatrix m_open;
  ConfusionMatrix m_closed;
  std::uint64_t m_frames = 0;
};

/// Towns weighted by their number of frames; a town without a value is left out.
[[nodiscard]] OpenSetResult mergeTowns(std::span<const OpenSetTally> towns);

/// Bins of 5 m from 5 to 50 m: nine bins, closed below and open above.
inline constexpr int kDistanceBins = 9;
/// The bin of a distance, empty when unknown or out of range.
[[nodiscard]] std::optional<int> distanceBin(float metres);
/// Lower and upper bound of a bin in metres.
[[nodiscard]] float distanceBinStart(int bin);
[[nodiscard]] float distanceBinEnd(int bin);
/// `labels` with every pixel outside the bin set to void. Requires: equal sizes.
[[nodiscard]] LabelMap labelsWithinBin(const LabelMap& labels, const Grid<float>& distance, int bin);

}  // namespace oodscope
