// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/run_overlays.h"

#include "app/figures/plot_data.h"
#include "widgets/theme/number_text.h"

#include <QCoreApplication>

#include <algorithm>

namespace oodscope {
namespace {

QString ofOverlays(const char* text) { return QCoreApplication::translate("presenters", text); }

/// Scores of one method, or of one folder of maps, mean the same.
bool hasSameUnit(const Configuration& a, const Configuration& b) { return a.name == b.name; }

QString ownAxisNote(double low, double high) {
  return ofOverlays(" (own axis %1 … %2)").arg(numberText(low, 2), numberText(high, 2));
}

/// The curve's x on the range of `onto`; its thresholds stay what they are.
void stretch(CurveData& curve, const CurveData& onto) {
  if (curve.x.empty() || onto.x.empty()) return;
  const auto [low, high] = std::minmax_element(curve.x.begin(), curve.x.end());
  const auto [first, last] = std::minmax_element(onto.x.begin(), onto.x.end());
  const double from = *low, width = *high - *low, start = *first, room = *last - *first;
  curve.name += ownAxisNote(from, *high);
  if (width <= 0.0) return;
  for (double& x : curve.x) x = start + (x - from) / width * room;
}

}  // namespace

QStringList distinctRunNames(const std::vector<RunTitle>& runs) {
  QStringList names;
  for (const RunTitle& run : runs) names << configurationTitle(run.configuration);
  const auto tellApart = [&](const auto& addition) {
    const QStringList before = names;
    for (qsizetype i = 0; i < names.size(); ++i)
      if (before.count(before[i]) > 1) names[i] += addition(runs[static_cast<std::size_t>(i)]);
  };
  tellApart(
      [](const RunTitle& run) { return run.configuration.method ? QStringLiteral(" · ") + run.source : QString(); });
  tellApart([](const RunTitle& run) { return run.allChannels ? ofOverlays(" · all outputs") : QString(); });
  return names;
}

CurveData overlayCurve(CurveKind kind, const RunOverlay& run, const SetNumbers& shown) {
  CurveData curve;
  switch (kind) {
    case CurveKind::PrecisionRecall:
      curve = precisionRecallCurve(*run.numbers, CurveRole::Other, run.name);
      break;
    case CurveKind::Roc:
      curve = rocCurve(*run.numbers, CurveRole::Other, run.name);
      break;
    case CurveKind::F1:
      curve = f1Curve(*run.numbers, CurveRole::Other, run.name);
      if (!hasSameUnit(run.numbers->configuration, shown.configuration))
        stretch(curve, f1Curve(shown, CurveRole::A, {}));
      break;
  }
  curve.series = run.series;
  curve.fpr95.reset();  // a diamond each would cover the curves
  return curve;
}

HistogramOverlay overlayHistogram(const RunOverlay& run, const Configuration& shown) {
  HistogramOverlay out;
  out.name = run.name;
  out.series = run.series;
  if (!run.histogram) return out;
  const HistogramData data = histogramData(*run.histogram, {});
  out.edges = data.edges;
  out.normal = data.normal;
  out.anomalous = data.anomalous;
  out.ownScale = !hasSameUnit(run.numbers->configuration, shown);
  if (out.ownScale && out.edges.size() > 1) out.name += ownAxisNote(out.edges.front(), out.edges.back());
  return out;
}

}  // namespace oodscope
