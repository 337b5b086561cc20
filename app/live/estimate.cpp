// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/protocol_rules.h"
#include "app/live/live_set.h"

#include <algorithm>

namespace oodscope {
namespace {

std::optional<Interval> intervalOf(const std::optional<Estimate>& estimate) {
  if (!estimate) return std::nullopt;
  return Interval{estimate->low, estimate->high};
}

std::optional<double> valueOf(const std::optional<Estimate>& estimate) {
  if (!estimate) return std::nullopt;
  return estimate->value;
}

/// The point of an estimated curve where F1 is best, the strictest of equals.
const CurvePoint* bestF1(const SetCurves& curves) {
  const auto best = std::ranges::max_element(curves.points, {}, &CurvePoint::f1);
  return best == curves.points.end() ? nullptr : &*best;
}

/// The strictest point that has found 95 % of the anomalies.
const CurvePoint* at95(const SetCurves& curves) {
  const auto found = std::ranges::find_if(curves.points, [](const CurvePoint& point) { return point.recall >= 0.95; });
  return found == curves.points.end() ? nullptr : &*found;
}

}  // namespace

std::shared_ptr<const LiveSet::SampleScores> LiveSet::sampleScores(const Configuration& configuration,
                                                                   const std::stop_token& stop) {
  const std::vector<std::size_t> frames = labelledFrames();
  const std::scoped_lock lock(m_sampleMutex);
  if (!m_sample || m_sample->frames() != frames) {
    std::vector<Size> sizes;
    sizes.reserve(frames.size());
    for (const std::size_t frame : frames) sizes.push_back(evaluationSize(frame));
    std::vector<std::shared_ptr<const FrameTruth>> held;
    std::vector<const LabelIndex*> labels;
    labels.reserve(frames.size());
    for (const std::size_t frame : frames) labels.push_back(&held.emplace_back(truth(frame))->index);
    PixelSample pixels = drawSample(labels, m_options.sample);
    m_sample = std::make_shared<const LiveSample>(std::move(pixels), frames, std::move(sizes), *m_source, m_resolution);
  }
  if (m_sampleScores && m_sampleScores->sample == m_sample && m_sampleScores->configuration == configuration)
    return m_sampleScores;
  auto scores = m_sample->scores(
      configuration, *m_source,
      [this](std::size_t frame, const Configuration& wanted) { return this->scores(frame, wanted); }, stop);
  if (!scores) return nullptr;
  m_sampleScores = std::make_shared<const SampleScores>(SampleScores{m_sample, configuration, std::move(*scores)});
  return m_sampleScores;
}

std::shared_ptr<const SetNumbers> LiveSet::estimate(const Configuration& configuration, Protocol protocol,
                                                    const std::stop_token& stop) {
  const auto scored = sampleScores(configuration, stop);
  if (!scored || stop.stop_requested()) return nullptr;
  SampleEstimate estimated = estimateFromSample(scored->sample->pixels(), scored->scores, protocol);
  auto numbers = std::make_shared<SetNumbers>();
  numbers->configuration = configuration;
  numbers->protocol = protocol;
  numbers->asIfPooled = protocol.rule().pooling == Pooling::FrameBins;
  numbers->framesReady = scored->sample->frames().size();
  numbers->framesTotal = m_set->frames.size();
  numbers->account = account().with(numbers->framesReady);
  numbers->samplePixels = scored->scores.size();
  PixelMetrics& metrics = numbers->metrics;
  metrics.protocol = protocol;
  metrics.exact = false;
  metrics.ap = valueOf(estimated.ap);
  metrics.fpr95 = valueOf(estimated.fpr95);
  metrics.auroc = valueOf(estimated.auroc);
  metrics.positives = estimated.positives;
  metrics.negatives = estimated.negatives;
  metrics.framesUsed = estimated.framesUsed;
  metrics.framesSkipped = estimated.framesSkipped;
  if (const CurvePoint* best = bestF1(estimated.curves)) {
    metrics.bestF1 = best->f1;
    metrics.bestF1Threshold = best->threshold;
  }
  if (const CurvePoint* point = at95(estimated.curves)) metrics.threshold95 = point->threshold;
  numbers->ap = intervalOf(estimated.ap);
  numbers->fpr95 = intervalOf(estimated.fpr95);
  numbers->auroc = intervalOf(estimated.auroc);
  numbers->curves = std::move(estimated.curves);
  numbers->precisionLow = std::move(estimated.precisionLow);
  numbers->precisionHigh = std::move(estimated.precisionHigh);
  numbers->recallLow = std::move(estimated.recallLow);
  numbers->recallHigh = std::move(estimated.recallHigh);
  return numbers;
}

}  // namespace oodscope
