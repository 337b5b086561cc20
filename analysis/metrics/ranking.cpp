// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/ranking.h"

#include "analysis/core/error.h"
#include "analysis/metrics/score_key.h"

#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace oodscope {
namespace {

__extension__ using Wide = unsigned __int128;  // P * N of a large set passes 64 bits

double ratio(std::uint64_t part, std::uint64_t whole) { return static_cast<double>(part) / static_cast<double>(whole); }

/// Neumaier's compensated sum: error independent of the number of terms.
class Sum {
public:
  void add(double term) {
    const double next = m_sum + term;
    m_rest += std::abs(m_sum) >= std::abs(term) ? (m_sum - next) + term : (term - next) + m_sum;
    m_sum = next;
  }
  [[nodiscard]] double value() const { return m_sum + m_rest; }

private:
  double m_sum = 0;
  double m_rest = 0;
};

/// The state after lowering the threshold to u[j]; gapAbove and equal are the negatives that came with it.
struct Step {
  std::size_t j = 0;
  std::uint64_t positives = 0, equal = 0, gapAbove = 0, gapBelow = 0;
  std::uint64_t tp = 0, fp = 0;
};

/// Calls visit(step) from the strictest threshold on until it returns false.
template <class Visit>
void visitSteps(const RankedPixels& pixels, Visit&& visit) {
  Step step;
  std::uint64_t gap = pixels.at(2 * pixels.keys.size());
  for (std::size_t j = pixels.keys.size(); j-- > 0;) {
    step.j = j;
    step.positives = pixels.positivesAtKey[j];
    step.equal = pixels.at(2 * j + 1);
    step.gapAbove = gap;
    gap = step.gapBelow = pixels.at(2 * j);
    step.tp += step.positives;
    step.fp += step.gapAbove + step.equal;
    if (!visit(step)) return;
  }
}

struct Crossing {
  double fpr = 0;
  float threshold = 0;
};

// TPR is compared with 0.95 as 20 tp with 19 P: exact, and the same decision as on the rounded quotient.
bool reaches(const Step& step, std::uint64_t positives) { return 20 * step.tp >= 19 * positives; }
bool exceeds(const Step& step, std::uint64_t positives) { return 20 * step.tp > 19 * positives; }

Crossing firstReaching(const RankedPixels& pixels) {
  Crossing found;
  visitSteps(pixels, [&](const Step& step) {
    if (!reaches(step, pixels.positives)) return true;
    found = {ratio(step.fp, pixels.negatives), scoreOfKey(pixels.keys[step.j])};
    return false;
  });
  return found;
}

/// numpy.interp(0.95, tpr, fpr): of several points at exactly 0.95 it takes the last, else the line between neighbours.
Crossing interpolated(const RankedPixels& pixels) {
  Crossing found;
  visitSteps(pixels, [&](const Step& step) {
    if (!reaches(step, pixels.positives)) return true;
    found.threshold = scoreOfKey(pixels.keys[step.j]);
    if (!exceeds(step, pixels.positives)) {
      found.fpr = ratio(step.fp + step.gapBelow, pixels.negatives);
      return false;
    }
    const double tprLeft = ratio(step.tp - step.positives, pixels.positives);
    const double fprLeft = ratio(step.fp - step.equal, pixels.negatives);
    const double tprRight = ratio(step.tp, pixels.positives);
    const double fprRight = ratio(step.fp, pixels.negatives);
    found.fpr = (fprRight - fprLeft) / (tprRight - tprLeft) * (0.95 - tprLeft) + fprLeft;
    return false;
  });
  return found;
}

/// First TPR > 0.95 on scikit-learn's ROC, which leaves out points midway between two equal steps.
Crossing firstExceeding(const RankedPixels& pixels) {
  Crossing found;
  visitSteps(pixels, [&](const Step& step) {
    if (!exceeds(step, pixels.positives)) return true;
    const bool first = step.tp == step.positives && step.fp == step.equal;
    const bool midway = !first && step.j > 0 && step.gapBelow == 0 &&
                        pixels.positivesAtKey[step.j - 1] == step.positives &&
                        pixels.at(2 * (step.j - 1) + 1) == step.equal;
    if (midway) return true;
    found = {ratio(step.fp, pixels.negatives), scoreOfKey(pixels.keys[step.j])};
    return false;
  });
  return found;
}

/// The recall nearest to 0.95, in double as the reference computes it (so 0.90 is nearer than 1.00); where several
/// thresholds share it the loosest, except at full recall the strictest.
Crossing nearestRecall(const RankedPixels& pixels) {
  Crossing found;
  double best = std::numeric_limits<double>::infinity();
  visitSteps(pixels, [&](const Step& step) {
    const double distance = std::abs(ratio(step.tp, pixels.positives) - 0.95);
    if (distance <= best) {
      best = distance;
      const bool full = step.tp == pixels.positives;
      found = {ratio(step.fp + (full ? 0 : step.gapBelow), pixels.negatives), scoreOfKey(pixels.keys[step.j])};
    }
    return !reaches(step, pixels.positives);
  });
  return found;
}

Crossing crossingOf(const RankedPixels& pixels, CrossingRule rule) {
  switch (rule) {
    case CrossingRule::Interpolated:
      return interpolated(pixels);
    case CrossingRule::FirstExceeding:
      return firstExceeding(pixels);
    case CrossingRule::NearestRecall:
      return nearestRecall(pixels);
    case CrossingRule::FirstReaching:
      break;
  }
  return firstReaching(pixels);
}

constexpr std::size_t kPartKeys = std::size_t{1} << 18;  // keys a task takes
constexpr std::size_t kCutFrom = std::size_t{1} << 21;   // a frame's stay in one piece: frames are parallel already
constexpr std::uint64_t kCurveSteps = 900;  // per axis: 2 * 900 + 64 doublings + the two ends stay below the maximum

}  // namespace

