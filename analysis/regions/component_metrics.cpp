// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/component_metrics.h"

#include "analysis/regions/components.h"
#include "analysis/regions/decision.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr double kFixedUnit = 1099511627776.0;  // 2^40

constexpr std::array<double, kOverlapLimits> kLimits = [] {
  std::array<double, kOverlapLimits> limits{};
  for (std::size_t i = 0; i < kOverlapLimits; ++i) limits[i] = overlapLimit(i);
  return limits;
}();

std::uint64_t fixed(double overlap) { return static_cast<std::uint64_t>(std::llround(overlap * kFixedUnit)); }

std::optional<double> mean(std::uint64_t sum, std::uint64_t count) {
  if (count == 0) return std::nullopt;
  return static_cast<double>(sum) / kFixedUnit / static_cast<double>(count);
}

Components predictedComponents(const ScoredImage& frame, double threshold) {
  const float limit = floatAtMost(threshold);
  const std::size_t width = static_cast<std::size_t>(frame.size.width);
  ComponentBuilder builder(frame.size);
  std::vector<std::uint8_t> row(width);
  for (std::size_t y = 0; y < static_cast<std::size_t>(frame.size.height); ++y) {
    const float* scores = frame.scores.data() + y * width;
    const std::uint8_t* labels = frame.labels.data() + y * width;
    for (std::size_t x = 0; x < width; ++x)
      row[x] = static_cast<std::uint8_t>(static_cast<unsigned>(scores[x] > limit) &
                                         static_cast<unsigned>(labels[x] <= kAnomaly));
    builder.addRow(row.data());
  }
  return builder.finish();
}

Components truthComponents(const ScoredImage& frame) {
  const std::size_t width = static_cast<std::size_t>(frame.size.width);
  ComponentBuilder builder(frame.size);
  std::vector<std::uint8_t> row(width);
  for (std::size_t y = 0; y < static_cast<std::size_t>(frame.size.height); ++y) {
    const std::uint8_t* labels = frame.labels.data() + y * width;
    for (std::size_t x = 0; x < width; ++x) row[x] = labels[x] == kAnomaly ? 1 : 0;
    builder.addRow(row.data());
  }
  return builder.finish();
}

struct Overlap {
  std::uint32_t truth = 0, predicted = 0, pixels = 0;
};

/// One entry a pair, sorted by truth component.
void mergePairs(std::vector<Overlap>& overlaps) {
  std::sort(overlaps.begin(), overlaps.end(), [](const Overlap& a, const Overlap& b) {
    return a.truth != b.truth ? a.truth < b.truth : a.predicted < b.predicted;
  });
  std::size_t out = 0;
  for (const Overlap& o : overlaps) {
    if (out > 0 && overlaps[out - 1].truth == o.truth && overlaps[out - 1].predicted == o.predicted)
      overlaps[out - 1].pixels += o.pixels;
    else
      overlaps[out++] = o;
  }
  overlaps.resize(out);
}

}  // namespace

FrameComponents evaluateComponents(const ScoredImage& frame, double threshold, const ComponentTrack& track) {
  require(frame.scores.size() == frame.size.area() && frame.labels.size() == frame.size.area(),
          "evaluateComponents: scores or labels do not fill the size");
  require(track.minPredicted >= 0 && track.minTruth >= 0, "evaluateComponents: negative component size");
  const Components truth = truthComponents(frame);
  const Components predicted = predictedComponents(frame, threshold);
  const std::uint32_t minTruth = static_cast<std::uint32_t>(track.minTruth);
  const std::uint32_t minPredicted = static_cast<std::uint32_t>(track.minPredicted);

  // Of each predicted component: pixels that small truth components take away, and pixels on the others.
  std::vector<std::uint32_t> lost(predicted.count(), 0);
  std::vector<std::uint32_t> onTruth(predicted.count(), 0);
  std::vector<Overlap> overlaps;
  forEachOverlap(truth, predicted, [&](std::uint32_t t, std::uint32_t p, std::uint32_t pixels) {
    const std::uint32_t k = truth.component[t];
    const std::uint32_t c = predicted.component[p];
    if (predicted.areas[c] < minPredicted) return;
    if (truth.areas[k] < minTruth) {
      lost[c] += pixels;
    } else {
      onTruth[c] += pixels;
      overlaps.push_back({k, c, pixels});
    }
  });
  mergePairs(overlaps);

  FrameComponents result;
  auto pair = overlaps.begin();
  for (std::uint32_t k = 0; k < truth.count(); ++k) {
    if (truth.areas[k] < minTruth) continue;
    // |∪K| + |k| − I − A is |k| plus the pixels of the touching components that lie on no truth component.
    std::uint64_t shared = 0;
    std::uint64_t beside = 0;
    for (; pair != overlaps.end() && pair->truth == k; ++pair) {
      const std::uint32_t c = pair->predicted;
      shared += pair->pixels;
      beside += predicted.areas[c] - lost[c] - onTruth[c];
    }
    result.siou.push_back(static_cast<double>(shared) / static_cast<double>(truth.areas[k] + beside));
  }
  for (std::uint32_t c = 0; c < predicted.count(); ++c) {
    if (predicted.areas[c] < minPredicted || predicted.areas[c] == lost[c]) continue;
    result.ppv.push_back(static_cast<double>(onTruth[c]) / static_cast<double>(predicted.areas[c] - lost[c]));
  }
  return result;
}

