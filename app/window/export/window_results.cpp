// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export/window_results.h"

namespace oodscope {

std::shared_ptr<SessionResults> windowResults(Workspace& workspace, const Session& session, std::stop_token stop) {
  OpenLiveSets open;
  const auto add = [&](const ViewState& view, const std::string& source) {
    for (const OpenSet& set : workspace.sets()) {
      const auto live = workspace.liveSet(QString::fromStdString(set.set->name), view);
      if (live && !live->readyFrames().empty()) open.byModel[source].push_back(live);
    }
  };
  for (const OpenModel& model : workspace.models()) {
    ViewState view = session.view;
    view.score.imported.reset();
    view.model = model.name().toStdString();
    add(view, view.model);
  }
  for (const auto& folder : workspace.scoreFolders()) {
    ViewState view = session.view;
    view.score.imported = folder.filename().string();
    add(view, *view.score.imported);
  }
  if (open.byModel.empty()) return nullptr;
  return std::make_shared<SessionResults>(session, std::move(open), std::move(stop));
}

}  // namespace oodscope
