// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/score_histogram.h"

#include "analysis/core/error.h"
#include "analysis/core/grid.h"
#include "analysis/metrics/score_key.h"

#include <algorithm>

namespace oodscope {

void ScoreRange::add(std::span<const float> scores, std::span<const std::uint8_t> labels) {
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (labels[i] > kAnomaly || !isFiniteScore(scores[i])) continue;
    m_low = std::min(m_low, scores[i]);
    m_high = std::max(m_high, scores[i]);
  }
}

void ScoreRange::merge(const ScoreRange& other) {
  m_low = std::min(m_low, other.m_low);
  m_high = std::max(m_high, other.m_high);
}

ScoreHistogram ScoreRange::histogram(std::size_t bins) const {
  require(!empty() && bins > 0, "ScoreRange: no range or no bins");
  ScoreHistogram histogram;
  histogram.low = m_low;
  histogram.high = m_high;
  histogram.normal.resize(bins);
  histogram.anomalous.resize(bins);
  return histogram;
}

void addToHistogram(ScoreHistogram& histogram, std::span<const float> scores, std::span<const std::uint8_t> labels) {
  const std::size_t bins = histogram.normal.size();
  const auto low = static_cast<double>(histogram.low);
  const double width = static_cast<double>(histogram.high) - low;
  const double scale = width > 0 ? static_cast<double>(bins) / width : 0.0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const float score = scores[i];
    if (labels[i] > kAnomaly || !(score >= histogram.low && score <= histogram.high)) continue;
    const auto bin = std::min(static_cast<std::size_t>((static_cast<double>(score) - low) * scale), bins - 1);
    ++(labels[i] == kAnomaly ? histogram.anomalous : histogram.normal)[bin];
  }
}

void mergeHistogram(ScoreHistogram& sum, const ScoreHistogram& part) {
  require(sum.normal.size() == part.normal.size(), "mergeHistogram: bins differ");
  for (std::size_t bin = 0; bin < sum.normal.size(); ++bin) {
    sum.normal[bin] += part.normal[bin];
    sum.anomalous[bin] += part.anomalous[bin];
  }
}

}  // namespace oodscope
