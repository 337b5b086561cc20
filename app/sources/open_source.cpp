// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sources/open_source.h"

#include "analysis/core/thread_supply.h"
#include "app/session/labels.h"
#include "app/sources/ensemble_source.h"
#include "app/sources/imported_source.h"
#include "app/sources/model_scores.h"
#include "inference/models/verdicts.h"

#include <algorithm>

namespace oodscope {
namespace {

void requireFits(const ModelEntry& entry, const ModelInfo& info) {
  if (entry.sha256 && *entry.sha256 != info.fingerprint)
    throw Error(ErrorParts{.what = "the model is not the one the session was made with",
                           .expected = "SHA-256 " + *entry.sha256,
                           .found = info.fingerprint,
                           .file = entry.path});
  if (!entry.outputs || entry.outputs->channelNames.empty()) return;
  const std::size_t named = entry.outputs->channelNames.size();
  if (named != static_cast<std::size_t>(info.channels))
    throw Error(ErrorParts{.what = "the channel names given for the network do not fit it",
                           .expected = std::to_string(info.channels) + " names",
                           .found = std::to_string(named),
                           .file = entry.path});
}

/// How a score of an ensemble is made of its source.
Configuration factorConfiguration(const EnsembleScore& score, const ScoreSource& source) {
  if (source.takesMethods() != score.method.has_value())
    throw Error(
        ErrorParts{.what = source.name() + " cannot give a score of an ensemble",
                   .expected = source.takesMethods() ? "the name of a method, as msp" : std::string(kFinishedMaps),
                   .found = score.method ? "'" + std::string(score.method->name()) + "'" : "none"});
  if (const auto lack = source.whyNot(score.filters)) throw Error({lack->what, lack->expected, lack->found});
  const std::vector<Method> methods = score.method ? std::vector{*score.method} : std::vector<Method>();
  return withFilters(source.configurations(methods, {score.temperature.value_or(1.0F)}).front(), score.filters);
}

/// The item with the further passes that an ensemble's scores of it read, with the usual values where none were chosen.
SourceItem withPasses(const EnsemblePlan& plan, SourceItem item) {
  std::vector<Method> methods;
  for (const EnsembleProduct& product : plan.terms)
    for (const EnsembleScore& score : product.scores)
      if (score.item.label == item.label && score.method) methods.push_back(*score.method);
  for (const PassChoice& pass : passesFor(item, methods, {}))
    if (std::ranges::find(item.passes, pass.kind, &PassChoice::kind) == item.passes.end()) item.passes.push_back(pass);
  return item;
}

}  // namespace

std::shared_ptr<ScoreSource> openSource(std::shared_ptr<const DataSet> set, const SourceItem& item,
                                        const ChannelChoice& channels, std::shared_ptr<LogitsStore> store) {
  if (item.model)
    return std::make_shared<ModelScores>(item.label, std::move(set), item.model, std::move(store), channels,
                                         item.statistics, item.passes);
  return std::make_shared<ImportedSource>(item.label, std::move(set), item.folder, item.arrayName, std::move(store),
                                          channels, item.polarity, item.statistics, item.readsFeatures);
}

std::shared_ptr<ScoreSource> openSource(const std::shared_ptr<const DataSet>& set, const EnsemblePlan& plan,
                                        const std::shared_ptr<LogitsStore>& store) {
  struct Opened {
    std::string label;
    ChannelChoice channels;
    std::shared_ptr<ScoreSource> source;
  };
  std::vector<Opened> opened;
  const auto sourceOf = [&](const EnsembleScore& score) {
    for (const Opened& known : opened)
      if (known.label == score.item.label && known.channels == score.channels) return known.source;
    opened.push_back(
        {score.item.label, score.channels, openSource(set, withPasses(plan, score.item), score.channels, store)});
    return opened.back().source;
  };
  EnsembleSource::Parts parts{.label = plan.label,
                              .base = plan.base,
                              .expression = plan.expression,
                              .terms = {},
                              .normalisation = plan.normalisation,
                              .memoryBytes = plan.memoryBytes};
  for (const EnsembleProduct& product : plan.terms) {
    EnsembleSource::Term& term = parts.terms.emplace_back();
    term.weight = product.weight;
    for (const EnsembleScore& score : product.scores) {
      const std::shared_ptr<ScoreSource> source = sourceOf(score);
      term.factors.push_back({source, factorConfiguration(score, *source)});
    }
  }
  return std::make_shared<EnsembleSource>(set, std::move(parts));
}

std::vector<PassChoice> passesFor(const SourceItem& item, const std::vector<Method>& methods,
                                  const PassValues& values) {
  std::vector<PassChoice> out;
  if (!item.model) return out;
  const std::vector<const PassKind*>& possible = item.model->info().passes;
  for (const Method method : methods) {
    const PassKind* kind = method.kind().pass;
    if (std::ranges::find(possible, kind) == possible.end()) continue;
    if (std::ranges::find(out, kind, &PassChoice::kind) == out.end()) out.push_back(passChoice(*kind, values));
  }
  return out;
}

std::vector<PassChoice> passesAdding(const SourceItem& item, Output output) {
  std::vector<PassChoice> out;
  if (!item.model) return out;
  for (const PassKind* kind : item.model->info().passes)
    if (kind->adds == output) out.push_back(passChoice(*kind, {}));
  return out;
}

SourceId sourceIdOf(const SourceItem& item) {
  return item.model
             ? sourceIdOf(*item.model, item.statistics.get())
             : SourceId{folderIdOf(item.folder), importedReading(item.arrayName, item.polarity, item.statistics.get())};
}

std::shared_ptr<Model> openModel(const ModelEntry& entry, const NetworkUse& use) {
  requireThreads(use.threads);
  ModelOptions options{.device = use.device,
                       .threads = use.threads,
                       .preprocessing = entry.preprocessing,
                       .input = use.input,
                       .outputs = entry.outputs,
                       .options = use.options,
                       .memory = arrangementMemory(use.store.folder, use.store.temporary)};
  auto model = std::make_shared<Model>(Model::load(entry.path, options));
  requireFits(entry, model->info());
  if (use.voidChannel == -2) return model;
  options.outputs = model->info().outputs;
  options.outputs->voidChannel = use.voidChannel;
  return std::make_shared<Model>(Model::load(entry.path, options));
}

SourceLabels sourceLabels(const std::vector<std::filesystem::path>& models,
                          const std::vector<std::filesystem::path>& folders) {
  std::vector<NamedItem> items;
  for (const auto* paths : {&models, &folders})
    for (const std::filesystem::path& path : *paths) items.push_back(namedItem(path));
  const std::vector<std::string> labels = distinctLabels(items);
  const auto middle = labels.begin() + static_cast<std::ptrdiff_t>(models.size());
  return {{labels.begin(), middle}, {middle, labels.end()}};
}

}  // namespace oodscope
