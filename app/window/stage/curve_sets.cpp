// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/stage/curve_sets.h"

#include "app/figures/plot_data.h"

namespace oodscope {

void addCurves(CurveSets& curves, const SetNumbers& of, CurveRole role, const QString& title) {
  const auto add = [&](std::vector<CurveData>& plot, CurveData curve) {
    curve.value = title + QStringLiteral(": ") + curve.value;
    curve.fpr95.reset();
    plot.push_back(std::move(curve));
  };
  add(curves.precisionRecall, precisionRecallCurve(of, role, title));
  add(curves.roc, rocCurve(of, role, title));
  add(curves.f1, f1Curve(of, role, title));
}

}  // namespace oodscope
