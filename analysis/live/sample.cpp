// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/live/sample.h"

#include "analysis/core/error.h"
#include "analysis/core/grid.h"
#include "analysis/metrics/score_key.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace oodscope {
namespace {

constexpr double kNormalQuantile = 1.959963984540054;  // of 0.975
constexpr double kRocSlopeHalfWidth = 0.025;           // TPR on both sides of 0.95 over which the ROC's slope is taken
constexpr std::size_t kLeastPerStratum = 2;            // a variance needs two

/// splitmix64: one stream per frame and class, so that frames can be drawn in any order.
class Random {
public:
  explicit Random(std::uint64_t seed) : m_state(seed) {}
  std::uint64_t next() {
    m_state += 0x9e3779b97f4a7c15U;
    std::uint64_t z = m_state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

private:
  std::uint64_t m_state;
};

std::size_t shareOf(std::uint64_t own, std::uint64_t all, std::size_t budget) {
  if (all <= budget) return own;
  const auto share = static_cast<std::size_t>(
      std::llround(static_cast<double>(budget) * static_cast<double>(own) / static_cast<double>(all)));
  return std::min<std::size_t>(own, std::max(kLeastPerStratum, share));
}

/// `count` of the pixels that carry `label`, each subset equally likely (Knuth's selection sampling).
void choose(std::span<const std::uint8_t> labels, std::uint8_t label, std::uint64_t population, std::size_t count,
            Random random, std::vector<std::uint32_t>& pixels) {
  std::uint64_t left = population;
  std::size_t wanted = count;
  for (std::size_t i = 0; i < labels.size() && wanted > 0; ++i) {
    if (labels[i] != label) continue;
    if (wanted == left || random.uniform() * static_cast<double>(left) < static_cast<double>(wanted)) {
      pixels.push_back(static_cast<std::uint32_t>(i));
      --wanted;
    }
    --left;
  }
}

struct Item {
  std::int32_t key = 0;
  std::uint32_t stratum = 0;
  bool positive = false;
};

struct Stratum {
  double weight = 0;  ///< pixels that one sampled pixel stands for
  double population = 0;
  std::size_t sampled = 0;
};

/// Influence of one pixel's weight on each estimate.
struct Influence {
  double ap = 0, fpr95 = 0, auroc = 0;
};

struct Moments {
  std::array<double, 3> sum{};
  std::array<double, 3> squares{};
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
      if (skipsFramesWithoutAnomaly(protocol) && frame.allPositives == 0) {
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
        m_items.push_back({keyOfScore(scores[i]), stratum + (positive ? 0U : 1U), positive});
      }
    }
    std::ranges::sort(m_items, std::ranges::greater{}, &Item::key);
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
    double ap = 0;
    double auroc = 0;
    double fpr95 = 1;
    bool crossed = false;
    std::int32_t crossingKey = 0;
    for (const Tie& tie : m_ties) {
      if (tie.positives > 0) ap += tie.positives * precision(tie) / m_tp;
      auroc += tie.positives * (m_fp - tie.fp + 0.5 * tie.negatives) / (m_tp * m_fp);
      if (!crossed && tie.tp >= 0.95 * m_tp * (1 - 1e-12)) {
        crossed = true;
        fpr95 = tie.fp / m_fp;
        crossingKey = m_items[tie.first].key;
      }
    }
    const std::array variance = variances(crossingKey, ap, fpr95, auroc);
    out.ap = interval(ap, variance[0]);
    out.fpr95 = interval(fpr95, variance[1]);
    out.auroc = interval(auroc, variance[2]);
    curves(out);
  }

private:
  void addStratum(std::uint64_t population, std::size_t sampled) {
    const auto all = static_cast<double>(population);
    m_strata.push_back({sampled == 0 ? 0.0 : all / static_cast<double>(sampled), all, sampled});
  }

  [[nodiscard]] double weight(const Item& item) const { return m_strata[item.stratum].weight; }

  /// Precision at a run, freed of its bias to second order: counts estimated from pixels of weight w vary like w - 1
  /// times themselves, and TP / (TP + FP) is convex in FP and concave in TP.
  [[nodiscard]] double precision(const Tie& tie) const {
    // A pixel that stands for w others lies in the middle of their ranks, not behind them all.
    const double ahead = tie.last - tie.first == 1 ? std::max(0.0, tie.positives - 1) / 2 : 0.0;
    const double tp = tie.tp - ahead;
    const double predicted = tp + tie.fp;
    const double tpSpread = std::max(0.0, m_tp / m_sampledPositives - 1) * (1 - tie.tp / m_tp);
    const double fpSpread = std::max(0.0, m_fp / m_sampledNegatives - 1) * (1 - tie.fp / m_fp);
    const double bias = tp * tie.fp * (fpSpread - tpSpread) / (predicted * predicted * predicted);
    return std::clamp(tp / predicted - bias, 0.0, 1.0);
  }

  void collectTies() {
    for (std::size_t i = 0; i < m_items.size();) {
      Tie tie;
      tie.first = i;
      while (i < m_items.size() && m_items[i].key == m_items[tie.first].key) {
        (m_items[i].positive ? tie.positives : tie.negatives) += weight(m_items[i]);
        (m_items[i].positive ? m_sampledPositives : m_sampledNegatives) += 1;
        ++i;
      }
      tie.last = i;
      tie.tp = m_tp += tie.positives;
      tie.fp = m_fp += tie.negatives;
      m_ties.push_back(tie);
    }
  }

