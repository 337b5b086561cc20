// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/open_live_sets.h"

#include "analysis/core/failure_text.h"
#include "app/sources/imported_source.h"
#include "app/sources/model_scores.h"

namespace oodscope {

OpenLiveSets openLiveSets(const EvaluationRequest& request, const ProgressSink& progress, const std::stop_token& stop) {
  OpenLiveSets out;
  std::vector<std::shared_ptr<const DataSet>> sets;
  for (const SetEntry& entry : request.sets) {
    try {
      auto set = std::make_shared<const DataSet>(openDataSet(entry.path, entry.generic));
      // Everything that is written names a set by its folder: a second one of that name would be taken for the first.
      for (const auto& other : sets)
        if (other->name == set->name)
          throw Error(ErrorParts{.what = "two sets have the name " + set->name + ", the second was left out",
                                 .expected = "folders of different names (rename one, or link to it)",
                                 .found = other->root.string(),
                                 .file = entry.path});
      for (const std::string& text : set->warnings) out.warnings.push_back(set->name + ": " + text);
      sets.push_back(std::move(set));
    } catch (const std::exception& failure) {
      out.problems.push_back(failureText(failure));
    }
  }
  if (request.sets.empty())
    throw Error(ErrorParts{.what = "nothing to open",
                           .expected = "at least one set, and a model or a folder of scores",
                           .found = "a session without sets"});
  if (sets.empty()) throw Error("none of the sets could be opened: " + out.problems.front(), {});
  const Protocol protocol = request.protocols.empty() ? Protocol::Course : request.protocols.front();
  const Resolution resolution =
      request.resolution == Resolution::ByProtocol ? defaultResolution(protocol) : request.resolution;
  LiveOptions options;
  options.asSubmitted = request.asSubmitted;
  options.pool = std::make_shared<MapPool>(request.memoryBudget);  // one setting for all that is open
  const auto store = std::make_shared<LogitsStore>(request.store);

  const auto add = [&](const std::shared_ptr<const DataSet>& set, std::shared_ptr<ScoreSource> source) {
    const std::string name = source->name();
    auto live = std::make_shared<LiveSet>(set, std::move(source), resolution, options);
    const std::size_t count = set->frames.size();
    for (std::size_t i = 0; i < count && !stop.stop_requested(); ++i) {
      progress({"frames", set->name + ", " + name, i, count});
      try {
        live->prepareFrame(i);
      } catch (const std::exception& failure) {
        out.problems.push_back(set->name + ", frame " + set->frames[i].name + ": " + failureText(failure));
      }
    }
    out.byModel[name].push_back(std::move(live));
  };
  for (const ModelEntry& entry : request.models) {
    try {
      const auto model = loadModel(request, entry);
      for (const std::string& text : model->info().warnings)
        out.warnings.push_back(entry.path.filename().string() + ": " + text);
      for (const auto& set : sets)
        add(set, std::make_shared<ModelScores>(set, model, store, chosenChannels(request, model->info())));
    } catch (const std::exception& failure) {
      out.problems.push_back(entry.path.string() + ": " + failureText(failure));
    }
  }
  for (const auto& folder : request.scores)
    for (const auto& set : sets) {
      try {
        add(set, std::make_shared<ImportedSource>(set, folder, ImportedChannels{request.channels, request.allChannels},
                                                  request.scoreName));
      } catch (const std::exception& failure) {
        out.problems.push_back(set->name + ", " + folder.filename().string() + ": " + failureText(failure));
      }
    }
  if (out.byModel.empty())
    throw Error(out.problems.empty() ? "the session has no model and no folder of scores" : out.problems.front(), {});
  return out;
}

}  // namespace oodscope
