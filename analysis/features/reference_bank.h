// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/features/feature_map.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace oodscope {

/// Features that stand for what is normal: n rows of D.
struct ReferenceBank {
  int dimensions = 0;
  std::vector<float> values = {};  ///< n x D
  [[nodiscard]] std::size_t count() const {
    return dimensions == 0 ? 0 : values.size() / static_cast<std::size_t>(dimensions);
  }
  friend bool operator==(const ReferenceBank&, const ReferenceBank&) = default;
};

/// Draws `capacity` features of all pixels of all frames, each equally likely, without replacement. Which are drawn is
/// a function of the seed, the frames' numbers and the pixels' places alone: frames may come in any order, from any
/// thread's sampler, and merge.
class BankSampler {
public:
  /// Requires: a capacity and a dimension of 1 or more.
  BankSampler(std::size_t capacity, int dimensions, std::uint64_t seed);
  /// Pixels that hold a value that is not finite are left out. Requires: the dimensions of the sampler.
  void add(std::size_t frame, const FeatureView& features);
  /// Requires: the same capacity, dimensions and seed; other frames.
  void merge(BankSampler&& other);
  /// In an order that the seed decides.
  [[nodiscard]] ReferenceBank bank() const;

private:
  void keep(std::pair<std::uint64_t, std::uint64_t> key, std::vector<float> feature);
  std::size_t m_capacity;
  int m_dimensions;
  std::uint64_t m_seed;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<float>> m_kept;  ///< by random key, then place
};

/// Mean Euclidean distance to the k nearest of a bank, exactly: products of blocks of floats choose who may be among
/// the nearest, with a bound on their rounding, and those are measured in double. Of equal distances the earlier
/// feature counts. Source: Galesso et al., dense-ood-knns (k = 3, 100,000 features of 500 training images).
class NearestFeatures {
public:
  /// Requires: 1 <= k <= bank.count(), finite values. Cost: a copy of the bank.
  NearestFeatures(ReferenceBank bank, int k);
  [[nodiscard]] int dimensions() const { return m_bank.dimensions; }
  /// One score a pixel; NaN where a feature is not finite. Uses all threads, the same for any number of them. Requires:
  /// the bank's dimensions. Cost: n D products a pixel.
  [[nodiscard]] ScoreMap operator()(const FeatureView& features) const;
  /// The same of `count` features in rows of D.
  [[nodiscard]] std::vector<float> ofRows(std::span<const float> rows) const;

private:
  struct Candidate {
    float near;  ///< squared distance less the query's own square, rounded
    std::uint32_t index;
  };
  [[nodiscard]] std::vector<Candidate> everyRow() const;
  void scoreBlock(const float* rows, std::size_t count, float* out) const;
  [[nodiscard]] double exactMean(const float* query, const std::vector<Candidate>& candidates) const;

  ReferenceBank m_bank;
  std::size_t m_k;
  std::vector<float> m_panels;   ///< the bank in groups of 16 rows, a dimension after the other
  std::vector<float> m_squares;  ///< of the rows
  double m_longest = 0.0;        ///< square of the longest row
};

/// Constants of cDNP, from training images.
struct CombinedScale {
  double scoreLow = 0.0, scoreHigh = 1.0;  ///< of the parametric score
  double distanceHigh = 1.0;               ///< of the distance to the nearest features
};
/// (e - low) / (high - low) + d / high of a parametric score e and a distance d, a pixel: cDNP. Requires: equal sizes,
/// a scale with a width. Source: Galesso et al., dense-ood-knns, combine_scores.
[[nodiscard]] ScoreMap combinedScore(const ScoreMap& score, const ScoreMap& distance, const CombinedScale& scale);

}  // namespace oodscope
