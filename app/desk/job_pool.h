// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace oodscope {

/// How soon work is wanted, the soonest first: what is looked at; what follows the hand; what is told when the hand
/// rests; what was asked for and takes its time; what nobody waits for.
enum class JobPriority { Visible, Estimate, Exact, Background, Spare };

/// The program's threads for work beside the window: a few for all jobs together, as many as there are cores and one.
/// Some take only what is looked at, some only what may last, so that neither waits for the other; the niceness of a
/// thread is that of its work, since a thread cannot take its niceness back. Work of one key runs once at a time; of
/// what waits under a key the newest wins. All functions may be called from any thread.
class JobPool {
public:
  using Key = const void*;
  using Work = std::function<void(const std::stop_token&)>;

  explicit JobPool(int cores);
  /// Drops what waits, asks what runs to stop and waits for it.
  ~JobPool();
  JobPool(const JobPool&) = delete;
  JobPool& operator=(const JobPool&) = delete;
  /// The program's own.
  [[nodiscard]] static JobPool& shared();

  /// `work` must not throw. It takes the place of what waits under `key`.
  void submit(Key key, JobPriority priority, Work work);
  /// Drops what waits under `key` and asks what runs to stop.
  void cancel(Key key);
  /// The same, and waits until nothing of it runs.
  void withdraw(Key key);
  [[nodiscard]] bool isBusy(Key key) const;

  /// Results that were made and are still on the way to whom they are for.
  void addUnpublished(int count);
  /// Nothing runs, waits or is unpublished, apart from what nobody waits for.
  [[nodiscard]] bool isIdle() const;
  /// Threads that were started; none before the first work.
  [[nodiscard]] int threadCount() const;

private:
  struct Task {
    Key key = nullptr;
    JobPriority priority = JobPriority::Background;
    Work work;
    std::stop_source stop = {};
  };
  /// What a thread takes: work from one priority to another.
  struct Lane {
    JobPriority first, last;
    int niceness;
  };

  [[nodiscard]] static std::vector<Lane> lanesFor(int cores);
  void start();
  void run(const Lane& lane);
  [[nodiscard]] std::deque<Task>::iterator nextOf(const Lane& lane);
  [[nodiscard]] const Task* runningOf(Key key) const;

  std::vector<Lane> m_lanes;
  mutable std::mutex m_mutex;
  std::condition_variable m_wake, m_done;
  std::deque<Task> m_waiting;
  std::vector<Task*> m_running;
  std::vector<Key> m_withdrawn;  ///< of what is being withdrawn: nothing more is taken
  int m_unpublished = 0;
  bool m_ending = false;
  std::vector<std::jthread> m_threads;  // last: they use what is above
};

}  // namespace oodscope
