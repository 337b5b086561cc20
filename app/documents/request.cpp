// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/request.h"

#include "analysis/core/failure_text.h"
#include "analysis/core/numbers.h"
#include "analysis/datasets/imported_scores.h"
#include "app/session/labels.h"
#include "app/session/set_opening.h"
#include "app/sources/fitted_statistics.h"

#include <algorithm>
#include <functional>

namespace oodscope {
namespace {

/// Why a file could not be used; failures that are no Error do not name it themselves.
std::string reasonOf(const std::exception& failure, const std::filesystem::path& file) {
  const bool namesIt = dynamic_cast<const Error*>(&failure) != nullptr;
  return namesIt ? failure.what() : failureText(failure) + " (" + file.string() + ")";
}

/// The request's statistics, read where a source first asks.
class AskedStatistics {
public:
  explicit AskedStatistics(const std::vector<std::filesystem::path>& files) : m_files(files) {}

  /// Null where none are asked for. Throws Error where one cannot be read.
  [[nodiscard]] std::shared_ptr<const FittedStatistics> first(
      const std::function<bool(const FittedStatistics&)>& isWanted) {
    while (m_read.size() < m_files.size()) m_read.push_back(readStatistics(m_files[m_read.size()]));
    const auto found = std::ranges::find_if(m_read, [&](const auto& one) { return isWanted(*one); });
    return found == m_read.end() ? nullptr : *found;
  }
  /// What a network is scored with. Throws Error also where none of them is of this network.
  [[nodiscard]] ChosenStatistics of(const ModelEntry& entry, const ModelInfo& info) {
    if (m_files.empty()) return chooseStatistics(entry.statistics, info);
    ChosenStatistics out{.statistics = first([&](const FittedStatistics& one) { return fits(one, info); })};
    if (!out.statistics) requireFits(*m_read.front(), info);
    return out;
  }

private:
  const std::vector<std::filesystem::path>& m_files;
  std::vector<std::shared_ptr<const FittedStatistics>> m_read;
};
/// Whether a folder holds logits, of which methods make scores, and no finished maps; nothing where the first set that
/// can be opened does not tell.
std::optional<bool> folderHoldsLogits(const SourceItem& item, const DataSet& set) {
  try {
    const ImportedScores scores = openImportedScores(item.folder, set, item.arrayName, item.polarity);
    return std::ranges::any_of(scores.files, [](const std::optional<ImportedFile>& file) {
      return file && file->content == ImportedFile::Content::Logits;
    });
  } catch (const Error&) {
    return std::nullopt;  // whoever opens it says so
  }
}

/// Leaves those of several sources at hand that can give the scores without @LABEL: a method needs logits, `score`
/// finished maps. All stay where none can.
void keepServing(const EnsembleExpression& expression, const EvaluationRequest& request,
                 std::vector<const SourceItem*>& bases) {
  const auto isFolder = [](const SourceItem* item) { return !item->model; };
  if (bases.size() < 2 || std::ranges::none_of(bases, isFolder)) return;
  bool asksMethod = false, asksMaps = false;
  for (const EnsembleTerm& term : expression.terms)
    for (const EnsembleFactor& factor : term.factors) {
      if (!factor.source.empty()) continue;
      (factor.score.base == kFinishedMaps ? asksMaps : asksMethod) = true;
    }
  std::shared_ptr<const DataSet> first;
  for (const OpenedSet& opened : openSets(request.sets))
    if (opened.set && !first) first = opened.set;
  std::vector<const SourceItem*> serving;
  for (const SourceItem* item : bases) {
    const auto holds = item->model || !first ? std::optional(true) : folderHoldsLogits(*item, *first);
    if (!holds || (*holds ? !asksMaps : !asksMethod)) serving.push_back(item);
  }
  if (!serving.empty()) bases = std::move(serving);
}

}  // namespace

NetworkUse networkUse(const EvaluationRequest& request) {
  return {request.device, request.threads, request.store, request.voidChannel, request.input, request.options};
}

EvaluationRequest requestOf(const Session& session) {
  EvaluationRequest request;
  request.sets = session.sets;
  request.models = session.models;
  request.scores = session.scores;
  request.polarities = session.polarities;
  request.folderStatistics = session.folderStatistics;
  for (const std::string& name : session.methods) request.methods.push_back(FilteredMethod::named(name));
  for (const double temperature : session.temperatures) request.temperatures.push_back(static_cast<float>(temperature));
  request.protocols = session.protocols;
  for (const EnsembleEntry& entry : session.ensembles)
    request.ensembles.push_back({.expression = parseEnsemble(entry.text),
                                 .normalisation = parseNormalisation(entry.normalisation),
                                 .label = entry.name,
                                 .model = entry.model,
                                 .temperature = static_cast<float>(entry.temperature)});
  if (request.methods.empty()) request.methods = {{session.view.score.method, session.view.score.filters}};
  if (request.temperatures.empty()) request.temperatures = {session.view.score.temperature};
  if (request.protocols.empty()) request.protocols = {session.view.protocol};
  request.passes = session.view.score.passes;
  request.resolution = session.view.resolution;
  request.channels.all = session.view.allChannels;
  return request;
}

bool usesTemperature(const EnsemblePlan& plan) {
  for (const EnsembleProduct& term : plan.terms)
    for (const EnsembleScore& score : term.scores)
      if (score.method && score.method->usesTemperature()) return true;
  return false;
}

bool isOfEnsemblesAlone(const EvaluationRequest& request) {
  return !request.ensembles.empty() && request.methods.empty() && !request.everyMethod;
}

namespace {

/// The sources at hand that the ensemble is made once of each; a null pointer alone where it names all.
std::vector<const SourceItem*> basesOf(const EnsembleRequest& ensemble, const EvaluationRequest& request,
                                       const std::vector<SourceItem>& items) {
  std::vector<const SourceItem*> bases;
  if (needsBase(ensemble.expression)) {
    for (const SourceItem& item : items)
      if (ensemble.model.empty() ? !namesSource(ensemble.expression, item, items) : item.label == ensemble.model)
        bases.push_back(&item);
    if (bases.empty() && ensemble.model.empty())
      for (const SourceItem& item : items) bases.push_back(&item);
  }
  keepServing(ensemble.expression, request, bases);
  if (bases.empty()) bases.push_back(nullptr);
  return bases;
}

/// The ensemble on one source at hand, once a temperature where these make a difference.
void planOn(const SourceItem* base, const EnsembleRequest& ensemble, const EvaluationRequest& request,
            const std::vector<SourceItem>& items, std::vector<EnsemblePlan>& out, std::vector<std::string>& problems) {
  std::vector<float> temperatures = request.temperatures.empty() ? std::vector{1.0F} : request.temperatures;
  if (ensemble.temperature) temperatures = {*ensemble.temperature};
  for (const float temperature : temperatures) {
    try {
      out.push_back(
          ensemblePlan(ensemble.expression, ensemble.normalisation, items, base, temperature, request.channels));
    } catch (const Error& error) {
      problems.push_back(textOf(ensemble.expression) + ": " + error.what());
      return;
    }
    EnsemblePlan& plan = out.back();
    plan.label = ensemble.label;
    if (!plan.label.empty()) return;
    plan.label = textOf(ensemble.expression) + (plan.base.empty() ? "" : " of " + plan.base);
    if (!usesTemperature(plan)) return;
    if (temperatures.size() > 1) plan.label += " at T " + roundTripText(temperature);
  }
}

}  // namespace

std::vector<EnsemblePlan> ensemblePlans(const EvaluationRequest& request, const std::vector<SourceItem>& items,
                                        std::vector<std::string>& problems) {
  std::vector<EnsemblePlan> out;
  for (const EnsembleRequest& ensemble : request.ensembles)
    for (const SourceItem* base : basesOf(ensemble, request, items))
      planOn(base, ensemble, request, items, out, problems);
  return out;
}

std::vector<OpenedSet> openSets(const std::vector<SetEntry>& entries) {
  std::vector<std::optional<DataSet>> sets;
  std::vector<OpenedSet> out(entries.size());
  std::vector<NamedItem> items;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    try {
      items.push_back(namedItem(sets.emplace_back(openSetOf(entries[i])).value()));
    } catch (const std::exception& failure) {
      sets.resize(i + 1);
      out[i].failure = reasonOf(failure, entries[i].path);
    }
  }
  const std::vector<std::string> labels = distinctLabels(items);
  for (std::size_t i = 0, opened = 0; i < entries.size(); ++i) {
    if (!sets[i]) continue;
    sets[i]->name = labels[opened++];
    out[i].set = std::make_shared<const DataSet>(std::move(*sets[i]));
  }
  return out;
}

