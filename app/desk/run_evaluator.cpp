// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/run_evaluator.h"

#include "analysis/regions/decision.h"
#include "app/desk/inference_runner.h"
#include "app/documents/result_row.h"
#include "app/studies/component_track.h"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace oodscope {
namespace {

constexpr std::size_t kTimedRuns = 8;  // sets and methods differ: the rate follows the latest

bool hasAllFrames(const LiveSet& live) { return live.account().unread == 0; }

/// Components at the best F1 of the run's pixels, as `evaluate --components auto` has them. False where stopped.
bool addComponents(LiveSet& live, const ExactRun& run, ResultRow& row, const std::stop_token& stop) {
  const auto best = run.metrics.bestF1Threshold;
  if (!best) return true;
  const ComponentTrack track = componentTrack(live.objectTrack());
  const auto metrics = live.components(run.configuration, *best, track, stop);
  if (!metrics) return false;
  row.components = ComponentColumns{.threshold = live.source().exactScore(strictlyBelow(*best)),
                                    .siou = metrics->siou,
                                    .ppv = metrics->ppv,
                                    .f1Star = metrics->f1Star,
                                    .track = std::string(componentTrackName(track)),
                                    .frames = static_cast<std::int64_t>(run.frames.size())};
  return true;
}

std::shared_ptr<const ScoreHistogram> histogramOf(LiveSet& live, const Configuration& configuration,
                                                  const std::stop_token& stop) {
  const auto counts = live.counts(configuration, stop);
  if (!counts) return nullptr;
  const auto details = live.details(configuration, *counts, stop);
  return details ? std::make_shared<const ScoreHistogram>(details->histogram) : nullptr;
}

}  // namespace

RunEvaluator::RunEvaluator(Workspace& workspace, QObject* parent)
    : QObject(parent),
      m_workspace(workspace),
      m_job(this, JobPriority::Background, &RunEvaluator::evaluate,
            [this](const Work& work, const Outcome<Made>& outcome) { publish(work, outcome); }) {
  const InferenceRunner& runner = m_workspace.runner();
  connect(&runner, &InferenceRunner::frameReady, this, &RunEvaluator::onRunnerChanged);
  connect(&runner, &InferenceRunner::frameFailed, this, &RunEvaluator::onRunnerChanged);
  connect(&runner, &InferenceRunner::progressChanged, this, &RunEvaluator::onRunnerChanged);
  for (const auto signal :
       {&Workspace::setClosed, &Workspace::modelClosed, &Workspace::modelOpened, &Workspace::ensembleClosed})
    connect(&m_workspace, signal, this, &RunEvaluator::dropClosed);
  for (const auto signal : {&Workspace::setRenamed, &Workspace::sourceRenamed})
    connect(&m_workspace, signal, this, &RunEvaluator::dropClosed);
}

RunEvaluator::~RunEvaluator() = default;

