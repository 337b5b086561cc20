// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QByteArray>
#include <QObject>
#include <QSize>

class QMainWindow;

namespace oodscope {

class DockColumn;
class TabStack;
class WindowActions;

/// How much room the window takes and how it shares it out: its first size, what it remembers between starts, and one
/// analysis that takes all of it.
class WindowRoom : public QObject {
  Q_OBJECT

public:
  WindowRoom(QMainWindow& window, DockColumn& docks, TabStack& tabs, WindowActions& actions);

  /// Shows a window at that size with its first layout, remembering nothing: for pictures and those who name a size. An
  /// empty size: as it was left, or maximised where it has never been shown.
  static void show(QMainWindow& window, QSize size);
  [[nodiscard]] bool isMaximised() const { return !m_before.isEmpty(); }
  /// The analyses alone between toolbar and status bar; false: everything as it was before.
  void setMaximised(bool on);

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  void restoreLayout();
  void keepLayout();
  bool takeEscape(QEvent& event);

  QMainWindow& m_window;
  DockColumn& m_docks;
  WindowActions& m_actions;
  QByteArray m_first;   ///< the layout that a window begins with
  QByteArray m_before;  ///< what a maximised analysis returns to; empty: none is
  bool m_isRemembered = false, m_forgets = false;
};

}  // namespace oodscope
