// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/score_tally.h"

#include "analysis/core/error.h"
#include "analysis/metrics/score_key.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace oodscope {
namespace {

constexpr unsigned kFineBits = 12;
constexpr std::uint32_t kFine = (1U << kFineBits) - 1U;
constexpr std::size_t kCells = std::size_t{1} << (32U - kFineBits);

/// Ascending with the score.
std::uint32_t orderOf(float score) { return static_cast<std::uint32_t>(keyOfScore(score)) ^ 0x80000000U; }
float scoreOfOrder(std::uint32_t order) { return scoreOfKey(static_cast<std::int32_t>(order ^ 0x80000000U)); }

/// The greatest number of `pixels` that is at most a share of them, as the division of both rounds.
std::uint64_t mostWithin(double share, std::uint64_t pixels) {
  const double all = static_cast<double>(pixels);
  auto most = static_cast<std::uint64_t>(std::floor(share * all));
  const auto holds = [&](std::uint64_t count) { return static_cast<double>(count) / all <= share; };
  while (most < pixels && holds(most + 1)) ++most;
  while (most > 0 && !holds(most)) --most;
  return most;
}

}  // namespace

ScoreTally::ScoreTally()
    : m_counts(kCells, 0),
      m_lowest(std::numeric_limits<std::int32_t>::max()),
      m_highest(std::numeric_limits<std::int32_t>::min()) {}

void ScoreTally::add(std::span<const float> scores) {
  for (const float score : scores) {
    if (!isFiniteScore(score)) continue;
    const std::int32_t key = keyOfScore(score);
    m_lowest = std::min(m_lowest, key);
    m_highest = std::max(m_highest, key);
    ++m_counts[orderOf(score) >> kFineBits];
    ++m_pixels;
  }
}

void ScoreTally::merge(const ScoreTally& other) {
  m_lowest = std::min(m_lowest, other.m_lowest);
  m_highest = std::max(m_highest, other.m_highest);
  for (std::size_t i = 0; i < kCells; ++i) m_counts[i] += other.m_counts[i];
  m_pixels += other.m_pixels;
}

float ScoreTally::lowest() const { return scoreOfKey(m_lowest); }
float ScoreTally::highest() const { return scoreOfKey(m_highest); }

std::vector<float> ScoreTally::quantiles(std::size_t steps) const {
  std::vector<float> out;
  if (m_pixels == 0) return out;
  std::uint64_t passed = 0;  // pixels in cells before this one
  std::size_t cell = 0;
  for (std::size_t step = 0; step <= steps; ++step) {
    const auto wanted = static_cast<std::uint64_t>(
        std::llround(static_cast<double>(m_pixels - 1) * static_cast<double>(step) / static_cast<double>(steps)));
    while (passed + m_counts[cell] <= wanted) passed += m_counts[cell++];
    const float score = scoreOfOrder(static_cast<std::uint32_t>(cell) << kFineBits);
    out.push_back(std::clamp(score, lowest(), highest()));
  }
  out.front() = lowest();
  out.back() = highest();
  return out;
}

ScoreHistogram ScoreTally::histogram(std::size_t bins) const {
  ScoreHistogram out;
  if (m_pixels == 0) return out;
  out.low = lowest();
  out.high = highest();
  out.normal.assign(bins, 0);
  out.anomalous.assign(bins, 0);
  const double low = static_cast<double>(out.low), span = static_cast<double>(out.high) - low;
  for (std::size_t cell = 0; cell < kCells; ++cell) {
    if (m_counts[cell] == 0) continue;
    const float score =
        std::clamp(scoreOfOrder((static_cast<std::uint32_t>(cell) << kFineBits) | (kFine / 2)), out.low, out.high);
    const double place = span > 0.0 ? (static_cast<double>(score) - low) / span * static_cast<double>(bins) : 0.0;
    out.normal[std::min(bins - 1, static_cast<std::size_t>(place))] += m_counts[cell];
  }
  return out;
}

std::optional<ScoreTally::Place> ScoreTally::placeOf(double share) const {
  require(m_pixels > 0, "ScoreTally: no pixel");
  require(share >= 0.0 && share <= 1.0, "ScoreTally: the share is not between 0 and 1");
  std::uint64_t left = mostWithin(share, m_pixels);
  if (left >= m_pixels) return std::nullopt;
  std::size_t cell = kCells - 1;
  while (m_counts[cell] <= left) left -= m_counts[cell--];
  return Place{static_cast<std::uint32_t>(cell), left};
}

CellTally::CellTally(std::uint32_t cell) : m_cell(cell), m_counts(kFine + 1, 0) {}

void CellTally::add(std::span<const float> scores) {
  for (const float score : scores) {
    if (!isFiniteScore(score)) continue;
    const std::uint32_t order = orderOf(score);
    if (order >> kFineBits == m_cell) ++m_counts[order & kFine];
  }
}

void CellTally::merge(const CellTally& other) {
  for (std::size_t i = 0; i < m_counts.size(); ++i) m_counts[i] += other.m_counts[i];
}

float CellTally::thresholdAbove(std::uint64_t above) const {
  std::size_t at = m_counts.size();
  while (at > 0 && m_counts[at - 1] <= above) above -= m_counts[--at];
  // The score at `at` - 1 must not be flagged: the next float is the lowest threshold above it.
  const std::uint64_t order = (std::uint64_t{m_cell} << kFineBits) + at;
  if (order > std::numeric_limits<std::uint32_t>::max()) return std::numeric_limits<float>::infinity();
  return scoreOfOrder(static_cast<std::uint32_t>(order));
}

}  // namespace oodscope
