// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QDialog>

#include <vector>

namespace oodscope {

struct ShortcutGroup {
  QString title;
  std::vector<std::pair<QString, QString>> entries;  ///< keys, what they do
};

/// All shortcuts on one page, in columns; not modal. Esc, F1 or ? close it.
class CheatSheet : public QDialog {
  Q_OBJECT

public:
  explicit CheatSheet(QWidget* parent = nullptr);
  void setGroups(const std::vector<ShortcutGroup>& groups);

protected:
  void keyPressEvent(QKeyEvent* event) override;

private:
  QWidget* m_content = nullptr;
};

}  // namespace oodscope
