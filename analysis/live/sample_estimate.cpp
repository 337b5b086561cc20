// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/core/grid.h"
#include "analysis/live/sample.h"
#include "analysis/metrics/score_key.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace oodscope {
namespace {

constexpr double kNormalQuantile = 1.959963984540054;  // of 0.975

/// A sampled pixel: its score's key and its stratum, odd for negatives.
struct Item {
  std::int32_t key = 0;
  std::uint32_t stratum = 0;
  [[nodiscard]] bool positive() const { return stratum % 2 == 0; }
};

/// Highest key first, equal ones in the order given. Three passes over 11 bits each: a third of what comparing costs.
void sortByFallingKey(std::vector<Item>& items) {
  constexpr std::uint32_t kDigits = 2048;
  const auto digit = [](const Item& item, int pass) {
    return (~(static_cast<std::uint32_t>(item.key) ^ 0x80000000U) >> (11 * pass)) & (kDigits - 1);
  };
  std::vector<std::uint32_t> starts(3 * kDigits);
  for (const Item& item : items)
    for (int pass = 0; pass < 3; ++pass) ++starts[static_cast<std::uint32_t>(pass) * kDigits + digit(item, pass)];
  std::vector<Item> scratch(items.size());
  for (int pass = 0; pass < 3; ++pass) {
    const auto own = std::span(starts).subspan(static_cast<std::size_t>(pass) * kDigits, kDigits);
    std::exclusive_scan(own.begin(), own.end(), own.begin(), 0U);
    for (const Item& item : items) scratch[own[digit(item, pass)]++] = item;
    items.swap(scratch);
  }
}

/// Precision tp / (tp + fp) where fp is not known but `seen` negatives were sampled above, each standing for `weight`.
/// The plain quotient is too high on average, most of all where few were seen: it takes 1 before the first. With
/// c = tp / weight and a Poisson number k seen of mean m, the integral over s in [0, 1] of c e^(-c s) (1 - s)^k has the
/// expectation c / (c + m) (1 - e^-(c + m)). The part that is missing is taken from the ratio r of false to true ones
/// among the strictest decisions: e^(-c (1 + r)) / (1 + r).
class UnbiasedPrecision {
public:
  explicit UnbiasedPrecision(double leadingRatio) : m_lead(1 + leadingRatio) {}

  double at(double tp, double fp, double weight) {
    if (weight <= 0) return tp / (tp + fp);
    const double c = tp / weight;
    const double k = fp / weight;
    const double sum = c + k;
    if (sum > kManySeen) return c / sum * (1 - k / (sum * sum));  // the integral's expansion
    if (k != m_k) {
      m_k = k;
      for (std::size_t i = 0; i < kNodes.size(); ++i) m_power[i] = kWeights[i] * std::pow(1 - kNodes[i], k);
    }
    double integral = 0;
    for (std::size_t i = 0; i < kNodes.size(); ++i) integral += m_power[i] * std::exp(-c * kNodes[i]);
    return c * integral + std::exp(-c * m_lead) / m_lead;
  }

private:
  static constexpr double kManySeen = 16;
  // Gauss-Legendre with eight points on [0, 1].
  static constexpr std::array kNodes{0.019855071751231884, 0.10166676129318664, 0.2372337950418355, 0.4082826787521751,
                                     0.5917173212478249,   0.7627662049581645,  0.8983332387068134, 0.9801449282487681};
  static constexpr std::array kWeights{0.05061426814518813, 0.11119051722668724, 0.15685332293894364,
                                       0.18134189168918100, 0.18134189168918100, 0.15685332293894364,
                                       0.11119051722668724, 0.05061426814518813};
  double m_lead;
  double m_k = -1;
  std::array<double, kNodes.size()> m_power{};
};

struct Stratum {
  double weight = 0;  ///< pixels that one sampled pixel stands for
  double population = 0;
  std::size_t sampled = 0;
};

/// What is estimated, and has a variance. Tpr and Fpr: at the threshold where the TPR reaches 0.95.
enum : std::size_t { kAp, kTpr, kFpr, kAuroc, kEstimates };
using Influence = std::array<double, kEstimates>;  ///< of one pixel's weight on each

struct Moments {
  Influence sum{};
  Influence squares{};
};

/// A run of equal scores, with what was cumulated down to and with it.
struct Tie {
  std::size_t first = 0, last = 0;
  double positives = 0, negatives = 0;  ///< weight within the run
  double tp = 0, fp = 0;
};

Estimate interval(double value, double variance) {
  Estimate estimate{value, value, value};
  const double spread = std::sqrt(std::max(variance, 0.0));
  if (spread == 0) return estimate;
  if (value <= 0 || value >= 1) {
    estimate.low = std::max(0.0, value - kNormalQuantile * spread);
    estimate.high = std::min(1.0, value + kNormalQuantile * spread);
    return estimate;
  }
  const double logit = std::log(value / (1 - value));
  const double logitSpread = kNormalQuantile * spread / (value * (1 - value));
  estimate.low = 1 / (1 + std::exp(-(logit - logitSpread)));
  estimate.high = 1 / (1 + std::exp(-(logit + logitSpread)));
  return estimate;
}

/// The sampled pixels sorted, strictest first, and everything that follows from their weights.
class WeightedRanking {
public:
  WeightedRanking(const PixelSample& sample, std::span<const float> scores, Protocol protocol) {
    std::size_t next = 0;
    m_items.reserve(scores.size());
    for (const FrameSample& frame : sample.frames) {
      const std::size_t begin = next;
      next += frame.pixels.size();
      if (protocol.skipsFramesWithoutAnomaly() && frame.allPositives == 0) {
        ++m_framesSkipped;
        continue;
      }
      ++m_framesUsed;
      m_allPositives += frame.allPositives;
      m_allNegatives += frame.allNegatives;
      const auto stratum = static_cast<std::uint32_t>(m_strata.size());
      addStratum(frame.allPositives, frame.positives);
      addStratum(frame.allNegatives, frame.negatives());
      for (std::size_t i = begin; i < next; ++i) {
        const bool positive = i - begin < frame.positives;
        if (!isFiniteScore(scores[i])) {
          ++m_unusable;
          continue;
        }
        m_items.push_back({keyOfScore(scores[i]), stratum + (positive ? 0U : 1U)});
      }
    }
    sortByFallingKey(m_items);
    collectTies();
  }

