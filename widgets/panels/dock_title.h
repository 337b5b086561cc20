// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/panels/badge.h"

#include <QWidget>

class QDockWidget;
class QLabel;
class QMenu;
class QToolButton;

namespace oodscope {

/// Title bar of a dock: title, quiet note, badge; menu, float and close. Dragging and double click stay the dock's.
/// Installs itself with setTitleBarWidget.
class DockTitle : public QWidget {
  Q_OBJECT

public:
  explicit DockTitle(QDockWidget* dock);
  /// "10 of 10", "frame 3 · x 826 y 402".
  void setNote(const QString& note);
  [[nodiscard]] Badge* badge() const { return m_badge; }
  /// Shows the "…" button; the menu is not taken over.
  void setMenu(QMenu* menu);
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

protected:
  void paintEvent(QPaintEvent* event) override;

private:
  QLabel* m_title = nullptr;
  QLabel* m_note = nullptr;
  Badge* m_badge = nullptr;
  QToolButton* m_more = nullptr;
};

}  // namespace oodscope
