// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/theme/tokens.h"

#include <QObject>

class QApplication;

namespace oodscope {

/// Puts the palette and the style on the application and keeps them there. Owned by the composition root.
class Theme : public QObject {
  Q_OBJECT

public:
  /// Installs the style; applies `choice`. The platform's own palette is remembered for ThemeChoice::System.
  explicit Theme(QApplication& application, ThemeChoice choice = ThemeChoice::System, QObject* parent = nullptr);

  void setChoice(ThemeChoice choice);
  [[nodiscard]] ThemeChoice choice() const { return m_choice; }
  void setHighContrast(bool on);
  [[nodiscard]] bool isDark() const;
  [[nodiscard]] const Tokens& current() const;

Q_SIGNALS:
  /// After the palette changed; widgets hear QEvent::PaletteChange by themselves.
  void changed();

private:
  void apply();

  QApplication& m_application;
  ThemeChoice m_choice;
  bool m_highContrast = false;
  bool m_platformIsDark = false;
};

}  // namespace oodscope
