// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/features/feature_map.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace oodscope {

/// Count, mean and scatter of one class's features.
struct FeatureMoments {
  std::uint64_t count = 0;
  std::vector<double> mean = {};     ///< D
  std::vector<double> scatter = {};  ///< D x D, row-major: sum of (f - mean)(f - mean)^T
  friend bool operator==(const FeatureMoments&, const FeatureMoments&) = default;
};

/// Means and covariances of features by class. One tally a frame, merged in the order of the frames, gives the same
/// bits for any number of threads. Memory: 8 C D^2 bytes.
class FeatureStatistics {
public:
  /// Requires: 1 to 255 classes, a dimension or more.
  FeatureStatistics(int classes, int dimensions);
  FeatureStatistics(std::vector<FeatureMoments> classes, int dimensions);

  /// One frame: its features and the class of each of their pixels. Classes beyond the last one, and features that hold
  /// a value that is not finite, are left out. Requires: equal sizes, the same dimensions. Cost: D^2 / 2 products a
  /// pixel.
  void add(const FeatureView& features, const ClassMap& classes);
  FeatureStatistics& operator+=(const FeatureStatistics& other);

  [[nodiscard]] std::size_t classes() const { return m_classes.size(); }
  [[nodiscard]] int dimensions() const { return m_dimensions; }
  [[nodiscard]] const FeatureMoments& of(std::size_t index) const { return m_classes.at(index); }
  friend bool operator==(const FeatureStatistics&, const FeatureStatistics&) = default;

private:
  int m_dimensions;
  std::vector<FeatureMoments> m_classes;
};

/// A class as the Mahalanobis distance sees it.
struct FeatureClass {
  std::vector<double> mean;     ///< D
  std::vector<double> inverse;  ///< D x D, of the covariance: symmetric, positive definite
  friend bool operator==(const FeatureClass&, const FeatureClass&) = default;
};
/// The class's mean and inverse covariance, unbiased, with `ridge` times the mean variance added to its diagonal. Empty
/// for fewer than two features. Throws Error where the covariance is singular: fewer features than dimensions, say.
/// Cost: O(D^3).
[[nodiscard]] std::optional<FeatureClass> featureClassOf(const FeatureMoments& moments, double ridge = 0.0);

/// The lower triangle L, row-major D x D, of a symmetric positive definite matrix = L L^T; empty where it is not
/// positive definite. Cost: D^3 / 3.
[[nodiscard]] std::optional<std::vector<double>> choleskyOf(const std::vector<double>& matrix, std::size_t dimensions);

/// min over the classes of (f - mean)^T inverse (f - mean), a pixel. NaN where a feature is. Source: Lee et al.,
/// NeurIPS 2018; SegmentMeIfYouCan's baselines (file with `means` and `inverse`).
class MahalanobisScore {
public:
  /// Requires: a class or more, all of the same dimensions. Throws Error for an inverse that is not positive definite.
  explicit MahalanobisScore(const std::vector<FeatureClass>& classes);
  [[nodiscard]] int dimensions() const { return static_cast<int>(m_dimensions); }
  /// Requires: the same dimensions. Uses all threads. Cost: C D^2 / 2 products a pixel, in double.
  [[nodiscard]] ScoreMap operator()(const FeatureView& features) const;

private:
  struct Whitened {
    std::vector<double> mean, factor;  ///< factor: upper triangle U of the inverse = U^T U, row-major
  };
  [[nodiscard]] double distance(const Whitened& kind, const float* feature, std::vector<double>& difference) const;
  std::size_t m_dimensions;
  std::vector<Whitened> m_classes;
};

}  // namespace oodscope