std::vector<PassChoice> passesFor(const SourceItem& item, const EvaluationRequest& request) {
  std::vector<Method> methods;
  if (!request.everyMethod)  // all methods are those that need none
    for (const FilteredMethod& method : request.methods) methods.push_back(method.method);
  for (const EnsembleRequest& ensemble : request.ensembles)
    for (const EnsembleTerm& term : ensemble.expression.terms)
      for (const EnsembleFactor& factor : term.factors)
        if (const auto method = Method::named(factor.score.base)) methods.push_back(*method);
  return passesFor(item, methods, request.passes);
}

std::vector<OpenedSource> openSourceItems(const EvaluationRequest& request) {
  std::vector<std::filesystem::path> models;
  for (const ModelEntry& entry : request.models) models.push_back(entry.path);
  const SourceLabels labels = sourceLabels(models, request.scores);
  std::vector<OpenedSource> out;
  AskedStatistics statistics(request.statistics);
  for (std::size_t i = 0; i < models.size(); ++i) {
    OpenedSource& source = out.emplace_back(OpenedSource{{.label = labels.models[i]}, models[i], {}});
    try {
      auto model = openModel(request.models[i], networkUse(request));
      ChosenStatistics chosen = statistics.of(request.models[i], model->info());
      source.item.statistics = std::move(chosen.statistics);
      source.warning = std::move(chosen.warning);
      source.item.model = std::move(model);
      source.item.passes = passesFor(source.item, request);
    } catch (const std::exception& failure) {
      source.failure = reasonOf(failure, models[i]);
    }
  }
  for (std::size_t i = 0; i < request.scores.size(); ++i) {
    OpenedSource& source = out.emplace_back(OpenedSource{
        {.label = labels.folders[i],
         .folder = request.scores[i],
         .arrayName = request.scoreName,
         .polarity = request.polarity ? request.polarity : polarityOf(request.polarities, request.scores[i])},
        request.scores[i],
        {}});
    try {
      const auto named = statisticsOf(request.folderStatistics, request.scores[i]);
      source.item.statistics = request.statistics.empty() && named
                                   ? readStatistics(*named)
                                   : statistics.first([](const FittedStatistics&) { return true; });
    } catch (const std::exception& failure) {
      source.failure = reasonOf(failure, request.scores[i]);
    }
  }
  return out;
}

}  // namespace oodscope
