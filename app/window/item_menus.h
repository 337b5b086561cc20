// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QObject>
#include <QString>

#include <filesystem>
#include <functional>

class QComboBox;
class QMenu;
class QPoint;
class QWidget;

namespace oodscope {

class FrameListView;
class Workspace;

/// The file that was chosen for what a network's methods measure by; empty: none.
[[nodiscard]] QString chosenStatisticsFile(QWidget* over, const QString& name, const std::filesystem::path& start);

/// The menus under the right button of what is open: close it, show it in its folder, copy its name or path.
class ItemMenus : public QObject {
  Q_OBJECT

public:
  ItemMenus(Workspace& workspace, QWidget* window);

  /// Rows of the list: sets and their frames.
  void attach(FrameListView* frames);
  /// What the list's menu offers for several frames that are selected, above what it offers for one.
  void addForSelection(std::function<void(QMenu&)> fill) { m_forSelection = std::move(fill); }
  /// Choices whose items' data are the names of open sets, or of open models, score folders and ensembles.
  void attachSets(QComboBox* sets);
  void attachModels(QComboBox* models);

  /// The menus themselves; `menu` is filled. Nothing is added where the thing is not open.
  void fillSetMenu(QMenu& menu, const QString& name);
  void fillFrameMenu(QMenu& menu, const QString& set, std::size_t frame);
  void fillModelMenu(QMenu& menu, const QString& name);
  void fillScoresMenu(QMenu& menu, const QString& name);
  void fillEnsembleMenu(QMenu& menu, const QString& name);

Q_SIGNALS:
  /// A program of the desktop could not do its part.
  void failed(const QString& text, const QString& file);
  void closeSetRequested(const QString& name);
  void closeModelRequested(const QString& name);
  void closeEnsembleRequested(const QString& name);

private:
  void popUp(QWidget* over, const QPoint& at, const std::function<void(QMenu&)>& fill);
  /// Over a row of the list: a set where `frame` is negative.
  void popUpInList(FrameListView* frames, int set, int frame, const QPoint& at);
  void chooseStatistics(const QString& name);
  void addPlaces(QMenu& menu, const QString& name, const std::filesystem::path& path);

  Workspace& m_workspace;
  QWidget* m_window;
  std::function<void(QMenu&)> m_forSelection;
};

}  // namespace oodscope
