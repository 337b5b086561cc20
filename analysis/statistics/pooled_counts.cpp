// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/statistics/pooled_counts.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace oodscope {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kRecall95 = 0.95;
constexpr std::uint64_t kLimit32 = 0xFFFFFFFFULL;

double bandAt(std::size_t j) { return static_cast<double>(j) / static_cast<double>(kBandPoints - 1); }

/// Fills the bands from the curve's points as they come, strictest first.
class BandFiller {
public:
  BandFiller(std::span<double> bands, double positives, double negatives)
      : m_precision(bands.first(kBandPoints)),
        m_tpr(bands.subspan(kBandPoints)),
        m_positives(positives),
        m_negatives(negatives) {}

  void addPoint(double tp, double fp) {
    while (m_recallAt < kBandPoints && tp >= bandAt(m_recallAt) * m_positives)
      m_precision[m_recallAt++] = tp / (tp + fp);
    const double tpr = tp / m_positives;
    const double fpr = fp / m_negatives;
    for (; m_fprAt < kBandPoints && bandAt(m_fprAt) < fpr; ++m_fprAt)
      m_tpr[m_fprAt] = std::lerp(m_lastTpr, tpr, (bandAt(m_fprAt) - m_lastFpr) / (fpr - m_lastFpr));
    m_lastTpr = tpr;
    m_lastFpr = fpr;
  }
  void finish() {
    while (m_fprAt < kBandPoints) m_tpr[m_fprAt++] = 1.0;
  }

private:
  std::span<double> m_precision;
  std::span<double> m_tpr;
  double m_positives, m_negatives;
  double m_lastTpr = 0.0, m_lastFpr = 0.0;
  std::size_t m_recallAt = 0, m_fprAt = 0;
};

std::optional<double> defined(double value) { return std::isnan(value) ? std::nullopt : std::optional(value); }

void addRow(std::span<std::uint32_t> to, std::span<const std::uint32_t> from) {
  std::uint32_t* t = to.data();
  const std::uint32_t* f = from.data();
  for (std::size_t i = 0; i < to.size(); ++i) t[i] += f[i];
}

/// Sums rows in 32 bits, which is half the memory traffic, and moves them to 64 bits before they could overflow.
class RowSum {
public:
  RowSum(std::size_t cells, std::vector<std::uint64_t>& pooled) : m_narrow(cells, 0), m_pooled(pooled) {
    m_pooled.assign(cells, 0);
  }
  void add(std::span<const std::uint32_t> row, std::uint64_t largest) {
    if (m_bound + largest > kLimit32) flush();
    addRow(m_narrow, row);
    m_bound += largest;
  }
  void flush() {
    for (std::size_t i = 0; i < m_narrow.size(); ++i) m_pooled[i] += m_narrow[i];
    std::fill(m_narrow.begin(), m_narrow.end(), 0U);
    m_bound = 0;
  }

private:
  std::vector<std::uint32_t> m_narrow;
  std::vector<std::uint64_t>& m_pooled;
  std::uint64_t m_bound = 0;
};

}  // namespace

void rankingStatistics(std::span<const std::uint64_t> counts, std::span<double> values, std::span<double> bands) {
  const std::size_t bins = counts.size() / 2;
  std::uint64_t allPositives = 0;
  std::uint64_t allNegatives = 0;
  for (std::size_t i = 0; i < bins; ++i) {
    allPositives += counts[i];
    allNegatives += counts[bins + i];
  }
  if (allPositives == 0 || allNegatives == 0) {
    std::fill(values.begin(), values.end(), kNaN);
    std::fill(bands.begin(), bands.end(), kNaN);
    return;
  }
  const double positives = static_cast<double>(allPositives);
  const double negatives = static_cast<double>(allNegatives);
  std::optional<BandFiller> filler;
  if (!bands.empty()) filler.emplace(bands, positives, negatives);
  double tp = 0.0, fp = 0.0, ap = 0.0, area = 0.0, bestF1 = 0.0, fpr95 = kNaN;
  for (std::size_t i = 0; i < bins; ++i) {
    if (counts[i] == 0 && counts[bins + i] == 0) continue;
    const double p = static_cast<double>(counts[i]);
    const double n = static_cast<double>(counts[bins + i]);
    area += n * (tp + 0.5 * p);
    tp += p;
    fp += n;
    if (counts[i] != 0) {
      ap += p * tp / (tp + fp);
      bestF1 = std::max(bestF1, 2.0 * tp / (tp + fp + positives));
      if (std::isnan(fpr95) && tp / positives >= kRecall95) fpr95 = fp / negatives;
    }
    if (filler) filler->addPoint(tp, fp);
  }
  if (filler) filler->finish();
  values[0] = ap / positives;
  values[1] = fpr95;
  values[2] = area / (positives * negatives);
  values[3] = bestF1;
}

void poolCounts(const FrameHistograms& frames, std::span<const std::uint32_t> times,
                std::vector<std::uint64_t>& pooled) {
  RowSum sum(2 * frames.bins(), pooled);
  for (std::size_t f = 0; f < times.size(); ++f)
    for (std::uint32_t t = 0; t < times[f]; ++t) sum.add(frames.frame(f), frames.largest());
  sum.flush();
}

void poolMixed(const FrameHistograms& a, const FrameHistograms& b, const std::vector<bool>& fromB,
               std::vector<std::uint64_t>& pooled) {
  RowSum sum(2 * a.bins(), pooled);
  for (std::size_t f = 0; f < fromB.size(); ++f)
    sum.add(fromB[f] ? b.frame(f) : a.frame(f), std::max(a.largest(), b.largest()));
  sum.flush();
}

RankingValues asRankingValues(std::span<const double> values) {
  return {
      .ap = defined(values[0]), .fpr95 = defined(values[1]), .auroc = defined(values[2]), .bestF1 = defined(values[3])};
}

RankingValues rankingValues(std::span<const std::uint32_t> counts) {
  require(counts.size() % 2 == 0, "rankingValues: counts are not of two kinds");
  const std::vector<std::uint64_t> wide(counts.begin(), counts.end());
  std::array<double, kRankingStatistics> values{};
  rankingStatistics(wide, values);
  return asRankingValues(values);
}

}  // namespace oodscope
