// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/saving/unsaved_dialog.h"

#include "widgets/theme/icon.h"
#include "widgets/theme/tokens.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace oodscope {

QString unsavedText(const UnsavedParts& parts) {
  QStringList all;
  if (parts.left) all << UnsavedDialog::tr("what an earlier window left");
  if (parts.notes) all << UnsavedDialog::tr("tags and notes");
  if (parts.runs) all << UnsavedDialog::tr("kept runs");
  if (parts.grid) all << UnsavedDialog::tr("the picture grid");
  if (parts.items) all << UnsavedDialog::tr("the list of what is open");
  if (parts.knobs) all << UnsavedDialog::tr("changed settings");
  if (all.size() < 2) return all.join(QString());
  const QString last = all.takeLast();
  return UnsavedDialog::tr("%1 and %2").arg(all.join(QStringLiteral(", ")), last);
}

UnsavedDialog::UnsavedDialog(const UnsavedParts& parts, const QString& name, const QString& where, QWidget* parent)
    : QDialog(parent) {
  setObjectName(QStringLiteral("unsaved"));
  setWindowTitle(tr("Unsaved work"));
  usePanelBackground(this);
  const Metrics m(this);
  auto* heading = new QLabel(tr("Save “%1” first?").arg(name));
  heading->setFont(strongFont(font()));
  heading->setWordWrap(true);
  auto* text = new QLabel(tr("In no file yet: %1.").arg(unsavedText(parts)));
  text->setWordWrap(true);
  text->setMinimumWidth(m.px(380));
  auto* place = new QLabel(where.isEmpty() ? tr("Saving asks for a place.") : tr("Saving writes %1.").arg(where));
  place->setWordWrap(true);
  place->setForegroundRole(kSecondaryRole);
  setAccessibleDescription(text->text());
  auto* picture = new QLabel;
  picture->setPixmap(iconPixmap(QStringLiteral("warning"), tokensFor(this).warn, m.px(24), devicePixelRatioF()));
  auto* words = new QVBoxLayout;
  words->setSpacing(m.px(6));
  for (QLabel* label : {heading, text, place}) words->addWidget(label);
  auto* upper = new QHBoxLayout;
  upper->setSpacing(m.px(14));
  upper->addWidget(picture, 0, Qt::AlignTop);
  upper->addLayout(words, 1);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(m.px(8));
  buttons->addWidget(addButton(tr("&Don't save"), "discard", SessionFile::Answer::Discard));
  buttons->addStretch(1);
  buttons->addWidget(addButton(tr("Cancel"), "cancel", SessionFile::Answer::Cancel));
  QPushButton* save = addButton(where.isEmpty() ? tr("&Save as…") : tr("&Save"), "save", SessionFile::Answer::Save);
  save->setProperty("primary", true);
  save->setDefault(true);
  buttons->addWidget(save);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(m.px(18), m.px(16), m.px(18), m.px(14));
  column->setSpacing(m.px(16));
  column->addLayout(upper);
  column->addLayout(buttons);
  save->setFocus();
}

QPushButton* UnsavedDialog::addButton(const QString& text, const char* name, SessionFile::Answer answer) {
  auto* button = new QPushButton(text);
  button->setObjectName(QLatin1String(name));
  button->setAutoDefault(false);
  connect(button, &QPushButton::clicked, this, [this, answer] {
    m_answer = answer;
    answer == SessionFile::Answer::Cancel ? reject() : accept();
  });
  return button;
}

}  // namespace oodscope
