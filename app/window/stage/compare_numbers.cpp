// SPDX-License-Identifier: GPL-3.0-or-later
// What the stage of two runs says of their numbers: metrics, curves with their bands, frame by frame.
#include "app/desk/desk.h"
#include "app/window/docks/dock_column.h"
#include "app/window/stage/compare_stage.h"
#include "widgets/panels/badge.h"
#include "widgets/panels/dock_title.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/plots/scatter_plot.h"
#include "widgets/theme/number_text.h"

namespace oodscope {
namespace {

/// The metric as a curve's value for A and for B, with how many frames it is of where these differ.
void label(std::vector<CurveData>& curves, const QString& what, std::optional<double> PixelMetrics::*value,
           const SetNumbers& a, const SetNumbers& b) {
  const auto text = [&](const SetNumbers& numbers) {
    const auto v = numbers.metrics.*value;
    return valueText({v ? std::optional(100.0 * *v) : std::nullopt, !numbers.exact, {}, {}});
  };
  const bool samePart = framesText(a.account) == framesText(b.account);
  curves[0].value = what + QStringLiteral(" A ") + text(a) + (samePart ? QString() : partNote(a.account));
  curves[1].value = QStringLiteral("B ") + text(b) + partNote(b.account);
}

std::optional<CurvePlace> placeOf(const SingleRun& run, float threshold) {
  const auto counts = run.counts();
  return counts && run.numbers()->exact ? curvePlace(*counts, run.numbers()->protocol, threshold) : std::nullopt;
}

}  // namespace

void CompareStage::showNumbers() {
  if (!isOn()) return;
  const auto a = comparison().a().numbers();
  const auto b = comparison().b().numbers();
  if (!a || !b) {
    showWaiting();
    return;
  }
  showMetrics(*a, *b);
  showBadge(*a, *b);
  showCurves(*a, *b);
  showMarkers();
  showPairs(*a, *b);
}

void CompareStage::showWaiting() {
  const QString waiting = tr("Both runs are being scored: nothing to compare yet.");
  m_parts.docks.metrics().setWaiting(tr("Being scored"), waiting);
  m_parts.docks.metricsTitle().badge()->clear();
  CurvesPanel& curves = m_parts.curves;
  for (CurvePlot* plot : {curves.precisionRecall(), curves.roc(), curves.f1()}) {
    plot->setCurves({});
    plot->setEmptyText(tr("Being scored"), waiting);
  }
  curves.setBandNote({});
  m_pairs.clear();
  curves.perFrame()->setRows({}, std::nullopt);
  curves.perFrame()->setEmptyText(tr("Being scored"), waiting);
  m_parts.scatter.setPoints({});
}

void CompareStage::showMetrics(const SetNumbers& a, const SetNumbers& b) {
  const ViewState& view = m_parts.desk.session.view();
  const RunNames name = names();
  ComparisonInput input;
  input.a = &a;
  input.b = &b;
  input.statistics = comparison().statistics().get();
  input.nameA = name.a;
  input.nameB = name.b;
  QStringList facts;
  for (const std::string& model : {view.model, Comparison::viewOfB(view).model})
    if (const OpenModel* open = m_parts.desk.workspace.findModel(QString::fromStdString(model));
        open != nullptr && open->info) {
      const QString fact = tr("model ") + QString::fromStdString(open->info->fingerprint).left(8);
      if (!facts.contains(fact)) facts << fact;
    }
  facts << tr("data ") + QString::fromStdString(view.set) << tr("seed %1").arg(BootstrapOptions{}.seed);
  input.provenance << facts.join(QStringLiteral(" · "));
  m_parts.docks.metrics().setView(comparisonView(input));
}

void CompareStage::showBadge(const SetNumbers& a, const SetNumbers& b) {
  const ViewState& shown = m_parts.desk.session.view();
  const QString partA = framesText(a.account), partB = framesText(b.account);
  const bool complete = a.account.isComplete() && b.account.isComplete();
  const bool exact = a.exact && b.exact;
  QStringList scored;
  for (const ViewState& view : {shown, Comparison::viewOfB(shown)})
    if (const auto live = m_parts.desk.workspace.liveSet(QString::fromStdString(shown.set), view))
      if (const QString text = precisionText(live->source()); !text.isEmpty() && !scored.contains(text)) scored << text;
  m_parts.docks.metricsTitle().badge()->setBadge(
      exact && complete ? Badge::Kind::Exact : Badge::Kind::Estimated,
      !complete          ? (partA == partB ? partA : tr("A %1, B %2").arg(partA, partB))
      : !exact           ? tr("≈ estimated")
      : scored.isEmpty() ? tr("= exact")
                         : tr("= exact on %1").arg(scored.join(tr(" and "))));
}

void CompareStage::showCurves(const SetNumbers& a, const SetNumbers& b) {
  const auto& statistics = comparison().statistics();
  const RunNames name = names();
  const auto pair = [&](auto make, std::optional<Band> RankingBootstrap::*band) {
    std::vector<CurveData> out{make(a, CurveRole::A, name.a), make(b, CurveRole::B, name.b)};
    if (statistics && band != nullptr) {
      if (statistics->a.ranking.*band) addBand(out[0], *(statistics->a.ranking.*band));
      if (statistics->b.ranking.*band) addBand(out[1], *(statistics->b.ranking.*band));
    }
    return out;
  };
  CurveSets sets{pair(precisionRecallCurve, &RankingBootstrap::precisionRecall), pair(rocCurve, &RankingBootstrap::roc),
                 pair(f1Curve, nullptr)};
  label(sets.precisionRecall, QStringLiteral("AP"), &PixelMetrics::ap, a, b);
  label(sets.roc, QStringLiteral("AUROC"), &PixelMetrics::auroc, a, b);
  // Over thresholds only runs with the same unit can share an axis.
  if (a.configuration.name != b.configuration.name) sets.f1.resize(1);
  for (const MoreCurves& more : m_more) more(a, sets);
  CurvesPanel& curves = m_parts.curves;
  curves.setBandNote(statistics ? bandNote(statistics->a) : QString());
  curves.precisionRecall()->setCurves(std::move(sets.precisionRecall));
  curves.precisionRecall()->setChance(a.curves.prevalence);
  curves.roc()->setCurves(std::move(sets.roc));
  curves.f1()->setCurves(std::move(sets.f1));
  curves.histogram()->setOverlays(std::move(sets.histogram));
}

void CompareStage::showMarkers() {
  CurvesPanel& curves = m_parts.curves;
  const SingleRun &a = comparison().a(), &b = comparison().b();
  if (const auto threshold = a.threshold()) {
    curves.setThreshold(0, static_cast<double>(*threshold), placeOf(a, *threshold));
    curves.histogram()->setThreshold(static_cast<double>(*threshold));
  }
  if (const auto threshold = b.threshold())
    for (CurvePlot* plot : {curves.precisionRecall(), curves.roc()})
      plot->setThreshold(1, static_cast<double>(*threshold), placeOf(b, *threshold));
}

void CompareStage::showPairs(const SetNumbers& a, const SetNumbers& b) {
  const auto detailsA = comparison().a().details(), detailsB = comparison().b().details();
  const auto set = m_parts.desk.currentSet();
  const bool present =
      detailsA && detailsB && detailsA->configuration == a.configuration && detailsB->configuration == b.configuration;
  m_pairs = present && set ? framePairs(*detailsA, *detailsB, *set) : std::vector<FramePair>();
  const auto& statistics = comparison().statistics();
  const bool complete = a.account.isComplete() && b.account.isComplete();
  PairedDifferencePlot& differences = *m_parts.curves.perFrame();
  differences.setRows(differenceRows(m_pairs), statistics && complete ? setDifference(*statistics) : std::nullopt);
  differences.setEmptyText(tr("No frame to compare"),
                           present ? tr("In no frame AP is defined for both runs.")
                                   : tr("AP of each frame under A and B follows once both runs are exact."));
  m_parts.scatter.setEmptyText(tr("No frame to compare"),
                               present ? tr("In no frame AP is defined for both runs.")
                                       : tr("AP of each frame under A and B follows once both runs are exact."));
  differences.setRemark(m_pairs.empty() ? QString() : differenceRemark(m_pairs));
  const RunNames name = names();
  std::vector<ScatterPoint> points;
  int current = -1;
  for (std::size_t i = 0; i < m_pairs.size(); ++i) {
    const FramePair& frame = m_pairs[i];
    points.push_back({tr("frame %1").arg(frame.name), frame.apA, frame.apB});
    if (frame.name == QString::fromStdString(m_parts.desk.session.view().frame)) current = static_cast<int>(i);
  }
  ScatterPlot& scatter = m_parts.scatter;
  scatter.setPoints(std::move(points));
  scatter.setAxisLabels(tr("A %1: AP of the frame, %").arg(name.a), tr("B %1: AP of the frame, %").arg(name.b));
  scatter.setRemark(m_pairs.empty() ? QString() : differenceRemark(m_pairs));
  differences.setCurrent(current);
  scatter.setCurrent(current);
}

}  // namespace oodscope
