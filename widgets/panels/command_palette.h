// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QFrame>
#include <QList>

class QAction;
class QLineEdit;
class QListWidget;

namespace oodscope {

/// How well `query` fits `text`: its words in any order, each at the start of a word (best) or anywhere; 0: not at all.
[[nodiscard]] int matchScore(const QString& query, const QString& text);

/// Finds every action by what it is called. Type, choose with the arrows, Enter runs it. What cannot run now is listed
/// disabled.
class CommandPalette : public QFrame {
  Q_OBJECT

public:
  explicit CommandPalette(QWidget* window);
  /// Actions stay their owners'; separators and nameless ones are left out.
  void setActions(const QList<QAction*>& actions);
  /// Shows it over the window's upper middle, with an empty query.
  void popUp();
  /// Best first.
  [[nodiscard]] QStringList shownNames() const;

Q_SIGNALS:
  void actionChosen(QAction* action);

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

private:
  void showMatches();
  void runCurrent();

  QList<QAction*> m_actions;
  QLineEdit* m_query = nullptr;
  QListWidget* m_list = nullptr;
};

}  // namespace oodscope
