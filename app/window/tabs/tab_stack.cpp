// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/tabs/tab_stack.h"

#include "app/desk/desk.h"
#include "app/window/failures/failure_desk.h"
#include "app/window/tabs/analysis_tab.h"
#include "app/window/tabs/run_first.h"
#include "widgets/panels/run_first_panel.h"
#include "widgets/plots/curves_panel.h"

#include <QHBoxLayout>
#include <QTabBar>
#include <QToolButton>

namespace oodscope {

TabStack::TabStack(const TabParts& parts, std::span<const TabKind> kinds) : m_desk(parts.desk) {
  setDocumentMode(true);
  setAccessibleName(tr("Analysis"));
  tabBar()->setAccessibleName(tr("Analyses"));
  for (const TabKind& kind : kinds) add(kind, parts);
  addCorner(parts);
}

TabStack::~TabStack() { disconnect(); }

void TabStack::add(const TabKind& kind, const TabParts& parts) {
  QWidget* made = kind.make(parts);
  const int place = addTab(made, tr(kind.title));
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

void TabStack::addCorner(const TabParts& parts) {
  auto* corner = new QWidget;
  auto* row = new QHBoxLayout(corner);
  row->setContentsMargins(0, 0, 0, 0);
  QWidget* toggles = parts.curves.toggleBar();
  row->addWidget(parts.failures.brushChip());
  row->addWidget(toggles);
  setCornerWidget(corner, Qt::TopRightCorner);
  toggles->show();
  connect(this, &QTabWidget::currentChanged, this,
          [this, toggles, curves = &parts.curves] { toggles->setVisible(currentWidget() == curves); });
}

void TabStack::follow(const ViewState& view, bool dragging) {
  for (const int place : m_ofTwoRuns) setTabVisible(place, view.other.has_value());
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
