// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/worst_failures.h"

#include "app/studies/failure_definition.h"

#include <algorithm>

#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

/// What came with finished maps; empty where nothing did, or cannot be read.
std::optional<ClassMap> importedClasses(const ScoreSource& source, std::size_t frame) {
  try {
    return source.predictedClasses(frame);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// Classes that the method predicts, at the evaluation size; empty where there are neither logits nor class maps.
std::optional<ClassMap> classesOf(const LiveSet& live, std::size_t frame, Size size) {
  ClassMap own;
  const ScoreSource& source = *live.source().classGiver({}).source;
  readOutputs(source, frame, [&](const FrameOutputs& outputs) {
    if (!outputs.view.hasClasses()) return;
    own = ClassMap(outputs.view.size());
    predictedClasses(outputs.view, {}, own.values());
  });
  if (own.values().empty()) {
    auto imported = importedClasses(source, frame);
    if (!imported) return std::nullopt;
    own = std::move(*imported);
  }
  if (own.size() == size) return own;
  ClassMap out(size);
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x)
      out.at(x, y) = own.at(x * own.width() / size.width, y * own.height() / size.height);
  return out;
}

std::string className(const LiveSet& live, std::uint8_t value) {
  const auto& names = live.source().classNames();
  return value < names.size() ? names[value] : "class " + std::to_string(value);
}

bool larger(const SetFailure& a, const SetFailure& b) {
  if (a.region.area != b.region.area) return a.region.area > b.region.area;
  return a.frame < b.frame;
}

Value valueOf(const std::optional<double>& value) { return value ? Value(*value) : Value(); }

}  // namespace

std::vector<FrameMetrics> worstFrames(const RunDetails& details, std::size_t count) {
  std::vector<FrameMetrics> frames;
  for (const FrameMetrics& frame : details.frames)
    if (frame.ap) frames.push_back(frame);
  std::stable_sort(frames.begin(), frames.end(),
                   [](const FrameMetrics& a, const FrameMetrics& b) { return *a.ap < *b.ap; });
  frames.resize(std::min(count, frames.size()));
  return frames;
}

WorstOfSet worstOf(SessionResults& results, const RunSpec& run, std::size_t count) {
  WorstOfSet worst;
  const auto live = results.liveSet(run);
  const auto made = results.results(run);
  worst.frames = worstFrames(*made->details, count);
  if (!made->threshold) return worst;

  const std::vector<std::size_t> frames = live->labelledFrames();
  worst.options = failureOptions(live->objectTrack(), *made->threshold);
  std::vector<FrameFailures> found(frames.size());
  tbb::parallel_for(std::size_t{0}, frames.size(), [&](std::size_t i) {
    const auto scores = live->scores(frames[i], live->configurationOf(run));
    const auto label = live->label(frames[i]);
    const auto classes = classesOf(*live, frames[i], scores->size());
    FailureContext context;
    if (classes) context.predictedClasses = &*classes;
    found[i] = findFailures({scores->values(), label->values(), scores->size()}, worst.options, context);
  });
  const auto keep = [&](std::vector<SetFailure>& into, const FailureRegion& region, std::size_t i) {
    SetFailure failure{frames[i], found[i].size, region, std::nullopt};
    if (region.majorityClass) failure.predicted = className(*live, *region.majorityClass);
    into.push_back(std::move(failure));
  };
  for (std::size_t i = 0; i < frames.size(); ++i) {
    for (std::size_t r = 0; r < std::min(count, found[i].falsePositives.size()); ++r)
      keep(worst.falsePositives, found[i].falsePositives[r], i);
    for (const FailureRegion& region : found[i].missed) keep(worst.missed, region, i);
  }
  for (auto* list : {&worst.falsePositives, &worst.missed}) {
    std::stable_sort(list->begin(), list->end(), larger);
    list->resize(std::min(count, list->size()));
  }
  return worst;
}

Table failureTable(SessionResults& results, const RunSpec& run, const WorstOfSet& worst) {
  using Kind = Table::Kind;
  Table table;
  table.caption = "Largest false-positive regions and missed objects of " + results.setName(run) + ". " +
                  failureDefinition(worst.options) + ".";
  table.columns = {{"Frame", "frame", Kind::Text},
                   {"Failure", "failure", Kind::Text},
                   {worst.options.opening ? "Opened area, px" : "Area, px", "area", Kind::Count},
                   {"x", "x", Kind::Count},
                   {"y", "y", Kind::Count},
                   {"Peak score", "peak", Kind::Score},
                   {"Margin", "margin", Kind::Score},
                   {"Found", "found", Kind::Percent},
                   {"Predicted as", "predicted", Kind::Text}};
  const auto& frames = results.liveSet(run)->dataSet().frames;
  const auto add = [&](const SetFailure& failure, const char* kind) {
    table.rows.push_back({Value(frames[failure.frame].name), Value(kind),
                          Value(static_cast<std::int64_t>(failure.region.area)), Value(failure.region.box.x),
                          Value(failure.region.box.y), Value(failure.region.peakScore), Value(failure.region.margin),
                          failure.region.kind == FailureKind::Missed ? Value(failure.region.recall) : Value(),
                          failure.predicted ? Value(*failure.predicted) : Value()});
  };
  for (const SetFailure& failure : worst.missed) add(failure, "missed object");
  for (const SetFailure& failure : worst.falsePositives) add(failure, "false positive");
  return table;
}

Table worstFrameTable(SessionResults& results, const RunSpec& run, const WorstOfSet& worst) {
  using Kind = Table::Kind;
  Table table;
  table.caption = "Frames of " + results.setName(run) + " with the lowest AP.";
  table.columns = {{"Frame", "frame", Kind::Text},        {"AP", "ap", Kind::Percent},
                   {"FPR95", "fpr95", Kind::Percent},     {"AUROC", "auroc", Kind::Percent},
                   {"Best F1", "best_f1", Kind::Percent}, {"Anomalous px", "positives", Kind::Count}};
  const auto& frames = results.liveSet(run)->dataSet().frames;
  for (const FrameMetrics& frame : worst.frames)
    table.rows.push_back({Value(frames[frame.frame].name), valueOf(frame.ap), valueOf(frame.fpr95),
                          valueOf(frame.auroc), valueOf(frame.bestF1),
                          Value(static_cast<std::int64_t>(frame.positives))});
  return table;
}

}  // namespace oodscope
