// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/features/feature_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>

namespace oodscope {
namespace {

constexpr std::size_t kRowsOfScatter = 16;  // a task
constexpr std::size_t kPixelsAtOnce = 256;

/// Adds the products of the rows' entries to the lower triangle of `scatter`, rows in order.
void addProducts(const std::vector<double>& rows, std::size_t dimensions, std::vector<double>& scatter) {
  const std::size_t count = rows.size() / dimensions;
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, dimensions, kRowsOfScatter), [&](const auto& range) {
    for (std::size_t k = 0; k < count; ++k) {
      const double* row = rows.data() + k * dimensions;
      for (std::size_t i = range.begin(); i < range.end(); ++i) {
        double* to = scatter.data() + i * dimensions;
        const double factor = row[i];
        for (std::size_t j = 0; j <= i; ++j) to[j] += factor * row[j];
      }
    }
  });
}

void mirrorLower(std::vector<double>& matrix, std::size_t dimensions) {
  for (std::size_t i = 0; i < dimensions; ++i)
    for (std::size_t j = 0; j < i; ++j) matrix[j * dimensions + i] = matrix[i * dimensions + j];
}

/// Moments of rows of features, count x D: their mean first, then what they differ by from it.
FeatureMoments momentsOf(const std::vector<float>& rows, std::size_t dimensions) {
  FeatureMoments out{.count = rows.size() / dimensions};
  out.mean.assign(dimensions, 0.0);
  out.scatter.assign(dimensions * dimensions, 0.0);
  if (out.count == 0) return out;
  for (std::size_t i = 0; i < rows.size(); ++i) out.mean[i % dimensions] += static_cast<double>(rows[i]);
  for (double& mean : out.mean) mean /= static_cast<double>(out.count);
  std::vector<double> centred;
  for (std::size_t first = 0; first < out.count; first += kPixelsAtOnce) {
    const std::size_t last = std::min<std::size_t>(first + kPixelsAtOnce, out.count);
    centred.clear();
    for (std::size_t i = first * dimensions; i < last * dimensions; ++i)
      centred.push_back(static_cast<double>(rows[i]) - out.mean[i % dimensions]);
    addProducts(centred, dimensions, out.scatter);
  }
  mirrorLower(out.scatter, dimensions);
  return out;
}

void merge(FeatureMoments& into, const FeatureMoments& other, std::size_t dimensions) {
  if (other.count == 0) return;
  if (into.count == 0) {
    into = other;
    return;
  }
  const double mine = static_cast<double>(into.count), theirs = static_cast<double>(other.count), all = mine + theirs;
  std::vector<double> difference(dimensions);
  for (std::size_t d = 0; d < dimensions; ++d) difference[d] = other.mean[d] - into.mean[d];
  for (std::size_t i = 0; i < dimensions; ++i)
    for (std::size_t j = 0; j < dimensions; ++j)
      into.scatter[i * dimensions + j] +=
          other.scatter[i * dimensions + j] + difference[i] * difference[j] * (mine * theirs / all);
  for (std::size_t d = 0; d < dimensions; ++d) into.mean[d] += difference[d] * (theirs / all);
  into.count += other.count;
}

/// The inverse of a matrix L L^T from L, by solving for each unit vector.
std::vector<double> inverseFrom(const std::vector<double>& lower, std::size_t dimensions) {
  std::vector<double> out(dimensions * dimensions);
  tbb::parallel_for(std::size_t{0}, dimensions, [&](std::size_t column) {
    std::vector<double> solved(dimensions, 0.0);
    for (std::size_t i = column; i < dimensions; ++i) {
      double value = i == column ? 1.0 : 0.0;
      for (std::size_t j = column; j < i; ++j) value -= lower[i * dimensions + j] * solved[j];
      solved[i] = value / lower[i * dimensions + i];
    }
    for (std::size_t i = dimensions; i-- > 0;) {
      for (std::size_t j = i + 1; j < dimensions; ++j) solved[i] -= lower[j * dimensions + i] * solved[j];
      solved[i] /= lower[i * dimensions + i];
    }
    for (std::size_t i = 0; i < dimensions; ++i) out[i * dimensions + column] = solved[i];
  });
  for (std::size_t i = 0; i < dimensions; ++i)
    for (std::size_t j = 0; j < i; ++j)
      out[i * dimensions + j] = out[j * dimensions + i] = 0.5 * (out[i * dimensions + j] + out[j * dimensions + i]);
  return out;
}

}  // namespace

FeatureStatistics::FeatureStatistics(int classes, int dimensions) : m_dimensions(dimensions) {
  require(classes > 0 && classes < 256, "FeatureStatistics: classes out of 1..255");
  require(dimensions > 0, "FeatureStatistics: at least one dimension");
  m_classes.resize(static_cast<std::size_t>(classes));
}

FeatureStatistics::FeatureStatistics(std::vector<FeatureMoments> classes, int dimensions)
    : m_dimensions(dimensions), m_classes(std::move(classes)) {
  require(!m_classes.empty() && m_classes.size() < 256 && dimensions > 0, "FeatureStatistics: classes out of 1..255");
  const auto length = static_cast<std::size_t>(dimensions);
  for (const FeatureMoments& moments : m_classes)
    require(moments.count == 0 || (moments.mean.size() == length && moments.scatter.size() == length * length),
            "FeatureStatistics: moments of other dimensions");
}