void SlotCounts::add(std::size_t slot, std::uint64_t count) {
  const std::uint64_t sum = m_low[slot] + (count & 0xffffffffU);
  m_low[slot] = static_cast<std::uint32_t>(sum);
  const std::uint64_t carry = (sum >> 32) + (count >> 32);
  if (carry != 0) m_carries[slot] += carry;
}

void SlotCounts::add(std::size_t first, std::span<const std::uint32_t> counts) {
  std::uint32_t* low = m_low.data() + first;
  std::uint32_t carried = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::uint32_t sum = low[i] + counts[i];
    carried |= static_cast<std::uint32_t>(sum < counts[i]);
    low[i] = sum;
  }
  if (carried == 0) return;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (low[i] < counts[i]) ++m_carries[first + i];
  }
}

void SlotCounts::joinRows(std::span<const std::size_t> rowSizes) {
  const std::map<std::size_t, std::uint64_t> carries = std::exchange(m_carries, {});
  std::size_t from = 0;
  for (std::size_t row = 0; row < rowSizes.size(); ++row) {
    for (std::size_t i = 0; i < rowSizes[row]; ++i, ++from) {
      const std::size_t to = from - row;  // never behind the slots still to be read
      const std::uint32_t low = m_low[from];
      if (i > 0 || row == 0) m_low[to] = 0;
      add(to, low);
      if (carries.empty()) continue;
      const auto carry = carries.find(from);
      if (carry != carries.end()) m_carries[to] += carry->second;
    }
  }
  m_low.resize(from + (rowSizes.empty() ? 0 : 1) - rowSizes.size());
}

PixelMetrics rankingMetrics(const RankedPixels& pixels, Protocol protocol) {
  PixelMetrics metrics;
  metrics.protocol = protocol;
  metrics.positives = pixels.positives;
  metrics.negatives = pixels.negatives;
  if (pixels.positives == 0 || pixels.negatives == 0) return metrics;

  Sum precisionSum;
  Wide doubledArea = 0;
  double bestF1 = -1;
  std::size_t bestStep = 0;
  visitSteps(pixels, [&](const Step& step) {
    precisionSum.add(static_cast<double>(step.positives) * ratio(step.tp, step.tp + step.fp));
    // Each positive beats the negatives below it; an equal one counts half.
    doubledArea += static_cast<Wide>(step.positives) * (2 * (pixels.negatives - step.fp) + step.equal);
    const double f1 = ratio(2 * step.tp, step.tp + step.fp + pixels.positives);
    if (f1 > bestF1) {
      bestF1 = f1;
      bestStep = step.j;
    }
    return true;
  });
  metrics.ap = precisionSum.value() / static_cast<double>(pixels.positives);
  metrics.auroc =
      static_cast<double>(static_cast<long double>(doubledArea) / (2.0L * static_cast<long double>(pixels.positives) *
                                                                   static_cast<long double>(pixels.negatives)));
  metrics.bestF1 = bestF1;
  metrics.bestF1Threshold = scoreOfKey(pixels.keys[bestStep]);
  const Crossing crossing = crossingOf(pixels, protocol.rule().crossing);
  metrics.fpr95 = crossing.fpr;
  metrics.threshold95 = crossing.threshold;
  return metrics;
}

