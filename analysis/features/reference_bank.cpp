// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/features/reference_bank.h"

#include "analysis/core/random.h"
#include "analysis/features/panel_products.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>

namespace oodscope {
namespace {

using kernels::kPanelQueries, kernels::kPanelRows;

constexpr float kLargestMargin = 1e30F;

bool isFinite(const float* feature, std::size_t dimensions) {
  return std::all_of(feature, feature + dimensions, [](float value) { return std::isfinite(value); });
}

double squareOf(const float* feature, std::size_t dimensions) {
  double sum = 0;
  for (std::size_t d = 0; d < dimensions; ++d) sum += static_cast<double>(feature[d]) * static_cast<double>(feature[d]);
  return sum;
}

/// The k smallest values so far, the largest of them at hand.
class Smallest {
public:
  explicit Smallest(std::size_t k) : m_k(k) {}
  void add(float value) {
    if (m_heap.size() == m_k) {
      if (!(value < m_heap.front())) return;
      std::ranges::pop_heap(m_heap);
      m_heap.back() = value;
    } else {
      m_heap.push_back(value);
    }
    std::ranges::push_heap(m_heap);
  }
  [[nodiscard]] float largest() const {
    return m_heap.size() < m_k ? std::numeric_limits<float>::infinity() : m_heap.front();
  }

private:
  std::size_t m_k;
  std::vector<float> m_heap;
};

}  // namespace

BankSampler::BankSampler(std::size_t capacity, int dimensions, std::uint64_t seed)
    : m_capacity(capacity), m_dimensions(dimensions), m_seed(seed) {
  require(capacity > 0 && dimensions > 0, "BankSampler: a capacity and a dimension of 1 or more");
}

void BankSampler::keep(std::pair<std::uint64_t, std::uint64_t> key, std::vector<float> feature) {
  m_kept.emplace(key, std::move(feature));
  if (m_kept.size() > m_capacity) m_kept.erase(std::prev(m_kept.end()));
}

void BankSampler::add(std::size_t frame, const FeatureView& features) {
  requireFilled(features);
  require(features.dimensions == m_dimensions, "BankSampler: other dimensions");
  const auto dimensions = static_cast<std::size_t>(m_dimensions);
  for (std::size_t i = 0; i < features.pixels(); ++i) {
    const std::pair<std::uint64_t, std::uint64_t> key{mixSeeds(m_seed, frame, i), (std::uint64_t{frame} << 32U) | i};
    if (m_kept.size() == m_capacity && !(key < m_kept.rbegin()->first)) continue;
    std::vector<float> feature(dimensions);
    for (std::size_t d = 0; d < dimensions; ++d) feature[d] = features.values[d * features.pixels() + i];
    if (isFinite(feature.data(), dimensions)) keep(key, std::move(feature));
  }
}

void BankSampler::merge(BankSampler&& other) {
  require(m_capacity == other.m_capacity && m_dimensions == other.m_dimensions && m_seed == other.m_seed,
          "BankSampler: samplers of another kind");
  for (auto& [key, feature] : other.m_kept) keep(key, std::move(feature));
  other.m_kept.clear();
}

ReferenceBank BankSampler::bank() const {
  ReferenceBank out{.dimensions = m_dimensions};
  out.values.reserve(m_kept.size() * static_cast<std::size_t>(m_dimensions));
  for (const auto& [key, feature] : m_kept) out.values.insert(out.values.end(), feature.begin(), feature.end());
  return out;
}

NearestFeatures::NearestFeatures(ReferenceBank bank, int k)
    : m_bank(std::move(bank)), m_k(static_cast<std::size_t>(std::max(k, 0))) {
  const auto dimensions = static_cast<std::size_t>(m_bank.dimensions);
  require(m_k >= 1 && m_k <= m_bank.count(), "NearestFeatures: k is 1 to the features of the bank");
  require(m_bank.count() < std::numeric_limits<std::uint32_t>::max(), "NearestFeatures: too large a bank");
  const std::size_t panels = (m_bank.count() + kPanelRows - 1) / kPanelRows;
  m_panels.assign(panels * kPanelRows * dimensions, 0.0F);
  m_squares.assign(panels * kPanelRows, std::numeric_limits<float>::infinity());
  for (std::size_t row = 0; row < m_bank.count(); ++row) {
    const float* feature = m_bank.values.data() + row * dimensions;
    require(isFinite(feature, dimensions), "NearestFeatures: a value that is not finite");
    const double square = squareOf(feature, dimensions);
    m_squares[row] = static_cast<float>(square);
    m_longest = std::max(m_longest, square);
    float* panel = m_panels.data() + (row / kPanelRows) * kPanelRows * dimensions + row % kPanelRows;
    for (std::size_t d = 0; d < dimensions; ++d) panel[d * kPanelRows] = feature[d];
  }
}

double NearestFeatures::exactMean(const float* query, const std::vector<Candidate>& candidates) const {
  const auto dimensions = static_cast<std::size_t>(m_bank.dimensions);
  std::vector<std::pair<double, std::uint32_t>> exact;
  exact.reserve(candidates.size());
  for (const Candidate& candidate : candidates) {
    const float* feature = m_bank.values.data() + candidate.index * dimensions;
    double sum = 0;
    for (std::size_t d = 0; d < dimensions; ++d) {
      const double difference = static_cast<double>(query[d]) - static_cast<double>(feature[d]);
      sum += difference * difference;
    }
    exact.emplace_back(sum, candidate.index);
  }
  std::ranges::partial_sort(exact, exact.begin() + static_cast<std::ptrdiff_t>(m_k));
  double sum = 0;
  for (std::size_t i = 0; i < m_k; ++i) sum += std::sqrt(exact[i].first);
  return sum / static_cast<double>(m_k);
}

std::vector<NearestFeatures::Candidate> NearestFeatures::everyRow() const {
  std::vector<Candidate> out;
  for (std::size_t row = 0; row < m_bank.count(); ++row) out.push_back({0.0F, static_cast<std::uint32_t>(row)});
  return out;
}

void NearestFeatures::scoreBlock(const float* rows, std::size_t count, float* out) const {
  const auto dimensions = static_cast<std::size_t>(m_bank.dimensions);
  std::vector<float> queries(kPanelQueries * dimensions, 0.0F);
  std::copy_n(rows, count * dimensions, queries.begin());
  std::array<float, kPanelQueries> margins{};
  std::vector<Smallest> nearest(kPanelQueries, Smallest(m_k));
  std::array<std::vector<Candidate>, kPanelQueries> candidates;
  for (std::size_t q = 0; q < count; ++q) {
    const float* query = queries.data() + q * dimensions;
    if (!isFinite(query, dimensions))
      std::fill_n(queries.begin() + static_cast<std::ptrdiff_t>(q * dimensions), dimensions, 0.0F);
    // A sum of D rounded products of floats is off by (D + 1) 2^-24 |q| |b| at most, in any order; twice that product
    // is below |q|^2 + |b|^2, the squares are rounded too, and two values are compared.
    const double bound = squareOf(query, dimensions) + m_longest;
    margins[q] = static_cast<float>(4.0 * static_cast<double>(dimensions + 4) * 0x1p-24 * bound);
  }
  std::array<float, kPanelQueries * kPanelRows> products{};
  for (std::size_t panel = 0; panel * kPanelRows < m_squares.size(); ++panel) {
    kernels::panelProducts(queries.data(), m_panels.data() + panel * kPanelRows * dimensions, dimensions,
                           products.data());
    const float* squares = m_squares.data() + panel * kPanelRows;
    for (std::size_t q = 0; q < count; ++q) {
      float limit = nearest[q].largest() + margins[q];
      for (std::size_t r = 0; r < kPanelRows; ++r) {
        const float near = squares[r] - 2.0F * products[q * kPanelRows + r];
        const std::size_t row = panel * kPanelRows + r;
        if (!(near <= limit) || row >= m_bank.count()) continue;
        candidates[q].push_back({near, static_cast<std::uint32_t>(row)});
        nearest[q].add(near);
        limit = nearest[q].largest() + margins[q];
      }
    }
  }
  for (std::size_t q = 0; q < count; ++q) {
    if (!isFinite(rows + q * dimensions, dimensions)) {
      out[q] = std::numeric_limits<float>::quiet_NaN();
      continue;
    }
    const float limit = nearest[q].largest() + margins[q];
    std::erase_if(candidates[q], [&](const Candidate& candidate) { return candidate.near > limit; });
    if (!(margins[q] < kLargestMargin)) candidates[q] = everyRow();  // squares beyond float
    out[q] = static_cast<float>(exactMean(rows + q * dimensions, candidates[q]));
  }
}

std::vector<float> NearestFeatures::ofRows(std::span<const float> rows) const {
  const auto dimensions = static_cast<std::size_t>(m_bank.dimensions);
  require(rows.size() % dimensions == 0, "NearestFeatures: rows of other dimensions");
  const std::size_t count = rows.size() / dimensions;
  std::vector<float> out(count);
  tbb::parallel_for(std::size_t{0}, (count + kPanelQueries - 1) / kPanelQueries, [&](std::size_t block) {
    const std::size_t first = block * kPanelQueries;
    scoreBlock(rows.data() + first * dimensions, std::min(kPanelQueries, count - first), out.data() + first);
  });
  return out;
}

ScoreMap NearestFeatures::operator()(const FeatureView& features) const {
  requireFilled(features);
  require(features.dimensions == m_bank.dimensions, "NearestFeatures: other dimensions");
  return {features.size, ofRows(featureRows(features, 0, features.pixels()))};
}

ScoreMap combinedScore(const ScoreMap& score, const ScoreMap& distance, const CombinedScale& scale) {
  require(score.size() == distance.size(), "combinedScore: score and distance differ in size");
  require(scale.scoreHigh > scale.scoreLow && scale.distanceHigh > 0.0, "combinedScore: a scale without a width");
  ScoreMap out(score.size());
  for (std::size_t i = 0; i < out.values().size(); ++i)
    out.values()[i] = static_cast<float>((static_cast<double>(score.values()[i]) - scale.scoreLow) /
                                             (scale.scoreHigh - scale.scoreLow) +
                                         static_cast<double>(distance.values()[i]) / scale.distanceHigh);
  return out;
}

}  // namespace oodscope