RunEvaluator::Made RunEvaluator::evaluate(const Work& work, const std::stop_token& stop) {
  const Task& task = work.task;
  const auto start = std::chrono::steady_clock::now();
  LiveSet& live = *task.live;
  auto made = std::make_shared<FinishedRun>();
  made->has = task.needs;
  made->seen = live.account();
  std::shared_ptr<const ExactRun> exact;
  if (task.needs.curves) {
    exact = live.exact(task.configuration, task.protocol, std::nullopt, stop);
  } else if (auto rows = live.exactRows(task.configuration, std::span(&task.protocol, 1), stop)) {
    exact = std::make_shared<const ExactRun>(std::move(rows->runs.front()));
  }
  if (!exact) return {};
  ResultRow row =
      resultRow(live.dataSet().name, live.source(), task.configuration, task.protocol, exact->metrics, exact->account);
  if (task.needs.components && !addComponents(live, *exact, row, stop)) return {};
  made->row = std::make_shared<const ResultRow>(std::move(row));
  if (task.needs.curves) made->numbers = std::make_shared<const SetNumbers>(numbersOf(*exact, live));
  if (task.needs.histogram) {
    made->histogram = histogramOf(live, task.configuration, stop);
    if (!made->histogram) return {};
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return {made, seconds / static_cast<double>(std::max<std::size_t>(1, exact->frames.size()))};
}

std::shared_ptr<const FinishedRun> RunEvaluator::find(const RunSpec& run) const {
  const auto known = m_known.find(run);
  return known == m_known.end() ? nullptr : known->second;
}

bool RunEvaluator::isKnown(const Task& task) const {
  const auto known = find(task.run());
  return known && known->has.cover(task.needs) && known->seen == task.live->account() && hasAllFrames(*task.live) &&
         known->row->precision == task.live->source().precision();
}

std::string RunEvaluator::failure(const RunSpec& run) const {
  const auto failed = m_failed.find(run);
  return failed == m_failed.end() ? std::string() : failed->second.reason;
}

RunState RunEvaluator::state(const Task& task) const {
  const RunSpec run = task.run();
  if (const Queued* waits = queued(run)) {
    if (waits->runs()) return RunState::Runs;
    return hasAllFrames(*task.live) ? RunState::Waits : RunState::WaitsForFrames;
  }
  if (isKnown(task)) return RunState::Done;
  const auto failed = m_failed.find(run);
  return failed != m_failed.end() && failed->second.seen == task.live->account() ? RunState::Failed : RunState::Unknown;
}

RunEvaluator::Queued* RunEvaluator::queued(const RunSpec& run) const {
  const auto found = m_queued.find(run);
  return found == m_queued.end() ? nullptr : found->second.get();
}

template <class IsDropped>
bool RunEvaluator::drop(const IsDropped& isDropped) {
  bool stopsRunning = false;
  std::erase_if(m_queue, [&](const std::shared_ptr<Queued>& each) {
    if (!isDropped(*each)) return false;
    stopsRunning = stopsRunning || each->runs();
    m_queued.erase(each->run);
    return true;
  });
  return stopsRunning;
}

void RunEvaluator::request(Asker asker, const std::vector<Task>& tasks, bool again) {
  for (const Task& task : tasks) {
    const RunSpec run = task.run();
    if (Queued* waits = queued(run)) {
      if (!waits->runs()) waits->task.needs = waits->task.needs.with(task.needs);
      if (std::ranges::find(waits->askers, asker) == waits->askers.end()) waits->askers.push_back(asker);
      continue;
    }
    if (again) m_failed.erase(run);
    const RunState now = state(task);
    if (now == RunState::Done || now == RunState::Failed) continue;
    Task wanted = task;
    // What is known already stays so.
    if (const auto known = find(run); known && known->seen == task.live->account())
      wanted.needs = wanted.needs.with(known->has);
    m_queue.push_back(std::make_shared<Queued>(Queued{.task = std::move(wanted), .run = run, .askers = {asker}}));
    m_queued[run] = m_queue.back();
  }
  // Kept runs go first; what runs stays in front.
  std::stable_partition(m_queue.begin(), m_queue.end(), [](const std::shared_ptr<Queued>& each) {
    return each->runs() || std::ranges::find(each->askers, Asker::KeptRuns) != each->askers.end();
  });
  std::stable_partition(m_queue.begin(), m_queue.end(),
                        [](const std::shared_ptr<Queued>& each) { return each->runs(); });
  askForFrames();
  next();
  Q_EMIT changed();
}

void RunEvaluator::askForFrames() {
  for (const auto& each : m_queue) {
    const auto& live = each->task.live;
    if (hasAllFrames(*live) || std::ranges::find(m_enqueued, live) != m_enqueued.end()) continue;
    m_enqueued.push_back(live);
    m_workspace.runner().enqueue(live, std::nullopt);
  }
}

void RunEvaluator::next() {
  if (!m_queue.empty() && m_queue.front()->runs()) return;
  const auto ready = std::find_if(m_queue.begin(), m_queue.end(),
                                  [](const std::shared_ptr<Queued>& each) { return hasAllFrames(*each->task.live); });
  if (ready == m_queue.end()) return;
  (*ready)->ticket = ++m_tickets;
  std::rotate(m_queue.begin(), ready, ready + 1);
  m_job.request({m_queue.front()->task, m_tickets});
}

void RunEvaluator::publish(const Work& work, const Outcome<Made>& outcome) {
  const Task& task = work.task;
  const RunSpec run = task.run();
  if (!m_queue.empty() && m_queue.front()->ticket == work.ticket) {
    m_queued.erase(run);
    m_queue.pop_front();
  }
  if (outcome.hasValue() && outcome.value().run && m_workspace.isOpen(task.live)) {
    m_known[run] = outcome.value().run;
    m_failed.erase(run);
    m_recent.push_back(outcome.value().seconds);
    if (m_recent.size() > kTimedRuns) m_recent.pop_front();
  }
  if (outcome.isFailure()) m_failed[run] = {outcome.failure(), task.live->account()};
  next();
  Q_EMIT changed();
}

void RunEvaluator::cancel(Asker asker) {
  const bool stopsRunning = drop([asker](Queued& each) {
    std::erase(each.askers, asker);
    return each.askers.empty();
  });
  if (stopsRunning) m_job.cancel();
  std::erase_if(m_enqueued, [&](const std::shared_ptr<LiveSet>& live) {
    const bool isNeeded =
        std::ranges::any_of(m_queue, [&](const std::shared_ptr<Queued>& each) { return each->task.live == live; });
    if (!isNeeded) m_workspace.runner().forget(live);
    return !isNeeded;
  });
  next();
  Q_EMIT changed();
}

std::vector<RunEvaluator::Task> RunEvaluator::waiting(Asker asker) const {
  std::vector<Task> out;
  for (const auto& each : m_queue)
    if (std::ranges::find(each->askers, asker) != each->askers.end()) out.push_back(each->task);
  return out;
}

std::optional<double> RunEvaluator::secondsPerRunFrame() const {
  if (m_recent.empty()) return std::nullopt;
  return std::accumulate(m_recent.begin(), m_recent.end(), 0.0) / static_cast<double>(m_recent.size());
}

void RunEvaluator::onRunnerChanged() {
  std::erase_if(m_enqueued, [](const std::shared_ptr<LiveSet>& live) { return hasAllFrames(*live); });
  const bool isStopped = !m_enqueued.empty() && !m_workspace.runner().isBusy();
  if (isStopped) {  // by somebody: no frame comes any more
    m_enqueued.clear();
    drop([](const Queued& each) { return !each.runs() && !hasAllFrames(*each.task.live); });
  }
  next();
  if (m_queue.empty() && !isStopped) return;
  Q_EMIT changed();
  if (isStopped) Q_EMIT framesStopped();
}

void RunEvaluator::dropClosed() {
  const auto isGone = [&](const std::shared_ptr<LiveSet>& live) { return !m_workspace.isOpen(live); };
  const bool stopsRunning = drop([&](const Queued& each) { return isGone(each.task.live); });
  std::erase_if(m_enqueued, isGone);
  if (stopsRunning) m_job.cancel();
  // A set that is opened again may hold other files.
  const auto isOfClosedSet = [&](const RunSpec& run) {
    return std::ranges::none_of(m_workspace.sets(), [&](const OpenSet& open) { return open.id == run.set; });
  };
  std::erase_if(m_known, [&](const auto& known) { return isOfClosedSet(known.first); });
  std::erase_if(m_failed, [&](const auto& known) { return isOfClosedSet(known.first); });
  next();
  Q_EMIT changed();
}

}  // namespace oodscope
