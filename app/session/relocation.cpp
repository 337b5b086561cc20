// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session/relocation.h"

#include "analysis/datasets/part_of_set.h"
#include "analysis/ensembles/expression.h"
#include "app/session/labels.h"
#include "app/session/renaming.h"

#include <algorithm>
#include <set>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

/// Places that labels are given to together: sets, or models and folders of scores.
std::vector<fs::path> placesLike(const Session& session, ItemKind kind) {
  std::vector<fs::path> out;
  if (kind == ItemKind::Set) {
    for (const SetEntry& set : session.sets) out.push_back(splitSetPath(set.path).folder);
    return out;
  }
  for (const ModelEntry& model : session.models) out.push_back(model.path);
  out.insert(out.end(), session.scores.begin(), session.scores.end());
  return out;
}

struct NamedPlaces {
  explicit NamedPlaces(const std::vector<fs::path>& places) {
    for (const fs::path& place : places) items.push_back(namedItem(place));
    labels = distinctLabels(items);
  }
  std::vector<NamedItem> items;
  std::vector<std::string> labels;
};

void addSource(std::set<std::string>& labels, const std::string& model, const ScoreChoice& score) {
  labels.insert(model);
  if (score.imported) labels.insert(*score.imported);
}

/// Every name by which the session speaks of things of that kind.
std::set<std::string> namesIn(const Session& session, ItemKind kind) {
  std::set<std::string> out;
  if (kind == ItemKind::Set) {
    out.insert(session.view.set);
    for (const Note& note : session.notes) out.insert(note.set);
    for (const RunChoice& run : session.runs) out.insert(run.set);
    for (const GridRecipe::Row& row : session.grid.rows) out.insert(row.set);
    return out;
  }
  addSource(out, session.view.model, session.view.score);
  if (session.view.other) addSource(out, session.view.other->model, session.view.other->score);
  for (const RunChoice& run : session.runs) addSource(out, run.model, run.score);
  for (const ScoreChoice& score : session.grid.scores) addSource(out, {}, score);
  for (const EnsembleEntry& ensemble : session.ensembles) {
    out.insert(ensemble.model);
    for (const EnsembleTerm& term : parseEnsemble(ensemble.text).terms)
      for (const EnsembleFactor& factor : term.factors) out.insert(factor.source);
  }
  return out;
}

/// What was listed already is one thing.
void keepOnce(Session& session) {
  const auto once = [](auto& entries, auto pathOf) {
    std::set<fs::path> seen;
    std::erase_if(entries, [&](const auto& entry) { return !seen.insert(pathOf(entry)).second; });
  };
  once(session.sets, [](const SetEntry& entry) { return entry.path; });
  once(session.models, [](const ModelEntry& entry) { return entry.path; });
  once(session.polarities, [](const FolderPolarity& entry) { return entry.folder; });
  once(session.folderStatistics, [](const FolderStatistics& entry) { return entry.folder; });
  once(session.scores, [](const fs::path& path) { return path; });
}

bool replacePath(Session& session, ItemKind kind, const fs::path& from, const fs::path& to) {
  const auto replaceIn = [&](auto& entries, auto pathOf) {
    const auto found = std::ranges::find_if(entries, [&](auto& entry) { return pathOf(entry) == from; });
    if (found == entries.end()) return false;
    pathOf(*found) = to;
    return true;
  };
  switch (kind) {
    case ItemKind::Set:
      return replaceIn(session.sets, [](SetEntry& entry) -> fs::path& { return entry.path; });
    case ItemKind::Model:
      return replaceIn(session.models, [](ModelEntry& entry) -> fs::path& { return entry.path; });
    case ItemKind::Scores:
      replaceIn(session.polarities, [](FolderPolarity& entry) -> fs::path& { return entry.folder; });
      replaceIn(session.folderStatistics, [](FolderStatistics& entry) -> fs::path& { return entry.folder; });
      return replaceIn(session.scores, [](fs::path& path) -> fs::path& { return path; });
  }
  return false;
}

}  // namespace

bool relocate(Session& session, ItemKind kind, const fs::path& from, const fs::path& to) {
  const std::vector<fs::path> before = placesLike(session, kind);
  if (!replacePath(session, kind, from, to)) return false;
  const std::vector<fs::path> after = placesLike(session, kind);
  const auto moved = std::ranges::mismatch(before, after).in1;
  if (moved == before.end()) return true;
  keepOnce(session);
  const auto index = static_cast<std::size_t>(moved - before.begin());
  const NamedPlaces then(before), now(after);
  for (const std::string& name : namesIn(session, kind)) {
    if (itemCalled(name, then.items, then.labels) != index || name == now.labels[index]) continue;
    kind == ItemKind::Set ? renameSet(session, name, now.labels[index])
                          : renameSource(session, name, now.labels[index]);
  }
  return true;
}

}  // namespace oodscope
