// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QStyledItemDelegate>

class QTreeView;

namespace oodscope {

/// Breaks the text of a column into as many lines as its width asks for. Rows follow when the column gets another
/// width; the view must not hold them uniform.
class WrappedTextDelegate : public QStyledItemDelegate {
  Q_OBJECT

public:
  explicit WrappedTextDelegate(QTreeView& view);
  [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
  QTreeView& m_view;
};

}  // namespace oodscope