FrameComponents evaluateComponents(std::span<const float> scores, std::span<const std::uint8_t> labels, Size size,
                                   double threshold, const ComponentTrack& track) {
  return evaluateComponents(ScoredImage{scores, labels, size}, threshold, track);
}

ComponentTally::ComponentTally(const FrameComponents& frame) {
  for (const double siou : frame.siou) addTruth(siou);
  for (const double ppv : frame.ppv) addPredicted(ppv);
}

void ComponentTally::addTruth(double siou) {
  ++m_truths;
  m_siouSum += fixed(siou);
  for (std::size_t i = 0; i < kOverlapLimits; ++i) m_found[i] += siou >= kLimits[i] ? 1 : 0;
}

void ComponentTally::addPredicted(double ppv) {
  ++m_predicted;
  m_ppvSum += fixed(ppv);
  for (std::size_t i = 0; i < kOverlapLimits; ++i) m_wrong[i] += ppv < kLimits[i] ? 1 : 0;
}

ComponentTally& ComponentTally::operator+=(const ComponentTally& other) {
  addScaled(other, 1);
  return *this;
}

void ComponentTally::addScaled(const ComponentTally& other, std::uint32_t times) {
  m_truths += other.m_truths * times;
  m_predicted += other.m_predicted * times;
  m_siouSum += other.m_siouSum * times;
  m_ppvSum += other.m_ppvSum * times;
  for (std::size_t i = 0; i < kOverlapLimits; ++i) {
    m_found[i] += other.m_found[i] * times;
    m_wrong[i] += other.m_wrong[i] * times;
  }
}

std::optional<double> ComponentTally::siou() const { return mean(m_siouSum, m_truths); }

std::optional<double> ComponentTally::ppv() const { return mean(m_ppvSum, m_predicted); }

std::optional<double> ComponentTally::f1(std::size_t limit) const {
  require(limit < kOverlapLimits, "ComponentTally: no such overlap limit");
  if (m_truths == 0) return std::nullopt;
  const double twice = 2.0 * static_cast<double>(m_found[limit]);
  return twice / (twice + static_cast<double>(falseNegatives(limit)) + static_cast<double>(m_wrong[limit]));
}

std::optional<double> ComponentTally::f1Star() const {
  if (m_truths == 0) return std::nullopt;
  double sum = 0.0;
  for (std::size_t i = 0; i < kOverlapLimits; ++i) sum += *f1(i);
  return sum / static_cast<double>(kOverlapLimits);
}

ComponentMetrics summary(const ComponentTally& tally, double threshold) {
  ComponentMetrics metrics;
  metrics.threshold = threshold;
  metrics.siou = tally.siou();
  metrics.ppv = tally.ppv();
  metrics.f1Star = tally.f1Star();
  metrics.truths = tally.truths();
  metrics.predicted = tally.predicted();
  for (std::size_t i = 0; i < kOverlapLimits; ++i)
    metrics.atLimit[i] = {kLimits[i], tally.truePositives(i), tally.falseNegatives(i), tally.falsePositives(i),
                          tally.f1(i)};
  return metrics;
}

}  // namespace oodscope
