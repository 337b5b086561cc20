// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/inference_runner.h"

#include "analysis/core/failure_text.h"
#include "app/desk/background_priority.h"
#include "app/desk/post_to.h"
#include "inference/models/model.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace oodscope {
namespace {

constexpr std::size_t kRecentFrames = 8;  // the rate follows the last few frames: sets differ in size

}  // namespace

InferenceRunner::InferenceRunner(QObject* parent) : QObject(parent), m_thread([this] { run(); }) {}

InferenceRunner::~InferenceRunner() {
  {
    const std::scoped_lock lock(m_mutex);
    m_ending = true;
    m_tasks.clear();
  }
  m_wake.notify_all();
  m_thread.join();
}

void InferenceRunner::enqueue(const std::shared_ptr<LiveSet>& set, std::optional<std::size_t> first) {
  {
    const std::scoped_lock lock(m_mutex);
    const auto isQueued = [&](std::size_t frame) {
      const auto same = [&](const Task& task) { return task.set == set && task.frame == frame; };
      return (m_running && same(*m_running)) || std::any_of(m_tasks.begin(), m_tasks.end(), same);
    };
    if (m_tasks.empty() && !m_running) {
      m_done = 0;
      m_total = 0;
    }
    std::vector<std::size_t> frames(set->dataSet().frames.size());
    std::iota(frames.begin(), frames.end(), std::size_t{0});
    if (first && *first < frames.size())
      std::rotate(frames.begin(), frames.begin() + static_cast<std::ptrdiff_t>(*first), frames.end());
    for (const std::size_t frame : frames) {
      if (set->isReady(frame) || isQueued(frame)) continue;
      m_tasks.push_back({set, frame});
      ++m_total;
    }
  }
  m_wake.notify_all();
  report();
}

void InferenceRunner::prioritise(const std::shared_ptr<LiveSet>& set, std::size_t frame) {
  const std::scoped_lock lock(m_mutex);
  std::stable_partition(m_tasks.begin(), m_tasks.end(), [&](const Task& task) { return task.set == set; });
  std::stable_partition(m_tasks.begin(), m_tasks.end(),
                        [&](const Task& task) { return task.set == set && task.frame == frame; });
}

void InferenceRunner::pause() {
  {
    const std::scoped_lock lock(m_mutex);
    m_paused = true;
  }
  report();
}

void InferenceRunner::resume() {
  {
    const std::scoped_lock lock(m_mutex);
    m_paused = false;
  }
  m_wake.notify_all();
  report();
}

void InferenceRunner::cancel() {
  {
    const std::scoped_lock lock(m_mutex);
    m_tasks.clear();
    m_total = m_done;
    m_paused = false;
  }
  report();
}

void InferenceRunner::forget(const std::shared_ptr<LiveSet>& set) {
  {
    const std::scoped_lock lock(m_mutex);
    const auto before = m_tasks.size();
    std::erase_if(m_tasks, [&](const Task& task) { return task.set == set; });
    m_total -= std::min(m_total, before - m_tasks.size());
  }
  report();
}

std::size_t InferenceRunner::waiting(const std::shared_ptr<LiveSet>& set) const {
  const std::scoped_lock lock(m_mutex);
  const auto queued = std::ranges::count_if(m_tasks, [&](const Task& task) { return task.set == set; });
  return static_cast<std::size_t>(queued) + (m_running && m_running->set == set ? 1 : 0);
}

bool InferenceRunner::isBusy() const {
  const std::scoped_lock lock(m_mutex);
  return m_running.has_value() || !m_tasks.empty() || m_untold > 0;
}

InferenceProgress InferenceRunner::progress() const {
  const std::scoped_lock lock(m_mutex);
  return progressLocked();
}

InferenceProgress InferenceRunner::progressLocked() const {
  InferenceProgress progress{.done = m_done, .total = m_total, .paused = m_paused};
  if (!m_recent.empty()) {
    const double mean = std::accumulate(m_recent.begin(), m_recent.end(), 0.0) / static_cast<double>(m_recent.size());
    if (mean > 0.0) {
      progress.framesPerSecond = 1.0 / mean;
      progress.secondsLeft = mean * static_cast<double>(m_total - m_done);
    }
  }
  return progress;
}

std::optional<double> InferenceRunner::secondsPerPass(const SourceId& source) const {
  const std::scoped_lock lock(m_mutex);
  const auto known = m_passes.find(source);
  if (known == m_passes.end()) return std::nullopt;
  const std::deque<double>& seconds = known->second;
  return std::accumulate(seconds.begin(), seconds.end(), 0.0) / static_cast<double>(seconds.size());
}

void InferenceRunner::report() {
  const InferenceProgress now = progress();
  postTo(this, [this, now] { Q_EMIT progressChanged(now); });
}

std::optional<InferenceRunner::Task> InferenceRunner::nextTask() {
  std::unique_lock lock(m_mutex);
  m_wake.wait(lock, [this] { return m_ending || (!m_paused && !m_tasks.empty()); });
  if (m_ending) return std::nullopt;
  m_running = std::move(m_tasks.front());
  m_tasks.pop_front();
  return m_running;
}

void InferenceRunner::run() {
  nameThread("networks");
  lowerThreadPriority();  // threads that LibTorch starts from here inherit it
  lowerWorkerPriorities();
  bool keeping = true;  // as the process began
  const auto keep = [&](bool wanted) {
    if (std::exchange(keeping, wanted) == wanted) return;
    if (wanted)
      keepFreedMemory();
    else
      returnFreedMemory();
  };
  keep(false);
  while (const std::optional<Task> next = nextTask()) {
    const Task& task = *next;
    keep(true);
    const std::size_t passes = task.set->source().networkPasses();
    const auto start = std::chrono::steady_clock::now();
    QString failure;
    try {
      task.set->prepareFrame(task.frame);
    } catch (const std::exception& error) {
      failure = QString::fromStdString(failureText(error));
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    bool last = false;
    {
      const std::scoped_lock lock(m_mutex);
      m_running.reset();
      ++m_untold;
      m_done = std::min(m_done + 1, m_total);
      const auto note = [](std::deque<double>& recent, double took) {
        recent.push_back(took);
        if (recent.size() > kRecentFrames) recent.pop_front();
      };
      note(m_recent, seconds);
      // A pass is a run of the network: a frame of several has several.
      if (const std::size_t now = task.set->source().networkPasses(); now > passes)
        note(m_passes[task.set->source().id()], seconds / static_cast<double>(now - passes));
      last = m_tasks.empty();
    }
    if (last) keep(false);
    postTo(this, [this, task, failure, last] {
      {
        const std::scoped_lock lock(m_mutex);
        --m_untold;
      }
      if (failure.isEmpty())
        Q_EMIT frameReady(task.set, task.frame);
      else
        Q_EMIT frameFailed(task.set, task.frame, failure);
      Q_EMIT progressChanged(progress());
      if (last && !isBusy()) Q_EMIT finished();
    });
  }
}

}  // namespace oodscope
