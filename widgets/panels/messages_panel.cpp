// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/messages_panel.h"

#include "widgets/panels/empty_state.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/tokens.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QPainter>
#include <QSortFilterProxyModel>
#include <QStackedLayout>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QToolButton>
#include <QTreeView>

#include <algorithm>
#include <utility>

namespace oodscope {
namespace {

constexpr int kSeverityRole = Qt::UserRole + 1;
constexpr int kWidePanel = 480;  // pixels of the design

/// Text in any column, and a least severity.
class MessageFilter : public QSortFilterProxyModel {
public:
  using QSortFilterProxyModel::QSortFilterProxyModel;
  void setText(const QString& text) {
    m_text = text;
    invalidateFilter();
  }
  void setLeast(int severity) {
    m_least = severity;
    invalidateFilter();
  }

protected:
  [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override {
    const auto at = [&](int column) { return sourceModel()->index(row, column, parent); };
    if (at(0).data(kSeverityRole).toInt() < m_least) return false;
    if (m_text.isEmpty()) return true;
    for (int column = 1; column < 4; ++column)
      if (at(column).data().toString().contains(m_text, Qt::CaseInsensitive)) return true;
    return false;
  }

private:
  QString m_text;
  int m_least = 0;
};

/// Rows as high as their texts need in the columns' widths; files as links.
class MessageDelegate : public QStyledItemDelegate {
public:
  explicit MessageDelegate(QTreeView& view) : QStyledItemDelegate(&view), m_view(view) {}

