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
#include "widgets/panels/scroll_pane.h"
#include "widgets/theme/tokens.h"

#include <QDockWidget>
#include <QMainWindow>
#include <QMenu>
#include <QStackedWidget>

#include <algorithm>
#include <utility>

namespace oodscope {
namespace {

// Pixels of the design. The columns beside the views are that wide at least, whatever is in them: what has less room
// elides or scrolls, and nothing moves when a control says why it has no effect.
constexpr int kLeastFrames = 176, kLeastColumn = 276, kLeastDock = 70;
constexpr int kFrames = 236, kColumn = 322;
constexpr int kAnalysis = 318, kLeastAnalysis = 232;

/// A dock's content that scrolls down where the dock is low.
QWidget* scrolling(QWidget* content) {
  auto* pane = new ScrollPane(content, ScrollPane::Ways::Down);
  pane->setLeast(kLeastColumn, kLeastDock);
  return pane;
}

}  // namespace

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
  m_controlsStack->addWidget(scrolling(m_controls));
  m_controlsStack->addWidget(scrolling(m_comparePanel));
  m_framesDock = add(tr("Frames"), "dock-frames", m_frames, Qt::LeftDockWidgetArea, &m_framesTitle);
  m_controlsDock = add(tr("Controls"), "dock-controls", m_controlsStack, Qt::RightDockWidgetArea);
  m_metricsDock = add(tr("Metrics"), "dock-metrics", m_metrics, Qt::RightDockWidgetArea, &m_metricsTitle);
  m_cursorDock = add(tr("Cursor"), "dock-cursor", scrolling(m_cursor), Qt::RightDockWidgetArea, &m_cursorTitle);
  connect(m_frames, &FrameListView::shownCountChanged, this,
          [this](int shown, int all) { m_framesTitle->setNote(tr("%1 of %2").arg(shown).arg(all)); });
}

QDockWidget* DockColumn::add(const QString& title, const QString& name, QWidget* content, Qt::DockWidgetArea area,
                             DockTitle** titleBar) {
  auto* dock = new QDockWidget(title, &m_window);
  dock->setObjectName(name);
  content->setMinimumWidth(Metrics(&m_window).px(area == Qt::LeftDockWidgetArea ? kLeastFrames : kLeastColumn));
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
  m_regionDock = add(tr("Region"), "dock-region", scrolling(panel), Qt::RightDockWidgetArea, &m_regionTitle);
  m_regionDock->setToolTip(
      tr("The failure that is chosen, with its size, scores and predicted classes; and the tags "
         "and the note of it, or of the frame while no failure is chosen."));
  m_window.tabifyDockWidget(m_cursorDock, m_regionDock);
  m_cursorDock->raise();
  QDockWidget* model = add(tr("Model"), "dock-model", m_model, Qt::RightDockWidgetArea);
  m_window.tabifyDockWidget(m_metricsDock, model);
  model->hide();
  // Beside the numbers, not beside the plots: neither these nor the views get smaller for a message.
  m_messagesDock = add(tr("Messages"), "dock-messages", m_messages, Qt::RightDockWidgetArea);
  m_window.tabifyDockWidget(model, m_messagesDock);
  m_messagesDock->hide();
  m_metricsDock->raise();
}

void DockColumn::showMessages() {
  m_messagesDock->show();
  m_messagesDock->raise();
}

void DockColumn::arrangeOnce() {
  if (std::exchange(m_isArranged, true)) return;
  const Metrics m(&m_window);
  const int width = m_window.width(), height = m_window.height();
  const auto share = [](int whole, double part, int least, int most) {
    return std::clamp(static_cast<int>(whole * part), least, most);
  };
  const int frames = share(width, 0.14, m.px(kLeastFrames), m.px(kFrames));
  const int column = share(width, 0.21, m.px(kLeastColumn), m.px(kColumn));
  m_window.resizeDocks({m_framesDock, m_controlsDock}, {frames, column}, Qt::Horizontal);
  m_window.resizeDocks({m_controlsDock, m_metricsDock, m_cursorDock}, {350, 400, 210}, Qt::Vertical);
  m_window.resizeDocks({m_analysisDock}, {share(height, 0.34, m.px(kLeastAnalysis), m.px(kAnalysis))}, Qt::Vertical);
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
