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
void sortByFallingKey(std::vector<Item>& items, std::vector<Item>& scratch) {
  constexpr std::uint32_t kDigits = 2048;
  const auto digit = [](const Item& item, int pass) {
    return (~(static_cast<std::uint32_t>(item.key) ^ 0x80000000U) >> (11 * pass)) & (kDigits - 1);
  };
  std::array<std::uint32_t, std::size_t{3} * kDigits> starts{};
  for (const Item& item : items)
    for (int pass = 0; pass < 3; ++pass) ++starts[static_cast<std::uint32_t>(pass) * kDigits + digit(item, pass)];
  scratch.resize(items.size());
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

/// Variances of the estimates. Tpr and Fpr: at the threshold where the TPR reaches 0.95.
struct Variances {
  double ap = 0, tpr = 0, fpr = 0, auroc = 0;
};

/// Of a stratum's pixels: what one more of each would add to AP and to AUROC, and how many reach the threshold of Fpr.
struct Moments {
  double ap = 0, apSquares = 0;
  double auroc = 0, aurocSquares = 0;
  double reaching = 0;
};

/// A run of equal scores: where it ends, and the weights down to there.
struct RunEnd {
  std::size_t last = 0;
  double tp = 0, fp = 0;
};

/// A run with what lies before it.
struct Tie {
  std::size_t first = 0, last = 0;
  double positives = 0, negatives = 0;  ///< weight within the run
  double tp = 0, fp = 0;                ///< down to and with it
};

/// Kept by each thread: new memory at every tick would cost as much as the sums.
struct Scratch {
  std::vector<Item> items, sorted;
  std::vector<RunEnd> runs;
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
  WeightedRanking(const PixelSample& sample, std::span<const float> scores, Protocol protocol, Scratch& scratch)
      : m_items(scratch.items), m_runs(scratch.runs) {
    std::size_t next = 0;
    m_items.clear();
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
    sortByFallingKey(m_items, scratch.sorted);
    collectRuns();
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
    for (std::size_t t = 0; t < m_runs.size(); ++t) {
      const Tie run = tie(t);
      if (run.positives <= 0) continue;
      ap += run.positives * precision(run, unbiased);
      auroc += run.positives * (m_fp - run.fp + 0.5 * run.negatives);
      if (!crossed && run.tp >= 0.95 * m_tp * (1 - 1e-12)) {
        crossed = true;
        fpr95 = run.fp / m_fp;
        crossingKey = m_items[run.first].key;
      }
    }
    const Variances variance = variances(crossingKey);
    out.ap = interval(ap / m_tp, variance.ap);
    out.fpr95 = fprInterval(fpr95, variance.tpr, variance.fpr);
    out.auroc = interval(auroc / (m_tp * m_fp), variance.auroc);
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
    const auto found = std::ranges::partition_point(m_runs, [&](const RunEnd& run) { return run.fp < enough; });
    const RunEnd& run = found == m_runs.end() ? m_runs.back() : *found;
    return run.tp > 0 ? run.fp / run.tp : 1e9;
  }

  void collectRuns() {
    m_runs.clear();
    m_runs.reserve(m_items.size());
    std::size_t sampledPositives = 0;
    for (std::size_t i = 0; i < m_items.size();) {
      const std::int32_t key = m_items[i].key;
      double positives = 0;
      double negatives = 0;
      for (; i < m_items.size() && m_items[i].key == key; ++i) {
        const bool isPositive = m_items[i].positive();
        const double own = weight(m_items[i]);
        positives += isPositive ? own : 0.0;
        negatives += isPositive ? 0.0 : own;
        sampledPositives += isPositive ? 1 : 0;
      }
      m_tp += positives;
      m_fp += negatives;
      m_runs.push_back({i, m_tp, m_fp});
    }
    m_sampledPositives = static_cast<double>(sampledPositives);
    m_sampledNegatives = static_cast<double>(m_items.size() - sampledPositives);
  }

  [[nodiscard]] Tie tie(std::size_t run) const {
    const RunEnd before = run == 0 ? RunEnd{} : m_runs[run - 1];
    const RunEnd& end = m_runs[run];
    return {before.last, end.last, end.tp - before.tp, end.fp - before.fp, end.tp, end.fp};
  }

  /// The run where the weighted TPR first reaches `tpr`.
  [[nodiscard]] std::size_t tieAt(double tpr) const {
    const auto found =
        std::ranges::partition_point(m_runs, [&](const RunEnd& run) { return run.tp < tpr * m_tp * (1 - 1e-12); });
    return found == m_runs.end() ? m_runs.size() - 1 : static_cast<std::size_t>(found - m_runs.begin());
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
    const double down = combined(own - logit(m_runs[from].fp / m_fp), own - logit(around.low), at - from);
    const double up = combined(logit(m_runs[to].fp / m_fp) - own, logit(around.high) - own, to - at);
    return {fpr, down > 0 ? 1 / (1 + std::exp(down - own)) : fpr, up > 0 ? 1 / (1 + std::exp(-own - up)) : fpr};
  }

  /// A stratum of N pixels, n of them sampled, adds N^2 (1 - n/N) / n times the variance of what one pixel more would
  /// add to the estimate: the same for all pixels of a run and class, but for a constant.
  [[nodiscard]] Variances variances(std::int32_t crossingKey) const {
    const std::vector<Moments> moments = momentsOf(crossingKey);
    Variances out;
    for (std::size_t h = 0; h < m_strata.size(); ++h) {
      const Stratum& stratum = m_strata[h];
      if (stratum.sampled < 2) continue;
      const auto n = static_cast<double>(stratum.sampled);
      const double scale = stratum.population * (stratum.population - n) / n;
      const auto spread = [n](double sum, double squares) { return std::max(squares - sum * sum / n, 0.0) / (n - 1); };
      const Moments& own = moments[h];
      out.ap += scale * spread(own.ap, own.apSquares);
      out.auroc += scale * spread(own.auroc, own.aurocSquares);
      (h % 2 == 0 ? out.tpr : out.fpr) += scale * spread(own.reaching, own.reaching);
    }
    out.ap /= m_tp * m_tp;
    out.tpr /= m_tp * m_tp;
    out.fpr /= m_fp * m_fp;
    out.auroc /= m_tp * m_tp;
    return out;
  }

  /// What a pixel more changes, times the weight of all positives; of AP and AUROC without the terms that all pixels of
  /// a class share.
  [[nodiscard]] std::vector<Moments> momentsOf(std::int32_t crossingKey) const {
    const double positiveWeight = m_tp / m_sampledPositives;
    const double negativeWeight = m_fp / m_sampledNegatives;
    const double perNegative = 1 / m_fp;
    std::vector<Moments> moments(m_strata.size());
    // From the loosest run up: what the positives at or below a pixel lose or gain in precision when its weight grows.
    double lossBelow = 0;
    double gainBelow = 0;
    for (std::size_t t = m_runs.size(); t-- > 0;) {
      const Tie run = tie(t);
      const double above = m_items[run.first].key >= crossingKey ? 1.0 : 0.0;
      std::array<double, 2> ap{};
      if (run.positives > 0) {
        const double predicted = run.tp + run.fp;
        // The change that deleting the pixel makes, as a jackknife has it: the derivative alone covers too seldom.
        const double share = run.positives / predicted;
        lossBelow += share * run.tp / std::max(predicted - negativeWeight, 0.5 * predicted);
        gainBelow += share * run.fp / std::max(predicted - positiveWeight, 0.5 * predicted);
        ap[0] = run.tp / predicted + gainBelow;
      }
      ap[1] = -lossBelow;
      const std::array auroc{(0.5 * run.negatives - run.fp) * perNegative,
                             (run.tp - 0.5 * run.positives - m_tp) * perNegative};
      for (std::size_t i = run.first; i < run.last; ++i) {
        const std::uint32_t side = m_items[i].stratum % 2;
        Moments& stratum = moments[m_items[i].stratum];
        stratum.ap += ap[side];
        stratum.apSquares += ap[side] * ap[side];
        stratum.auroc += auroc[side];
        stratum.aurocSquares += auroc[side] * auroc[side];
        stratum.reaching += above;
      }
    }
    return moments;
  }

  /// Variances of the weighted TP and FP as the threshold falls. A stratum of n sampled pixels, k of them at or above
  /// the threshold, adds N^2 (1 - n/N) / n times k (n - k) / (n (n - 1)).
  class CountVariances {
  public:
    explicit CountVariances(std::span<const Stratum> strata) {
      for (const Stratum& stratum : strata) {
        const auto n = static_cast<double>(stratum.sampled);
        const double scale = n < 2 ? 0.0 : stratum.population * (stratum.population - n) / (n * n * (n - 1));
        m_next.push_back({scale * (n - 1), -2 * scale});
      }
    }
    void add(const Item& item) {
      // From k to k + 1, k (n - k) grows by n - 1 - 2k.
      Step& next = m_next[item.stratum];
      m_sums[item.stratum % 2] += next.growth;
      next.growth += next.change;
    }
    [[nodiscard]] double tp() const { return std::max(m_sums[0], 0.0); }
    [[nodiscard]] double fp() const { return std::max(m_sums[1], 0.0); }

  private:
    struct Step {
      double growth = 0, change = 0;
    };
    std::vector<Step> m_next;  ///< a stratum each: what its next pixel adds
    std::array<double, 2> m_sums{};
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
    for (std::size_t t = 0; t < m_runs.size(); ++t) {
      const Tie run = tie(t);
      for (std::size_t i = run.first; i < run.last; ++i) spread.add(m_items[i]);
      if (run.positives == 0) continue;
      const bool full = run.tp >= m_tp * (1 - 1e-12);
      if (!full && (run.tp - tpKept) * kSteps < m_tp && (run.fp - fpKept) * kSteps < m_fp) continue;
      addPoint(out, scoreOfKey(m_items[run.first].key), full ? m_tp : run.tp, run.fp, spread);
      tpKept = run.tp;
      fpKept = run.fp;
      if (full) break;
    }
  }

  std::vector<Item>& m_items;
  std::vector<RunEnd>& m_runs;
  std::vector<Stratum> m_strata;
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
  thread_local Scratch scratch;
  const WeightedRanking ranking(sample, scores, protocol, scratch);
  ranking.count(out);
  if (protocol.poolsPixels() && ranking.isDefined()) ranking.estimate(out);
  return out;
}

}  // namespace oodscope