  [[nodiscard]] bool isDefined() const { return m_tp > 0 && m_fp > 0; }

  void count(SampleEstimate& out) const {
    out.positives = m_allPositives;
    out.negatives = m_allNegatives;
    out.framesUsed = m_framesUsed;
    out.framesSkipped = m_framesSkipped;
    out.unusable = m_unusable;
  }

  void estimate(SampleEstimate& out) const {
    UnbiasedPrecision unbiased(leadingRatio());
    double ap = 0;
    double auroc = 0;
    double fpr95 = 1;
    bool crossed = false;
    std::int32_t crossingKey = 0;
    for (const Tie& tie : m_ties) {
      if (tie.positives > 0) ap += tie.positives * precision(tie, unbiased) / m_tp;
      auroc += tie.positives * (m_fp - tie.fp + 0.5 * tie.negatives) / (m_tp * m_fp);
      if (!crossed && tie.tp >= 0.95 * m_tp * (1 - 1e-12)) {
        crossed = true;
        fpr95 = tie.fp / m_fp;
        crossingKey = m_items[tie.first].key;
      }
    }
    const Influence variance = variances(crossingKey, ap, fpr95, auroc);
    out.ap = interval(ap, variance[kAp]);
    out.fpr95 = fprInterval(fpr95, variance[kTpr], variance[kFpr]);
    out.auroc = interval(auroc, variance[kAuroc]);
    curves(out);
  }

private:
  void addStratum(std::uint64_t population, std::size_t sampled) {
    const auto all = static_cast<double>(population);
    m_strata.push_back({sampled == 0 ? 0.0 : all / static_cast<double>(sampled), all, sampled});
  }

  [[nodiscard]] double weight(const Item& item) const { return m_strata[item.stratum].weight; }

  /// Precision at a run, freed of its bias: see UnbiasedPrecision for the negatives; for the positives, which are many,
  /// to second order: an estimated count of pixels of weight w varies like w - 1 times itself.
  [[nodiscard]] double precision(const Tie& tie, UnbiasedPrecision& unbiased) const {
    // A pixel that stands for w others lies in the middle of their ranks, not behind them all.
    const double ahead = tie.last - tie.first == 1 ? std::max(0.0, tie.positives - 1) / 2 : 0.0;
    const double tp = tie.tp - ahead;
    const double predicted = tp + tie.fp;
    const double tpSpread = std::max(0.0, m_tp / m_sampledPositives - 1) * (1 - tie.tp / m_tp);
    const double fpSpread = std::max(0.0, m_fp / m_sampledNegatives - 1) * (1 - tie.fp / m_fp);
    const double bias = tp * tie.fp * tpSpread / (predicted * predicted * predicted);
    return std::clamp(unbiased.at(tp, tie.fp, fpSpread) + bias, 0.0, 1.0);
  }

