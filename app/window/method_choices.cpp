// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/method_choices.h"

#include "analysis/scores/method_kinds.h"
#include "app/desk/workspace.h"
#include "app/figures/plot_data.h"

#include <QCoreApplication>

namespace oodscope {

QString whyNotMethod(Workspace& workspace, const ViewState& view, Method method) {
  if (!hasMethod(view.score))
    return QCoreApplication::translate("oodscope", "Score maps are taken as they are: no method applies to them.");
  QString notOpen;
  const auto live = workspace.liveSet(QString::fromStdString(view.set), view, notOpen);
  if (!live || !live->source().takesMethods()) return {};
  const auto lack = method.whyNot(live->source().inputs());
  if (!lack) return {};
  return QStringLiteral("%1: %2 (%3)")
      .arg(QString::fromStdString(lack->what), QString::fromStdString(lack->expected),
           QString::fromStdString(lack->found));
}

QString methodExplanation(Method method, const QString& whyNot) {
  return whyNot.isEmpty() ? methodSummary(method) : methodSummary(method) + QLatin1Char('\n') + whyNot;
}

}  // namespace oodscope
