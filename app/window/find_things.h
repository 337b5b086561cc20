// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/panels/command_palette.h"

#include <vector>

class QTabWidget;

namespace oodscope {

class FailureDesk;
class FrameListView;
struct Desk;

/// Where the finder looks beside the menus.
struct FindParts {
  Desk& desk;
  QTabWidget& tabs;
  FrameListView& frames;
  FailureDesk& failures;
};

/// Pins of the threshold, tabs, protocols, tags, sets, models, scores and frames that are open now, and what only a
/// button elsewhere does. All of `parts` outlive the entries. Cost: linear in the frames.
[[nodiscard]] std::vector<PaletteEntry> findThings(const FindParts& parts);

}  // namespace oodscope