  /// FPR where the weighted TPR first reaches `tpr`.
  [[nodiscard]] double fprAt(double tpr) const {
    const auto found = std::ranges::partition_point(m_ties, [&](const Tie& tie) { return tie.tp < tpr * m_tp; });
    return found == m_ties.end() ? 1.0 : found->fp / m_fp;
  }

  [[nodiscard]] std::array<double, 3> variances(std::int32_t crossingKey, double ap, double fpr95, double auroc) const {
    const double slope =
        (fprAt(0.95 + kRocSlopeHalfWidth) - fprAt(0.95 - kRocSlopeHalfWidth)) / (2 * kRocSlopeHalfWidth);
    const double positiveWeight = m_tp / m_sampledPositives;
    const double negativeWeight = m_fp / m_sampledNegatives;
    std::vector<Moments> moments(m_strata.size());
    // From the loosest run up: what the positives at or below a pixel lose or gain in precision when its weight grows.
    double lossBelow = 0;
    double gainBelow = 0;
    for (auto tie = m_ties.rbegin(); tie != m_ties.rend(); ++tie) {
      const double predicted = tie->tp + tie->fp;
      // The change that deleting the pixel makes, as a jackknife has it: the derivative alone covers too seldom.
      lossBelow += tie->positives * tie->tp / (predicted * std::max(predicted - negativeWeight, 0.5 * predicted));
      gainBelow += tie->positives * tie->fp / (predicted * std::max(predicted - positiveWeight, 0.5 * predicted));
      const bool above = m_items[tie->first].key >= crossingKey;
      Influence positive;
      positive.ap = (tie->tp / predicted + gainBelow - ap) / m_tp;
      positive.fpr95 = -slope * ((above ? 1.0 : 0.0) - 0.95) / m_tp;
      positive.auroc = ((m_fp - tie->fp + 0.5 * tie->negatives) / m_fp - auroc) / m_tp;
      Influence negative;
      negative.ap = -lossBelow / m_tp;
      negative.fpr95 = ((above ? 1.0 : 0.0) - fpr95) / m_fp;
      negative.auroc = -(m_tp - tie->tp + 0.5 * tie->positives) / m_tp / m_fp + (1.0 - auroc) / m_fp;
      for (std::size_t i = tie->first; i < tie->last; ++i) {
        const Influence& own = m_items[i].positive ? positive : negative;
        Moments& stratum = moments[m_items[i].stratum];
        const std::array values{own.ap, own.fpr95, own.auroc};
        for (std::size_t k = 0; k < 3; ++k) {
          stratum.sum[k] += values[k];
          stratum.squares[k] += values[k] * values[k];
        }
      }
    }
    std::array<double, 3> variance{};
    for (std::size_t h = 0; h < m_strata.size(); ++h) {
      const Stratum& stratum = m_strata[h];
      if (stratum.sampled < 2) continue;
      const auto n = static_cast<double>(stratum.sampled);
      const double left = 1.0 - n / stratum.population;
      for (std::size_t k = 0; k < 3; ++k) {
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
      (item.positive ? m_tp : m_fp) += step;
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

std::size_t PixelSample::pixelCount() const {
  std::size_t count = 0;
  for (const FrameSample& frame : frames) count += frame.pixels.size();
  return count;
}

PixelSample drawSample(std::size_t frames, const LabelProvider& provider, const SampleOptions& options) {
  PixelSample sample;
  std::uint64_t positives = 0;
  std::uint64_t negatives = 0;
  for (std::size_t frame = 0; frame < frames; ++frame) {
    const FrameLabels labels = provider(frame);
    FrameSample part;
    part.frame = frame;
    for (const std::uint8_t label : labels.labels) {
      part.allPositives += static_cast<std::uint64_t>(label == kAnomaly);
      part.allNegatives += static_cast<std::uint64_t>(label == kNormal);
    }
    if (part.allPositives + part.allNegatives == 0) continue;
    positives += part.allPositives;
    negatives += part.allNegatives;
    sample.frames.push_back(std::move(part));
  }
  for (FrameSample& part : sample.frames) {
    const FrameLabels labels = provider(part.frame);
    Random seeds(options.seed * 0x2545f4914f6cdd1dU + part.frame);
    const Random forPositives(seeds.next());
    const Random forNegatives(seeds.next());
    part.positives = shareOf(part.allPositives, positives, options.positivesCap);
    choose(labels.labels, kAnomaly, part.allPositives, part.positives, forPositives, part.pixels);
    choose(labels.labels, kNormal, part.allNegatives, shareOf(part.allNegatives, negatives, options.negatives),
           forNegatives, part.pixels);
  }
  return sample;
}

SampleEstimate estimateFromSample(const PixelSample& sample, std::span<const float> scores, Protocol protocol) {
  require(scores.size() == sample.pixelCount(), "estimateFromSample: not one score per sampled pixel");
  SampleEstimate out;
  out.curves.protocol = protocol;
  const WeightedRanking ranking(sample, scores, protocol);
  ranking.count(out);
  if (protocol != Protocol::StreetHazards && ranking.isDefined()) ranking.estimate(out);
  return out;
}

}  // namespace oodscope
