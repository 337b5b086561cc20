// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QFrame>
#include <QList>

#include <functional>
#include <vector>

class QAction;
class QLabel;
class QLineEdit;
class QListWidget;

namespace oodscope {

/// How well `query` fits `text`: its words in any order, each at the start of a word (best) or anywhere; 0: not at all.
[[nodiscard]] int matchScore(const QString& query, const QString& text);

/// Something to be found that is no action of a menu: a pin, a tab, a frame.
struct PaletteEntry {
  QString name;  ///< "Protocol: Course"
  std::function<void()> run;
  QString note = {};      ///< quiet, at the right: what it belongs to
  QString words = {};     ///< it is found by these, too
  QString toolTip = {};   ///< a sentence
  bool isOffered = true;  ///< listed before anything is typed
};

/// Finds every action and entry by what it is called and by the words that are said of it (an action's dynamic property
/// "words"). Type, choose with the arrows, Enter runs it. What cannot run now is listed disabled; where nothing is
/// found it says so.
class CommandPalette : public QFrame {
  Q_OBJECT

public:
  explicit CommandPalette(QWidget* window);
  /// Actions stay their owners'; separators and nameless ones are left out.
  void setActions(const QList<QAction*>& actions, std::vector<PaletteEntry> entries = {});
  /// Shows it over the window's upper middle, with an empty query.
  void popUp();
  /// Best first.
  [[nodiscard]] QStringList shownNames() const;
  /// What it says where nothing is found; else empty.
  [[nodiscard]] QString nothingText() const;

Q_SIGNALS:
  void actionChosen(QAction* action);

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

private:
  void showMatches();
  void runCurrent();

  void addRow(int index);

  QList<QAction*> m_actions;
  std::vector<PaletteEntry> m_entries;
  QLineEdit* m_query = nullptr;
  QListWidget* m_list = nullptr;
  QLabel* m_nothing = nullptr;
};

}  // namespace oodscope
