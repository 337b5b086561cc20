// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/set_study.h"

#include <algorithm>
#include <chrono>

#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

/// Scores and labels of a frame, kept alive.
struct HeldFrame {
  std::shared_ptr<const ScoreMap> scores;
  std::shared_ptr<const LabelMap> label;
  [[nodiscard]] ScoredImage image() const { return scoredImage(*scores, *label); }
};

HeldFrame held(LiveSet& set, std::size_t frame, const Configuration& configuration) {
  return {set.scores(frame, configuration), set.label(frame)};
}

ScoredFrame asScoredFrame(HeldFrame frame) {
  const auto owner = std::make_shared<const HeldFrame>(std::move(frame));
  return {owner->scores->values(), owner->label->values(), owner};
}

void throwFirst(const SetResult& result, const DataSet& set, const std::vector<std::size_t>& frames) {
  if (result.failures.empty()) return;
  const FrameFailure& first = result.failures.front();
  throw Error(set.name + ", frame " + set.frames[frames[first.frame]].name + ": " + first.message, {});
}

}  // namespace

const Attribution& SetStudy::attributionOf(Protocol protocol) const {
  return protocol.skipsFramesWithoutAnomaly() ? withAnomaly : attribution;
}

ConfusionCounts SetStudy::countsOf(Protocol protocol) const {
  ConfusionCounts sum;
  for (const ConfusionCounts& frame : attributionOf(protocol).frames) sum += frame;
  return sum;
}

Size SetStudy::sizeOf(std::size_t frame) const {
  const auto found = std::find(frames.begin(), frames.end(), frame);
  return found == frames.end() ? Size{} : sizes[static_cast<std::size_t>(found - frames.begin())];
}

Size SetStudy::pictureOf(std::size_t frame) const {
  const auto found = std::find(frames.begin(), frames.end(), frame);
  return found == frames.end() ? Size{} : pictures[static_cast<std::size_t>(found - frames.begin())];
}

StudiedFrame studyFrame(const FrameContexts& contexts, const Configuration& configuration, std::size_t frame,
                        const FailureOptions& options) {
  const HeldFrame image = held(contexts.set(), frame, configuration);
  const FrameMaps maps = contexts.at(frame, configuration);
  return {frame, maps.picture, studyFrame(image.image(), options, maps.context())};
}

std::shared_ptr<const SetStudy> studySet(const FrameContexts& contexts, const Configuration& configuration,
                                         FailureOptions options, const std::stop_token& stop) {
  const auto begun = std::chrono::steady_clock::now();
  options.outlines = false;  // views draw masks; nobody looks at hundreds of outlines
  auto out = std::make_shared<SetStudy>();
  out->configuration = configuration;
  out->options = options;
  out->frames = contexts.set().labelledFrames();
  out->hasTrueClasses = contexts.hasTrueClasses();
  out->hasDistances = contexts.hasDistances();
  const std::size_t count = out->frames.size();
  std::vector<FrameFailures> failures(count);
  std::vector<Attribution> attributions(count);
  std::vector<char> classes(count, 0);
  out->pictures.resize(count);
  tbb::parallel_for(std::size_t{0}, count, [&](std::size_t i) {
    if (stop.stop_requested()) return;
    StudiedFrame studied = studyFrame(contexts, configuration, out->frames[i], options);
    classes[i] = studied.study.attribution.byPredictedClass.empty() ? 0 : 1;
    out->pictures[i] = studied.picture;
    failures[i] = std::move(studied.study.failures);
    attributions[i] = std::move(studied.study.attribution);
  });
  if (stop.stop_requested()) return nullptr;
  out->hasClasses = std::find(classes.begin(), classes.end(), 1) != classes.end();
  for (std::size_t i = 0; i < count; ++i) {
    out->sizes.push_back(failures[i].size);
    out->attribution += attributions[i];
    if (failures[i].counts.tp + failures[i].counts.fn > 0) out->withAnomaly += attributions[i];
  }
  out->failures = listFailures(failures);
  for (auto* list : {&out->failures.falsePositives, &out->failures.missed})
    for (ListedFailure& listed : *list) listed.frame = out->frames[listed.frame];
  out->elapsedMs = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
  return out;
}

SetStudy withFrame(const SetStudy& study, const StudiedFrame& frame) {
  SetStudy out = study;
  std::vector<FrameFailures> parts(1);
  parts.front() = frame.study.failures;
  SetFailures fresh = listFailures(parts);
  const auto replace = [&](std::vector<ListedFailure>& list, std::vector<ListedFailure>& added, auto before) {
    std::erase_if(list, [&](const ListedFailure& failure) { return failure.frame == frame.frame; });
    for (ListedFailure& failure : added) {
      failure.frame = frame.frame;
      list.push_back(std::move(failure));
    }
    std::stable_sort(list.begin(), list.end(), before);
  };
  replace(out.failures.falsePositives, fresh.falsePositives, [](const ListedFailure& a, const ListedFailure& b) {
    return a.region.area != b.region.area ? a.region.area > b.region.area : a.frame < b.frame;
  });
  replace(out.failures.missed, fresh.missed, [](const ListedFailure& a, const ListedFailure& b) {
    if (a.region.recall != b.region.recall) return a.region.recall < b.region.recall;
    return a.region.area != b.region.area ? a.region.area > b.region.area : a.frame < b.frame;
  });
  if (std::find(out.frames.begin(), out.frames.end(), frame.frame) == out.frames.end()) {
    out.frames.push_back(frame.frame);
    out.sizes.push_back(frame.study.failures.size);
    out.pictures.push_back(frame.picture);
  }
  return out;
}

