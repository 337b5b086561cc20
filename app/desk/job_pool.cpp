// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/job_pool.h"

#include "app/desk/background_priority.h"

#include <algorithm>
#include <optional>

namespace oodscope {
namespace {

constexpr int kSeenWork = 1;  // steps of niceness: what is looked at comes before what is told

bool isAwaited(JobPriority priority) { return priority != JobPriority::Spare; }

}  // namespace

std::vector<JobPool::Lane> JobPool::lanesFor(int cores) {
  const int all = std::max(2, cores + 1);
  const int background = std::max(1, all / 3);
  const int seen = all > 2 ? std::max(1, cores / 4) : 0;
  std::vector<Lane> lanes;
  for (int i = 0; i < all; ++i) {
    if (i < seen)
      lanes.push_back({JobPriority::Visible, JobPriority::Visible, kSeenWork});
    else if (i < all - background)
      lanes.push_back({JobPriority::Visible, JobPriority::Exact, kLiveWork});
    else
      lanes.push_back({JobPriority::Exact, JobPriority::Spare, kBackgroundWork});
  }
  return lanes;
}

JobPool::JobPool(int cores) : m_lanes(lanesFor(cores)) {}

JobPool::~JobPool() {
  {
    const std::scoped_lock lock(m_mutex);
    m_ending = true;
    m_waiting.clear();
    for (Task* task : m_running) task->stop.request_stop();
  }
  m_wake.notify_all();
  m_threads.clear();
}

JobPool& JobPool::shared() {
  static JobPool pool(static_cast<int>(std::thread::hardware_concurrency()));
  return pool;
}

void JobPool::start() {
  if (!m_threads.empty()) return;
  m_threads.reserve(m_lanes.size());
  for (const Lane& lane : m_lanes) m_threads.emplace_back([this, lane] { run(lane); });
}

void JobPool::submit(Key key, JobPriority priority, Work work) {
  {
    const std::scoped_lock lock(m_mutex);
    if (m_ending || std::find(m_withdrawn.begin(), m_withdrawn.end(), key) != m_withdrawn.end()) return;
    start();
    const auto waiting =
        std::find_if(m_waiting.begin(), m_waiting.end(), [key](const Task& task) { return task.key == key; });
    if (waiting != m_waiting.end()) {
      waiting->priority = priority;
      waiting->work = std::move(work);
    } else {
      m_waiting.push_back({key, priority, std::move(work)});
    }
  }
  m_wake.notify_all();
}

const JobPool::Task* JobPool::runningOf(Key key) const {
  const auto found =
      std::find_if(m_running.begin(), m_running.end(), [key](const Task* task) { return task->key == key; });
  return found == m_running.end() ? nullptr : *found;
}

void JobPool::cancel(Key key) {
  std::optional<std::stop_source> stop;
  {
    const std::scoped_lock lock(m_mutex);
    std::erase_if(m_waiting, [key](const Task& task) { return task.key == key; });
    if (const Task* running = runningOf(key)) stop.emplace(running->stop);
  }
  if (stop) stop->request_stop();
}

void JobPool::withdraw(Key key) {
  {
    const std::scoped_lock lock(m_mutex);
    m_withdrawn.push_back(key);  // what runs may ask for more
  }
  cancel(key);
  std::unique_lock lock(m_mutex);
  m_done.wait(lock, [&] { return runningOf(key) == nullptr; });
  std::erase(m_withdrawn, key);
}

bool JobPool::isBusy(Key key) const {
  const std::scoped_lock lock(m_mutex);
  return runningOf(key) != nullptr ||
         std::any_of(m_waiting.begin(), m_waiting.end(), [key](const Task& task) { return task.key == key; });
}

void JobPool::addUnpublished(int count) {
  const std::scoped_lock lock(m_mutex);
  m_unpublished += count;
}

bool JobPool::isIdle() const {
  const std::scoped_lock lock(m_mutex);
  return m_unpublished == 0 &&
         std::none_of(m_waiting.begin(), m_waiting.end(), [](const Task& task) { return isAwaited(task.priority); }) &&
         std::none_of(m_running.begin(), m_running.end(), [](const Task* task) { return isAwaited(task->priority); });
}

int JobPool::threadCount() const {
  const std::scoped_lock lock(m_mutex);
  return static_cast<int>(m_threads.size());
}

std::deque<JobPool::Task>::iterator JobPool::nextOf(const Lane& lane) {
  auto next = m_waiting.end();
  for (auto task = m_waiting.begin(); task != m_waiting.end(); ++task) {
    const bool taken = task->priority >= lane.first && task->priority <= lane.last && runningOf(task->key) == nullptr;
    if (taken && (next == m_waiting.end() || task->priority < next->priority)) next = task;
  }
  return next;
}

void JobPool::run(const Lane& lane) {
  lowerThreadPriority(lane.niceness);
  std::unique_lock lock(m_mutex);
  for (;;) {
    auto next = m_waiting.end();
    m_wake.wait(lock, [&] { return m_ending || (next = nextOf(lane)) != m_waiting.end(); });
    if (m_ending) return;
    Task task = std::move(*next);
    m_waiting.erase(next);
    m_running.push_back(&task);
    lock.unlock();
    task.work(task.stop.get_token());
    task.work = nullptr;  // what it held is let go before anybody is told that it ended
    lock.lock();
    std::erase(m_running, &task);
    m_done.notify_all();
    m_wake.notify_all();  // the newest of the same key waited for this
  }
}

}  // namespace oodscope