CurvePoint curvePoint(float threshold, std::uint64_t tp, std::uint64_t fp, std::uint64_t positives,
                      std::uint64_t negatives) {
  CurvePoint point;
  point.threshold = threshold;
  point.recall = ratio(tp, positives);
  point.precision = tp + fp == 0 ? 1.0 : ratio(tp, tp + fp);
  point.fpr = ratio(fp, negatives);
  point.f1 = ratio(2 * tp, tp + fp + positives);
  point.iou = ratio(tp, positives + fp);
  return point;
}

SetCurves rankingCurves(const RankedPixels& pixels, Protocol protocol) {
  SetCurves curves;
  curves.protocol = protocol;
  if (pixels.positives == 0 || pixels.negatives == 0) return curves;
  curves.prevalence = ratio(pixels.positives, pixels.positives + pixels.negatives);
  curves.points.push_back(curvePoint(std::numeric_limits<float>::infinity(), 0, 0, pixels.positives, pixels.negatives));
  std::uint64_t tpKept = 0;
  std::uint64_t fpKept = 0;
  visitSteps(pixels, [&](const Step& step) {
    const bool last = step.j == 0;
    const bool advanced =
        (step.tp - tpKept) * kCurveSteps >= pixels.positives || (step.fp - fpKept) * kCurveSteps >= pixels.negatives;
    if (last || advanced || step.tp + step.fp >= 2 * (tpKept + fpKept)) {
      curves.points.push_back(
          curvePoint(scoreOfKey(pixels.keys[step.j]), step.tp, step.fp, pixels.positives, pixels.negatives));
      tpKept = step.tp;
      fpKept = step.fp;
    }
    return true;
  });
  return curves;
}

std::vector<std::uint32_t> collapseEqualKeys(std::vector<std::int32_t>& keys) {
  const std::size_t n = keys.size();
  const std::size_t parts = n < kCutFrom ? 1 : n / kPartKeys;
  // A part begins where a run of equal keys does.
  const auto begin = [&](std::size_t part) {
    const std::size_t i = n * part / parts;
    if (i == 0 || i == n) return i;
    return static_cast<std::size_t>(
        std::upper_bound(keys.begin() + static_cast<std::ptrdiff_t>(i), keys.end(), keys[i - 1]) - keys.begin());
  };
  std::vector<std::size_t> firsts(parts + 1), places(parts + 1);
  tbb::parallel_for(std::size_t{0}, parts, [&](std::size_t part) {
    const std::size_t first = firsts[part] = begin(part);
    const std::size_t end = begin(part + 1);
    std::size_t distinct = first < end ? 1 : 0;
    for (std::size_t i = first + 1; i < end; ++i) distinct += keys[i] != keys[i - 1] ? 1U : 0U;
    places[part + 1] = distinct;
  });
  firsts[parts] = n;
  std::partial_sum(places.begin(), places.end(), places.begin());
  std::vector<std::int32_t> values(places[parts]);
  std::vector<std::uint32_t> counts(places[parts]);
  std::atomic<std::size_t> longest = 0;
  tbb::parallel_for(std::size_t{0}, parts, [&](std::size_t part) {
    std::size_t place = places[part], most = 0;
    for (std::size_t i = firsts[part], end = 0; i < firsts[part + 1]; i = end) {
      end = i + 1;
      while (end < firsts[part + 1] && keys[end] == keys[i]) ++end;
      most = std::max(most, end - i);
      values[place] = keys[i];
      counts[place++] = static_cast<std::uint32_t>(end - i);
    }
    for (std::size_t seen = longest; most > seen && !longest.compare_exchange_weak(seen, most);) {
    }
  });
  if (longest > std::numeric_limits<std::uint32_t>::max())
    throw Error({.what = "too many anomaly pixels share one score",
                 .expected = "at most 4294967295",
                 .found = std::to_string(longest.load())});
  keys = std::move(values);
  return counts;
}

}  // namespace oodscope
