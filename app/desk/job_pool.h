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
/// Each thread is there for some kinds of work; the niceness of a thread is that of its work, since a thread cannot
/// take its niceness back. No kind waits for one that lasts longer: what is looked at has threads of its own; what
/// follows the hand goes to one of these where passes hold all others that take it; what was asked for and takes its
/// time has threads of its own, which passes and spare work borrow. What is borrowed is given back at once (givesWay).
/// From three threads on, that is: of two, one takes what is short and one what lasts.
///
/// Work of one key runs once at a time; of what waits under a key the newest wins. All functions may be called from any
/// thread.
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
  /// For work that was asked to stop: whether it only gives its thread back, and is to begin again without a word. It
  /// does so with `again`, or with what is newer under its key.
  [[nodiscard]] bool givesWay(Key key, Work again);

  /// As long as one of these is there, something is still to come: a result is on its way to whom it is for, or a hand
  /// is waited for to rest.
  class Due {
  public:
    explicit Due(JobPool& pool = shared()) : m_pool(pool) { m_pool.addUnpublished(1); }
    ~Due() { m_pool.addUnpublished(-1); }
    Due(const Due&) = delete;
    Due& operator=(const Due&) = delete;

  private:
    JobPool& m_pool;
  };
  /// Results that were made and are still on the way to whom they are for.
  void addUnpublished(int count);
  /// Nothing runs, waits or is due, apart from what nobody waits for.
  [[nodiscard]] bool isIdle() const;
  /// Threads that were started; none before the first work.
  [[nodiscard]] int threadCount() const;

private:
  /// Priorities from one to another; none where the first is the later.
  struct Kinds {
    JobPriority first, last;
    [[nodiscard]] bool hold(JobPriority priority) const { return priority >= first && priority <= last; }
  };
  /// What a thread takes: its own work and, where nothing of that waits, guests.
  struct Lane {
    Kinds own, guests;
    int niceness;
    [[nodiscard]] bool takes(JobPriority priority) const { return own.hold(priority) || guests.hold(priority); }
    /// For what is looked at alone.
    [[nodiscard]] bool isForSeen() const { return own.last == JobPriority::Visible; }
  };
  /// A thread of a lane that waits for work.
  struct Sleeper {
    std::condition_variable wake;
    bool isAsleep = false;
  };
  struct Task {
    Key key = nullptr;
    JobPriority priority = JobPriority::Background;
    Work work;
    std::stop_source stop = {};
    const Lane* lane = nullptr;  ///< that runs it
    bool givesWay = false;       ///< was asked to
  };

  [[nodiscard]] static std::vector<Lane> lanesFor(int cores);
  void start();
  void run(const Lane& lane, int number);
  void put(Key key, JobPriority priority, Work work);
  /// What the lane takes next, but for those; the end where it takes nothing. Requires the lock, as all below.
  [[nodiscard]] std::deque<Task>::iterator nextOf(const Lane& lane, const std::vector<Key>& given = {});
  /// Wakes a sleeping thread for each task that one takes, and no other: a thread that wakes for nothing takes the
  /// window's core and the lock.
  void wakeThoseWithWork();
  [[nodiscard]] Task* runningOf(Key key) const;
  [[nodiscard]] const Task* runningOn(const Lane& lane) const;
  [[nodiscard]] bool isHeldByPasses() const;
  [[nodiscard]] std::vector<std::stop_source> guestsInTheWay();

  std::vector<Lane> m_lanes;
  mutable std::mutex m_mutex;
  std::deque<Sleeper> m_sleepers;  ///< one a lane
  std::condition_variable m_done;
  std::deque<Task> m_waiting;
  std::vector<Task*> m_running;
  std::vector<Key> m_withdrawn;  ///< of what is being withdrawn: nothing more is taken
  int m_unpublished = 0;
  bool m_ending = false;
  std::vector<std::jthread> m_threads;  // last: they use what is above
};

}  // namespace oodscope
