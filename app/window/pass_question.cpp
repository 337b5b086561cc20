// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/pass_question.h"

#include "app/desk/desk.h"
#include "app/desk/inference_runner.h"
#include "app/window/tabs/run_first.h"
#include "widgets/panels/run_first_panel.h"

#include <QBoxLayout>

namespace oodscope {

PassQuestion::PassQuestion(Desk& desk, QBoxLayout& column, QObject* parent) : QObject(parent), m_desk(desk) {
  auto* panel = new RunFirstPanel;
  panel->setObjectName(QStringLiteral("passQuestion"));
  panel->hide();
  column.addWidget(panel);
  m_first = new RunFirst(desk.workspace.runner(), *panel, this);
  for (const SingleRun* run : {&desk.run, &desk.comparison.b()})
    connect(run, &SingleRun::idleChanged, this, &PassQuestion::follow);  // last of what a change of the view does
}

void PassQuestion::follow() {
  RunFirst::Sets sets;
  const auto add = [&](const SingleRun& run) {
    const auto live = run.liveSet();
    if (live && live->source().passesPerFrame() > 1) sets.push_back(live);
  };
  add(m_desk.run);
  if (m_desk.comparison.hasOther()) add(m_desk.comparison.b());
  static_cast<void>(m_first->isReady(sets));
}

}  // namespace oodscope
