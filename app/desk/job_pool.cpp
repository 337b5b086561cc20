// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/job_pool.h"

#include "app/desk/background_priority.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace oodscope {
namespace {

constexpr int kSeenWork = 1;  // steps of niceness: what is looked at comes before what is told

bool isAwaited(JobPriority priority) { return priority != JobPriority::Spare; }

}  // namespace

std::vector<JobPool::Lane> JobPool::lanesFor(int cores) {
  using P = JobPriority;
  constexpr Kinds kNone{P::Spare, P::Visible};
  const int all = std::max(2, cores + 1);
  if (all == 2) return {{{P::Visible, P::Estimate}, kNone, kLiveWork}, {{P::Exact, P::Spare}, kNone, kBackgroundWork}};
  const int background = std::max(1, all / 3);
  const int seen = std::max(1, cores / 4);
  std::vector<Lane> lanes;
  for (int i = 0; i < all; ++i) {
    if (i < seen)
      lanes.push_back({{P::Visible, P::Visible}, {P::Estimate, P::Estimate}, kSeenWork});
    else if (i < all - background)
      lanes.push_back({{P::Visible, P::Exact}, kNone, kLiveWork});
    else
      lanes.push_back({{P::Background, P::Background}, {P::Exact, P::Spare}, kBackgroundWork});
  }
  return lanes;
}

JobPool::JobPool(int cores) : m_lanes(lanesFor(cores)), m_sleepers(m_lanes.size()) {}

JobPool::~JobPool() {
  {
    const std::scoped_lock lock(m_mutex);
    m_ending = true;
    m_waiting.clear();
    for (Task* task : m_running) task->stop.request_stop();
    for (Sleeper& sleeper : m_sleepers) sleeper.wake.notify_one();
  }
  m_threads.clear();
}

JobPool& JobPool::shared() {
  static JobPool pool(static_cast<int>(std::thread::hardware_concurrency()));
  return pool;
}

void JobPool::start() {
  if (!m_threads.empty()) return;
  m_threads.reserve(m_lanes.size());
  for (const Lane& lane : m_lanes)
    m_threads.emplace_back([this, &lane, number = static_cast<int>(m_threads.size())] { run(lane, number); });
}

void JobPool::put(Key key, JobPriority priority, Work work) {
  const auto waiting =
      std::find_if(m_waiting.begin(), m_waiting.end(), [key](const Task& task) { return task.key == key; });
  if (waiting != m_waiting.end()) {
    waiting->priority = priority;
    waiting->work = std::move(work);
  } else {
    m_waiting.push_back({key, priority, std::move(work)});
  }
}

void JobPool::submit(Key key, JobPriority priority, Work work) {
  std::vector<std::stop_source> asked;
  {
    const std::scoped_lock lock(m_mutex);
    if (m_ending || std::find(m_withdrawn.begin(), m_withdrawn.end(), key) != m_withdrawn.end()) return;
    start();
    put(key, priority, std::move(work));
    asked = guestsInTheWay();
    wakeThoseWithWork();
  }
  for (std::stop_source& stop : asked) stop.request_stop();
}

JobPool::Task* JobPool::runningOf(Key key) const {
  const auto found =
      std::find_if(m_running.begin(), m_running.end(), [key](const Task* task) { return task->key == key; });
  return found == m_running.end() ? nullptr : *found;
}

const JobPool::Task* JobPool::runningOn(const Lane& lane) const {
  const auto found =
      std::find_if(m_running.begin(), m_running.end(), [&](const Task* task) { return task->lane == &lane; });
  return found == m_running.end() ? nullptr : *found;
}

bool JobPool::isHeldByPasses() const {
  return std::all_of(m_lanes.begin(), m_lanes.end(), [this](const Lane& lane) {
    if (!lane.own.hold(JobPriority::Estimate)) return true;
    const Task* running = runningOn(lane);
    return running != nullptr && running->priority > JobPriority::Estimate;
  });
}

bool JobPool::givesWay(Key key, Work again) {
  {
    const std::scoped_lock lock(m_mutex);
    const Task* task = runningOf(key);
    if (task == nullptr || !task->givesWay || m_ending) return false;
    if (std::find(m_withdrawn.begin(), m_withdrawn.end(), key) != m_withdrawn.end()) return false;
    const bool isNewer = std::any_of(m_waiting.begin(), m_waiting.end(), [key](const Task& t) { return t.key == key; });
    if (!isNewer) m_waiting.push_front({key, task->priority, std::move(again)});
    wakeThoseWithWork();
  }
  return true;
}

