// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/compare/runs_tab.h"

#include "app/desk/desk.h"
#include "app/desk/inference_runner.h"
#include "app/desk/run_edits.h"
#include "app/figures/plot_data.h"
#include "app/window/tabs/run_first.h"
#include "widgets/panels/run_first_panel.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace oodscope {

RunsTab::RunsTab(Desk& desk, QWidget* parent)
    : AnalysisTab(parent),
      m_workspace(desk.workspace),
      m_session(desk.session),
      m_evaluator(desk.evaluator),
      m_model(new RunModel(this)),
      m_view(new QTreeView),
      m_keep(new QPushButton(tr("Keep the present run"))),
      m_remove(new QPushButton(tr("Remove"))),
      m_makeA(new QPushButton(tr("Make A"))),
      m_makeB(new QPushButton(tr("Make B"))),
      m_overlayAll(new QCheckBox(tr("Overlay all"))),
      m_note(new QLabel) {
  usePanelBackground(this);
  const Metrics m(this);
  auto* row = new QHBoxLayout;
  for (QPushButton* button : {m_keep, m_makeA, m_makeB, m_remove}) row->addWidget(button);
  m_overlayAll->setToolTip(tr("Draw the curves of all kept runs beside those of the run in view, or of none"));
  row->addWidget(m_overlayAll);
  m_note->setForegroundRole(kSecondaryRole);
  m_note->setFont(captionFont(font()));
  m_note->setText(tr("None kept yet: keep the present run to see it beside later ones."));
  row->addWidget(m_note, 1);
  m_view->setModel(m_model);
  m_view->setRootIsDecorated(false);
  m_view->setUniformRowHeights(true);
  m_view->setAlternatingRowColors(true);
  m_view->setFrameShape(QFrame::NoFrame);
  m_view->setAllColumnsShowFocus(true);
  m_view->setFont(numberFont(tableFont(font())));
  m_view->header()->setStretchLastSection(false);
  m_view->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
  m_view->setAccessibleName(tr("Kept runs"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(m.px(12), m.px(8), m.px(12), m.px(8));
  column->addLayout(row);
  auto* first = new RunFirstPanel;
  m_first = new RunFirst(desk.workspace.runner(), *first, this);
  column->addWidget(first);
  column->addWidget(m_view, 1);

  connect(m_keep, &QPushButton::clicked, this, [this] { keep(runChoiceOf(m_session.view())); });
  connect(m_remove, &QPushButton::clicked, this, &RunsTab::remove);
  connect(m_makeA, &QPushButton::clicked, this, &RunsTab::makeA);
  connect(m_makeB, &QPushButton::clicked, this, &RunsTab::makeB);
  connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &RunsTab::showButtons);
  connect(&m_session, &SessionModel::runsChanged, this, &RunsTab::refresh);
  connect(m_model, &RunModel::overlayEdited, this, [this](int place, bool on) {
    Q_EMIT edited(edits::setOverlaid({m_model->runs()[static_cast<std::size_t>(place)].run}, on));
  });
  connect(m_overlayAll, &QCheckBox::clicked, this, &RunsTab::overlayAll);
  for (const auto signal : {&Workspace::setOpened, &Workspace::modelOpened, &Workspace::setClosed})
    connect(&m_workspace, signal, this, &RunsTab::refresh);
  connect(&m_evaluator, &RunEvaluator::changed, this, &RunsTab::refresh);
  connect(m_first, &RunFirst::ready, this, &RunsTab::refresh);
  connect(&desk.workspace.runner(), &InferenceRunner::progressChanged, this, [this] {
    if (m_waits) refresh();
  });
  showButtons();
}

RunsTab::~RunsTab() = default;

ViewState RunsTab::viewOf(const RunChoice& run) const {
  ViewState view = m_session.view();
  edits::setRun(run).change(view);
  view.other.reset();
  return view;
}

void RunsTab::keep(const RunChoice& run) { m_session.keepRun(run); }

void RunsTab::remove() {
  if (const auto run = chosen()) m_session.removeRun(*run);
}

void RunsTab::makeA() {
  const auto run = chosen();
  if (!run) return;
  Q_EMIT edited(showRun(m_workspace, m_session.view(), *run));
}

void RunsTab::makeB() {
  const auto run = chosen();
  if (!run) return;
  // B shares A's set, protocol, resolution and channels: a run of others would become another run.
  const ViewState& view = m_session.view();
  RunChoice asB = *run;
  asB.set = view.set;
  asB.protocol = view.protocol;
  asB.resolution = view.resolution;
  asB.allChannels = view.allChannels;
  const bool isSame = run->set == asB.set && run->protocol == asB.protocol && run->allChannels == asB.allChannels &&
                      measuredAt(run->resolution, run->protocol) == measuredAt(asB.resolution, asB.protocol);
  if (!isSame)
    Q_EMIT warned(
        tr("Run B is measured like run A: set %1, %2 protocol, %3. The kept run is of set %4, %5 protocol, %6.")
            .arg(QString::fromStdString(asB.set), protocolTitle(asB.protocol), RunModel::atText(asB),
                 QString::fromStdString(run->set), protocolTitle(run->protocol), RunModel::atText(*run)));
  Q_EMIT edited(edits::setOther(ComparedRun{.model = run->model, .score = run->score}, "run B"));
}

std::optional<RunChoice> RunsTab::chosen() const {
  const QModelIndex index = m_view->currentIndex();
  if (!index.isValid()) return std::nullopt;
  return m_model->runs()[static_cast<std::size_t>(index.row())].run;
}

QString RunsTab::notDrawn(const RunChoice& run, const ViewState& view) {
  if (run.set != view.set) return tr("Not drawn now: it is of the set %1").arg(QString::fromStdString(run.set));
  if (run.protocol != view.protocol)
    return tr("Not drawn now: it is of the %1 protocol").arg(protocolTitle(run.protocol));
  if (measuredAt(run.resolution, run.protocol) != measuredAt(view.resolution, view.protocol))
    return tr("Not drawn now: it is measured at another resolution");
  return {};
}

QString RunsTab::stateText(const RunEvaluator::Task& task) const {
  const auto frames = static_cast<qint64>(task.live->dataSet().frames.size());
  switch (m_evaluator.state(task)) {
    case RunState::WaitsForFrames:
      return tr("%1 are ready")
          .arg(partText(static_cast<qint64>(task.live->readyFrames().size()), frames, tr("frame"), tr("frames")));
    case RunState::Failed:
      return tr("failed: %1").arg(QString::fromStdString(m_evaluator.failure(task.run())));
    case RunState::Unknown:
      if (task.live->account().unread == 0) return tr("is not evaluated");
      return tr("%1 are ready; the others are to be run first")
          .arg(partText(static_cast<qint64>(task.live->readyFrames().size()), frames, tr("frame"), tr("frames")));
    default:
      return tr("is being evaluated");
  }
}

KeptRun RunsTab::keptRun(const RunChoice& run, std::vector<RunEvaluator::Task>& missing) {
  const ViewState& view = m_session.view();
  KeptRun row{.run = run, .overlaid = isOverlaid(view, run), .notDrawn = notDrawn(run, view)};
  const auto live = m_workspace.liveSet(QString::fromStdString(run.set), viewOf(run));
  const auto before = std::ranges::find(m_measured, run, &std::pair<RunChoice, RunSpec>::first);
  if (!live) {
    row.state = tr("its set or model is not open");
    const auto known = before == m_measured.end() ? nullptr : m_evaluator.find(before->second);
    if (known) row.numbers = known->numbers;
    return row;
  }
  const RunEvaluator::Task task{.live = live,
                                .configuration = SingleRun::configurationOf(viewOf(run)),
                                .protocol = run.protocol,
                                .needs = {.curves = true, .histogram = row.overlaid && row.notDrawn.isEmpty()}};
  if (before == m_measured.end())
    m_measured.emplace_back(run, task.run());
  else
    before->second = task.run();
  const auto known = m_evaluator.find(task.run());
  // Numbers of a part are made again once there is more of it.
  const bool isPresent =
      known && known->numbers && (known->numbers->account.isComplete() || known->seen == live->account());
  if (isPresent) {
    row.numbers = known->numbers;
    row.histogram = known->histogram;
  }
  if (!m_evaluator.isKnown(task)) missing.push_back(task);
  if (!row.numbers) row.state = stateText(task);
  return row;
}

void RunsTab::refresh() {
  std::vector<KeptRun> rows;
  std::vector<RunEvaluator::Task> missing;
  for (const RunChoice& run : m_session.session().runs) rows.push_back(keptRun(run, missing));
  const int current = m_view->currentIndex().row();
  const auto overlaid = std::ranges::count(rows, true, &KeptRun::overlaid);
  m_overlayAll->setEnabled(!rows.empty());
  m_overlayAll->setCheckState(overlaid == 0                                          ? Qt::Unchecked
                              : overlaid == static_cast<std::ptrdiff_t>(rows.size()) ? Qt::Checked
                                                                                     : Qt::PartiallyChecked);
  const bool isChanged = m_model->setRuns(std::move(rows));
  if (current >= 0 && current < m_model->rowCount()) m_view->setCurrentIndex(m_model->index(current, 0));
  m_note->setText(m_model->rowCount() == 0 ? tr("None kept yet: keep the present run to see it beside later ones.")
                                           : tr("Checked runs are drawn beside the run in view. Differences are to the "
                                                "first run of the same set, protocol and resolution, once both are of "
                                                "all frames."));
  showButtons();
  if (isChanged) Q_EMIT runsChanged();
  evaluate(std::move(missing));
}

void RunsTab::evaluate(std::vector<RunEvaluator::Task> missing) {
  RunFirst::Sets unready;
  std::erase_if(missing, [&](const RunEvaluator::Task& task) {
    if (task.live->account().unread == 0) return false;
    if (std::ranges::find(unready, task.live) == unready.end()) unready.push_back(task.live);
    return true;
  });
  m_waits = !m_first->isReady(unready);
  // What is asked for is told back by refresh(): only what is not asked for yet.
  std::erase_if(missing,
                [this](const RunEvaluator::Task& task) { return m_evaluator.state(task) != RunState::Unknown; });
  if (!missing.empty()) m_evaluator.request(RunEvaluator::Asker::KeptRuns, missing);
}

void RunsTab::follow(const ViewState& view, bool) {
  const bool isSame = view.hiddenRuns == m_shown.hiddenRuns && view.set == m_shown.set &&
                      view.protocol == m_shown.protocol && view.resolution == m_shown.resolution;
  m_shown = view;
  if (!isSame && !m_session.session().runs.empty()) refresh();
}

void RunsTab::overlayAll(bool on) { Q_EMIT edited(edits::setOverlaid(m_session.session().runs, on)); }

std::vector<KeptRun> RunsTab::comparable(const ViewState& view) const {
  std::vector<KeptRun> out;
  for (const KeptRun& kept : m_model->runs())
    if (kept.numbers && notDrawn(kept.run, view).isEmpty()) out.push_back(kept);
  return out;
}

bool RunsTab::isShown(const KeptRun& kept, const ViewState& view, const Configuration& configuration) {
  const RunChoice present = runChoiceOf(view);
  const bool isOfSource = kept.run.score.imported ? kept.run.score.imported == present.score.imported
                                                  : !present.score.imported && kept.run.model == present.model;
  return isOfSource && kept.run.allChannels == present.allChannels && kept.numbers->configuration == configuration;
}

void RunsTab::addKeptCurves(const SetNumbers& shown, CurveSets& curves) const {
  const ViewState& view = m_session.view();
  const auto sourceOf = [](const RunChoice& run) {
    return QString::fromStdString(run.score.imported.value_or(run.model));
  };
  std::vector<RunTitle> titles{{shown.configuration, sourceOf(runChoiceOf(view)), view.allChannels}};
  const ViewState other = Comparison::viewOfB(view);
  if (view.other)
    titles.push_back({SingleRun::configurationOf(other), sourceOf(runChoiceOf(other)), other.allChannels});
  const auto own = static_cast<qsizetype>(titles.size());
  std::vector<RunOverlay> overlays;
  int series = -1;
  for (const KeptRun& kept : m_model->runs()) {
    ++series;
    const bool isDrawn = kept.overlaid && kept.numbers && notDrawn(kept.run, view).isEmpty() &&
                         !kept.numbers->curves.points.empty() && !isShown(kept, view, shown.configuration) &&
                         !(view.other && isShown(kept, other, SingleRun::configurationOf(other)));
    if (!isDrawn) continue;
    titles.push_back({kept.numbers->configuration, sourceOf(kept.run), kept.run.allChannels});
    overlays.push_back({.name = {}, .series = series, .numbers = kept.numbers, .histogram = kept.histogram});
  }
  if (overlays.empty()) return;
  const QStringList names = distinctRunNames(titles);
  for (auto* plot : {&curves.precisionRecall, &curves.roc, &curves.f1})
    if (!plot->empty() && !view.other) plot->front().name = names.front();
  for (std::size_t i = 0; i < overlays.size(); ++i) {
    RunOverlay& run = overlays[i];
    run.name = names[static_cast<qsizetype>(i) + own];
    curves.precisionRecall.push_back(overlayCurve(CurveKind::PrecisionRecall, run, shown));
    curves.roc.push_back(overlayCurve(CurveKind::Roc, run, shown));
    curves.f1.push_back(overlayCurve(CurveKind::F1, run, shown));
    if (run.histogram) curves.histogram.push_back(overlayHistogram(run, shown.configuration));
  }
}

void RunsTab::showButtons() {
  const bool any = m_view->currentIndex().isValid();
  for (QPushButton* button : {m_remove, m_makeA, m_makeB}) {
    button->setEnabled(any);
    button->setToolTip(any ? QString() : tr("Choose a run in the table first"));
  }
}

}  // namespace oodscope
