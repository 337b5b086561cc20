// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/help_windows.h"

#include "app/documents/provenance.h"
#include "app/window/window_actions.h"
#include "inference/models/model.h"
#include "widgets/panels/cheat_sheet.h"
#include "widgets/panels/command_palette.h"
#include "widgets/theme/tokens.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QLabel>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QVBoxLayout>

namespace oodscope {
namespace {

QString plainText(QString text) { return text.remove(QLatin1Char('&')).remove(QChar(0x2026)); }

void collect(const QMenu& menu, ShortcutGroup& group) {
  for (const QAction* action : menu.actions()) {
    if (action->menu() != nullptr) {
      collect(*action->menu(), group);
      continue;
    }
    if (action->shortcut().isEmpty()) continue;
    QStringList keys;
    for (const QKeySequence& key : action->shortcuts()) keys << key.toString(QKeySequence::NativeText);
    group.entries.emplace_back(keys.join(QStringLiteral(", ")), plainText(action->text()));
  }
}

}  // namespace

HelpWindows::HelpWindows(QMainWindow& window, WindowActions& actions)
    : QObject(&window), m_window(window), m_actions(actions) {}

void HelpWindows::showPalette() {
  if (m_palette == nullptr) m_palette = new CommandPalette(&m_window);
  QList<QAction*> all;
  for (QAction* action : m_actions.all())
    if (action != m_actions.palette) all << action;
  all << m_actions.panelsMenu()->actions();
  m_palette->setActions(all, m_things ? m_things() : std::vector<PaletteEntry>());
  m_palette->popUp();
}

std::vector<ShortcutGroup> HelpWindows::shortcutGroups() const {
  std::vector<ShortcutGroup> groups;
  for (const QAction* top : m_window.menuBar()->actions()) {
    if (top->menu() == nullptr) continue;
    ShortcutGroup group{plainText(top->text()), {}};
    collect(*top->menu(), group);
    if (!group.entries.empty()) groups.push_back(std::move(group));
  }
  groups.push_back({tr("Views"),
                    {{tr("wheel"), tr("zoom at the cursor")},
                     {tr("drag"), tr("pan")},
                     {tr("Shift+drag"), tr("zoom to a region")},
                     {tr("double click"), tr("fit")},
                     {tr("Alt+arrows"), tr("pan by keys")},
                     {tr("Tab"), tr("next view")}}});
  groups.push_back({tr("Sliders and curves"),
                    {{tr("Shift+drag"), tr("move finely; on a curve: brush")},
                     {tr("arrows"), tr("one step")},
                     {tr("click on a curve"), tr("set the threshold")},
                     {tr("wheel on a plot"), tr("zoom; double click resets")}}});
  groups.push_back({tr("Frames"),
                    {{tr("arrows, Home, End"), tr("choose a frame")},
                     {tr("Enter"), tr("look at it")},
                     {tr("T"), tr("tag it")},
                     {tr("Shift or Ctrl+click"), tr("select several")},
                     {tr("right button"), tr("what can be done with them")}}});
  return groups;
}

void HelpWindows::showCheatSheet() {
  if (m_sheet && m_sheet->isVisible()) {
    m_sheet->close();
    return;
  }
  if (!m_sheet) {
    m_sheet = new CheatSheet(&m_window);
    m_sheet->setObjectName(QStringLiteral("cheat-sheet"));
  }
  m_sheet->setGroups(shortcutGroups());
  m_sheet->show();
  m_sheet->raise();
}

void HelpWindows::showAbout() {
  if (!m_about) {
    m_about = new QDialog(&m_window);
    m_about->setObjectName(QStringLiteral("about"));
    m_about->setWindowTitle(tr("About Oodscope"));
    usePanelBackground(m_about);
    const Metrics m(m_about);
    auto* column = new QVBoxLayout(m_about);
    column->setContentsMargins(m.px(24), m.px(16), m.px(24), m.px(16));
    column->setSpacing(m.px(8));
    auto* title = new QLabel(tr("Oodscope %1").arg(QString::fromStdString(programVersion())));
    title->setFont(titleFont(m_about->font()));
    auto* text = new QLabel(
        tr("Where a segmentation network does not know what it sees, whether its anomaly score says so,\nand what "
           "threshold and temperature to use.\n\nQt %1 · LibTorch %2%3\nGPL-3.0-or-later. No warranty.")
            .arg(QString::fromLatin1(qVersion()), QString::fromStdString(torchVersion()),
                 hasCuda() ? tr(" with CUDA") : tr(", CPU")));
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, m_about, &QDialog::close);
    for (QWidget* part : {static_cast<QWidget*>(title), static_cast<QWidget*>(text), static_cast<QWidget*>(buttons)})
      column->addWidget(part);
  }
  m_about->show();
  m_about->raise();
}

}  // namespace oodscope
