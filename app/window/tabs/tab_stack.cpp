// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/tabs/tab_stack.h"

#include "app/desk/desk.h"
#include "app/window/failures/failure_desk.h"
#include "app/window/tabs/analysis_tab.h"
#include "app/window/tabs/run_first.h"
#include "widgets/panels/run_first_panel.h"
#include "widgets/panels/scroll_pane.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/theme/tokens.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QResizeEvent>
#include <QTabBar>
#include <QToolButton>

namespace oodscope {

TabStack::TabStack(const TabParts& parts, std::span<const TabKind> kinds) : m_desk(parts.desk), m_curves(parts.curves) {
  setDocumentMode(true);
  setAccessibleName(tr("Analysis"));
  tabBar()->setAccessibleName(tr("Analyses"));
  for (const TabKind& kind : kinds) add(kind, parts);
  addCorner(parts);
}

TabStack::~TabStack() { disconnect(); }

void TabStack::add(const TabKind& kind, const TabParts& parts) {
  QWidget* made = kind.make(parts);
  auto* pane = new ScrollPane(made);
  if (pane->accessibleName().isEmpty()) pane->setAccessibleName(tr(kind.title));
  const int place = addTab(pane, tr(kind.title));
  if (kind.needsTwoRuns) {
    m_ofTwoRuns.push_back(place);
    setTabVisible(place, false);
  }
  auto* tab = qobject_cast<AnalysisTab*>(made);
  if (tab == nullptr) return;
  m_tabs.push_back(tab);
  connectTab(*tab, parts.desk.session);
  if (tab->needsWholeSet()) addRunFirst(*tab, parts.desk);
}

void TabStack::addRunFirst(AnalysisTab& tab, Desk& desk) {
  auto* column = qobject_cast<QBoxLayout*>(tab.layout());
  if (column == nullptr) return;
  auto* panel = new RunFirstPanel;
  column->insertWidget(0, panel);
  m_ofWholeSets.push_back(new RunFirst(desk.workspace.runner(), *panel, &tab));
}

void TabStack::offerWholeSet() {
  const auto live = m_desk.run.liveSet();
  for (RunFirst* first : m_ofWholeSets)
    static_cast<void>(first->isReady(live ? RunFirst::Sets{live} : RunFirst::Sets{}));
}

void TabStack::connectTab(AnalysisTab& tab, SessionModel& session) {
  connect(&tab, &AnalysisTab::edited, &session, qOverload<const Edit&>(&SessionModel::edit));
  connect(&tab, &AnalysisTab::dragged, &session, &SessionModel::drag);
  connect(&tab, &AnalysisTab::released, &session, &SessionModel::endDrag);
  connect(&tab, &AnalysisTab::failed, this, &TabStack::failed);
  connect(&tab, &AnalysisTab::warned, this, &TabStack::warned);
  QWidget* badge = tab.badge();
  if (badge == nullptr) return;
  tabBar()->setTabButton(indexOf(&tab), QTabBar::RightSide, badge);
  badge->hide();
  // Setting the text makes room for the badge.
  connect(&tab, &AnalysisTab::badgeChanged, this, [this, &tab] { setTabText(indexOf(&tab), tabText(indexOf(&tab))); });
}

QWidget* TabStack::widget(int place) const {
  const auto* pane = qobject_cast<ScrollPane*>(QTabWidget::widget(place));
  return pane == nullptr ? nullptr : pane->widget();
}

int TabStack::indexOf(const QWidget* tab) const {
  for (int i = 0; i < count(); ++i)
    if (widget(i) == tab) return i;
  return -1;
}

void TabStack::addCorner(const TabParts& parts) {
  m_corner = new QWidget;
  m_cornerRow = new QHBoxLayout(m_corner);
  m_cornerRow->setContentsMargins(0, 0, Metrics(this).px(4), 0);
  m_cornerRow->setSpacing(Metrics(this).px(4));
  m_cornerRow->addWidget(parts.failures.brushChip());
  m_cornerRow->addWidget(m_curves.toggleBar());
  setCornerWidget(m_corner, Qt::TopRightCorner);
  m_corner->installEventFilter(this);
  connect(this, &QTabWidget::currentChanged, this, &TabStack::placeToggles);
  placeToggles();
}

void TabStack::addCornerAction(QAction* action) {
  auto* button = new QToolButton;
  button->setDefaultAction(action);
  button->setAccessibleName(action->text());
  button->setAutoRaise(true);
  button->setFocusPolicy(Qt::TabFocus);
  m_cornerRow->addWidget(button);
  placeToggles();
}

void TabStack::placeToggles() {
  QWidget* toggles = m_curves.toggleBar();
  const bool isIn = toggles->parentWidget() == m_corner;
  const int others = isIn && toggles->isVisibleTo(m_corner) ? m_corner->sizeHint().width() - toggles->sizeHint().width()
                                                            : m_corner->sizeHint().width();
  const bool hasRoom = tabBar()->sizeHint().width() + others + toggles->sizeHint().width() <= width();
  if (!hasRoom && isIn) m_curves.takeToggles();
  if (hasRoom && !isIn) m_cornerRow->insertWidget(1, toggles);
  toggles->setVisible(!hasRoom || currentWidget() == &m_curves);
  layOutCorner();
}

void TabStack::layOutCorner() {
  QResizeEvent same(size(), size());
  QTabWidget::resizeEvent(&same);
}

void TabStack::resizeEvent(QResizeEvent* event) {
  QTabWidget::resizeEvent(event);
  placeToggles();
}

bool TabStack::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_corner && event->type() == QEvent::LayoutRequest) layOutCorner();
  return QTabWidget::eventFilter(watched, event);
}

void TabStack::follow(const ViewState& view, bool dragging) {
  // Said again, Qt lays out and paints all tabs at each tick of a drag.
  for (const int place : m_ofTwoRuns)
    if (isTabVisible(place) != view.other.has_value()) setTabVisible(place, view.other.has_value());
  for (AnalysisTab* tab : m_tabs) tab->follow(view, dragging);
  offerWholeSet();
}

QStringList TabStack::open(const QString& title) {
  QStringList titles;
  for (int i = 0; i < count(); ++i) {
    if (tabText(i).startsWith(title, Qt::CaseInsensitive)) {
      setCurrentIndex(i);
      return {};
    }
    if (isTabVisible(i)) titles << tabText(i);
  }
  return titles;
}

}  // namespace oodscope
