// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/theme_actions.h"

#include "app/window/settings.h"
#include "app/window/window_actions.h"
#include "widgets/theme/theme.h"

namespace oodscope {

ThemeActions::ThemeActions(Theme& theme, WindowActions& actions, QObject* parent)
    : QObject(parent), m_theme(theme), m_actions(actions) {
  const auto on = [this](QAction* action, auto function) { connect(action, &QAction::triggered, this, function); };
  on(actions.themeToggle, [this] { choose(m_theme.isDark() ? ThemeChoice::Light : ThemeChoice::Dark); });
  on(actions.themeLight, [this] { choose(ThemeChoice::Light); });
  on(actions.themeDark, [this] { choose(ThemeChoice::Dark); });
  on(actions.themeSystem, [this] { choose(ThemeChoice::System); });
  connect(&theme, &Theme::changed, this, &ThemeActions::show);
  show();
}

void ThemeActions::choose(ThemeChoice choice) {
  m_theme.setChoice(choice);
  writeThemeChoice(choice);
  show();
}

void ThemeActions::show() {
  m_actions.themeLight->setChecked(m_theme.choice() == ThemeChoice::Light);
  m_actions.themeDark->setChecked(m_theme.choice() == ThemeChoice::Dark);
  m_actions.themeSystem->setChecked(m_theme.choice() == ThemeChoice::System);
}

}  // namespace oodscope
