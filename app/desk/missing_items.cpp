// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/missing_items.h"

#include "analysis/datasets/part_of_set.h"
#include "app/desk/workspace.h"
#include "app/session/labels.h"
#include "app/session/run_spec.h"

#include <algorithm>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

QString whyMissing(ItemKind kind, const fs::path& path, const Workspace& workspace) {
  std::error_code unknown;
  const fs::path place = kind == ItemKind::Set ? splitSetPath(path).folder : path;
  if (!fs::exists(place, unknown)) return Workspace::tr("is not there");
  const QString failure = workspace.failureOf(path);
  return failure.isEmpty() ? Workspace::tr("is not open") : failure;
}

void addMissing(std::vector<MissingItem>& out, ItemKind kind, const std::vector<fs::path>& listed,
                const std::vector<fs::path>& open, const Workspace& workspace) {
  std::vector<std::string> known;
  known.reserve(open.size());
  for (const fs::path& path : open) known.push_back(folderIdOf(path));
  for (const fs::path& path : listed)
    if (std::ranges::find(known, folderIdOf(path)) == known.end())
      out.push_back({.kind = kind, .path = path, .name = {}, .why = whyMissing(kind, path, workspace)});
}

/// Called as they will be once they are open, and never like anything beside them.
void nameMissing(std::vector<MissingItem>& missing, const Session& session) {
  std::vector<NamedItem> items;
  for (const SetEntry& set : session.sets) items.push_back(namedItem(set.path));
  for (const ModelEntry& model : session.models) items.push_back(namedItem(model.path));
  for (const fs::path& folder : session.scores) items.push_back(namedItem(folder));
  const std::size_t listed = items.size();
  for (const MissingItem& item : missing) items.push_back(namedItem(item.path));
  const std::vector<std::string> labels = distinctLabels(items);
  for (std::size_t i = 0; i < missing.size(); ++i) missing[i].name = QString::fromStdString(labels[listed + i]);
}

}  // namespace

std::vector<MissingItem> missingItems(const Session& session, const Workspace& workspace) {
  std::vector<MissingItem> out;
  if (workspace.isOpening()) return out;
  std::vector<fs::path> listed, open;
  for (const SetEntry& set : session.sets) listed.push_back(set.path);
  for (const OpenSet& set : workspace.sets()) open.push_back(set.entry.path);
  addMissing(out, ItemKind::Set, listed, open, workspace);
  listed.clear();
  open.clear();
  for (const ModelEntry& model : session.models) listed.push_back(model.path);
  for (const OpenModel& model : workspace.models()) open.push_back(model.entry.path);
  addMissing(out, ItemKind::Model, listed, open, workspace);
  addMissing(out, ItemKind::Scores, session.scores, workspace.scoreFolders(), workspace);
  nameMissing(out, session);
  return out;
}

}  // namespace oodscope
