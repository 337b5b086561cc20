// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/attribution.h"

#include "analysis/regions/decision.h"
#include "analysis/regions/failure_masks.h"

#include <algorithm>
#include <bit>

#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

constexpr float kNearest = 5.0F, kFarthest = 50.0F, kStep = 5.0F;  // metres

void add(ConfusionCounts& to, const ConfusionCounts& from) {
  to.tp += from.tp;
  to.fp += from.fp;
  to.fn += from.fn;
  to.tn += from.tn;
}

/// Counts of 256 classes, filled pixel by pixel. Index: 2 * truth + predicted, so tn, fp, fn, tp.
using Cells = std::array<std::uint64_t, 4>;

ConfusionCounts asCounts(const Cells& cells) {
  return {.tp = cells[3], .fp = cells[1], .fn = cells[2], .tn = cells[0]};
}

std::map<std::uint8_t, ConfusionCounts> asMap(const std::array<Cells, 256>& cells) {
  std::map<std::uint8_t, ConfusionCounts> out;
  for (std::size_t c = 0; c < cells.size(); ++c)
    if (cells[c] != Cells{}) out[static_cast<std::uint8_t>(c)] = asCounts(cells[c]);
  return out;
}

void countPixels(const ScoredImage& frame, const FailureOptions& options, const FailureContext& context,
                 Attribution& out) {
  const float limit = floatAtLeast(options.threshold);
  std::array<Cells, 256> predicted{};
  std::array<Cells, 256> trueClass{};
  std::array<Cells, Attribution::kDistanceBins> distance{};
  for (std::size_t i = 0; i < frame.scores.size(); ++i) {
    const float s = frame.scores[i];
    if (frame.labels[i] > kAnomaly || !isUsable(s)) continue;
    const std::size_t cell = 2U * frame.labels[i] + (s >= limit ? 1U : 0U);
    if (context.predictedClasses != nullptr) ++predicted[context.predictedClasses->values()[i]][cell];
    if (context.trueClasses != nullptr) ++trueClass[context.trueClasses->values()[i]][cell];
    const float d = context.distance != nullptr ? context.distance->values()[i] : 0.0F;
    ++distance[Attribution::distanceBin(d)][cell];
  }
  out.byPredictedClass = asMap(predicted);
  out.byTrueClass = asMap(trueClass);
  for (std::size_t b = 0; b < distance.size(); ++b) out.byDistance[b] = asCounts(distance[b]);
}

void countObjects(const ScoredImage& frame, const FailureMasks& masks, const FailureOptions& options,
                  const FailureContext& context, Attribution& out) {
  const float limit = floatAtLeast(options.threshold);
  const RunsByComponent byComponent = runsByComponent(masks.truth);
  std::vector<Run> runs;
  std::vector<float> scratch;
  for (std::size_t c = 0; c < masks.truth.count(); ++c) {
    runs.clear();
    std::uint64_t found = 0;
    for (std::uint32_t i = byComponent.first[c]; i < byComponent.first[c + 1]; ++i) {
      const Run& run = masks.truth.runs[byComponent.order[i]];
      runs.push_back(run);
      const std::size_t start = static_cast<std::size_t>(run.y) * static_cast<std::size_t>(frame.size.width);
      for (int x = run.begin; x < run.end; ++x)
        found += frame.scores[start + static_cast<std::size_t>(x)] >= limit ? 1 : 0;
    }
    const std::uint64_t area = masks.truth.areas[c];
    const bool missed = static_cast<double>(found) / static_cast<double>(area) < options.missedBelow;
    const Attribution::Objects one{
        .count = 1, .missed = missed ? 1U : 0U, .pixels = area, .missedPixels = area - found};
    out.objectsBySize[Attribution::sizeBin(area)] += one;
    out.objectsByIssuGroup[Attribution::issuGroup(area)] += one;
    const auto metres = context.distance != nullptr ? medianDistance(runs, *context.distance, scratch) : std::nullopt;
    out.objectsByDistance[Attribution::distanceBin(static_cast<float>(metres.value_or(0.0)))] += one;
  }
  for (const std::uint32_t area : masks.falsePositives.areas) {
    const Attribution::Objects one{.count = 1, .missed = 0, .pixels = area, .missedPixels = 0};
    out.falsePositivesBySize[Attribution::sizeBin(area)] += one;
    out.falsePositivesByIssuGroup[Attribution::issuGroup(area)] += one;
  }
}

