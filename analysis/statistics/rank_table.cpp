// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/statistics/rank_table.h"

#include "analysis/core/error.h"
#include "analysis/metrics/score_key.h"

#include <algorithm>
#include <cmath>

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

constexpr std::size_t kKnotBlock = 256;  // knots counted together

}  // namespace

RankTable::RankTable(std::span<const SortedScores* const> frames, std::size_t knots) {
  require(knots >= 1, "RankTable: no knots");
  std::vector<std::span<const std::int32_t>> lists;
  std::size_t pixels = 0;
  for (const SortedScores* frame : frames)
    for (const auto keys : {frame->positiveKeys(), frame->negativeKeys()}) {
      if (keys.empty()) continue;
      lists.push_back(keys);
      pixels += keys.size();
    }
  if (pixels == 0) return;
  const std::size_t stride = std::max<std::size_t>(1, pixels / knots);
  std::int32_t lowest = lists.front().front(), highest = lists.front().back();
  std::size_t at = 0;  // runs on from list to list, so that short ones keep their weight
  for (const auto keys : lists) {
    lowest = std::min(lowest, keys.front());
    highest = std::max(highest, keys.back());
    for (; at < keys.size(); at += stride) m_keys.push_back(keys[at]);
    at -= keys.size();
  }
  m_keys.push_back(lowest);
  m_keys.push_back(highest);
  std::sort(m_keys.begin(), m_keys.end());
  m_keys.erase(std::unique(m_keys.begin(), m_keys.end()), m_keys.end());
  m_below.resize(m_keys.size());
  m_belowOrEqual.resize(m_keys.size());
  const auto all = static_cast<double>(pixels);
  tbb::parallel_for(std::size_t{0}, (m_keys.size() + kKnotBlock - 1) / kKnotBlock, [&](std::size_t block) {
    const std::size_t first = block * kKnotBlock;
    const std::size_t last = std::min(first + kKnotBlock, m_keys.size());
    std::vector<std::uint64_t> below(last - first, 0), belowOrEqual(last - first, 0);
    for (const auto keys : lists) {
      auto place = std::lower_bound(keys.begin(), keys.end(), m_keys[first]);
      const auto end = std::upper_bound(place, keys.end(), m_keys[last - 1]);
      for (std::size_t k = first; k < last; ++k) {
        place = std::lower_bound(place, end, m_keys[k]);
        below[k - first] += static_cast<std::uint64_t>(place - keys.begin());
        place = std::upper_bound(place, end, m_keys[k]);
        belowOrEqual[k - first] += static_cast<std::uint64_t>(place - keys.begin());
      }
    }
    for (std::size_t k = first; k < last; ++k) {
      m_below[k] = static_cast<double>(below[k - first]) / all;
      m_belowOrEqual[k] = static_cast<double>(belowOrEqual[k - first]) / all;
    }
  });
}

float RankTable::rank(float score) const {
  const std::int32_t key = keyOfScore(score);
  const auto after = std::upper_bound(m_keys.begin(), m_keys.end(), key);
  if (after == m_keys.begin()) return 0.0F;
  const auto k = static_cast<std::size_t>(after - m_keys.begin()) - 1;
  if (m_keys[k] == key) return static_cast<float>(m_below[k]);
  if (k + 1 == m_keys.size()) return 1.0F;
  const double low = static_cast<double>(m_keys[k]);
  const double part = (static_cast<double>(key) - low) / (static_cast<double>(m_keys[k + 1]) - low);
  return static_cast<float>(m_belowOrEqual[k] + part * (m_below[k + 1] - m_belowOrEqual[k]));
}

ScoreMap rankMap(const ScoreMap& scores, const RankTable& table) {
  ScoreMap ranks(scores.size());
  const std::span<const float> from = scores.values();
  const std::span<float> to = ranks.values();
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, from.size(), 4096),
                    [&](const tbb::blocked_range<std::size_t>& part) {
                      for (std::size_t i = part.begin(); i < part.end(); ++i)
                        to[i] = std::isnan(from[i]) ? from[i] : table.rank(from[i]);
                    });
  return ranks;
}

}  // namespace oodscope
