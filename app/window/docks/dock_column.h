// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QObject>

#include <functional>

class QDockWidget;
class QMainWindow;
class QMenu;
class QStackedWidget;

namespace oodscope {

class ComparePanel;
class ControlsPanel;
class CursorPanel;
class DockTitle;
class FrameListView;
class MessagesPanel;
class MetricsPanel;
class ModelPanel;
class RegionPanel;

/// The docks around the views, and what is in them: made and placed here, filled by others.
class DockColumn : public QObject {
  Q_OBJECT

public:
  /// `panels`: the menu that shows and hides them.
  DockColumn(QMainWindow& window, QMenu& panels);

  /// The analyses below the views; without a title bar, since tabs are their title.
  void addAnalysis(QWidget* analysis);
  void addRegion(RegionPanel* panel);
  /// Their first sizes, at the window's first show unless a layout was kept: shares of a size that the window does not
  /// have yet come out otherwise.
  void arrangeOnce();
  /// The same anew, with the next show.
  void forgetLayout() { m_isArranged = false; }
  void keepLayout() { m_isArranged = true; }

  [[nodiscard]] FrameListView& frames() const { return *m_frames; }
  [[nodiscard]] ControlsPanel& controls() const { return *m_controls; }
  [[nodiscard]] ComparePanel& comparePanel() const { return *m_comparePanel; }
  [[nodiscard]] MetricsPanel& metrics() const { return *m_metrics; }
  [[nodiscard]] DockTitle& metricsTitle() const { return *m_metricsTitle; }
  [[nodiscard]] CursorPanel& cursor() const { return *m_cursor; }
  [[nodiscard]] DockTitle& cursorTitle() const { return *m_cursorTitle; }
  [[nodiscard]] ModelPanel& model() const { return *m_model; }
  [[nodiscard]] MessagesPanel& messages() const { return *m_messages; }
  [[nodiscard]] QDockWidget& messagesDock() const { return *m_messagesDock; }
  [[nodiscard]] QDockWidget& analysisDock() const { return *m_analysisDock; }
  void showMessages();

  /// One run's controls, or those of two.
  void showControls(bool comparing);
  void raiseRegion();
  void setRegionNote(const QString& note);

private:
  QDockWidget* add(const QString& title, const QString& name, QWidget* content, Qt::DockWidgetArea area,
                   DockTitle** titleBar = nullptr);

  QMainWindow& m_window;
  QMenu& m_panels;
  bool m_isArranged = false;
  FrameListView* m_frames;
  ControlsPanel* m_controls;
  ComparePanel* m_comparePanel;
  QStackedWidget* m_controlsStack;
  MetricsPanel* m_metrics;
  CursorPanel* m_cursor;
  ModelPanel* m_model;
  MessagesPanel* m_messages;
  DockTitle *m_framesTitle = nullptr, *m_metricsTitle = nullptr, *m_cursorTitle = nullptr, *m_regionTitle = nullptr;
  QDockWidget *m_framesDock = nullptr, *m_controlsDock = nullptr, *m_metricsDock = nullptr, *m_cursorDock = nullptr;
  QDockWidget *m_regionDock = nullptr, *m_messagesDock = nullptr, *m_analysisDock = nullptr;
};

}  // namespace oodscope
