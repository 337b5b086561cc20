// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/theme.h"

#include "widgets/theme/style.h"

#include <QApplication>
#include <QToolTip>

namespace oodscope {

Theme::Theme(QApplication& application, ThemeChoice choice, QObject* parent)
    : QObject(parent),
      m_application(application),
      m_choice(choice),
      m_platformIsDark(QApplication::palette().color(QPalette::Window).lightness() < 128) {
  QApplication::setStyle(new Style);
  apply();
}

void Theme::setChoice(ThemeChoice choice) {
  if (choice == m_choice) return;
  m_choice = choice;
  apply();
}

void Theme::setHighContrast(bool on) {
  if (on == m_highContrast) return;
  m_highContrast = on;
  apply();
}

bool Theme::isDark() const {
  return m_choice == ThemeChoice::Dark || (m_choice == ThemeChoice::System && m_platformIsDark);
}

const Tokens& Theme::current() const { return tokens(isDark(), m_highContrast); }

void Theme::apply() {
  const QPalette palette = buildPalette(current());
  QApplication::setPalette(palette);
  QToolTip::setPalette(palette);
  // The two rules a proxy style cannot express; a sheet on a control would bypass the style there.
  m_application.setStyleSheet(QStringLiteral("QStatusBar::item { border: 0 } QToolBar { border: 0 }"));
  Q_EMIT changed();
}

}  // namespace oodscope
