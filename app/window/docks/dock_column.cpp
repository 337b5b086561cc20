// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/docks/dock_column.h"

#include "widgets/controls/compare_panel.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/cursor_panel.h"
#include "widgets/panels/dock_title.h"
#include "widgets/panels/messages_panel.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/panels/model_panel.h"
#include "widgets/panels/region_panel.h"

#include <QDockWidget>
#include <QMainWindow>
#include <QMenu>
#include <QStackedWidget>

#include <utility>

namespace oodscope {

DockColumn::DockColumn(QMainWindow& window, QMenu& panels)
    : QObject(&window),
      m_window(window),
      m_panels(panels),
      m_frames(new FrameListView),
      m_controls(new ControlsPanel),
      m_comparePanel(new ComparePanel),
      m_controlsStack(new QStackedWidget),
      m_metrics(new MetricsPanel),
      m_cursor(new CursorPanel),
      m_model(new ModelPanel),
      m_messages(new MessagesPanel) {
  m_controlsStack->addWidget(m_controls);
  m_controlsStack->addWidget(m_comparePanel);
  m_framesDock = add(tr("Frames"), "dock-frames", m_frames, Qt::LeftDockWidgetArea, &m_framesTitle);
  m_controlsDock = add(tr("Controls"), "dock-controls", m_controlsStack, Qt::RightDockWidgetArea);
  m_metricsDock = add(tr("Metrics"), "dock-metrics", m_metrics, Qt::RightDockWidgetArea, &m_metricsTitle);
  m_cursorDock = add(tr("Cursor"), "dock-cursor", m_cursor, Qt::RightDockWidgetArea, &m_cursorTitle);
  connect(m_frames, &FrameListView::shownCountChanged, this,
          [this](int shown, int all) { m_framesTitle->setNote(tr("%1 of %2").arg(shown).arg(all)); });
}

QDockWidget* DockColumn::add(const QString& title, const QString& name, QWidget* content, Qt::DockWidgetArea area,
                             DockTitle** titleBar) {
  auto* dock = new QDockWidget(title, &m_window);
  dock->setObjectName(name);
  dock->setWidget(content);
  auto* bar = new DockTitle(dock);
  if (titleBar != nullptr) *titleBar = bar;
  m_window.addDockWidget(area, dock);
  m_panels.addAction(dock->toggleViewAction());
  return dock;
}

void DockColumn::addAnalysis(QWidget* analysis) {
  m_analysisDock = new QDockWidget(tr("Analysis"), &m_window);
  m_analysisDock->setObjectName(QStringLiteral("dock-analysis"));
  m_analysisDock->setWidget(analysis);
  m_analysisDock->setTitleBarWidget(new QWidget(m_analysisDock));
  m_window.addDockWidget(Qt::BottomDockWidgetArea, m_analysisDock);
  m_panels.addAction(m_analysisDock->toggleViewAction());
}

void DockColumn::addRegion(RegionPanel* panel) {
  m_regionDock = add(tr("Region"), "dock-region", panel, Qt::RightDockWidgetArea, &m_regionTitle);
  m_regionDock->setToolTip(
      tr("The failure that is chosen, with its size, scores and predicted classes; and the tags "
         "and the note of it, or of the frame while no failure is chosen."));
  m_window.tabifyDockWidget(m_cursorDock, m_regionDock);
  m_cursorDock->raise();
  QDockWidget* model = add(tr("Model"), "dock-model", m_model, Qt::RightDockWidgetArea);
  m_window.tabifyDockWidget(m_metricsDock, model);
  model->hide();
  m_messagesDock = add(tr("Messages"), "dock-messages", m_messages, Qt::BottomDockWidgetArea);
  m_messagesDock->hide();
}

void DockColumn::arrangeOnce() {
  if (std::exchange(m_isArranged, true)) return;
  m_window.resizeDocks({m_framesDock, m_controlsDock}, {236, 322}, Qt::Horizontal);
  m_window.resizeDocks({m_controlsDock, m_metricsDock, m_cursorDock}, {350, 400, 210}, Qt::Vertical);
  m_window.resizeDocks({m_analysisDock}, {318}, Qt::Vertical);
}

void DockColumn::showControls(bool comparing) {
  m_controlsStack->setCurrentIndex(comparing ? 1 : 0);
  m_controlsDock->setWindowTitle(comparing ? tr("Compare") : tr("Controls"));
}

void DockColumn::raiseRegion() {
  m_regionDock->show();
  m_regionDock->raise();
}

void DockColumn::setRegionNote(const QString& note) { m_regionTitle->setNote(note); }

}  // namespace oodscope
