// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/lists/filter_edit.h"

#include "widgets/theme/icon.h"
#include "widgets/theme/tokens.h"

#include <QAbstractItemView>
#include <QAction>
#include <QCompleter>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QStringListModel>

#include <memory>

namespace oodscope {

FilterEdit::FilterEdit(std::vector<FilterField> fields, QWidget* parent)
    : QLineEdit(parent),
      m_fields(std::move(fields)),
      m_completer(new QCompleter(new QStringListModel(this), this)),
      m_note(new QLabel(this)) {
  setClearButtonEnabled(true);
  QAction* sign = addAction(icon(QStringLiteral("filter")), QLineEdit::LeadingPosition);
  sign->setText(tr("What can be filtered"));
  sign->setToolTip(tr("What can be filtered: fields, words and examples"));
  connect(sign, &QAction::triggered, this, [this] {
    QMenu* menu = makeMenu();
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->popup(mapToGlobal(QPoint(0, height())));
  });
  m_completer->setWidget(this);
  m_completer->setCaseSensitivity(Qt::CaseInsensitive);
  m_completer->setCompletionMode(QCompleter::PopupCompletion);
  const Metrics m(this);
  m_note->setFont(captionFont(font()));
  m_note->setWordWrap(true);
  m_note->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_note->setContentsMargins(m.px(10), 0, m.px(8), m.px(4));
  m_note->setAccessibleName(tr("What cannot be read in the filter"));
  m_note->hide();
  explain();
  connect(this, &QLineEdit::textChanged, this, &FilterEdit::read);
  connect(this, &QLineEdit::textEdited, this, [this](const QString& text) {
    propose();
    Q_EMIT edited(text);
  });
  connect(m_completer, qOverload<const QString&>(&QCompleter::activated), this, &FilterEdit::complete);
}

void FilterEdit::setExamples(const QStringList& examples) {
  m_examples = examples;
  explain();
}

void FilterEdit::explain() {
  QStringList names;
  for (const FilterField& field : m_fields) names << field.name;
  QString tip = tr("Shows what holds a text, tag:NAME, or a comparison of %1 with a number. "
                   "Join conditions by and, or, not and brackets; Esc shows all again.")
                    .arg(names.join(QStringLiteral(", ")));
  if (!m_examples.isEmpty())
    tip += QLatin1Char('\n') + tr("For example: %1").arg(m_examples.join(QStringLiteral("; ")));
  setToolTip(tip);
}

void FilterEdit::read(const QString& text) {
  m_expression = FilterExpression(text, m_fields);
  const QString& error = m_expression.error();
  m_note->setText(error.isEmpty() ? QString() : tr("All are shown: %1.").arg(error));
  m_note->setVisible(!error.isEmpty());
  setAccessibleDescription(error);
  Q_EMIT expressionChanged();
}

QMenu* FilterEdit::makeMenu() {
  auto* menu = new QMenu(this);
  menu->setAccessibleName(tr("What can be filtered"));
  for (const FilterField& field : m_fields)
    menu->addAction(tr("%1 – %2").arg(field.name, field.meaning), this,
                    [this, name = field.name] { insertText(name + QStringLiteral(" > ")); });
  menu->addSeparator();
  menu->addAction(tr("tag:NAME – what bears a tag"), this, [this] { insertText(QStringLiteral("tag:")); });
  for (const QString& word : {QStringLiteral("and"), QStringLiteral("or"), QStringLiteral("not")})
    menu->addAction(word, this, [this, word] { insertText(word + QLatin1Char(' ')); });
  if (!m_examples.isEmpty()) menu->addSeparator();
  for (const QString& example : m_examples)
    menu->addAction(tr("Example: %1").arg(example), this, [this, example] {
      setText(example);
      Q_EMIT edited(example);
    });
  return menu;
}

int FilterEdit::wordBegin() const {
  const QString before = text().left(cursorPosition());
  int begin = static_cast<int>(before.size());
  while (begin > 0 && (before[begin - 1].isLetterOrNumber() || before[begin - 1] == u'_')) --begin;
  return begin;
}

QStringList FilterEdit::proposals() const {
  const int begin = wordBegin();
  const QString word = text().mid(begin, cursorPosition() - begin);
  if (word.isEmpty() || !word.front().isLetter() || (begin > 0 && text()[begin - 1] == u':')) return {};
  QStringList out;
  for (const FilterField& field : m_fields)
    if (field.name.startsWith(word, Qt::CaseInsensitive)) out << field.name;
  if (QStringLiteral("tag").startsWith(word, Qt::CaseInsensitive)) out << QStringLiteral("tag:");
  if (out.contains(word, Qt::CaseInsensitive)) return {};  // it is written out
  return out;
}

void FilterEdit::propose() {
  const QStringList names = proposals();
  if (names.isEmpty() || !isVisible()) {
    m_completer->popup()->hide();
    return;
  }
  static_cast<QStringListModel*>(m_completer->model())->setStringList(names);
  m_completer->setCompletionPrefix(QString());
  m_completer->complete();
}

void FilterEdit::complete(const QString& name) {
  const int begin = wordBegin(), end = cursorPosition();
  QString whole = text();
  whole.replace(begin, end - begin, name);
  setText(whole);
  setCursorPosition(begin + static_cast<int>(name.size()));
  Q_EMIT edited(text());
}

void FilterEdit::insertText(const QString& text) {
  const QString before = this->text().left(cursorPosition());
  const bool needsBlank = !before.isEmpty() && !before.back().isSpace() && before.back() != u'(';
  setFocus();
  insert(needsBlank ? QLatin1Char(' ') + text : text);
  Q_EMIT edited(this->text());
}

bool FilterEdit::event(QEvent* event) {
  if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape &&
      !text().isEmpty()) {
    event->accept();
    return true;
  }
  return QLineEdit::event(event);
}

void FilterEdit::keyPressEvent(QKeyEvent* event) {
  if (event->key() != Qt::Key_Escape || text().isEmpty()) return QLineEdit::keyPressEvent(event);
  clear();
  Q_EMIT edited(QString());
}

}  // namespace oodscope