Attribution attributionOf(const ScoredImage& frame, const FailureMasks& masks, const FailureOptions& options,
                          const FailureContext& context) {
  Attribution out;
  countPixels(frame, options, context, out);
  countObjects(frame, masks, options, context, out);
  out.frames.push_back(masks.counts);
  return out;
}

}  // namespace

Attribution::Objects& Attribution::Objects::operator+=(const Objects& other) {
  count += other.count;
  missed += other.missed;
  pixels += other.pixels;
  missedPixels += other.missedPixels;
  return *this;
}

Attribution& Attribution::operator+=(const Attribution& other) {
  for (const auto& [c, counts] : other.byPredictedClass) add(byPredictedClass[c], counts);
  for (const auto& [c, counts] : other.byTrueClass) add(byTrueClass[c], counts);
  for (std::size_t b = 0; b < kSizeBins; ++b) {
    objectsBySize[b] += other.objectsBySize[b];
    falsePositivesBySize[b] += other.falsePositivesBySize[b];
  }
  for (std::size_t g = 0; g < objectsByIssuGroup.size(); ++g) {
    objectsByIssuGroup[g] += other.objectsByIssuGroup[g];
    falsePositivesByIssuGroup[g] += other.falsePositivesByIssuGroup[g];
  }
  for (std::size_t b = 0; b < kDistanceBins; ++b) {
    add(byDistance[b], other.byDistance[b]);
    objectsByDistance[b] += other.objectsByDistance[b];
  }
  frames.insert(frames.end(), other.frames.begin(), other.frames.end());
  return *this;
}

std::size_t Attribution::sizeBin(std::uint64_t pixels) {
  if (pixels == 0) return 0;
  return std::min<std::size_t>(kSizeBins - 1, static_cast<std::size_t>(std::bit_width(pixels)) - 1);
}

std::size_t Attribution::issuGroup(std::uint64_t pixels) {
  return static_cast<std::size_t>(std::upper_bound(kIssuGroups.begin(), kIssuGroups.end(), pixels) -
                                  kIssuGroups.begin());
}

std::size_t Attribution::distanceBin(float metres) {
  if (!(metres > 0.0F)) return kDistanceBins - 1;
  if (metres < kNearest) return 0;
  if (metres >= kFarthest) return kDistanceBins - 2;
  return static_cast<std::size_t>(metres / kStep);
}

Attribution attribute(const ScoredImage& frame, const FailureOptions& options, const FailureContext& context) {
  requireFits(frame, context);
  return attributionOf(frame, failureMasks(frame, options), options, context);
}

FrameStudy studyFrame(const ScoredImage& frame, const FailureOptions& options, const FailureContext& context) {
  requireFits(frame, context);
  const FailureMasks masks = failureMasks(frame, options);
  return {failuresIn(frame, masks, options, context), attributionOf(frame, masks, options, context)};
}

SetFailures listFailures(std::span<const FrameFailures> frames) {
  SetFailures out;
  for (std::size_t f = 0; f < frames.size(); ++f) {
    for (const FailureRegion& region : frames[f].falsePositives) out.falsePositives.push_back({f, region});
    for (const FailureRegion& region : frames[f].missed) out.missed.push_back({f, region});
    add(out.counts, frames[f].counts);
    out.smallPixels += frames[f].smallPixels;
    out.openedPixels += frames[f].openedPixels;
    out.objects += frames[f].objects;
    out.smallObjects += frames[f].smallObjects;
  }
  std::stable_sort(out.falsePositives.begin(), out.falsePositives.end(),
                   [](const ListedFailure& a, const ListedFailure& b) { return a.region.area > b.region.area; });
  std::stable_sort(out.missed.begin(), out.missed.end(), [](const ListedFailure& a, const ListedFailure& b) {
    return a.region.recall != b.region.recall ? a.region.recall < b.region.recall : a.region.area > b.region.area;
  });
  return out;
}

std::vector<FrameFailures> findFailures(std::span<const FailureInput> frames, const FailureOptions& options) {
  std::vector<FrameFailures> out(frames.size());
  tbb::parallel_for(std::size_t{0}, frames.size(),
                    [&](std::size_t f) { out[f] = findFailures(frames[f].frame, options, frames[f].context); });
  return out;
}

Attribution attribute(std::span<const FailureInput> frames, const FailureOptions& options) {
  std::vector<Attribution> parts(frames.size());
  tbb::parallel_for(std::size_t{0}, frames.size(),
                    [&](std::size_t f) { parts[f] = attribute(frames[f].frame, options, frames[f].context); });
  Attribution out;
  for (const Attribution& part : parts) out += part;
  return out;
}

}  // namespace oodscope