  [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const Metrics m(&m_view);
    const int width = std::max(m_view.header()->sectionSize(index.column()) - kSide * 2, m.px(40));
    const QRect text = item.fontMetrics.boundingRect(QRect(0, 0, width, 1'000'000), kWrapped, item.text);
    return {width, std::max(m.px(24), text.height() + m.px(6))};
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    if (index.column() < 2) return QStyledItemDelegate::paint(painter, option, index);
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const QString text = std::exchange(item.text, QString());
    m_view.style()->drawControl(QStyle::CE_ItemViewItem, &item, painter, &m_view);
    const Tokens& t = tokensFor(option.palette);
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    painter->save();
    painter->setFont(item.font);
    painter->setPen(isSelected ? t.onSelection : index.column() == 3 ? t.focus : t.text);
    painter->drawText(option.rect.adjusted(kSide, Metrics(&m_view).px(3), -kSide, 0), kWrapped, text);
    painter->restore();
  }

private:
  static constexpr int kSide = 4;
  static constexpr int kWrapped =
      static_cast<int>(Qt::AlignLeft | Qt::AlignTop) | Qt::TextWordWrap | Qt::TextWrapAnywhere;
  QTreeView& m_view;
};

}  // namespace

MessagesPanel::MessagesPanel(QWidget* parent)
    : QWidget(parent), m_model(new QStandardItemModel(0, 4, this)), m_stack(new QStackedLayout), m_view(new QTreeView) {
  usePanelBackground(this);
  const Metrics m(this);
  auto* filter = new MessageFilter(this);
  m_shown = filter;
  m_shown->setSourceModel(m_model);
  m_model->setHorizontalHeaderLabels({tr("time"), tr("kind"), tr("message"), tr("file")});
  m_view->setModel(m_shown);
  m_view->setRootIsDecorated(false);
  m_view->setItemDelegate(new MessageDelegate(*m_view));
  m_view->setAlternatingRowColors(true);
  m_view->setFrameShape(QFrame::NoFrame);
  m_view->setFont(tableFont(font()));
  m_view->header()->setFont(captionFont(font()));
  m_view->setColumnWidth(0, m.px(70));
  m_view->setColumnWidth(1, m.px(84));
  m_view->setColumnWidth(3, m.px(230));
  m_view->header()->setStretchLastSection(false);
  m_view->header()->setSectionResizeMode(2, QHeaderView::Stretch);
  m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_view->viewport()->installEventFilter(this);
  m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
  m_view->setAccessibleName(tr("Messages"));
  m_view->viewport()->setBackgroundRole(kPanelRole);
  auto* search = new QLineEdit;
  search->setPlaceholderText(tr("text or file"));
  search->setAccessibleName(tr("Filter messages"));
  search->addAction(icon(QStringLiteral("filter")), QLineEdit::LeadingPosition);
  auto* severity = new QComboBox;
  severity->addItems({tr("All kinds"), tr("Warnings and errors"), tr("Errors")});
  severity->setAccessibleName(tr("Kinds of messages"));
  auto* copy = new QToolButton;
  copy->setIcon(icon(QStringLiteral("copy")));
  copy->setAutoRaise(true);
  nameControl(copy, tr("Copy messages"));
  auto* clearAll = new QToolButton;
  clearAll->setIcon(icon(QStringLiteral("cancel")));
  clearAll->setAutoRaise(true);
  nameControl(clearAll, tr("Clear messages"));
  auto* row = new QHBoxLayout;
  row->setContentsMargins(m.px(8), m.px(6), m.px(8), m.px(6));
  row->addWidget(search, 1);
  row->addWidget(severity);
  row->addWidget(copy);
  row->addWidget(clearAll);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addLayout(row);
  layout->addLayout(m_stack, 1);
  m_stack->addWidget(
      new EmptyState(tr("No messages"), tr("Warnings and errors appear here with their file and time.")));
  m_stack->addWidget(m_view);
  connect(search, &QLineEdit::textChanged, this, [filter](const QString& text) { filter->setText(text); });
  connect(severity, &QComboBox::currentIndexChanged, this, [filter](int least) { filter->setLeast(least); });
  connect(copy, &QToolButton::clicked, this, [this] { QApplication::clipboard()->setText(shownText()); });
  connect(clearAll, &QToolButton::clicked, this, &MessagesPanel::clear);
  const auto activate = [this](const QModelIndex& index) {
    const QString file = index.siblingAtColumn(3).data().toString();
    if (!file.isEmpty()) Q_EMIT fileActivated(file);
  };
  connect(m_view, &QTreeView::activated, this, activate);
  connect(m_view, &QTreeView::clicked, this, [activate](const QModelIndex& index) {
    if (index.column() == 3) activate(index);  // it looks like a link
  });
  connect(m_view->header(), &QHeaderView::sectionResized, m_view, [this] { m_view->doItemsLayout(); });
}

void MessagesPanel::add(const Message& message) {
  auto* time = new QStandardItem(message.time.toString(QStringLiteral("HH:mm:ss")));
  time->setData(static_cast<int>(message.severity), kSeverityRole);
  auto* kind = new QStandardItem(icon(severityIcon(message.severity)), severityText(message.severity));
  auto* text = new QStandardItem(message.text);
  auto* file = new QStandardItem(message.file);
  for (QStandardItem* item : {time, kind, text, file}) item->setEditable(false);
  text->setToolTip(message.text);
  file->setToolTip(message.file);
  m_model->appendRow({time, kind, text, file});
  m_stack->setCurrentIndex(1);
  m_view->scrollToBottom();
  Q_EMIT countChanged(count());
}

bool MessagesPanel::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_view->viewport() && event->type() == QEvent::Resize) fitColumns();
  return QWidget::eventFilter(watched, event);
}

void MessagesPanel::fitColumns() {
  const Metrics m(this);
  const bool isNarrow = width() < m.px(kWidePanel);
  m_view->setColumnHidden(0, isNarrow);
  m_view->setColumnWidth(1, m.px(isNarrow ? 28 : 84));
  m_view->setColumnWidth(3, m.px(isNarrow ? 80 : 230));
}

void MessagesPanel::clear() {
  m_model->removeRows(0, m_model->rowCount());
  m_stack->setCurrentIndex(0);
  Q_EMIT countChanged(0);
}

int MessagesPanel::count() const { return m_model->rowCount(); }

QString MessagesPanel::shownText() const {
  QStringList lines;
  for (int row = 0; row < m_shown->rowCount(); ++row) {
    QStringList cells;
    for (int column = 0; column < 4; ++column) cells << m_shown->index(row, column).data().toString();
    lines << cells.join(QLatin1Char('\t'));
  }
  return lines.join(QLatin1Char('\n'));
}

}  // namespace oodscope
