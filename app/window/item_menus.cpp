// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/item_menus.h"

#include "app/desk/workspace.h"
#include "app/window/helper_programs.h"
#include "widgets/lists/frame_list.h"
#include "widgets/theme/icon.h"

#include <QActionGroup>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QGuiApplication>
#include <QMenu>

namespace oodscope {

QString chosenStatisticsFile(QWidget* over, const QString& name, const std::filesystem::path& start) {
  return QFileDialog::getOpenFileName(over, ItemMenus::tr("Statistics of %1").arg(name),
                                      QString::fromStdString(start.string()),
                                      ItemMenus::tr("Statistics (*.json *_mean.npy);;All files (*)"));
}

ItemMenus::ItemMenus(Workspace& workspace, QWidget* window)
    : QObject(window), m_workspace(workspace), m_window(window) {}

void ItemMenus::popUp(QWidget* over, const QPoint& at, const std::function<void(QMenu&)>& fill) {
  auto* menu = new QMenu(m_window);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->setAccessibleName(tr("Context menu"));
  fill(*menu);
  if (menu->isEmpty())
    menu->deleteLater();
  else
    menu->popup(over->mapToGlobal(at));
}

void ItemMenus::attach(FrameListView* frames) {
  connect(frames, &FrameListView::menuRequested, this,
          [this, frames](int set, int frame, const QPoint& at) { popUpInList(frames, set, frame, at); });
}

void ItemMenus::popUpInList(FrameListView* frames, int set, int frame, const QPoint& at) {
  const auto& sets = m_workspace.sets();
  if (set < 0 || set >= static_cast<int>(sets.size())) return;
  const QString name = QString::fromStdString(sets[static_cast<std::size_t>(set)].set->name);
  popUp(frames, at, [&](QMenu& menu) {
    if (m_forSelection && frames->selectedFrames().size() > 1) {
      m_forSelection(menu);
      menu.addSeparator();
    }
    if (frame >= 0) {
      menu.addAction(icon(QStringLiteral("tag")), tr("Edit &tags…"), frames,
                     [frames, set, frame] { Q_EMIT frames->tagRequested(set, frame); });
      fillFrameMenu(menu, name, static_cast<std::size_t>(frame));
      menu.addSeparator();
    }
    fillSetMenu(menu, name);
  });
}

void ItemMenus::attachSets(QComboBox* sets) {
  sets->setContextMenuPolicy(Qt::CustomContextMenu);
  connect(sets, &QWidget::customContextMenuRequested, this, [this, sets](const QPoint& at) {
    popUp(sets, at, [&](QMenu& menu) { fillSetMenu(menu, sets->currentData().toString()); });
  });
}

void ItemMenus::attachModels(QComboBox* models) {
  models->setContextMenuPolicy(Qt::CustomContextMenu);
  connect(models, &QWidget::customContextMenuRequested, this, [this, models](const QPoint& at) {
    popUp(models, at, [&](QMenu& menu) { fillModelMenu(menu, models->currentData().toString()); });
  });
}

void ItemMenus::addPlaces(QMenu& menu, const QString& name, const std::filesystem::path& path) {
  const QString text = QString::fromStdString(path.string());
  menu.addAction(icon(QStringLiteral("copy")), tr("&Copy the name"), this,
                 [name] { QGuiApplication::clipboard()->setText(name); });
  menu.addAction(tr("Copy the &path"), this, [text] { QGuiApplication::clipboard()->setText(text); });
  menu.addAction(icon(QStringLiteral("folder")), tr("Show in its &folder"), this, [this, text] {
    openOutside(folderOf(text), this, [this, text](const QString& why) { Q_EMIT failed(why, text); });
  });
}

void ItemMenus::fillSetMenu(QMenu& menu, const QString& name) {
  const OpenSet* open = m_workspace.findSet(name);
  if (open == nullptr) return;
  menu.addAction(icon(QStringLiteral("close")), tr("C&lose the set %1").arg(name), this,
                 [this, name] { Q_EMIT closeSetRequested(name); });
  addPlaces(menu, name, open->entry.path);
}

void ItemMenus::fillFrameMenu(QMenu& menu, const QString& set, std::size_t frame) {
  const OpenSet* open = m_workspace.findSet(set);
  if (open == nullptr || frame >= open->set->frames.size()) return;
  const Frame& record = open->set->frames[frame];
  addPlaces(menu, QString::fromStdString(record.name), record.image);
}

void ItemMenus::fillScoresMenu(QMenu& menu, const QString& name) {
  const OpenScores* open = m_workspace.findScores(name);
  if (open == nullptr) return fillEnsembleMenu(menu, name);
  QMenu* polarity = menu.addMenu(tr("&High values mean"));
  auto* choices = new QActionGroup(polarity);
  const auto add = [&](const QString& text, std::optional<Polarity> value) {
    QAction* action = polarity->addAction(text, this, [this, name, value] { m_workspace.setPolarity(name, value); });
    action->setCheckable(true);
    action->setChecked(open->polarity == value);
    choices->addAction(action);
  };
  add(tr("&as the files' form says"), std::nullopt);
  add(tr("a&nomalous"), Polarity::AnomalyHigh);
  add(tr("n&ormal (a confidence, read as 1 − value)"), Polarity::NormalHigh);
  menu.addAction(open->statistics
                     ? tr("&Statistics (%1)…").arg(QString::fromStdString(open->statistics->file.filename().string()))
                     : tr("&Statistics…"),
                 this, [this, name] { chooseStatistics(name); });
  if (open->statistics)
    menu.addAction(tr("&Forget the statistics"), this, [this, name] { m_workspace.setStatistics(name, std::nullopt); });
  addPlaces(menu, name, open->path);
}

void ItemMenus::chooseStatistics(const QString& name) {
  const OpenScores* open = m_workspace.findScores(name);
  if (open == nullptr) return;
  const QString file = chosenStatisticsFile(m_window, name, open->path.parent_path());
  if (!file.isEmpty()) m_workspace.setStatistics(name, std::filesystem::path(file.toStdString()));
}

void ItemMenus::fillEnsembleMenu(QMenu& menu, const QString& name) {
  const EnsembleEntry* ensemble = m_workspace.findEnsemble(name.toStdString());
  if (ensemble == nullptr) return;
  menu.addAction(icon(QStringLiteral("close")), tr("C&lose the ensemble %1").arg(name), this,
                 [this, name] { Q_EMIT closeEnsembleRequested(name); });
  menu.addAction(icon(QStringLiteral("copy")), tr("&Copy its terms"), this,
                 [text = QString::fromStdString(ensemble->text)] { QGuiApplication::clipboard()->setText(text); });
}

void ItemMenus::fillModelMenu(QMenu& menu, const QString& name) {
  const OpenModel* open = m_workspace.findModel(name);
  if (open == nullptr) return fillScoresMenu(menu, name);
  menu.addAction(icon(QStringLiteral("close")), tr("C&lose the model %1").arg(name), this,
                 [this, name] { Q_EMIT closeModelRequested(name); });
  addPlaces(menu, name, open->entry.path);
}

}  // namespace oodscope