std::optional<BrushedSet> brushSet(LiveSet& set, const Configuration& configuration, const ScoreStretch& stretch,
                                   const SetStudy* study, const std::stop_token& stop) {
  const std::vector<std::size_t> frames = set.labelledFrames();
  BrushedSet out;
  out.stretch = stretch;
  out.configuration = configuration;
  if (study != nullptr) {
    out.falsePositives.resize(study->failures.falsePositives.size());
    out.missed.resize(study->failures.missed.size());
  }
  std::vector<BrushCounts> counts(frames.size());
  tbb::parallel_for(std::size_t{0}, frames.size(), [&](std::size_t i) {
    if (stop.stop_requested()) return;
    const HeldFrame frame = held(set, frames[i], configuration);
    const ScoredImage image = frame.image();
    counts[i] = countBrushed(image, stretch);
    if (study == nullptr || study->sizeOf(frames[i]) != image.size) return;
    const auto countRegions = [&](const std::vector<ListedFailure>& list, std::vector<std::uint64_t>& pixels) {
      for (std::size_t r = 0; r < list.size(); ++r)
        if (list[r].frame == frames[i]) pixels[r] = countBrushed(image, list[r].region, stretch);
    };
    countRegions(study->failures.falsePositives, out.falsePositives);
    countRegions(study->failures.missed, out.missed);
  });
  if (stop.stop_requested()) return std::nullopt;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    out.total += counts[i];
    if (counts[i].normal + counts[i].anomaly > 0) out.frames[frames[i]] = counts[i];
  }
  return out;
}

std::optional<PartNumbers> partOf(LiveSet& set, const Configuration& configuration, Protocol protocol,
                                  std::vector<std::size_t> frames, const std::stop_token& stop) {
  const std::vector<std::size_t> labelled = set.labelledFrames();
  std::erase_if(
      frames, [&](std::size_t frame) { return std::find(labelled.begin(), labelled.end(), frame) == labelled.end(); });
  EvaluateOptions options;
  options.memory = MemoryUse::Low;
  SetResult result = evaluateSet(
      frames.size(), [&](std::size_t i) { return asScoredFrame(held(set, frames[i], configuration)); },
      std::span(&protocol, 1), options, stop);
  if (result.cancelled) return std::nullopt;
  throwFirst(result, set.dataSet(), frames);
  return PartNumbers{std::move(frames), result.metrics.front(), std::move(result.curves.front())};
}

std::optional<WhatIf> whatIf(const FrameContexts& contexts, const Configuration& configuration, Protocol protocol,
                             float threshold, const std::vector<float>& offsets, const std::stop_token& stop) {
  LiveSet& set = contexts.set();
  const std::vector<std::size_t> frames = set.labelledFrames();
  std::vector<std::shared_ptr<const ScoreMap>> moved(frames.size());
  std::vector<ConfusionCounts> counts(frames.size());
  std::vector<char> unknown(frames.size(), 0);
  tbb::parallel_for(std::size_t{0}, frames.size(), [&](std::size_t i) {
    if (stop.stop_requested()) return;
    const auto scores = set.scores(frames[i], configuration);
    const FrameMaps maps = contexts.at(frames[i], configuration);
    if (!maps.predicted) {
      unknown[i] = 1;
      return;
    }
    moved[i] = std::make_shared<const ScoreMap>(withClassOffsets(*scores, *maps.predicted, offsets));
    const SortedScores sorted(moved[i]->values(), set.label(frames[i])->values());
    if (!protocol.skipsFramesWithoutAnomaly() || sorted.positives() > 0) counts[i] = sorted.countsAt(threshold);
  });
  if (stop.stop_requested() || std::find(unknown.begin(), unknown.end(), 1) != unknown.end()) return std::nullopt;
  EvaluateOptions options;
  options.curves = false;
  SetResult result = evaluateSet(
      frames.size(),
      [&](std::size_t i) {
        return asScoredFrame({moved[i], set.label(frames[i])});
      },
      std::span(&protocol, 1), options, stop);
  if (result.cancelled) return std::nullopt;
  throwFirst(result, set.dataSet(), frames);
  WhatIf out{result.metrics.front(), {}};
  for (const ConfusionCounts& frame : counts) out.decision += frame;
  return out;
}

}  // namespace oodscope
