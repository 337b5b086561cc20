// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/panels/command_palette.h"

#include <QObject>
#include <QPointer>

#include <functional>
#include <vector>

class QDialog;
class QMainWindow;

namespace oodscope {

class CheatSheet;
class WindowActions;
struct ShortcutGroup;

/// What explains the window: the action finder, the shortcuts, the program's own facts. None of them is modal; each is
/// made at its first use.
class HelpWindows : public QObject {
  Q_OBJECT

public:
  HelpWindows(QMainWindow& window, WindowActions& actions);
  /// What the finder finds beside the menus, asked for when it is opened.
  void setThings(std::function<std::vector<PaletteEntry>()> things) { m_things = std::move(things); }
  void showPalette();
  void showCheatSheet();
  void showAbout();

  /// Shortcuts by menu, then what the mouse does.
  [[nodiscard]] std::vector<ShortcutGroup> shortcutGroups() const;

private:
  QMainWindow& m_window;
  WindowActions& m_actions;
  CommandPalette* m_palette = nullptr;
  std::function<std::vector<PaletteEntry>()> m_things;
  QPointer<CheatSheet> m_sheet;
  QPointer<QDialog> m_about;
};

}  // namespace oodscope
