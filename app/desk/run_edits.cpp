// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/run_edits.h"

#include <algorithm>

namespace oodscope {

Edit showRun(const Workspace& workspace, const ViewState& view, const RunChoice& run) {
  std::string first;  // another set has other frames
  if (const OpenSet* open = workspace.findSet(QString::fromStdString(run.set)); open != nullptr) {
    const auto& frames = open->set->frames;
    const auto isPresent = [&](const Frame& frame) { return frame.name == view.frame; };
    if (!frames.empty() && std::none_of(frames.begin(), frames.end(), isPresent)) first = frames.front().name;
  }
  return edits::setRun(run, first);
}

}  // namespace oodscope
