// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

namespace oodscope {

class FrameListView;
class Notices;
class StatusStrip;
class ViewGrid;
class WindowActions;
struct Desk;

/// What a hand does with what it sees, made and given to the window: menus of views and plots, several frames at once,
/// frames that play.
void addFrameTools(Desk& desk, FrameListView& frames, ViewGrid& views, WindowActions& actions, StatusStrip& status,
                   Notices& notices, QWidget& window);

}  // namespace oodscope
