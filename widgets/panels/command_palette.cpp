// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/command_palette.h"

#include "widgets/theme/icon.h"
#include "widgets/theme/tokens.h"

#include <QAction>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPainter>
#include <QRegularExpression>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace oodscope {
namespace {

constexpr int kShortcutRole = Qt::UserRole + 1;
constexpr int kIndexRole = Qt::UserRole + 2;

QString nameOf(const QAction* action) {
  QString name = action->text();
  name.remove(QLatin1Char('&'));
  return name;
}

class PaletteDelegate : public QStyledItemDelegate {
public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    QStyledItemDelegate::paint(painter, option, index);
    const Tokens& t = tokensFor(option.palette);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    painter->save();
    painter->setFont(captionFont(option.font));
    painter->setPen(selected ? t.onSelection : t.text2);
    painter->drawText(option.rect.adjusted(0, 0, -10, 0), static_cast<int>(Qt::AlignVCenter | Qt::AlignRight),
                      index.data(kShortcutRole).toString());
    painter->restore();
  }
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override {
    return {100, Metrics(option.font).px(26)};
  }
};

}  // namespace

int matchScore(const QString& query, const QString& text) {
  int score = 1;
  for (const QString& word : query.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
    const auto at = text.indexOf(word, 0, Qt::CaseInsensitive);
    if (at < 0) return 0;
    const bool atWordStart = text.indexOf(QRegularExpression(QStringLiteral("\\b") + QRegularExpression::escape(word),
                                                             QRegularExpression::CaseInsensitiveOption)) >= 0;
    score += at == 0 ? 100 : atWordStart ? 50 : 10;
  }
  return score;
}

namespace {

constexpr std::size_t kMostShown = 200;  // rows that anybody would scroll through

/// By its name, or, less well, by what else is said of it.
int scoreOf(const QString& query, const QString& name, const QString& words) {
  if (const int score = matchScore(query, name); score > 0) return 2 * score;
  return words.isEmpty() ? 0 : matchScore(query, name + QLatin1Char(' ') + words);
}

}  // namespace

