// SPDX-License-Identifier: GPL-3.0-or-later
// What the stage of one run says of a set's numbers: the metrics panel, the curves, what is waited for.
#include "app/desk/desk.h"
#include "app/documents/evaluate.h"
#include "app/window/compare/compare_presenter.h"
#include "app/window/docks/dock_column.h"
#include "app/window/stage/single_stage.h"
#include "widgets/panels/badge.h"
#include "widgets/panels/dock_title.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/theme/number_text.h"

#include <algorithm>
#include <thread>

namespace oodscope {
namespace {

std::string sourceOf(const ViewState& view) { return view.score.imported.value_or(view.model); }

QString frameCount(std::size_t count) {
  return countedText(static_cast<qint64>(count), SingleStage::tr("frame"), SingleStage::tr("frames"));
}

}  // namespace

namespace {

/// Beside others' values the run's own say whose they are.
void nameFirst(CurveSets& curves, const QString& name) {
  for (std::vector<CurveData>* plot : {&curves.precisionRecall, &curves.roc, &curves.f1}) {
    const auto isSaid = [](const CurveData& curve) { return !curve.value.isEmpty(); };
    if (std::count_if(plot->begin(), plot->end(), isSaid) > 1)
      plot->front().value = name + QStringLiteral(": ") + plot->front().value;
  }
}

}  // namespace

void SingleStage::pinReference() {
  const SingleRun& run = m_parts.desk.run;
  const auto live = run.liveSet();
  m_reference.reset();
  if (run.numbers() && live)
    m_reference = PinnedNumbers{run.numbers(), live->run(run.numbers()->configuration, run.numbers()->protocol),
                                live->dataSet().name, sourceOf(m_parts.desk.session.view())};
}

std::shared_ptr<const SetNumbers> SingleStage::comparableReference() const {
  const auto live = m_parts.desk.run.liveSet();
  if (!m_reference || !live) return nullptr;
  const RunSpec shown = live->run(m_reference->numbers->configuration, m_parts.desk.session.view().protocol);
  const RunSpec& pinned = m_reference->run;
  const bool together =
      pinned.set == shown.set && pinned.resolution == shown.resolution && pinned.protocol == shown.protocol;
  return together ? m_reference->numbers : nullptr;
}

std::optional<ReferenceNumbers> SingleStage::publishedNumbers() {
  // Published numbers are of a network as the source evaluated it: nothing else is held against them.
  const auto numbers = m_parts.desk.run.numbers();
  const ViewState& view = m_parts.desk.session.view();
  const auto live = m_parts.desk.run.liveSet();
  const bool asPublished =
      view.resolution == Resolution::ByProtocol || view.resolution == defaultResolution(view.protocol);
  if (!numbers || !asPublished || !live) return std::nullopt;
  return m_published.find(view.set, live->source().publishedModel(), numbers->configuration, numbers->protocol);
}

std::optional<ReferenceNumbers> SingleStage::referenceNumbers() {
  if (!m_reference) return publishedNumbers();
  const ViewState& view = m_parts.desk.session.view();
  const SetNumbers& reference = *m_reference->numbers;
  const auto live = m_parts.desk.run.liveSet();
  const RunSpec& pinned = m_reference->run;
  const RunSpec shown = live ? live->run(reference.configuration, view.protocol) : RunSpec{};
  ReferenceNumbers out;
  out.name = configurationTitle(reference.configuration);
  if (!live || pinned.score.front().source != shown.score.front().source)
    out.name += QStringLiteral(" · ") + QString::fromStdString(m_reference->source);
  out.source = tr("pinned: %1, %2, %3 protocol, %4")
                   .arg(QString::fromStdString(m_reference->set), QString::fromStdString(m_reference->source),
                        protocolTitle(reference.protocol), framesText(reference.account));
  if (live && pinned.set != shown.set)
    out.noDelta = tr("the reference is of another set: %1").arg(QString::fromStdString(m_reference->set));
  else if (pinned.protocol != view.protocol)
    out.noDelta = tr("the reference is of another protocol: %1").arg(protocolTitle(reference.protocol));
  else if (live && pinned.resolution != shown.resolution)
    out.noDelta = tr("the reference is of another resolution");
  else if (!reference.account.isComplete())
    out.noDelta = tr("the reference is of %1").arg(framesText(reference.account));
  else if (!reference.exact)
    out.noDelta = tr("the reference is an estimate");
  out.ap = reference.metrics.ap;
  out.fpr95 = reference.metrics.fpr95;
  out.auroc = reference.metrics.auroc;
  out.bestF1 = reference.metrics.bestF1;
  return out;
}

std::pair<QString, QString> SingleStage::waitingText() const {
  const Desk& desk = m_parts.desk;
  const auto set = desk.currentSet();
  if (desk.workspace.isOpening()) return {tr("Opening"), tr("What is being opened is shown as soon as it is there.")};
  if (!set) return {tr("No set"), tr("Open a set, and a model or score maps for it.")};
  const QString name = QString::fromStdString(set->name);
  const auto live = desk.run.liveSet();
  if (!live) {
    const auto& imported = desk.session.view().score.imported;
    if (imported) return {tr("No scores"), tr("%1 has no scores for %2.").arg(QString::fromStdString(*imported), name)};
    return {tr("No model"), tr("Open a model, or score maps for %1.").arg(name)};
  }
  const FrameAccount account = live->account();
  const std::size_t labelled = account.total - account.unlabelled;
  if (labelled == 0)
    return {tr("No ground truth"), tr("The ground truth of %1 is withheld: nothing can be measured.").arg(name)};
  if (account.taking() > 0 && !live->estimatesQuickly(SingleRun::configurationOf(desk.session.view())))
    return {tr("Waits for rest"),
            tr("Filtered scores are not sampled: numbers of %1 follow once all is at rest.").arg(framesText(account))};
  if (account.taking() > 0) return {tr("Being evaluated"), tr("Numbers of %1 follow.").arg(framesText(account))};
  if (account.unread > 0) return {tr("Waiting for scores"), tr("None of %1 is scored yet.").arg(frameCount(labelled))};
  return {tr("Nothing to measure"), tr("None of %1 could be scored: see the messages.").arg(frameCount(labelled))};
}

void SingleStage::showWaiting() {
  const auto [heading, sentence] = waitingText();
  m_parts.docks.metrics().setWaiting(heading, sentence);
  m_parts.docks.metricsTitle().badge()->clear();
  m_shownNumbers.reset();
  Q_EMIT stateChanged({});
  Q_EMIT waitingChanged(sentence);
  CurvesPanel& curves = m_parts.curves;
  for (CurvePlot* plot : {curves.precisionRecall(), curves.roc(), curves.f1()}) {
    plot->setCurves({});
    plot->setEmptyText(heading, sentence);
  }
  curves.setBandNote({});
  curves.precisionRecall()->setChance(std::nullopt);
  curves.histogram()->setOverlays({});
  curves.histogram()->setEmptyText(heading, sentence);
  if (m_parts.desk.run.details() || m_parts.desk.run.elsewhere().spread()) return;
  curves.histogram()->setData({});  // that of another set or score says nothing of this one
  curves.histogram()->setShares({});
  curves.histogram()->setThreshold(std::nullopt);
}

void SingleStage::showNumbers() {
  const SingleRun& run = m_parts.desk.run;
  const auto numbers = run.numbers();
  if (!numbers || !run.liveSet()) {
    showWaiting();
    return;
  }
  showMetrics(*numbers);
  if (!numbers->exact) showThresholdScale();
  if (numbers != m_shownNumbers || comparableReference() != m_shownReference) showCurves();
  showShares(*numbers);
}

void SingleStage::showMetrics(const SetNumbers& numbers) {
  Desk& desk = m_parts.desk;
  const ViewState& view = desk.session.view();
  const auto live = desk.run.liveSet();
  const auto details = desk.run.details();
  const auto counts = desk.run.counts();
  MetricsInput input;
  input.numbers = &numbers;
  input.details = details.get();
  input.counts = counts.get();
  input.frame = desk.currentFrame();
  input.frameName = QString::fromStdString(view.frame);
  input.threshold = desk.run.threshold();
  input.components = desk.run.components();
  input.reference = referenceNumbers();
  input.scored = precisionText(live->source());
  input.withoutMap = live->source().framesWithoutFile();
  const OpenModel* model = desk.workspace.findModel(QString::fromStdString(view.model));
  if (!view.score.imported && model != nullptr && model->info)
    input.modelFingerprint = QString::fromStdString(model->info->fingerprint);
  input.dataName = QString::fromStdString(view.set);
  const int threads = desk.workspace.options().threads;
  input.threads = threads > 0 ? threads : static_cast<int>(std::thread::hardware_concurrency());
  MetricsView shown = metricsView(input);
  if (const auto& intervals = desk.comparison.intervals()) addIntervals(shown, *intervals);
  m_parts.docks.metrics().setView(shown);
  const bool whole = numbers.exact && numbers.account.isComplete();
  const QString state = exactnessText(numbers, input.scored, input.withoutMap);
  m_parts.docks.metricsTitle().badge()->setBadge(whole ? Badge::Kind::Exact : Badge::Kind::Estimated, state);
  Q_EMIT stateChanged(state);
}

void SingleStage::showShares(const SetNumbers& numbers) {
  const SingleRun& run = m_parts.desk.run;
  const auto threshold = run.threshold();
  if (!threshold) return;
  showMarker(*threshold);
  const auto details = run.details();
  const auto counts = run.counts();
  const bool present = details && details->configuration == numbers.configuration;
  const auto decided = present ? decisionCounts(numbers, counts.get(), *threshold) : std::nullopt;
  m_parts.curves.histogram()->setShares(decided ? decisionShares(*decided) : DecisionShares{});
}

void SingleStage::showNoCurves(const QString& reason) {
  CurvesPanel& curves = m_parts.curves;
  for (CurvePlot* plot : {curves.precisionRecall(), curves.roc(), curves.f1()}) {
    plot->setCurves({});
    plot->setEmptyText(tr("Not defined"), reason);
  }
  curves.setBandNote({});
  curves.precisionRecall()->setChance(std::nullopt);
  curves.histogram()->setOverlays({});
}

void SingleStage::showCurves() {
  const auto numbers = m_parts.desk.run.numbers();
  const auto reference = comparableReference();
  m_shownNumbers = numbers;
  m_shownReference = reference;
  if (const QString reason = noCurveReason(*numbers); !reason.isEmpty()) {
    showNoCurves(reason);
    return;
  }
  const QString name = configurationTitle(numbers->configuration);
  CurveSets curves{{precisionRecallCurve(*numbers, CurveRole::A, name)},
                   {rocCurve(*numbers, CurveRole::A, name)},
                   {f1Curve(*numbers, CurveRole::A, name)}};
  if (reference && reference != numbers)
    addCurves(curves, *reference, CurveRole::Reference, tr("pinned ") + configurationTitle(reference->configuration));
  const auto& intervals = m_parts.desk.comparison.intervals();
  if (intervals && intervals->ranking.precisionRecall)
    addBand(curves.precisionRecall.front(), *intervals->ranking.precisionRecall);
  if (intervals && intervals->ranking.roc) addBand(curves.roc.front(), *intervals->ranking.roc);
  const bool estimated = !numbers->exact && !curves.precisionRecall.front().lower.empty();
  m_parts.curves.setBandNote(intervals   ? bandNote(*intervals)
                             : estimated ? tr("95 % of the estimate, which is read from a sample of the pixels")
                                         : QString());
  for (const MoreCurves& more : m_more) more(*numbers, curves);
  nameFirst(curves, name);
  m_parts.curves.precisionRecall()->setCurves(std::move(curves.precisionRecall));
  m_parts.curves.precisionRecall()->setChance(numbers->curves.prevalence);
  m_parts.curves.roc()->setCurves(std::move(curves.roc));
  m_parts.curves.f1()->setCurves(std::move(curves.f1));
  m_parts.curves.histogram()->setOverlays(std::move(curves.histogram));
}

}  // namespace oodscope
