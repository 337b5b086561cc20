// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/calibration_report.h"

#include "analysis/core/half.h"
#include "analysis/datasets/layout_kinds.h"
#include "analysis/imaging/resize.h"
#include "analysis/scores/method_kinds.h"

#include <algorithm>
#include <numeric>

#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

constexpr std::size_t kCalibrationPixels = 200'000;  // ECE to a tenth of a point

/// Why a score is no probability; empty where it is one.
std::string notAProbability(const Configuration& configuration, const SetHygiene& hygiene) {
  if (configuration.method) {
    if (configuration.method->kind().range.isProbability()) return {};
    return std::string(configuration.method->name()) + " is not bounded: a score of it is no probability";
  }
  if (!hygiene.lowest || !hygiene.highest) return "no finite score";
  if (*hygiene.lowest < 0.0F || *hygiene.highest > 1.0F)
    return "the imported scores leave 0 … 1: they are no probabilities";
  return {};
}

bool hasClassLabels(const LiveSet& live) {
  const auto ready = live.readyFrames();
  return std::any_of(ready.begin(), ready.end(),
                     [&](std::size_t f) { return live.dataSet().frames[f].classLabel.has_value(); });
}

/// The channels that a configuration uses of a frame's logits.
std::vector<int> usedChannels(const ScoreSource& source, std::size_t frame, const Configuration& configuration) {
  std::vector<int> channels;
  readOutputs(source, frame, [&](const FrameOutputs& outputs) {
    channels = source.scoreParameters(configuration, outputs.view).channels;
    if (!channels.empty()) return;
    channels.resize(static_cast<std::size_t>(outputs.view[Output::Logits].channels));
    std::iota(channels.begin(), channels.end(), 0);
  });
  return channels;
}

/// Appends every `stride`-th pixel from `first` on whose class is one of `channels`. The first place behind the frame.
std::size_t appendEvery(std::size_t stride, std::size_t first, const LogitsView& view, const ClassMap& truth,
                        const std::vector<int>& channels, LabelledLogits& out) {
  const std::size_t plane = view.size().area();
  std::size_t at = first;
  for (; at < plane; at += stride) {
    const auto found = std::find(channels.begin(), channels.end(), static_cast<int>(truth.values()[at]));
    if (found == channels.end()) continue;
    for (const int channel : channels) {
      const std::size_t index = static_cast<std::size_t>(channel) * plane + at;
      out.logits.push_back(view.half != nullptr ? floatFromHalf(view.half[index]) : view.single[index]);
    }
    out.truth.push_back(static_cast<std::uint8_t>(found - channels.begin()));
  }
  return at;
}

}  // namespace

LabelledLogits sampleLabelledLogits(const LiveSet& live, const Configuration& configuration, std::size_t wanted,
                                    const std::stop_token& stop, std::size_t* frames) {
  // One frame's logits are open at a time: those that lie on no disk would fill the memory together.
  const ScoreSource& source = live.source();
  std::vector<std::size_t> labelled;
  std::size_t pixels = 0;
  for (const std::size_t frame : live.readyFrames()) {
    if (!live.dataSet().frames[frame].classLabel || !source.hasOutputs(frame)) continue;
    if (source.inputs().channels == 0) continue;  // memberships are no logits: no softmax to calibrate
    pixels += source.ownSize(frame).area();
    labelled.push_back(frame);
  }
  LabelledLogits out;
  const std::vector<int> channels =
      labelled.empty() ? std::vector<int>() : usedChannels(source, labelled.front(), configuration);
  // Where the labels name other classes than the network, its channels have no true class.
  const ClassScheme& scheme = *live.dataSet().layout.kind().classes;
  if (scheme.isWhole && channels.size() != scheme.classes.size()) labelled.clear();
  if (frames != nullptr) *frames = labelled.size();
  if (labelled.empty()) return out;
  out.classes = channels.size();
  const std::size_t stride = std::max<std::size_t>(1, pixels / std::max<std::size_t>(1, wanted)) | 1U;
  std::size_t at = 0;
  for (const std::size_t frame : labelled) {
    if (stop.stop_requested()) return {};
    const ClassMap classes = readClassLabel(live.dataSet(), live.dataSet().frames[frame]);
    const ClassMap truth = resizePilNearest(classes, source.ownSize(frame));
    const std::size_t first = at, logitsBefore = out.logits.size(), truthBefore = out.truth.size();
    readOutputs(source, frame, [&](const FrameOutputs& outputs) {
      const LogitsView& view = outputs.view[Output::Logits];
      out.logits.resize(logitsBefore);
      out.truth.resize(truthBefore);
      at = appendEvery(stride, first, view, truth, channels, out);
    });
    at -= source.ownSize(frame).area();
  }
  return out;
}

std::optional<CalibrationReport> calibrationReport(LiveSet& live, const Configuration& configuration,
                                                   double temperature, const std::stop_token& stop) {
  CalibrationReport report;
  report.frames = live.readyFrames();
  report.hygiene.resize(report.frames.size());
  std::vector<ReliabilityTally> tallies(report.frames.size());
  tbb::parallel_for(std::size_t{0}, report.frames.size(), [&](std::size_t i) {
    if (stop.stop_requested()) return;
    const auto map = live.scores(report.frames[i], configuration);
    const auto label = live.label(report.frames[i]);
    report.hygiene[i] = label ? inspectScores(scoredImage(*map, *label)) : inspectScores(map->values());
    if (const auto logits = live.source().frameOutputs(report.frames[i]))
      report.hygiene[i].saturatedLogits = logits->saturated;
    if (label) tallies[i] = scoreReliability(map->values(), label->values());
  });
  if (stop.stop_requested()) return std::nullopt;
  report.set = summarise(report.hygiene);
  report.anomalyReason = notAProbability(configuration, report.set);
  if (report.anomalyReason.empty()) {
    ReliabilityTally all;
    for (const ReliabilityTally& tally : tallies) all += tally;
    if (all.count() > 0)
      report.anomaly = all;
    else
      report.anomalyReason = "no labelled pixel";
  }
  if (!hasClassLabels(live)) {
    report.closedSetReason = "the set has no class labels; Cityscapes and the demo set have";
    return report;
  }
  if (!configuration.method) {
    report.closedSetReason = "imported score maps hold no class prediction";
    return report;
  }
  ClosedSetCalibration closed;
  const LabelledLogits sample = sampleLabelledLogits(live, configuration, kCalibrationPixels, stop, &closed.frames);
  closed.pixels = sample.pixels();
  const auto now = calibrationAt(sample, temperature);
  const auto best = bestTemperature(sample);
  if (stop.stop_requested()) return std::nullopt;
  if (!now || !best) {
    report.closedSetReason = "no pixel has a class that the network knows";
    return report;
  }
  closed.now = *now;
  closed.best = *best;
  closed.atBest = *calibrationAt(sample, best->temperature);
  report.closedSet = std::move(closed);
  return report;
}

}  // namespace oodscope
