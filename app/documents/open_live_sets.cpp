// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/open_live_sets.h"

#include "analysis/core/failure_text.h"

#include <algorithm>

namespace oodscope {
namespace {

/// A set's folder given twice is one set.
std::vector<std::shared_ptr<const DataSet>> setsOf(const EvaluationRequest& request, OpenLiveSets& out) {
  std::vector<std::shared_ptr<const DataSet>> sets;
  for (const OpenedSet& opened : openSets(request.sets)) {
    if (!opened.set) {
      out.problems.push_back(opened.failure);
      continue;
    }
    const auto same = [&](const auto& other) { return other->name == opened.set->name; };
    if (std::any_of(sets.begin(), sets.end(), same)) continue;
    for (const std::string& text : opened.set->warnings) out.warnings.push_back(opened.set->name + ": " + text);
    sets.push_back(opened.set);
  }
  if (request.sets.empty())
    throw Error(ErrorParts{.what = "nothing to open",
                           .expected = "at least one set, and a model or a folder of scores",
                           .found = "a session without sets"});
  if (sets.empty()) throw Error("none of the sets could be opened: " + out.problems.front(), {});
  return sets;
}

void prepareFrames(LiveSet& live, OpenLiveSets& out, const ProgressSink& progress, const std::stop_token& stop) {
  const DataSet& set = live.dataSet();
  for (std::size_t i = 0; i < set.frames.size() && !stop.stop_requested(); ++i) {
    progress({"frames", set.name + ", " + live.source().name(), i, set.frames.size()});
    try {
      live.prepareFrame(i);
    } catch (const std::exception& failure) {
      out.problems.push_back(set.name + ", frame " + set.frames[i].name + ": " + failureText(failure));
    }
  }
}

}  // namespace

std::vector<const OpenSource*> OpenLiveSets::byLabel() const {
  std::vector<const OpenSource*> out;
  for (const OpenSource& source : sources) out.push_back(&source);
  std::ranges::sort(out, {}, &OpenSource::label);
  return out;
}

OpenLiveSets openLiveSets(const EvaluationRequest& request, const ProgressSink& progress, const std::stop_token& stop) {
  OpenLiveSets out;
  const auto sets = setsOf(request, out);
  const Protocol protocol = request.protocols.empty() ? Protocol() : request.protocols.front();
  LiveOptions options;
  options.asSubmitted = request.asSubmitted;
  options.pool = std::make_shared<MapPool>(request.memoryBudget);  // one setting for all that is open
  const auto store = std::make_shared<LogitsStore>(request.store);
  std::vector<std::shared_ptr<SetLabels>> labels;
  labels.reserve(sets.size());
  for (const auto& set : sets) labels.push_back(std::make_shared<SetLabels>(set));
  for (const OpenedSource& opened : openSourceItems(request)) {
    const SourceItem& item = opened.item;
    if (!opened.failure.empty()) {
      out.problems.push_back(opened.path.string() + ": " + opened.failure);
      continue;
    }
    if (item.model)
      for (const std::string& text : item.model->info().warnings) out.warnings.push_back(item.label + ": " + text);
    if (!opened.warning.empty()) out.warnings.push_back(item.label + ": " + opened.warning);
    OpenSource source{.id = sourceIdOf(item), .label = item.label, .path = opened.path};
    if (const auto twin = std::ranges::find(out.sources, source.id, &OpenSource::id); twin != out.sources.end()) {
      if (twin->label != source.label)
        out.warnings.push_back(source.label + " is left out: it is the same as " + twin->label);
      continue;
    }
    for (std::size_t s = 0; s < sets.size(); ++s) {
      try {
        options.labels = labels[s];
        auto live = std::make_shared<LiveSet>(sets[s], openSource(sets[s], item, request.channels, store),
                                              measuredAt(request.resolution, protocol), options);
        prepareFrames(*live, out, progress, stop);
        source.sets.push_back(std::move(live));
      } catch (const std::exception& failure) {
        out.problems.push_back(sets[s]->name + ", " + item.label + ": " + failureText(failure));
      }
    }
    if (!source.sets.empty()) out.sources.push_back(std::move(source));
  }
  if (out.sources.empty())
    throw Error(out.problems.empty() ? "the session has no model and no folder of scores" : out.problems.front(), {});
  return out;
}

}  // namespace oodscope
