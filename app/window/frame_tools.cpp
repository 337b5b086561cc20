// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/frame_tools.h"

#include "app/window/docks/frame_selection.h"
#include "app/window/frame_player.h"
#include "app/window/item_menus.h"
#include "app/window/view_menus.h"

namespace oodscope {

void addFrameTools(Desk& desk, FrameListView& frames, ViewGrid& views, WindowActions& actions, StatusStrip& status,
                   Notices& notices, QWidget& window) {
  new ViewMenus(desk, views, notices, window);
  new FramePlayer(desk, frames, actions, status, window);
  auto* selection = new FrameSelection(desk, frames, notices, window);
  for (ItemMenus* menus : window.findChildren<ItemMenus*>())
    menus->addForSelection([selection](QMenu& menu) { selection->fill(menu); });
}

}  // namespace oodscope
