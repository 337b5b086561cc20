// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sources/open_source.h"

#include "analysis/core/thread_supply.h"
#include "app/session/labels.h"
#include "app/sources/imported_source.h"
#include "app/sources/model_scores.h"
#include "app/sources/weighted_source.h"
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

}  // namespace

std::shared_ptr<ScoreSource> openSource(std::shared_ptr<const DataSet> set, const SourceItem& item,
                                        const ChannelChoice& channels, std::shared_ptr<LogitsStore> store) {
  if (item.model)
    return std::make_shared<ModelScores>(item.label, std::move(set), item.model, std::move(store), channels,
                                         item.statistics, item.passes);
  return std::make_shared<ImportedSource>(item.label, std::move(set), item.folder, item.arrayName, std::move(store),
                                          channels, item.polarity, item.statistics, item.readsFeatures);
}

std::shared_ptr<ScoreSource> openSource(const std::shared_ptr<const DataSet>& set, const std::vector<SumTerm>& terms,
                                        const std::shared_ptr<LogitsStore>& store) {
  std::vector<WeightedSource::Part> parts;
  for (const SumTerm& term : terms) {
    SourceItem item = term.item;
    if (term.method) item.passes = passesFor(item, {*term.method}, term.passes);
    const std::shared_ptr<ScoreSource> source = openSource(set, item, term.channels, store);
    require(term.method.has_value() || !source->takesMethods(), "openSource: a term with logits names its method");
    const std::vector<Method> methods = term.method ? std::vector{*term.method} : std::vector<Method>();
    const auto possible = source->configurations(methods, {term.temperature.value_or(1.0F)});
    parts.push_back({source, possible.front(), term.weight});
  }
  return std::make_shared<WeightedSource>(std::move(parts));
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
                       .outputs = entry.outputs,
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
