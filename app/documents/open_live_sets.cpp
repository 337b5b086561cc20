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

/// What the sources are scored on, and where what becomes of them goes.
struct LiveOpening {
  std::vector<std::shared_ptr<const DataSet>> sets;
  std::vector<std::shared_ptr<SetLabels>> labels;
  Resolution resolution;
  LiveOptions options;
  const ProgressSink& progress;
  const std::stop_token& stop;
};

/// The source on every set, its frames ready; left out where it fits none.
template <class Open>
void openOnAllSets(const LiveOpening& opening, OpenSource source, const Open& open, OpenLiveSets& out) {
  for (std::size_t s = 0; s < opening.sets.size(); ++s) {
    try {
      LiveOptions options = opening.options;
      options.labels = opening.labels[s];
      auto live = std::make_shared<LiveSet>(opening.sets[s], open(opening.sets[s]), opening.resolution, options);
      prepareFrames(*live, out, opening.progress, opening.stop);
      source.sets.push_back(std::move(live));
    } catch (const std::exception& failure) {
      out.problems.push_back(opening.sets[s]->name + ", " + source.label + ": " + failureText(failure));
    }
  }
  if (source.sets.empty()) return;
  if (source.id == SourceId()) source.id = source.sets.front()->source().id();
  out.sources.push_back(std::move(source));
}

/// OpenSource::retempered of an ensemble.
std::function<std::shared_ptr<LiveSet>(const LiveSet&, double)> retempering(const LiveOpening& opening,
                                                                            const EnsemblePlan& plan,
                                                                            const std::shared_ptr<LogitsStore>& store) {
  return [plan, store, sets = opening.sets, labels = opening.labels, options = opening.options, stop = opening.stop](
             const LiveSet& like, double temperature) {
    const auto place = std::ranges::find_if(sets, [&](const auto& set) { return set.get() == &like.dataSet(); });
    require(place != sets.end(), "OpenSource: a set of its own");
    LiveOptions own = options;
    own.labels = labels[static_cast<std::size_t>(place - sets.begin())];
    return retempered(like, *place, plan, temperature, own, store, stop);
  };
}

/// Sources of the request that could be opened.
std::vector<SourceItem> openedItems(const EvaluationRequest& request, std::vector<std::filesystem::path>& paths,
                                    OpenLiveSets& out) {
  std::vector<SourceItem> items;
  for (const OpenedSource& opened : openSourceItems(request)) {
    if (!opened.failure.empty()) {
      out.problems.push_back(opened.path.string() + ": " + opened.failure);
      continue;
    }
    if (opened.item.model)
      for (const std::string& text : opened.item.model->info().warnings)
        out.warnings.push_back(opened.item.label + ": " + text);
    if (!opened.warning.empty()) out.warnings.push_back(opened.item.label + ": " + opened.warning);
    items.push_back(opened.item);
    paths.push_back(opened.path);
  }
  return items;
}

}  // namespace

std::vector<const OpenSource*> OpenLiveSets::byLabel() const {
  std::vector<const OpenSource*> out;
  for (const OpenSource& source : sources) out.push_back(&source);
  std::ranges::sort(out, {}, &OpenSource::label);
  return out;
}

std::shared_ptr<LiveSet> retempered(const LiveSet& like, const std::shared_ptr<const DataSet>& set, EnsemblePlan plan,
                                    double temperature, const LiveOptions& options,
                                    const std::shared_ptr<LogitsStore>& store, const std::stop_token& stop) {
  for (EnsembleProduct& term : plan.terms)
    for (EnsembleScore& part : term.scores) part.temperature = static_cast<float>(temperature);
  auto live = std::make_shared<LiveSet>(set, openSource(set, plan, store), like.resolution(), options);
  for (std::size_t f = 0; f < set->frames.size() && !stop.stop_requested(); ++f) {
    if (like.isReady(f))
      live->prepareFrame(f);
    else if (set->frames[f].label)
      live->setFailed(f);  // which is listed already
  }
  return live;
}

OpenLiveSets openLiveSets(const EvaluationRequest& request, const ProgressSink& progress, const std::stop_token& stop) {
  OpenLiveSets out;
  LiveOpening opening{
      .sets = setsOf(request, out),
      .labels = {},
      .resolution = measuredAt(request.resolution, request.protocols.empty() ? Protocol() : request.protocols.front()),
      .options = {},
      .progress = progress,
      .stop = stop};
  opening.options.asSubmitted = request.asSubmitted;
  opening.options.pool = std::make_shared<MapPool>(
      request.ensembles.empty() ? request.memoryBudget : request.memoryBudget / 2);  // one setting for all that is open
  for (const auto& set : opening.sets) opening.labels.push_back(std::make_shared<SetLabels>(set));
  const auto store = std::make_shared<LogitsStore>(request.store);
  std::vector<std::filesystem::path> paths;
  const std::vector<SourceItem> items = openedItems(request, paths, out);
  for (std::size_t i = 0; i < items.size() && !isOfEnsemblesAlone(request); ++i) {
    const SourceItem& item = items[i];
    OpenSource source{.id = sourceIdOf(item), .label = item.label, .path = paths[i]};
    if (const auto twin = std::ranges::find(out.sources, source.id, &OpenSource::id); twin != out.sources.end()) {
      if (twin->label != source.label)
        out.warnings.push_back(source.label + " is left out: it is the same as " + twin->label);
      continue;
    }
    openOnAllSets(
        opening, std::move(source), [&](const auto& set) { return openSource(set, item, request.channels, store); },
        out);
  }
  std::vector<EnsemblePlan> plans = ensemblePlans(request, items, out.problems);
  for (EnsemblePlan& plan : plans) {
    plan.memoryBytes = request.memoryBudget / 2 / (plans.size() * opening.sets.size());  // each set's terms are its own
    OpenSource source{.label = plan.label};
    if (usesTemperature(plan)) source.retempered = retempering(opening, plan, store);
    openOnAllSets(
        opening, std::move(source), [&](const auto& set) { return openSource(set, plan, store); }, out);
  }
  if (out.sources.empty())
    throw Error(out.problems.empty() ? "the session has no model and no folder of scores" : out.problems.front(), {});
  return out;
}

}  // namespace oodscope
