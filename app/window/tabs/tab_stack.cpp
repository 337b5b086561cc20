// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/tabs/tab_stack.h"

#include "app/desk/desk.h"
#include "app/window/failures/failure_desk.h"
#include "app/window/tabs/analysis_tab.h"
#include "widgets/plots/curves_panel.h"

#include <QHBoxLayout>
#include <QTabBar>
#include <QToolButton>

namespace oodscope {

TabStack::TabStack(const TabParts& parts, std::span<const TabKind> kinds) {
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
