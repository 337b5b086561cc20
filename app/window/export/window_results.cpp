// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export/window_results.h"

namespace oodscope {

std::shared_ptr<SessionResults> windowResults(Workspace& workspace, const Session& session, std::stop_token stop) {
  OpenLiveSets open;
  const auto add = [&](const ViewState& view, OpenSource source) {
    for (const OpenSet& set : workspace.sets()) {
      const auto live = workspace.liveSet(QString::fromStdString(set.set->name), view);
      if (live && !live->readyFrames().empty()) source.sets.push_back(live);
    }
    if (source.sets.empty()) return;
    if (source.id == SourceId()) source.id = source.sets.front()->source().id();
    open.sources.push_back(std::move(source));
  };
  for (const OpenModel& model : workspace.models()) {
    ViewState view = session.view;
    view.score.imported.reset();
    view.model = model.label;
    add(view, {.id = model.id, .label = model.label, .path = model.entry.path});
  }
  for (const OpenScores& folder : workspace.scores()) {
    ViewState view = session.view;
    view.score.imported = folder.label;
    add(view, {.id = folder.id, .label = folder.label, .path = folder.path});
  }
  for (const EnsembleEntry& ensemble : workspace.ensembles()) {
    ViewState view = session.view;
    view.score.imported = ensemble.name;
    add(view, {.label = ensemble.name});
  }
  if (open.sources.empty()) return nullptr;
  return std::make_shared<SessionResults>(session, std::move(open), std::move(stop));
}

}  // namespace oodscope
