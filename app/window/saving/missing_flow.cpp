// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/saving/missing_flow.h"

#include "analysis/datasets/part_of_set.h"
#include "app/desk/desk.h"
#include "app/window/notices.h"
#include "app/window/open_flow.h"
#include "app/window/settings.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/missing_panel.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/number_text.h"

#include <QComboBox>
#include <QFileDialog>
#include <QMenu>
#include <QStandardItemModel>

#include <algorithm>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

QString pathText(const fs::path& path) { return QString::fromStdString(path.string()); }

/// The nearest folder on the way to it that is there.
QString nearestFolder(fs::path path) {
  std::error_code unknown;
  while (path.has_relative_path() && !fs::is_directory(path, unknown)) path = path.parent_path();
  return fs::is_directory(path, unknown) && path.has_relative_path() ? pathText(path) : lastFolder();
}

/// What two paths end in alike is left; what is before it has moved.
std::pair<fs::path, fs::path> movedFolders(fs::path from, fs::path to) {
  while (from.has_relative_path() && to.has_relative_path() && from.filename() == to.filename()) {
    from = from.parent_path();
    to = to.parent_path();
  }
  return {from, to};
}

/// The same path below another folder; empty where it is not below `from`.
fs::path moved(const fs::path& path, const fs::path& from, const fs::path& to) {
  const auto [left, rest] = std::mismatch(from.begin(), from.end(), path.begin(), path.end());
  if (left != from.end()) return {};
  fs::path out = to;
  for (auto part = rest; part != path.end(); ++part) out /= *part;
  return out;
}

}  // namespace

QString kindText(ItemKind kind) {
  switch (kind) {
    case ItemKind::Set:
      return MissingFlow::tr("set");
    case ItemKind::Model:
      return MissingFlow::tr("model");
    case ItemKind::Scores:
      return MissingFlow::tr("score maps");
  }
  return {};
}

void addMissingChoices(QComboBox& choices, const std::vector<MissingItem>& missing, ItemKind kind) {
  for (const MissingItem& item : missing) {
    if (item.kind != kind) continue;
    choices.addItem(icon(QStringLiteral("warning")), MissingFlow::tr("%1 · missing").arg(item.name));
    const int row = choices.count() - 1;
    choices.setItemData(row, MissingFlow::tr("%1 %2").arg(pathText(item.path), item.why), Qt::ToolTipRole);
    if (auto* model = qobject_cast<QStandardItemModel*>(choices.model())) model->item(row)->setEnabled(false);
  }
}

MissingFlow::MissingFlow(Desk& desk, Notices& notices, OpenFlow& opening, MissingPanel& panel, QWidget& window)
    : QObject(&window), m_desk(desk), m_notices(notices), m_opening(opening), m_panel(panel), m_window(window) {
  connect(&opening, &OpenFlow::openChanged, this, &MissingFlow::show);
  const auto withItem = [this](auto act) {
    return [this, act](int row) {
      if (row >= 0 && row < static_cast<int>(m_items.size()))
        (this->*act)(MissingItem(m_items[static_cast<std::size_t>(row)]));
    };
  };
  connect(&panel, &MissingPanel::locateRequested, this, withItem(&MissingFlow::locate));
  connect(&panel, &MissingPanel::removeRequested, this, withItem(&MissingFlow::remove));
}

void MissingFlow::attach(FrameListView& frames) {
  connect(&frames, &FrameListView::menuRequested, this, [this, &frames](int set, int frame, const QPoint& at) {
    const int open = static_cast<int>(m_desk.workspace.sets().size());
    if (set >= open && frame < 0) popUpFor(frames, set - open, at);
  });
}

void MissingFlow::popUpFor(FrameListView& frames, int set, const QPoint& at) {
  std::vector<MissingItem> sets;
  std::ranges::copy_if(m_items, std::back_inserter(sets),
                       [](const MissingItem& item) { return item.kind == ItemKind::Set; });
  if (set >= static_cast<int>(sets.size())) return;
  const MissingItem item = sets[static_cast<std::size_t>(set)];
  auto* menu = new QMenu(&m_window);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->setAccessibleName(tr("Missing set"));
  menu->addAction(icon(QStringLiteral("folder")), tr("&Locate %1…").arg(item.name), this,
                  [this, item] { locate(item); });
  menu->addAction(icon(QStringLiteral("close")), tr("&Remove %1").arg(item.name), this, [this, item] { remove(item); });
  menu->popup(frames.mapToGlobal(at));
}

void MissingFlow::show() {
  m_items = m_desk.workspace.missing();
  std::vector<MissingRow> rows;
  for (const MissingItem& item : m_items)
    rows.push_back({.kind = kindText(item.kind), .name = item.name, .path = pathText(item.path), .why = item.why});
  // While something opens nobody knows what will be missing: what is shown stays.
  if (!m_desk.workspace.isOpening()) m_panel.setRows(rows);
}

void MissingFlow::locateModel(const QString& path) {
  const auto is = [&](const MissingItem& item) { return item.kind == ItemKind::Model && pathText(item.path) == path; };
  if (const auto found = std::ranges::find_if(m_items, is); found != m_items.end()) locate(MissingItem(*found));
}

void MissingFlow::locate(const MissingItem& item) {
  const QString start = nearestFolder(item.path);
  const QString title = tr("Where is %1 now?").arg(item.name);
  const QString chosen =
      item.kind == ItemKind::Model
          ? QFileDialog::getOpenFileName(&m_window, title, start, tr("Models (*.pth *.pt *.ts);;All files (*)"))
          : QFileDialog::getExistingDirectory(&m_window, title, start);
  if (chosen.isEmpty()) return;
  rememberFolder(chosen);
  locateAt(item, chosen.toStdString());
}

void MissingFlow::locateAt(const MissingItem& item, const fs::path& place) {
  fs::path to = place;
  if (item.kind == ItemKind::Set)  // the same part of it
    if (const std::string part = splitSetPath(item.path).part; !part.empty()) to += "::" + part;
  if (!m_desk.session.relocate(item.kind, item.path, to)) return;
  const int brothers = moveBrothers(item, to);
  m_desk.workspace.openAt(item.kind, to);
  if (brothers > 0)
    m_notices.note(tr("%1 moved along with %2 and opened, too.")
                       .arg(countedText(brothers, tr("item has"), tr("items have")), item.name));
  m_opening.chooseDefaults();
}

int MissingFlow::moveBrothers(const MissingItem& item, const fs::path& place) {
  const auto [from, to] = movedFolders(item.path, place);
  if (from == item.path || !from.has_relative_path())
    return 0;  // renamed, or another disk's root: says nothing of others
  int count = 0;
  for (const MissingItem& other : m_items) {
    const fs::path there = moved(other.path, from, to);
    std::error_code unknown;
    const fs::path folder = other.kind == ItemKind::Set ? splitSetPath(there).folder : there;
    if (other == item || there.empty() || !fs::exists(folder, unknown)) continue;
    if (!m_desk.session.relocate(other.kind, other.path, there)) continue;
    m_desk.workspace.openAt(other.kind, there);
    ++count;
  }
  return count;
}

void MissingFlow::remove(const MissingItem& item) {
  m_desk.session.remove(item.kind, item.path);
  m_notices.note(tr("%1 is no longer part of the session; its files stay where they are.").arg(item.name));
  m_opening.chooseDefaults();
}

}  // namespace oodscope
