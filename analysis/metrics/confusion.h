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

}  // namespace oodscope
