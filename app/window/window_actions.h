// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QAction>
#include <QObject>

#include <vector>

class QMainWindow;
class QMenu;
class QMenuBar;
class QUndoStack;

namespace oodscope {

/// Every action of the window: name, icon, shortcut, menu. What they do is connected by the window. All are in a menu
/// and in the command palette.
class WindowActions : public QObject {
  Q_OBJECT

public:
  WindowActions(QMainWindow& window, QUndoStack& undo);

  [[nodiscard]] const std::vector<QAction*>& all() const { return m_all; }
  /// Menu of the docks, to be filled with their toggles.
  [[nodiscard]] QMenu* panelsMenu() const { return m_panels; }
  [[nodiscard]] QMenu* recentMenu() const { return m_recent; }

  QAction *openFolder, *openModel, *openScores, *openSession, *openDemo, *save, *saveAs, *preferences, *quit;
  QAction *undo, *redo;
  QAction *fit, *oneToOne, *zoomIn, *zoomOut, *link, *crosshair, *contour, *voidHatch, *overlay;
  QAction *layoutOne, *layoutOneByTwo, *layoutTwoByTwo, *layoutMethods, *layoutClasses, *maximiseAnalysis, *wipe,
      *swapRuns, *bootstrap;
  QAction *play, *playInLoop;
  std::vector<QAction*> playRates;  ///< their data are frames a second
  QAction *nextFrame, *previousFrame, *firstFrame, *lastFrame, *nextFailure, *previousFailure;
  QAction *thresholdUp, *thresholdDown, *temperatureUp, *temperatureDown, *temperatureReset;
  QAction *pinReference, *clearReference, *keepCurve, *sweep, *pauseInference, *cancelInference;
  QAction *closeSet, *closeModel, *copyMetrics, *exportFigure, *exportTable, *makeReport, *savePicture;
  QAction *palette, *cheatSheet, *themeLight, *themeDark, *themeSystem, *themeToggle, *latency, *about, *messages;
  std::vector<QAction*> methods;  ///< keys 1 to 9, in the order of allMethods()
  /// What the scores of run A and of run B go through: none, and each of allFilters().
  struct FilterActions {
    QMenu* menu = nullptr;
    QAction* none = nullptr;
    std::vector<QAction*> each = {};
  };
  FilterActions filters, filtersOfB;

private:
  void addFileMenu(QMenuBar& bar);
  void addEditMenu(QMenuBar& bar, QUndoStack& stack);
  void addViewMenu(QMenuBar& bar);
  void addThemeMenu(QMenu& view);
  void addPlayMenu(QMenu& view);
  void addMethodMenu(QMenuBar& bar);
  /// A menu of the filters, below `menu`.
  [[nodiscard]] FilterActions addFilters(QMenu& menu, const QString& title, const QString& none, const QString& name,
                                         const QString& words);
  void addCompareMenu(QMenuBar& bar);
  void addExportMenu(QMenuBar& bar);
  void addHelpMenu(QMenuBar& bar);
  /// What the finder finds them by, too.
  void nameOtherwise();
  void explainShortcuts();
  QAction* add(QMenu* menu, const QString& text, const QString& name, const QKeySequence& shortcut = {},
               const QString& icon = {}, bool checkable = false);

  std::vector<QAction*> m_all;
  QMainWindow& m_window;
  QMenu* m_panels = nullptr;
  QMenu* m_recent = nullptr;
};

}  // namespace oodscope
