// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/wrapped_text_delegate.h"

#include "widgets/theme/tokens.h"

#include <QApplication>
#include <QHeaderView>
#include <QPainter>
#include <QTreeView>

#include <algorithm>
#include <utility>

namespace oodscope {
namespace {

constexpr int kSide = 4, kAbove = 3;  // pixels beside and above the text
constexpr int kFlags = static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter) | static_cast<int>(Qt::TextWrapAnywhere) |
                       static_cast<int>(Qt::TextWordWrap);

}  // namespace

WrappedTextDelegate::WrappedTextDelegate(QTreeView& view) : QStyledItemDelegate(&view), m_view(view) {
  connect(view.header(), &QHeaderView::sectionResized, this, [this] { Q_EMIT sizeHintChanged({}); });
}

QSize WrappedTextDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
  const int width = m_view.columnWidth(index.column()) - 2 * kSide;
  const QRect text =
      QFontMetrics(option.font).boundingRect(QRect(0, 0, std::max(40, width), 10'000), kFlags, index.data().toString());
  return {width, std::max(Metrics(option.font).row(), text.height() + 2 * kAbove)};
}

void WrappedTextDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  QStyleOptionViewItem box = option;
  initStyleOption(&box, index);
  const QString text = std::exchange(box.text, QString());
  const QStyle* style = box.widget != nullptr ? box.widget->style() : QApplication::style();
  style->drawControl(QStyle::CE_ItemViewItem, &box, painter, box.widget);
  const Tokens& t = tokensFor(option.palette);
  painter->save();
  painter->setFont(option.font);
  painter->setPen(option.state.testFlag(QStyle::State_Selected) ? t.onSelection : t.text);
  painter->drawText(option.rect.adjusted(kSide, kAbove, -kSide, -kAbove), kFlags, text);
  painter->restore();
}

}  // namespace oodscope