  /// False to true ones where the first few negatives have been seen.
  [[nodiscard]] double leadingRatio() const {
    constexpr double kFew = 3;
    const double enough = std::min(kFew, m_sampledNegatives) * m_fp / m_sampledNegatives * (1 - 1e-9);
    const auto found = std::ranges::partition_point(m_ties, [&](const Tie& tie) { return tie.fp < enough; });
    const Tie& tie = found == m_ties.end() ? m_ties.back() : *found;
    return tie.tp > 0 ? tie.fp / tie.tp : 1e9;
  }

  void collectTies() {
    for (std::size_t i = 0; i < m_items.size();) {
      Tie tie;
      tie.first = i;
      while (i < m_items.size() && m_items[i].key == m_items[tie.first].key) {
        (m_items[i].positive() ? tie.positives : tie.negatives) += weight(m_items[i]);
        (m_items[i].positive() ? m_sampledPositives : m_sampledNegatives) += 1;
        ++i;
      }
      tie.last = i;
      tie.tp = m_tp += tie.positives;
      tie.fp = m_fp += tie.negatives;
      m_ties.push_back(tie);
    }
  }

  /// The run where the weighted TPR first reaches `tpr`.
  [[nodiscard]] std::size_t tieAt(double tpr) const {
    const auto found =
        std::ranges::partition_point(m_ties, [&](const Tie& tie) { return tie.tp < tpr * m_tp * (1 - 1e-12); });
    return found == m_ties.end() ? m_ties.size() - 1 : static_cast<std::size_t>(found - m_ties.begin());
  }

  /// Woodruff's interval: the FPR at the thresholds between which the TPR may be 0.95, widened by what the FPR itself
  /// is uncertain by, on the logit scale. It follows steps of tied scores, which a slope would not.
  [[nodiscard]] Estimate fprInterval(double fpr, double tprVariance, double fprVariance) const {
    constexpr std::size_t kFewSteps = 5;  // fewer runs in between are steps of tied scores, not a slope
    const double reach = kNormalQuantile * std::sqrt(std::max(tprVariance, 0.0));
    const std::size_t from = tieAt(0.95 - reach), at = tieAt(0.95), to = tieAt(std::min(0.95 + reach, 1.0));
    const Estimate around = interval(fpr, fprVariance);
    const auto logit = [](double x) {
      const double inside = std::clamp(x, 1e-12, 1 - 1e-12);
      return std::log(inside / (1 - inside));
    };
    const double own = logit(fpr);
    const auto combined = [](double step, double spread, std::size_t runs) {
      return runs < kFewSteps ? step + spread : std::hypot(step, spread);
    };
    const double down = combined(own - logit(m_ties[from].fp / m_fp), own - logit(around.low), at - from);
    const double up = combined(logit(m_ties[to].fp / m_fp) - own, logit(around.high) - own, to - at);
    return {fpr, down > 0 ? 1 / (1 + std::exp(down - own)) : fpr, up > 0 ? 1 / (1 + std::exp(-own - up)) : fpr};
  }

  [[nodiscard]] Influence variances(std::int32_t crossingKey, double ap, double fpr95, double auroc) const {
    const double positiveWeight = m_tp / m_sampledPositives;
    const double negativeWeight = m_fp / m_sampledNegatives;
    std::vector<Moments> moments(m_strata.size());
    // From the loosest run up: what the positives at or below a pixel lose or gain in precision when its weight grows.
    double lossBelow = 0;
    double gainBelow = 0;
    for (std::size_t t = m_ties.size(); t-- > 0;) {
      const Tie& tie = m_ties[t];
      const double predicted = tie.tp + tie.fp;
      // The change that deleting the pixel makes, as a jackknife has it: the derivative alone covers too seldom.
      lossBelow += tie.positives * tie.tp / (predicted * std::max(predicted - negativeWeight, 0.5 * predicted));
      gainBelow += tie.positives * tie.fp / (predicted * std::max(predicted - positiveWeight, 0.5 * predicted));
      const double above = m_items[tie.first].key >= crossingKey ? 1.0 : 0.0;
      const Influence positive{(tie.tp / predicted + gainBelow - ap) / m_tp, (above - 0.95) / m_tp, 0.0,
                               ((m_fp - tie.fp + 0.5 * tie.negatives) / m_fp - auroc) / m_tp};
      const Influence negative{-lossBelow / m_tp, 0.0, (above - fpr95) / m_fp,
                               -(m_tp - tie.tp + 0.5 * tie.positives) / m_tp / m_fp + (1.0 - auroc) / m_fp};
      for (std::size_t i = tie.first; i < tie.last; ++i) {
        const Influence& own = m_items[i].positive() ? positive : negative;
        Moments& stratum = moments[m_items[i].stratum];
        for (std::size_t k = 0; k < kEstimates; ++k) {
          stratum.sum[k] += own[k];
          stratum.squares[k] += own[k] * own[k];
        }
      }
    }
    Influence variance{};
    for (std::size_t h = 0; h < m_strata.size(); ++h) {
      const Stratum& stratum = m_strata[h];
      if (stratum.sampled < 2) continue;
      const auto n = static_cast<double>(stratum.sampled);
      const double left = 1.0 - n / stratum.population;
      for (std::size_t k = 0; k < kEstimates; ++k) {
        const double spread = (moments[h].squares[k] - moments[h].sum[k] * moments[h].sum[k] / n) / (n - 1);
        variance[k] += stratum.population * stratum.population * left * std::max(spread, 0.0) / n;
      }
    }
    return variance;
  }

