// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/compare/runs_tab.h"

#include "app/desk/inference_runner.h"
#include "app/desk/single_run.h"
#include "app/figures/plot_data.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace oodscope {

RunsTab::RunsTab(Workspace& workspace, SessionModel& session, QWidget* parent)
    : AnalysisTab(parent),
      m_workspace(workspace),
      m_session(session),
      m_model(new RunModel(this)),
      m_view(new QTreeView),
      m_keep(new QPushButton(tr("Keep the present run"))),
      m_remove(new QPushButton(tr("Remove"))),
      m_makeA(new QPushButton(tr("Make A"))),
      m_makeB(new QPushButton(tr("Make B"))),
      m_note(new QLabel),
      m_job(
          this, JobPriority::Background,
          [](const std::vector<Task>& tasks, const std::stop_token& stop) {
            std::vector<Done> out;
            for (const Task& task : tasks) {
              const auto run = task.live->exact(task.configuration, task.run.protocol, std::nullopt, stop);
              if (!run) break;
              out.push_back({task.run, task.live->run(task.configuration, task.run.protocol),
                             std::make_shared<const SetNumbers>(numbersOf(*run, *task.live))});
            }
            return out;
          },
          [this](const std::vector<Task>&, const Outcome<std::vector<Done>>& outcome) {
            if (outcome.isFailure()) m_note->setText(QString::fromStdString(outcome.failure()));
            m_asked.clear();
            if (!outcome.hasValue()) return;
            for (const Done& done : outcome.value()) {
              std::erase_if(m_known,
                            [&](const Done& old) { return old.run == done.run || old.measured == done.measured; });
              m_known.push_back(done);
            }
            refresh();
          }) {
  usePanelBackground(this);
  const Metrics m(this);
  auto* row = new QHBoxLayout;
  for (QPushButton* button : {m_keep, m_makeA, m_makeB, m_remove}) row->addWidget(button);
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
  column->addWidget(m_view, 1);

  connect(m_keep, &QPushButton::clicked, this, [this] { keep(runChoiceOf(m_session.view())); });
  connect(m_remove, &QPushButton::clicked, this, &RunsTab::remove);
  connect(m_makeA, &QPushButton::clicked, this, &RunsTab::makeA);
  connect(m_makeB, &QPushButton::clicked, this, &RunsTab::makeB);
  connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &RunsTab::showButtons);
  connect(&m_session, &SessionModel::runsChanged, this, &RunsTab::refresh);
  connect(&m_workspace, &Workspace::setOpened, this, &RunsTab::refresh);
  connect(&m_workspace, &Workspace::modelOpened, this, &RunsTab::refresh);
  connect(&m_workspace, &Workspace::setClosed, this, [this](const QString& name) {
    std::erase_if(m_known, [&](const Done& done) { return done.run.set == name.toStdString(); });
    refresh();
  });
  connect(&m_workspace.runner(), &InferenceRunner::finished, this, &RunsTab::refresh);
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
  std::string first;  // another set has other frames
  if (const OpenSet* open = m_workspace.findSet(QString::fromStdString(run->set)); open != nullptr) {
    const auto& frames = open->set->frames;
    const auto isPresent = [&](const Frame& frame) { return frame.name == m_session.view().frame; };
    if (!frames.empty() && std::none_of(frames.begin(), frames.end(), isPresent)) first = frames.front().name;
  }
  Q_EMIT edited(edits::setRun(*run, first));
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

bool RunsTab::enqueue(const std::shared_ptr<LiveSet>& live) {
  const bool known = std::any_of(m_enqueued.begin(), m_enqueued.end(),
                                 [&](const std::weak_ptr<LiveSet>& other) { return other.lock() == live; });
  if (!known) {
    m_enqueued.push_back(live);
    m_workspace.runner().enqueue(live, std::nullopt);
  }
  return m_workspace.runner().isBusy();
}

void RunsTab::refresh() {
  std::vector<KeptRun> rows;
  std::vector<Task> tasks;
  for (const RunChoice& run : m_session.session().runs) {
    KeptRun row{.run = run};
    const auto live = m_workspace.liveSet(QString::fromStdString(run.set), viewOf(run));
    const auto known = std::find_if(m_known.begin(), m_known.end(), [&](const Done& done) {
      if (!live) return done.run == run;
      return done.measured == live->run(SingleRun::configurationOf(viewOf(run)), run.protocol);
    });
    // Numbers of a part are made again once there is more of it.
    const bool present = known != m_known.end() &&
                         (known->numbers->account.isComplete() || !live || known->numbers->account == live->account());
    if (present) {
      row.numbers = known->numbers;
    } else if (!live) {
      row.state = tr("its set or model is not open");
    } else if (const std::size_t ready = live->readyFrames().size();
               ready < live->dataSet().frames.size() && enqueue(live)) {
      row.state = tr("%1 are ready")
                      .arg(partText(static_cast<qint64>(ready), static_cast<qint64>(live->dataSet().frames.size()),
                                    tr("frame"), tr("frames")));
    } else {
      row.state = tr("is being evaluated");
      tasks.push_back({run, live, SingleRun::configurationOf(viewOf(run))});
    }
    rows.push_back(std::move(row));
  }
  const int current = m_view->currentIndex().row();
  m_model->setRuns(std::move(rows));
  if (current >= 0 && current < m_model->rowCount()) m_view->setCurrentIndex(m_model->index(current, 0));
  std::vector<RunChoice> asked;
  asked.reserve(tasks.size());
  for (const Task& task : tasks) asked.push_back(task.run);
  if (!tasks.empty() && asked != m_asked) {
    m_asked = std::move(asked);
    m_job.request(std::move(tasks));
  }
  m_note->setText(m_model->rowCount() == 0 ? tr("None kept yet: keep the present run to see it beside later ones.")
                                           : tr("Differences are to the first run of the same set, protocol and "
                                                "resolution, once both are of all frames."));
  showButtons();
  Q_EMIT runsChanged();
}

std::vector<KeptRun> RunsTab::comparable(const ViewState& view) const {
  std::vector<KeptRun> out;
  for (const KeptRun& kept : m_model->runs())
    if (kept.numbers && kept.run.set == view.set && kept.run.protocol == view.protocol &&
        measuredAt(kept.run.resolution, kept.run.protocol) == measuredAt(view.resolution, view.protocol))
      out.push_back(kept);
  return out;
}

void RunsTab::addKeptCurves(const SetNumbers& shown, CurveSets& curves) const {
  const RunChoice present = runChoiceOf(m_session.view());
  for (const KeptRun& run : comparable(m_session.view())) {
    const auto& kept = run.numbers;
    const bool same = run.run.model == present.model && run.run.score.imported == present.score.imported &&
                      run.run.allChannels == present.allChannels;
    if (same && kept->configuration == shown.configuration) continue;  // the curve is there already
    const QString name = configurationTitle(kept->configuration) + partNote(kept->account);
    curves.precisionRecall.push_back(precisionRecallCurve(*kept, CurveRole::Other, name));
    curves.roc.push_back(rocCurve(*kept, CurveRole::Other, name));
    for (CurveData* curve : {&curves.precisionRecall.back(), &curves.roc.back()})
      curve->value.clear();  // the table says it
    curves.roc.back().fpr95.reset();
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
