// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/cheat_sheet.h"

#include "widgets/theme/tokens.h"

#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QVBoxLayout>

namespace oodscope {

CheatSheet::CheatSheet(QWidget* parent) : QDialog(parent) {
  setWindowTitle(tr("Shortcuts"));
  setModal(false);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  usePanelBackground(this);
}

void CheatSheet::setGroups(const std::vector<ShortcutGroup>& groups) {
  delete m_content;
  m_content = new QWidget;
  const Metrics m(this);
  auto* columns = new QHBoxLayout(m_content);
  columns->setContentsMargins(m.px(24), m.px(16), m.px(24), m.px(16));
  columns->setSpacing(m.px(36));
  std::size_t entries = 0;
  for (const ShortcutGroup& group : groups) entries += group.entries.size() + 2;
  const std::size_t perColumn = (entries + 2) / 3;
  QVBoxLayout* column = nullptr;
  std::size_t used = perColumn;
  for (const ShortcutGroup& group : groups) {
    if (!column || used >= perColumn) {
      if (column) column->addStretch(1);
      column = new QVBoxLayout;
      column->setSpacing(m.px(6));
      columns->addLayout(column);
      used = 0;
    }
    auto* title = new QLabel(group.title);
    title->setFont(strongFont(font()));
    title->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);  // a taller neighbour is no reason for a gap
    column->addWidget(title);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(m.px(16));
    grid->setVerticalSpacing(m.px(3));
    int row = 0;
    for (const auto& [keys, what] : group.entries) {
      auto* key = new QLabel(keys);
      key->setFont(tableFont(font()));
      key->setForegroundRole(kSecondaryRole);
      auto* text = new QLabel(what);
      text->setFont(tableFont(font()));
      grid->addWidget(key, row, 0);
      grid->addWidget(text, row++, 1);
    }
    grid->setColumnStretch(1, 1);
    column->addLayout(grid);
    column->addSpacing(m.px(12));
    used += group.entries.size() + 2;
  }
  if (column) column->addStretch(1);
  layout()->addWidget(m_content);
  adjustSize();
}

void CheatSheet::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_F1 || event->key() == Qt::Key_Question) {
    close();
    return;
  }
  QDialog::keyPressEvent(event);
}

}  // namespace oodscope
