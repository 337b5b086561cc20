// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/open_set.h"

#include "analysis/core/error.h"
#include "analysis/metrics/operating_point.h"
#include "analysis/metrics/score_key.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr int kMostKnownClasses = 253;
constexpr double kIssuTpr = 0.95;

std::optional<double> meanOf(double sum, std::size_t count) {
  return count == 0 ? std::nullopt : std::optional(sum / static_cast<double>(count));
}

/// Adds one group's means, weighted.
class FrameWeighted {
public:
  void add(const std::optional<double>& value, std::uint64_t frames) {
    if (!value) return;
    m_sum += *value * static_cast<double>(frames);
    m_frames += frames;
  }
  [[nodiscard]] std::optional<double> value() const { return meanOf(m_sum, m_frames); }

private:
  double m_sum = 0;
  std::uint64_t m_frames = 0;
};

MeanIous weighted(std::span<const OpenSetConfusion> groups, MeanIous (OpenSetConfusion::*means)() const) {
  FrameWeighted occurring, defined, all;
  for (const OpenSetConfusion& group : groups) {
    const MeanIous one = (group.*means)();
    occurring.add(one.occurring, group.frames());
    defined.add(one.defined, group.frames());
    all.add(one.all, group.frames());
  }
  return {occurring.value(), defined.value(), all.value()};
}

}  // namespace

const IouConvention kOccurringClasses{"occurring", "mean of the known classes that occur in the ground truth"};
const IouConvention kDefinedClasses{
    "defined", "mean of the known classes that occur or are predicted: an absent one that is predicted counts 0"};
const IouConvention kAllClasses{"all", "sum over the known classes by their number: an absent one counts 0"};

ClassMap openSetTruth(const ClassMap& classes, const LabelMap& labels, int known) {
  require(classes.size() == labels.size(), "openSetTruth: classes and labels differ in size");
  require(known >= 1 && known <= kMostKnownClasses, "openSetTruth: classes out of 1..253");
  ClassMap out(classes.size());
  for (std::size_t i = 0; i < out.values().size(); ++i) {
    const std::uint8_t label = labels.values()[i], kind = classes.values()[i];
    const bool isKnown = label == kNormal && kind < known;
    out.values()[i] = isKnown ? kind : static_cast<std::uint8_t>(label == kAnomaly ? known : known + 1);
  }
  return out;
}

ClassMap openSetMap(const ClassMap& predicted, const ScoreMap& scores, float threshold, int known) {
  require(predicted.size() == scores.size(), "openSetMap: classes and scores differ in size");
  require(known >= 1 && known <= kMostKnownClasses, "openSetMap: classes out of 1..253");
  ClassMap out = predicted;
  for (std::size_t i = 0; i < out.values().size(); ++i)
    if (scores.values()[i] > threshold) out.values()[i] = static_cast<std::uint8_t>(known);
  return out;
}

MeanIous meanIousOf(const ConfusionMatrix& matrix, int known) {
  require(known >= 1 && known <= matrix.classes(), "meanIousOf: more classes than there are");
  double sum = 0;
  std::size_t defined = 0;
  const auto ious = matrix.iouPerClass();
  for (std::size_t i = 0; i < static_cast<std::size_t>(known); ++i) {
    if (!ious[i]) continue;
    sum += *ious[i];
    ++defined;
  }
  MeanIous out{.occurring = matrix.meanIou(known), .defined = meanOf(sum, defined), .all = {}};
  if (defined > 0) out.all = sum / known;
  return out;
}

OpenSetConfusion::OpenSetConfusion(int known) : m_known(known), m_open(known + 1), m_closed(known) {
  require(known >= 1 && known <= kMostKnownClasses, "OpenSetConfusion: classes out of 1..253");
}

void OpenSetConfusion::add(const ClassMap& truth, const ClassMap& predicted, const ScoreMap& scores, float threshold) {
  require(truth.size() == predicted.size(), "OpenSetConfusion: truth and prediction differ in size");
  ClassMap known = predicted;  // what is no class must not be taken for the anomaly
  for (std::uint8_t& kind : known.values())
    if (kind >= m_known) kind = kVoid;
  m_closed.add(truth.values(), known.values());
  m_open.add(truth.values(), openSetMap(known, scores, threshold, m_known).values());
  ++m_frames;
}

OpenSetConfusion& OpenSetConfusion::operator+=(const OpenSetConfusion& other) {
  m_open += other.m_open;
  m_closed += other.m_closed;
  m_frames += other.m_frames;
  return *this;
}

std::vector<std::optional<double>> OpenSetConfusion::openIou() const {
  auto out = m_open.iouPerClass();
  out.resize(static_cast<std::size_t>(m_known));
  return out;
}

std::optional<double> OpenSetMeans::gap() const {
  if (!closed.occurring || !open.occurring) return std::nullopt;
  return *closed.occurring - *open.occurring;
}

OpenSetMeans weightedByFrames(std::span<const OpenSetConfusion> groups) {
  return {weighted(groups, &OpenSetConfusion::openMiou), weighted(groups, &OpenSetConfusion::closedMiou)};
}

std::optional<float> calibratedThreshold(std::span<const SortedScores* const> frames) {
  return evaluateSorted(frames, protocols::kDenseHybrid).metrics.threshold95;
}

std::optional<RateAtFpr> tprAtFpr(std::span<const SortedScores* const> frames, double fpr) {
  require(fpr > 0.0 && fpr <= 1.0, "tprAtFpr: a rate out of (0, 1]");
  std::vector<std::int32_t> negatives;
  std::uint64_t positives = 0;
  for (const SortedScores* frame : frames) {
    negatives.insert(negatives.end(), frame->negativeKeys().begin(), frame->negativeKeys().end());
    positives += frame->positives();
  }
  if (negatives.empty() || positives == 0) return std::nullopt;
  const auto all = static_cast<double>(negatives.size());
  auto needed = static_cast<std::size_t>(std::ceil(fpr * all));
  while (needed > 1 && static_cast<double>(needed - 1) / all >= fpr) --needed;  // as the rates compare
  while (static_cast<double>(needed) / all < fpr) ++needed;
  const auto nth = negatives.begin() + static_cast<std::ptrdiff_t>(needed - 1);
  std::nth_element(negatives.begin(), nth, negatives.end(), std::greater<>());
  const float threshold = scoreOfKey(*nth);
  const ConfusionCounts counts = countsAt(frames, threshold);
  return RateAtFpr{threshold, static_cast<double>(counts.tp) / static_cast<double>(positives)};
}

IssuThresholds issuThresholds(std::span<const SortedScores* const> frames) {
  const SetScores set(frames.begin(), frames.end());
  IssuThresholds out;
  out.tpr95 = chooseThreshold(set, {ThresholdRule::Kind::TruePositiveRate, kIssuTpr});
  out.bestF1 = chooseThreshold(set, {ThresholdRule::Kind::BestF1, 0.0});
  if (const auto rate = tprAtFpr(frames, kIssuFpr)) out.fpr05 = rate->threshold;
  return out;
}

}  // namespace oodscope
