// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QObject>

namespace oodscope {

class Theme;
class WindowActions;
enum class ThemeChoice;

/// The actions that choose the theme, and which of them is checked.
class ThemeActions : public QObject {
  Q_OBJECT

public:
  ThemeActions(Theme& theme, WindowActions& actions, QObject* parent);

private:
  void choose(ThemeChoice choice);
  void show();

  Theme& m_theme;
  WindowActions& m_actions;
};

}  // namespace oodscope
