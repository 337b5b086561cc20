// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/double_ranking.h"

#include "analysis/core/error.h"
#include "analysis/metrics/score_key.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace oodscope {
namespace {

constexpr std::int64_t kStep = 2;  // between anchors: one key stays free
constexpr std::size_t kMostAnchors = 500'000'000;

std::int32_t highestKey() { return keyOfScore(std::numeric_limits<float>::max()); }
std::int32_t lowestKey() { return keyOfScore(std::numeric_limits<float>::lowest()); }

/// Key of the nearest float, of a finite one where the score is beyond float's range.
std::int32_t nearestKey(double score) {
  constexpr double kMost = std::numeric_limits<float>::max();
  return keyOfScore(static_cast<float>(std::clamp(score, -kMost, kMost)));
}

/// Ascending keys at least kStep apart, within what leaves a free key below and above. Each run of crowded keys is
/// spread half downwards, half upwards.
std::vector<std::int32_t> spread(const std::vector<double>& anchors) {
  const std::size_t n = anchors.size();
  std::vector<std::int64_t> up(n), down(n);
  for (std::size_t i = 0; i < n; ++i) {
    up[i] = nearestKey(anchors[i]);
    if (i > 0) up[i] = std::max(up[i], up[i - 1] + kStep);
  }
  for (std::size_t i = n; i-- > 0;) {
    down[i] = nearestKey(anchors[i]);
    if (i + 1 < n) down[i] = std::min(down[i], down[i + 1] - kStep);
  }
  std::int64_t least = std::int64_t{lowestKey()} + 1;
  for (std::size_t i = 0; i < n; ++i, least = up[i - 1] + kStep) up[i] = std::max(least, std::midpoint(down[i], up[i]));
  std::int64_t most = std::int64_t{highestKey()} - 1;
  for (std::size_t i = n; i-- > 0; most = up[i] - kStep) {
    if (up[i] <= most) break;
    up[i] = most;
  }
  std::vector<std::int32_t> keys(n);
  for (std::size_t i = 0; i < n; ++i) keys[i] = static_cast<std::int32_t>(up[i]);
  return keys;
}

}  // namespace

DoubleRanking::DoubleRanking(std::vector<double> anchors) : m_anchors(std::move(anchors)) {
  std::erase_if(m_anchors, [](double score) { return !std::isfinite(score); });
  std::sort(m_anchors.begin(), m_anchors.end());
  m_anchors.erase(std::unique(m_anchors.begin(), m_anchors.end()), m_anchors.end());
  require(m_anchors.size() < kMostAnchors, "DoubleRanking: too many distinct scores");
  m_keys = spread(m_anchors);
}

float DoubleRanking::toFloat(double score) const {
  if (!std::isfinite(score)) return static_cast<float>(score);
  const std::int32_t nearest = nearestKey(score);
  if (m_anchors.empty()) return scoreOfKey(nearest);
  const auto above = std::lower_bound(m_anchors.begin(), m_anchors.end(), score);
  const auto at = static_cast<std::size_t>(above - m_anchors.begin());
  if (above != m_anchors.end() && *above == score) return scoreOfKey(m_keys[at]);
  const std::int32_t low = at == 0 ? lowestKey() : m_keys[at - 1] + 1;
  const std::int32_t high = at == m_keys.size() ? highestKey() : m_keys[at] - 1;
  return scoreOfKey(std::clamp(nearest, low, high));
}

void DoubleRanking::toFloat(std::span<const double> scores, std::span<float> out) const {
  require(scores.size() == out.size(), "DoubleRanking: lengths differ");
  std::transform(scores.begin(), scores.end(), out.begin(), [this](double score) { return toFloat(score); });
}

double DoubleRanking::toDouble(float score) const {
  const auto value = static_cast<double>(score);
  if (!std::isfinite(score) || m_anchors.empty()) return value;
  const std::int32_t key = keyOfScore(score);
  const auto above = std::lower_bound(m_keys.begin(), m_keys.end(), key);
  const auto at = static_cast<std::size_t>(above - m_keys.begin());
  if (above != m_keys.end() && *above == key) return m_anchors[at];
  const double infinity = std::numeric_limits<double>::infinity();
  const double low = at == 0 ? -infinity : std::nextafter(m_anchors[at - 1], infinity);
  const double high = at == m_anchors.size() ? infinity : std::nextafter(m_anchors[at], -infinity);
  // The float below an anchor's own parts it from all that is less, and so must the double that stands for it.
  if (at < m_anchors.size() && key + 1 == m_keys[at]) return high;
  return low <= high ? std::clamp(value, low, high) : low;
}

}  // namespace oodscope