CommandPalette::CommandPalette(QWidget* window)
    : QFrame(window), m_query(new QLineEdit), m_list(new QListWidget), m_nothing(new QLabel) {
  const Metrics m(this);
  setAccessibleName(tr("Find action"));
  m_query->setPlaceholderText(tr("Find action"));
  m_query->setAccessibleName(tr("Find action"));
  m_query->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
  m_query->installEventFilter(this);
  m_list->setFrameShape(QFrame::NoFrame);
  m_list->setItemDelegate(new PaletteDelegate(m_list));
  m_list->setFocusPolicy(Qt::NoFocus);
  m_list->setUniformItemSizes(true);
  m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_list->viewport()->setBackgroundRole(kPanelRole);
  m_list->setAccessibleName(tr("Actions"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(m.px(8), m.px(8), m.px(8), m.px(8));
  layout->setSpacing(m.px(6));
  layout->addWidget(m_query);
  m_nothing->setWordWrap(true);
  m_nothing->setForegroundRole(kSecondaryRole);
  m_nothing->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
  m_nothing->setMargin(m.px(16));
  m_nothing->hide();
  layout->addWidget(m_list, 1);
  layout->addWidget(m_nothing, 1);
  connect(m_query, &QLineEdit::textChanged, this, &CommandPalette::showMatches);
  connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::runCurrent);
  hide();
}

void CommandPalette::setActions(const QList<QAction*>& actions, std::vector<PaletteEntry> entries) {
  m_actions.clear();
  for (QAction* action : actions)
    if (!action->isSeparator() && !action->text().isEmpty() && !action->menu()) m_actions << action;
  m_entries = std::move(entries);
  showMatches();
}

void CommandPalette::popUp() {
  const Metrics m(this);
  const QWidget* window = parentWidget();
  const int width = std::min(m.px(520), window ? window->width() - m.px(32) : m.px(520));
  setGeometry(window ? (window->width() - width) / 2 : 0, m.px(70), width, m.px(360));
  m_query->clear();
  showMatches();
  show();
  raise();
  m_query->setFocus(Qt::PopupFocusReason);
}

QStringList CommandPalette::shownNames() const {
  QStringList names;
  for (int i = 0; i < m_list->count(); ++i) names << m_list->item(i)->text();
  return names;
}

void CommandPalette::showMatches() {
  const QString query = m_query->text().trimmed();
  const auto actions = static_cast<int>(m_actions.size());
  std::vector<std::pair<int, int>> ranked;  // score, index: actions first, then entries
  for (int i = 0; i < actions; ++i)
    if (const int score = scoreOf(query, nameOf(m_actions[i]), m_actions[i]->property("words").toString()); score > 0)
      ranked.emplace_back(score, i);
  for (std::size_t i = 0; i < m_entries.size(); ++i) {
    if (query.isEmpty() && !m_entries[i].isOffered) continue;
    if (const int score = scoreOf(query, m_entries[i].name, m_entries[i].words); score > 0)
      ranked.emplace_back(score, actions + static_cast<int>(i));
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  if (ranked.size() > kMostShown) ranked.resize(kMostShown);
  m_list->clear();
  for (const auto& [score, index] : ranked) addRow(index);
  m_list->setCurrentRow(0);
  m_nothing->setText(ranked.empty() ? tr("Nothing found for “%1”.").arg(query) : QString());
  m_nothing->setVisible(ranked.empty());
  m_list->setVisible(!ranked.empty());
}

void CommandPalette::addRow(int index) {
  auto* item = new QListWidgetItem;
  item->setData(kIndexRole, index);
  if (index < static_cast<int>(m_actions.size())) {
    const QAction* action = m_actions[index];
    item->setText(nameOf(action));
    item->setData(kShortcutRole, action->shortcut().toString(QKeySequence::NativeText));
    if (!action->isEnabled()) item->setFlags(item->flags() & ~Qt::ItemIsEnabled);
    item->setToolTip(action->toolTip());
  } else {
    const PaletteEntry& entry = m_entries[static_cast<std::size_t>(index - static_cast<int>(m_actions.size()))];
    item->setText(entry.name);
    item->setData(kShortcutRole, entry.note);
    item->setToolTip(entry.toolTip);
  }
  m_list->addItem(item);
}

QString CommandPalette::nothingText() const { return m_nothing->text(); }

void CommandPalette::runCurrent() {
  const QListWidgetItem* item = m_list->currentItem();
  if (!item || !item->flags().testFlag(Qt::ItemIsEnabled)) return;
  const int index = item->data(kIndexRole).toInt();
  hide();
  if (index < static_cast<int>(m_actions.size())) {
    QAction* action = m_actions[index];
    Q_EMIT actionChosen(action);
    action->trigger();
    return;
  }
  const auto run = m_entries[static_cast<std::size_t>(index - static_cast<int>(m_actions.size()))].run;
  if (run) run();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
  // Escape closes this before it is anybody's shortcut.
  if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
    event->accept();
    return true;
  }
  if (event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    const int last = m_list->count() - 1;
    switch (key) {
      case Qt::Key_Down:
        m_list->setCurrentRow(std::min(m_list->currentRow() + 1, last));
        return true;
      case Qt::Key_Up:
        m_list->setCurrentRow(std::max(m_list->currentRow() - 1, 0));
        return true;
      case Qt::Key_PageDown:
        m_list->setCurrentRow(std::min(m_list->currentRow() + 10, last));
        return true;
      case Qt::Key_PageUp:
        m_list->setCurrentRow(std::max(m_list->currentRow() - 10, 0));
        return true;
      case Qt::Key_Return:
      case Qt::Key_Enter:
        runCurrent();
        return true;
      case Qt::Key_Escape:
        hide();
        return true;
      default:
        break;
    }
  }
  if (event->type() == QEvent::FocusOut && watched == m_query &&
      static_cast<QFocusEvent*>(event)->reason() != Qt::ActiveWindowFocusReason)
    hide();
  return QFrame::eventFilter(watched, event);
}

void CommandPalette::paintEvent(QPaintEvent*) {
  const Tokens& t = tokensFor(this);
  QPainter painter(this);
  painter.fillRect(rect(), t.panel);
  painter.setPen(t.edge);
  painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

}  // namespace oodscope