  /// Variances of the weighted TP and FP as the threshold falls. A stratum of n sampled pixels, k of them at or above
  /// the threshold, adds N^2 (1 - n/N) / n times k (n - k) / (n (n - 1)).
  class CountVariances {
  public:
    explicit CountVariances(std::span<const Stratum> strata) : m_strata(strata), m_above(strata.size()) {}
    void add(const Item& item) {
      const Stratum& stratum = m_strata[item.stratum];
      const auto n = static_cast<double>(stratum.sampled);
      if (n < 2) return;
      const double k = ++m_above[item.stratum];
      // k (n - k) grew by n - 2k + 1.
      const double step = stratum.population * (stratum.population - n) / (n * n * (n - 1)) * (n - 2 * k + 1);
      (item.positive() ? m_tp : m_fp) += step;
    }
    [[nodiscard]] double tp() const { return std::max(m_tp, 0.0); }
    [[nodiscard]] double fp() const { return std::max(m_fp, 0.0); }

  private:
    std::span<const Stratum> m_strata;
    std::vector<double> m_above;
    double m_tp = 0, m_fp = 0;
  };

  void addPoint(SampleEstimate& out, float threshold, double tp, double fp, const CountVariances& spread) const {
    const double predicted = tp + fp;
    out.curves.points.push_back({threshold, tp / m_tp, predicted > 0 ? tp / predicted : 1.0, fp / m_fp,
                                 2 * tp / (predicted + m_tp), tp / (m_tp + fp)});
    const CurvePoint& point = out.curves.points.back();
    const double precisionVariance =
        predicted > 0 ? (fp * fp * spread.tp() + tp * tp * spread.fp()) / std::pow(predicted, 4.0) : 0.0;
    const Estimate precisionBand = interval(point.precision, precisionVariance);
    const Estimate recallBand = interval(point.recall, spread.tp() / (m_tp * m_tp));
    out.precisionLow.push_back(precisionBand.low);
    out.precisionHigh.push_back(precisionBand.high);
    out.recallLow.push_back(recallBand.low);
    out.recallHigh.push_back(recallBand.high);
  }

  void curves(SampleEstimate& out) const {
    constexpr double kSteps = 900;
    out.curves.prevalence = m_tp / (m_tp + m_fp);
    CountVariances spread(m_strata);
    addPoint(out, std::numeric_limits<float>::infinity(), 0, 0, spread);
    double tpKept = 0;
    double fpKept = 0;
    for (const Tie& tie : m_ties) {
      for (std::size_t i = tie.first; i < tie.last; ++i) spread.add(m_items[i]);
      if (tie.positives == 0) continue;
      const bool full = tie.tp >= m_tp * (1 - 1e-12);
      if (!full && (tie.tp - tpKept) * kSteps < m_tp && (tie.fp - fpKept) * kSteps < m_fp) continue;
      addPoint(out, scoreOfKey(m_items[tie.first].key), full ? m_tp : tie.tp, tie.fp, spread);
      tpKept = tie.tp;
      fpKept = tie.fp;
      if (full) break;
    }
  }

  std::vector<Item> m_items;
  std::vector<Stratum> m_strata;
  std::vector<Tie> m_ties;
  double m_tp = 0;
  double m_fp = 0;
  double m_sampledPositives = 0;
  double m_sampledNegatives = 0;
  std::uint64_t m_allPositives = 0, m_allNegatives = 0;
  std::size_t m_framesUsed = 0, m_framesSkipped = 0;
  std::uint64_t m_unusable = 0;
};

}  // namespace

SampleEstimate estimateFromSample(const PixelSample& sample, std::span<const float> scores, Protocol protocol) {
  require(scores.size() == sample.pixelCount(), "estimateFromSample: not one score per sampled pixel");
  SampleEstimate out;
  out.curves.protocol = protocol;
  const WeightedRanking ranking(sample, scores, protocol);
  ranking.count(out);
  if (protocol.poolsPixels() && ranking.isDefined()) ranking.estimate(out);
  return out;
}

}  // namespace oodscope
