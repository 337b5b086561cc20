// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/results_board.h"

#include "app/desk/inference_runner.h"
#include "app/sources/logits_census.h"

#include <algorithm>

namespace oodscope {
namespace {

using Task = RunEvaluator::Task;

constexpr int kRebuildMs = 100;  // results come faster than they are read
constexpr RunNeeds kMatrixNeeds{.components = true};

std::vector<std::size_t> framesNotReady(const LiveSet& live) {
  std::vector<std::size_t> out;
  for (std::size_t frame = 0; frame < live.dataSet().frames.size(); ++frame)
    if (!live.isReady(frame)) out.push_back(frame);
  return out;
}

/// The live sets of tasks, each once.
std::vector<std::shared_ptr<LiveSet>> liveSetsOf(const std::vector<Task>& tasks) {
  std::vector<std::shared_ptr<LiveSet>> out;
  for (const Task& task : tasks)
    if (std::ranges::find(out, task.live) == out.end()) out.push_back(task.live);
  return out;
}

std::size_t unreadFrames(const std::vector<Task>& tasks) {
  std::size_t out = 0;
  for (const auto& live : liveSetsOf(tasks)) out += live->account().unread;
  return out;
}

bool hasTruth(const LiveSet& live) {
  const FrameAccount account = live.account();
  return account.unlabelled < account.total;
}

}  // namespace

ResultsBoard::ResultsBoard(Workspace& workspace, SessionModel& session, RunEvaluator& evaluator, QObject* parent)
    : QObject(parent),
      m_workspace(workspace),
      m_session(session),
      m_evaluator(evaluator),
      m_rebuild(kRebuildMs, [this] { rebuild(); }),
      m_countJob(
          this, JobPriority::Background,
          [](const CountRequest& request, const std::stop_token& stop) {
            Counts out;
            for (const CountRequest::Part& part : request.parts) {
              const auto missing =
                  framesWithoutLogits(part.live->dataSet(), part.frames, *part.model, *request.store, stop);
              if (!missing) break;
              out.emplace_back(part.live, *missing);
            }
            return out;
          },
          [this](const CountRequest& request, const Outcome<Counts>& outcome) {
            // What could not be counted is taken for missing.
            for (const CountRequest::Part& part : request.parts) m_withoutLogits[part.live] = part.frames.size();
            if (outcome.hasValue())
              for (const auto& [live, missing] : outcome.value()) m_withoutLogits[live] = missing;
            count();
            Q_EMIT changed();
          }) {}

ResultsBoard::~ResultsBoard() = default;

void ResultsBoard::open() {
  if (m_isOpen) return;
  m_isOpen = true;
  const auto soon = [this] {
    if (!m_rebuild.isActive()) m_rebuild.start();
  };
  for (const auto signal :
       {&Workspace::setOpened, &Workspace::setClosed, &Workspace::modelOpened, &Workspace::modelClosed,
        &Workspace::scoresOpened, &Workspace::ensemblePut, &Workspace::ensembleClosed})
    connect(&m_workspace, signal, this, soon);
  for (const auto signal : {&Workspace::setRenamed, &Workspace::sourceRenamed})
    connect(&m_workspace, signal, this, soon);
  connect(&m_session, &SessionModel::evaluationChanged, this, [this] { rebuild(); });
  connect(&m_session, &SessionModel::viewChanged, this, [this](const ViewState&, const ViewState& view) {
    const bool isSame = view.protocol == m_measured.protocol && view.resolution == m_measured.resolution &&
                        view.allChannels == m_measured.allChannels;
    if (isSame) return;
    if (isEvaluating()) cancel();  // what was asked for is of another protocol
    rebuild();
  });
  connect(&m_evaluator, &RunEvaluator::changed, this, soon);
  connect(&m_evaluator, &RunEvaluator::framesStopped, this, [this] { noteProgress(); });
  rebuild();
}

std::vector<double> ResultsBoard::temperatures() const {
  const std::vector<double>& chosen = m_session.session().temperatures;
  return chosen.empty() ? std::vector{1.0} : chosen;
}

std::vector<FilteredMethod> ResultsBoard::methods() const {
  std::vector<FilteredMethod> out;
  for (const std::string& name : m_session.session().methods) out.push_back(FilteredMethod::named(name));
  if (out.empty()) out.assign(allMethods().begin(), allMethods().end());
  return out;
}

ViewState ResultsBoard::viewOf(const Source& source) const {
  ViewState view = m_session.view();
  view.other.reset();
  view.score = {.method = view.score.method, .passes = view.score.passes};
  if (source.isFolder)
    view.score.imported = source.label;
  else
    view.model = source.label;
  return view;
}

void ResultsBoard::addSources() {
  m_sources.clear();
  for (const OpenModel& model : m_workspace.models()) m_sources.push_back({.label = model.label});
  for (const OpenScores& folder : m_workspace.scores()) m_sources.push_back({.label = folder.label, .isFolder = true});
  for (const EnsembleEntry& ensemble : m_workspace.ensembles())
    m_sources.push_back({.label = ensemble.name, .isFolder = true});
  for (Source& source : m_sources)
    for (const std::string& set : m_matrix.sets) {
      QString reason;
      auto live = m_workspace.liveSet(QString::fromStdString(set), viewOf(source), reason);
      if (live && !hasTruth(*live)) {
        reason = tr("the ground truth of the set is withheld");
        live.reset();
      }
      source.live.push_back(std::move(live));
      source.reasons.push_back(reason.toStdString());
    }
}

void ResultsBoard::addRows(std::size_t source) {
  const Source& of = m_sources[source];
  std::vector<float> temperatures;
  for (const double temperature : this->temperatures()) temperatures.push_back(static_cast<float>(temperature));
  std::vector<Configuration> known;
  const auto add = [&](const ScoreSource& scores, const FilteredMethod& method) {
    try {
      for (const Configuration& configuration : filteredConfigurations(scores, {method}, temperatures)) {
        if (std::ranges::find(known, configuration) != known.end()) continue;
        known.push_back(configuration);
        m_matrix.rows.push_back({.source = of.label,
                                 .isFolder = of.isFolder,
                                 .hasLogits = configuration.method.has_value(),
                                 .configuration = configuration,
                                 .polarity = scores.polarity()});
        m_sourceOfRow.push_back(source);
      }
    } catch (const Error&) {  // a method that the source cannot give has no row: no void channel, say
      return;
    }
  };
  for (const auto& live : of.live) {
    if (!live) continue;
    for (const FilteredMethod& method : methods()) add(live->source(), method);  // of maps the filters alone tell
  }
  if (!known.empty()) return;
  // It fits none of the sets: a row says why.
  m_matrix.rows.push_back({.source = of.label,
                           .isFolder = of.isFolder,
                           .hasLogits = false,
                           .configuration = {of.label, std::nullopt, std::nullopt}});
  m_sourceOfRow.push_back(source);
}

std::optional<Task> ResultsBoard::taskOf(std::size_t row, std::size_t set) const {
  const MatrixRow& scored = m_matrix.rows[row];
  const auto& live = m_sources[m_sourceOfRow[row]].live[set];
  if (!live || live->source().takesMethods() != scored.configuration.method.has_value()) return std::nullopt;
  return Task{live, scored.configuration, m_measured.protocol, kMatrixNeeds};
}

MatrixCell ResultsBoard::cellAt(std::size_t row, std::size_t set) const {
  MatrixCell cell;
  const auto task = taskOf(row, set);
  if (!task) {
    cell.state = RunState::Impossible;
    cell.reason = m_sources[m_sourceOfRow[row]].reasons[set];
    if (cell.reason.empty()) cell.reason = "the scores of this set are of another kind";
    return cell;
  }
  cell.run = task->run();
  cell.state = m_evaluator.state(*task);
  if (const auto known = m_evaluator.find(*cell.run)) cell.result = known->row;
  if (cell.state == RunState::Failed) cell.reason = m_evaluator.failure(*cell.run);
  return cell;
}

void ResultsBoard::rebuild() {
  m_rebuild.stop();
  m_measured = runChoiceOf(m_session.view());
  m_matrix = {};
  m_sourceOfRow.clear();
  for (const OpenSet& open : m_workspace.sets()) m_matrix.sets.push_back(open.set->name);
  addSources();
  for (std::size_t source = 0; source < m_sources.size(); ++source) addRows(source);
  for (std::size_t row = 0; row < m_matrix.rows.size(); ++row)
    for (std::size_t set = 0; set < m_matrix.sets.size(); ++set) m_matrix.cells.push_back(cellAt(row, set));
  count();
  noteProgress();
}

void ResultsBoard::count() {
  std::erase_if(m_withoutLogits, [&](const auto& known) { return !m_workspace.isOpen(known.first); });
  CountRequest request{.parts = {}, .store = m_workspace.sharedStore()};
  for (const Source& source : m_sources) {
    const OpenModel* model = source.isFolder ? nullptr : m_workspace.findModel(QString::fromStdString(source.label));
    if (model == nullptr || !model->info) continue;
    for (const auto& live : source.live)
      if (live && live->account().unread > 0 && !m_withoutLogits.contains(live))
        request.parts.push_back({live, model->model, framesNotReady(*live)});
  }
  // What is being counted is counted to its end.
  if (!request.parts.empty() && !m_countJob.isBusy()) m_countJob.request(std::move(request));
}

void ResultsBoard::addMissing(std::vector<Task>& out, std::size_t source, std::size_t column) const {
  for (std::size_t row = 0; row < m_matrix.rows.size(); ++row) {
    if (m_sourceOfRow[row] != source) continue;
    const auto task = taskOf(row, column);
    if (task && !m_evaluator.isKnown(*task)) out.push_back(*task);
  }
}

std::vector<Task> ResultsBoard::missing() const {
  std::vector<Task> out;
  const std::string& set = m_session.view().set;
  const std::string& source = m_session.view().score.imported.value_or(m_session.view().model);
  // A set's maps are made once for all that is read off them: what is of one set and source goes together.
  for (const bool isOfView : {true, false})
    for (std::size_t s = 0; s < m_sources.size(); ++s)
      for (std::size_t column = 0; column < m_matrix.sets.size(); ++column)
        if ((m_sources[s].label == source && m_matrix.sets[column] == set) == isOfView) addMissing(out, s, column);
  return out;
}

WorkAhead ResultsBoard::ahead(const std::vector<Task>& tasks, bool& isCounted) const {
  WorkAhead work{.secondsPerRunFrame = m_evaluator.secondsPerRunFrame()};
  isCounted = true;
  for (const Task& task : tasks) {
    const FrameAccount account = task.live->account();
    work.runFrames += account.total - account.unlabelled - account.failed;
  }
  double seconds = 0.0;
  bool isTimed = true;
  for (const auto& live : liveSetsOf(tasks)) {
    const std::size_t unread = framesNotReady(*live).size();
    if (live->account().unread == 0) continue;
    const auto known = m_withoutLogits.find(live);
    const bool isFolder = std::ranges::any_of(
        m_sources, [&](const Source& source) { return source.isFolder && std::ranges::count(source.live, live) > 0; });
    if (isFolder) continue;
    if (known == m_withoutLogits.end()) {
      isCounted = false;
      continue;
    }
    const std::size_t frames = std::min(known->second, unread);
    const auto each = m_workspace.runner().secondsPerPass(live->source().id());
    work.networkFrames += frames;
    isTimed = isTimed && (each || frames == 0);
    seconds += static_cast<double>(frames) * each.value_or(0.0);
  }
  // Networks differ: what is given is the mean of those that are to run.
  if (isTimed && work.networkFrames > 0)
    work.secondsPerNetworkFrame = seconds / static_cast<double>(work.networkFrames);
  return work;
}

ResultsOutlook ResultsBoard::outlook() const {
  const std::vector<Task> tasks = missing();
  bool isCounted = true;
  const WorkAhead work = ahead(tasks, isCounted);
  ResultsOutlook out{.runs = tasks.size(), .frames = unreadFrames(tasks)};
  if (!isCounted) return out;
  out.networkFrames = work.networkFrames;
  out.seconds = secondsLeft(work);
  return out;
}

ResultsProgress ResultsBoard::progress() const {
  const std::vector<Task> tasks = m_evaluator.waiting(RunEvaluator::Asker::Matrix);
  const std::size_t frames = unreadFrames(tasks);
  bool isCounted = true;
  ResultsProgress out{.runsDone = m_runsTotal - std::min(m_runsTotal, tasks.size()),
                      .runsTotal = m_runsTotal,
                      .framesDone = m_framesTotal - std::min(m_framesTotal, frames),
                      .framesTotal = m_framesTotal};
  const WorkAhead work = ahead(tasks, isCounted);
  if (isCounted) out.secondsLeft = secondsLeft(work);
  return out;
}

void ResultsBoard::evaluateAll() {
  open();
  const std::vector<Task> tasks = missing();
  if (tasks.empty() || isEvaluating()) return;
  m_runsTotal = tasks.size();
  m_framesTotal = unreadFrames(tasks);
  m_evaluator.request(RunEvaluator::Asker::Matrix, tasks, true);
  rebuild();
}

void ResultsBoard::cancel() {
  m_evaluator.cancel(RunEvaluator::Asker::Matrix);
  // The frames of the run that is looked at are still wanted.
  const ViewState& view = m_session.view();
  QString reason;
  const auto live = m_workspace.liveSet(QString::fromStdString(view.set), view, reason);
  if (live && live->account().unread > 0) m_workspace.runner().enqueue(live, live->dataSet().find(view.frame));
  rebuild();
}

void ResultsBoard::noteProgress() {
  const bool hasEnded = isEvaluating() && !m_evaluator.isBusy(RunEvaluator::Asker::Matrix);
  if (hasEnded) m_runsTotal = m_framesTotal = 0;
  Q_EMIT changed();
  if (hasEnded) Q_EMIT finished();
}

RunChoice ResultsBoard::choiceOf(std::size_t row, std::size_t set) const {
  const MatrixRow& scored = m_matrix.rows[row];
  RunChoice choice = runChoiceOf(m_session.view());
  choice.set = m_matrix.sets[set];
  // A temperature without effect stays as it is set.
  choice.score =
      ScoreChoice{.temperature = scored.configuration.temperature.value_or(m_session.view().score.temperature),
                  .passes = m_session.view().score.passes};
  if (scored.isFolder) {
    choice.score.imported = scored.source;
    choice.score.importedLogits = scored.hasLogits;
  } else {
    choice.model = scored.source;
  }
  if (scored.configuration.method) choice.score.method = *scored.configuration.method;
  choice.score.filters = scored.configuration.filters;
  return choice;
}

std::optional<std::pair<std::size_t, std::size_t>> ResultsBoard::cellOf(const ViewState& view) const {
  const auto set = std::ranges::find(m_matrix.sets, view.set);
  const std::string& source = view.score.imported ? *view.score.imported : view.model;
  const Configuration shown = configurationOf(view.score);
  for (std::size_t row = 0; row < m_matrix.rows.size() && set != m_matrix.sets.end(); ++row) {
    const MatrixRow& scored = m_matrix.rows[row];
    const bool isSame = scored.configuration.method == shown.method &&
                        scored.configuration.temperature == shown.temperature &&
                        scored.configuration.filters == shown.filters;
    if (scored.source == source && scored.isFolder == view.score.imported.has_value() && isSame)
      return std::pair(row, static_cast<std::size_t>(set - m_matrix.sets.begin()));
  }
  return std::nullopt;
}

}  // namespace oodscope
