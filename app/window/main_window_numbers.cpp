// SPDX-License-Identifier: GPL-3.0-or-later
// What the window says of a set's numbers: the metrics panel, the curves, what is waited for.
#include "app/window/compare/compare_mode.h"
#include "app/window/failures/failure_desk.h"
#include "app/window/main_window.h"
#include "widgets/panels/dock_title.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/panels/status_widgets.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/theme/number_text.h"

#include <algorithm>
#include <thread>

namespace oodscope {
namespace {

std::string sourceOf(const ViewState& view) { return view.score.imported.value_or(view.model); }

QString frameCount(std::size_t count) {
  return countedText(static_cast<qint64>(count), MainWindow::tr("frame"), MainWindow::tr("frames"));
}

}  // namespace

Badge* MainWindow::metricsBadge() const { return m_metricsTitle->badge(); }

std::optional<PinnedNumbers> MainWindow::presentNumbers() const {
  const auto live = m_controller.liveSet();
  if (!m_controller.numbers() || !live) return std::nullopt;
  return PinnedNumbers{m_controller.numbers(), live->dataSet().name, sourceOf(m_session.view()), live->resolution()};
}

std::shared_ptr<const SetNumbers> MainWindow::comparableReference() const {
  const auto live = m_controller.liveSet();
  if (!m_reference || !live || m_reference->set != live->dataSet().name ||
      m_reference->resolution != live->resolution() || m_reference->numbers->protocol != m_session.view().protocol)
    return nullptr;
  return m_reference->numbers;
}

std::optional<ReferenceNumbers> MainWindow::referenceNumbers() {
  const auto numbers = m_controller.numbers();
  const ViewState& view = m_session.view();
  if (!m_reference) {
    // Published numbers are of a network as the source evaluated it: nothing else is held against them.
    const OpenModel* model = m_workspace.findModel(QString::fromStdString(view.model));
    const bool asPublished =
        view.resolution == Resolution::ByProtocol || view.resolution == defaultResolution(view.protocol);
    if (!numbers || view.score.imported || view.allChannels || !asPublished || model == nullptr || !model->info)
      return std::nullopt;
    const std::string own = std::filesystem::path(view.set).filename().string();  // without what tells it from others
    return m_published.find(own, model->info->architecture, numbers->configuration, numbers->protocol);
  }
  const SetNumbers& reference = *m_reference->numbers;
  ReferenceNumbers out;
  out.name = configurationTitle(reference.configuration);
  if (m_reference->source != sourceOf(view))
    out.name += QStringLiteral(" · ") + QString::fromStdString(m_reference->source);
  out.source = tr("pinned: %1, %2, %3 protocol, %4")
                   .arg(QString::fromStdString(m_reference->set), QString::fromStdString(m_reference->source),
                        protocolTitle(reference.protocol), framesText(reference.account));
  const auto live = m_controller.liveSet();
  if (live && m_reference->set != live->dataSet().name)
    out.noDelta = tr("the reference is of another set: %1").arg(QString::fromStdString(m_reference->set));
  else if (reference.protocol != view.protocol)
    out.noDelta = tr("the reference is of another protocol: %1").arg(protocolTitle(reference.protocol));
  else if (live && m_reference->resolution != live->resolution())
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

std::pair<QString, QString> MainWindow::waitingText() const {
  const auto set = currentSet();
  if (m_workspace.isOpening()) return {tr("Opening"), tr("What is being opened is shown as soon as it is there.")};
  if (!set) return {tr("No set"), tr("Open a set, and a model or score maps for it.")};
  const QString name = QString::fromStdString(set->name);
  const auto live = m_controller.liveSet();
  if (!live) {
    if (m_session.view().score.imported)
      return {tr("No scores"),
              tr("%1 has no scores for %2.").arg(QString::fromStdString(*m_session.view().score.imported), name)};
    return {tr("No model"), tr("Open a model, or score maps for %1.").arg(name)};
  }
  const FrameAccount account = live->account();
  const std::size_t labelled = account.total - account.unlabelled;
  if (labelled == 0)
    return {tr("No ground truth"), tr("The ground truth of %1 is withheld: nothing can be measured.").arg(name)};
  if (account.taking() > 0) return {tr("Being evaluated"), tr("Numbers of %1 follow.").arg(framesText(account))};
  if (account.unread > 0) return {tr("Waiting for scores"), tr("None of %1 is scored yet.").arg(frameCount(labelled))};
  return {tr("Nothing to measure"), tr("None of %1 could be scored: see the messages.").arg(frameCount(labelled))};
}

void MainWindow::showWaiting() {
  const auto [heading, sentence] = waitingText();
  m_metrics->setWaiting(heading, sentence);
  m_metricsTitle->badge()->clear();
  m_shownNumbers.reset();
  m_status->setState({});
  m_failures->setWaiting(sentence);
  for (CurvePlot* plot : {m_curves->precisionRecall(), m_curves->roc(), m_curves->f1()}) {
    plot->setCurves({});
    plot->setEmptyText(heading, sentence);
  }
  m_curves->histogram()->setEmptyText(heading, sentence);
}

void MainWindow::showNumbers() {
  if (m_compare->isOn()) {
    m_compare->showNumbers();
    return;
  }
  const auto numbers = m_controller.numbers();
  const auto live = m_controller.liveSet();
  if (!numbers || !live) {
    showWaiting();
    return;
  }
  MetricsInput input;
  input.numbers = numbers.get();
  const auto details = m_controller.details();
  const auto counts = m_controller.counts();
  input.details = details.get();
  input.counts = counts.get();
  input.frame = currentFrame();
  input.frameName = QString::fromStdString(m_session.view().frame);
  input.threshold = m_controller.threshold();
  input.components = m_controller.components();
  input.reference = referenceNumbers();
  input.scored = precisionText(live->source());
  input.withoutMap = live->source().framesWithoutFile();
  const OpenModel* model = m_workspace.findModel(QString::fromStdString(m_session.view().model));
  if (!m_session.view().score.imported && model != nullptr && model->info)
    input.modelFingerprint = QString::fromStdString(model->info->fingerprint);
  input.dataName = QString::fromStdString(m_session.view().set);
  input.threads = m_workspace.options().threads > 0 ? m_workspace.options().threads
                                                    : static_cast<int>(std::thread::hardware_concurrency());
  MetricsView shown = metricsView(input);
  const auto& intervals = m_compare->comparison().intervals();
  if (intervals) addIntervals(shown, *intervals);
  m_metrics->setView(shown);
  const bool whole = numbers->exact && numbers->account.isComplete();
  const QString state = exactnessText(*numbers, input.scored, input.withoutMap);
  m_metricsTitle->badge()->setBadge(whole ? Badge::Kind::Exact : Badge::Kind::Estimated, state);
  m_status->setState(state);
  if (!numbers->exact) showThresholdScale();
  if (numbers != m_shownNumbers || comparableReference() != m_shownReference) showCurves();
  if (const auto threshold = m_controller.threshold()) {
    showMarker(*threshold);
    const bool present = details && details->configuration == numbers->configuration;
    const auto decided = present ? decisionCounts(*numbers, counts.get(), *threshold) : std::nullopt;
    m_curves->histogram()->setShares(decided ? decisionShares(*decided) : DecisionShares{});
  }
}

void MainWindow::showCurves() {
  const auto numbers = m_controller.numbers();
  const auto reference = comparableReference();
  m_shownNumbers = numbers;
  m_shownReference = reference;
  if (const QString reason = noCurveReason(*numbers); !reason.isEmpty()) {
    for (CurvePlot* plot : {m_curves->precisionRecall(), m_curves->roc(), m_curves->f1()}) {
      plot->setCurves({});
      plot->setEmptyText(tr("Not defined"), reason);
    }
    m_curves->precisionRecall()->setChance(std::nullopt);
    return;
  }
  const QString name = configurationTitle(numbers->configuration);
  const auto part = m_failures->part();
  const auto curves = [&](auto make) {
    std::vector<CurveData> out{make(*numbers, CurveRole::A, name)};
    // The value of any other curve says whose it is.
    const auto add = [&](const SetNumbers& of, CurveRole role, const QString& title) {
      CurveData curve = make(of, role, title);
      curve.value = title + QStringLiteral(": ") + curve.value;
      curve.fpr95.reset();
      out.push_back(std::move(curve));
    };
    if (reference && reference != numbers)
      add(*reference, CurveRole::Reference, tr("pinned ") + configurationTitle(reference->configuration));
    if (part) add(*part, CurveRole::Other, m_failures->partName());
    return out;
  };
  std::vector<CurveData> pr = curves(precisionRecallCurve), roc = curves(rocCurve);
  const auto& intervals = m_compare->comparison().intervals();
  if (intervals && intervals->ranking.precisionRecall) addBand(pr.front(), *intervals->ranking.precisionRecall);
  if (intervals && intervals->ranking.roc) addBand(roc.front(), *intervals->ranking.roc);
  addKeptCurves(pr, roc);
  m_curves->precisionRecall()->setCurves(std::move(pr));
  m_curves->precisionRecall()->setChance(numbers->curves.prevalence);
  m_curves->roc()->setCurves(std::move(roc));
  m_curves->f1()->setCurves(curves(f1Curve));
}

}  // namespace oodscope
