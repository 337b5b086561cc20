// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/scores/outputs.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace oodscope {

/// Count, mean and spread of numbers, in double; merging is Chan's.
struct Moments {
  std::uint64_t count = 0;
  double mean = 0;
  double squares = 0;  ///< sum of squared differences from the mean
  void add(double value);
  Moments& operator+=(const Moments& other);
  /// Unbiased, over count - 1; empty for fewer than two.
  [[nodiscard]] std::optional<double> variance() const;
  friend bool operator==(const Moments&, const Moments&) = default;
};

/// The largest logit of pixels by the class they are taken for: what standardised max-logits subtract and divide by.
/// One tally a frame, merged in the order of the frames, gives the same bits for any number of threads. Source: Jung et
/// al., ICCV 2021, calculate_statistics.py (which reads 50 batches of augmented training images).
class ClassStatistics {
public:
  /// Requires: 1 to 255 classes.
  explicit ClassStatistics(int classes);
  /// Of classes whose moments are known.
  explicit ClassStatistics(std::vector<Moments> classes);

  /// One frame: its pixels' largest logits and the classes those belong to. A class beyond the last one and a logit
  /// that is not finite are left out. Requires: equal lengths. Cost: O(n), one thread.
  void add(std::span<const float> largest, std::span<const std::uint8_t> predicted);
  /// One frame's logits at their own resolution: the largest of the chosen channels (ascending; empty: all) and where
  /// it is. Requires: logits of as many channels as there are classes, at most.
  void add(const LogitsView& logits, std::span<const int> channels);
  /// Requires: as many classes.
  ClassStatistics& operator+=(const ClassStatistics& other);

  /// Of all classes together.
  [[nodiscard]] Moments all() const;

  [[nodiscard]] std::size_t classes() const { return m_classes.size(); }
  [[nodiscard]] const Moments& of(std::size_t index) const { return m_classes.at(index); }
  friend bool operator==(const ClassStatistics&, const ClassStatistics&) = default;

private:
  std::vector<Moments> m_classes;
};

/// Mean and variance of a class as standardised max-logits need them.
struct ClassScale {
  double mean = 0, variance = 0;
  friend bool operator==(const ClassScale&, const ClassScale&) = default;
};
/// Of each class; empty for one of fewer than two pixels or without spread: it cannot be standardised.
[[nodiscard]] std::vector<std::optional<ClassScale>> scalesOf(const ClassStatistics& statistics);

}  // namespace oodscope
