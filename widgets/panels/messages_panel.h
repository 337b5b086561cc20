// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/panels/banner.h"

#include <QDateTime>
#include <QWidget>

class QComboBox;
class QLineEdit;
class QSortFilterProxyModel;
class QStackedLayout;
class QStandardItemModel;
class QTreeView;

namespace oodscope {

struct Message {
  QDateTime time;
  Severity severity = Severity::Info;
  QString text;
  QString file = {};
};

/// Every message with its time and file, newest last, wrapped to the width there is; filter, copy, clear. A click on a
/// file, and Enter or a double click on its message, ask for it.
class MessagesPanel : public QWidget {
  Q_OBJECT

public:
  explicit MessagesPanel(QWidget* parent = nullptr);
  void add(const Message& message);
  void clear();
  [[nodiscard]] int count() const;
  /// The shown ones, one a line: what "Copy" puts on the clipboard.
  [[nodiscard]] QString shownText() const;

Q_SIGNALS:
  void countChanged(int count);
  void fileActivated(const QString& file);

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  /// In a narrow panel the text has the room: the kind is its icon, the time goes.
  void fitColumns();

  QStandardItemModel* m_model = nullptr;
  QSortFilterProxyModel* m_shown = nullptr;
  QStackedLayout* m_stack = nullptr;
  QTreeView* m_view = nullptr;
};

}  // namespace oodscope