std::vector<std::stop_source> JobPool::guestsInTheWay() {
  std::vector<std::stop_source> asked;
  for (const Task& waiting : m_waiting) {
    if (runningOf(waiting.key) != nullptr) continue;
    const auto isFree = [&](const Lane& lane) { return lane.takes(waiting.priority) && runningOn(lane) == nullptr; };
    if (std::any_of(m_lanes.begin(), m_lanes.end(), isFree)) continue;
    for (Task* running : m_running) {
      const bool isHost = running->lane->own.hold(waiting.priority);
      if (!isHost || running->lane->own.hold(running->priority) || running->givesWay) continue;
      running->givesWay = true;
      asked.push_back(running->stop);
      break;
    }
  }
  return asked;
}

void JobPool::cancel(Key key) {
  std::optional<std::stop_source> stop;
  {
    const std::scoped_lock lock(m_mutex);
    std::erase_if(m_waiting, [key](const Task& task) { return task.key == key; });
    if (Task* running = runningOf(key)) {
      running->givesWay = false;  // it does not begin again
      stop.emplace(running->stop);
    }
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

std::deque<JobPool::Task>::iterator JobPool::nextOf(const Lane& lane, const std::vector<Key>& given) {
  // What is looked at goes where nothing holds it up; where a thread is free for it, no other takes it.
  const bool isLeftToSeen = !lane.isForSeen() && std::any_of(m_lanes.begin(), m_lanes.end(), [this](const Lane& other) {
    return other.isForSeen() && runningOn(other) == nullptr;
  });
  const auto isFree = [&](const Task& task) {
    return runningOf(task.key) == nullptr && std::find(given.begin(), given.end(), task.key) == given.end() &&
           !(isLeftToSeen && task.priority == JobPriority::Visible);
  };
  const auto soonest = [&](const Kinds& kinds) {
    auto next = m_waiting.end();
    for (auto task = m_waiting.begin(); task != m_waiting.end(); ++task)
      if (kinds.hold(task->priority) && isFree(*task) && (next == m_waiting.end() || task->priority < next->priority))
        next = task;
    return next;
  };
  const auto own = soonest(lane.own);
  if (own != m_waiting.end()) return own;
  if (lane.guests.hold(JobPriority::Estimate) && !isHeldByPasses()) return m_waiting.end();
  return soonest(lane.guests);
}

void JobPool::wakeThoseWithWork() {
  std::vector<Key> given;
  for (std::size_t i = 0; i < m_lanes.size(); ++i) {
    Sleeper& sleeper = m_sleepers[i];
    if (!sleeper.isAsleep) continue;
    const auto next = nextOf(m_lanes[i], given);
    if (next == m_waiting.end()) continue;
    given.push_back(next->key);
    sleeper.isAsleep = false;
    sleeper.wake.notify_one();
  }
}

void JobPool::run(const Lane& lane, int number) {
  nameThread(std::string("desk-job-").append(std::to_string(number)));
  lowerThreadPriority(lane.niceness);
  lowerWorkerPriorities();
  Sleeper& sleeper = m_sleepers[static_cast<std::size_t>(number)];
  std::unique_lock lock(m_mutex);
  for (;;) {
    auto next = nextOf(lane);
    while (!m_ending && next == m_waiting.end()) {
      sleeper.isAsleep = true;
      sleeper.wake.wait(lock);
      sleeper.isAsleep = false;
      next = nextOf(lane);
    }
    if (m_ending) return;
    Task task = std::move(*next);
    m_waiting.erase(next);
    task.lane = &lane;
    m_running.push_back(&task);
    std::vector<std::stop_source> asked = guestsInTheWay();  // what waits has one thread less
    wakeThoseWithWork();
    lock.unlock();
    for (std::stop_source& stop : asked) stop.request_stop();
    task.work(task.stop.get_token());
    task.work = nullptr;  // what it held is let go before anybody is told that it ended
    lock.lock();
    std::erase(m_running, &task);
    m_done.notify_all();
    wakeThoseWithWork();  // the newest of the same key waited for this
  }
}

}  // namespace oodscope