void FeatureStatistics::add(const FeatureView& features, const ClassMap& classes) {
  requireFilled(features);
  require(features.dimensions == m_dimensions, "FeatureStatistics: other dimensions");
  require(features.size == classes.size(), "FeatureStatistics: features and classes differ in size");
  const auto dimensions = static_cast<std::size_t>(m_dimensions);
  const std::vector<float> all = featureRows(features, 0, features.pixels());
  std::vector<std::vector<float>> rows(m_classes.size());
  for (std::size_t i = 0; i < features.pixels(); ++i) {
    const std::size_t kind = classes.values()[i];
    const auto row = std::span(all).subspan(i * dimensions, dimensions);
    if (kind < rows.size() && std::ranges::all_of(row, [](float value) { return std::isfinite(value); }))
      rows[kind].insert(rows[kind].end(), row.begin(), row.end());
  }
  for (std::size_t kind = 0; kind < rows.size(); ++kind)
    if (!rows[kind].empty()) merge(m_classes[kind], momentsOf(rows[kind], dimensions), dimensions);
}

FeatureStatistics& FeatureStatistics::operator+=(const FeatureStatistics& other) {
  require(m_classes.size() == other.m_classes.size() && m_dimensions == other.m_dimensions,
          "FeatureStatistics: other classes or dimensions");
  for (std::size_t i = 0; i < m_classes.size(); ++i)
    merge(m_classes[i], other.m_classes[i], static_cast<std::size_t>(m_dimensions));
  return *this;
}

std::optional<std::vector<double>> choleskyOf(const std::vector<double>& matrix, std::size_t dimensions) {
  require(matrix.size() == dimensions * dimensions, "choleskyOf: the matrix is not square");
  std::vector<double> lower(matrix.size(), 0.0);
  for (std::size_t i = 0; i < dimensions; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const double *a = lower.data() + i * dimensions, *b = lower.data() + j * dimensions;
      const double rest = matrix[i * dimensions + j] - std::inner_product(a, a + j, b, 0.0);
      if (i != j) {
        lower[i * dimensions + j] = rest / lower[j * dimensions + j];
      } else {
        if (!(rest > 0.0) || !(rest > 1e-14 * matrix[i * dimensions + i]) || !std::isfinite(rest)) return std::nullopt;
        lower[i * dimensions + i] = std::sqrt(rest);
      }
    }
  }
  return lower;
}

std::optional<FeatureClass> featureClassOf(const FeatureMoments& moments, double ridge) {
  require(ridge >= 0.0, "featureClassOf: a ridge below 0");
  if (moments.count < 2) return std::nullopt;
  const std::size_t dimensions = moments.mean.size();
  std::vector<double> covariance = moments.scatter;
  for (double& value : covariance) value /= static_cast<double>(moments.count - 1);
  double trace = 0;
  for (std::size_t d = 0; d < dimensions; ++d) trace += covariance[d * dimensions + d];
  for (std::size_t d = 0; d < dimensions; ++d)
    covariance[d * dimensions + d] += ridge * trace / static_cast<double>(dimensions);
  const auto lower = choleskyOf(covariance, dimensions);
  if (!lower)
    throw Error({.what = "the covariance of a class's features has no inverse",
                 .expected = "more features than their " + std::to_string(dimensions) + " dimensions, or a ridge",
                 .found = std::to_string(moments.count) + " features"});
  return FeatureClass{moments.mean, inverseFrom(*lower, dimensions)};
}

MahalanobisScore::MahalanobisScore(const std::vector<FeatureClass>& classes) {
  require(!classes.empty(), "MahalanobisScore: no class");
  m_dimensions = classes.front().mean.size();
  for (std::size_t i = 0; i < classes.size(); ++i) {
    require(classes[i].mean.size() == m_dimensions && m_dimensions > 0,
            "MahalanobisScore: classes of other dimensions");
    const auto lower = choleskyOf(classes[i].inverse, m_dimensions);
    if (!lower)
      throw Error({.what = "the inverse covariance of class " + std::to_string(i) + " is no such matrix",
                   .expected = "a symmetric positive definite matrix",
                   .found = "one that is not"});
    Whitened& kind = m_classes.emplace_back(Whitened{classes[i].mean, std::vector<double>(lower->size())});
    for (std::size_t row = 0; row < m_dimensions; ++row)
      for (std::size_t column = 0; column <= row; ++column)
        kind.factor[column * m_dimensions + row] = (*lower)[row * m_dimensions + column];
  }
}

double MahalanobisScore::distance(const Whitened& kind, const float* feature, std::vector<double>& difference) const {
  for (std::size_t d = 0; d < m_dimensions; ++d) difference[d] = static_cast<double>(feature[d]) - kind.mean[d];
  double sum = 0;
  for (std::size_t row = 0; row < m_dimensions; ++row) {
    const double* factor = kind.factor.data() + row * m_dimensions;
    double value = 0;
    for (std::size_t column = row; column < m_dimensions; ++column) value += factor[column] * difference[column];
    sum += value * value;
  }
  return sum;
}

ScoreMap MahalanobisScore::operator()(const FeatureView& features) const {
  requireFilled(features);
  require(static_cast<std::size_t>(features.dimensions) == m_dimensions, "MahalanobisScore: other dimensions");
  ScoreMap out(features.size);
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, features.pixels(), kPixelsAtOnce), [&](const auto& range) {
    const std::vector<float> rows = featureRows(features, range.begin(), range.size());
    std::vector<double> difference(m_dimensions);
    for (std::size_t i = 0; i < range.size(); ++i) {
      double least = std::numeric_limits<double>::infinity();
      for (const Whitened& kind : m_classes) {
        const double value = distance(kind, rows.data() + i * m_dimensions, difference);
        if (!(value >= least)) least = value;  // NaN stays: no comparison with it holds
        if (std::isnan(least)) break;
      }
      out.values()[range.begin() + i] = static_cast<float>(least);
    }
  });
  return out;
}

}  // namespace oodscope
