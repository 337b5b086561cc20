// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/job_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>

#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

using ::testing::ElementsAre;
using Stop = std::stop_token;

/// Waits for what another thread does. False where it takes too long.
template <class Condition>
bool becomes(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

TEST(JobPool, UnderOneKeyOneRunsAndTheNewestWins) {
  std::latch started(1), go(1);
  std::vector<int> worked;
  std::atomic<int> running = 0, most = 0;
  JobPool pool(4);
  const auto work = [&](int number) {
    return [&, number](const Stop&) {
      most = std::max(most.load(), ++running);
      worked.push_back(number);
      if (number == 1) {
        started.count_down();
        go.wait();
      }
      --running;
    };
  };
  const int key = 0;
  pool.submit(&key, JobPriority::Exact, work(1));
  started.wait();
  for (int number : {2, 3, 4}) pool.submit(&key, JobPriority::Exact, work(number));
  EXPECT_TRUE(pool.isBusy(&key));
  EXPECT_FALSE(pool.isIdle());
  go.count_down();
  ASSERT_TRUE(becomes([&] { return pool.isIdle(); }));
  EXPECT_THAT(worked, ElementsAre(1, 4));
  EXPECT_EQ(most, 1);
}

TEST(JobPool, WhatIsLookedAtWaitsForNothingThatLasts) {
  for (const int cores : {2, 4, 16}) {
    JobPool pool(cores);
    std::latch go(1);
    std::vector<int> keys(64);
    std::atomic<bool> seen = false, estimated = false;
    for (std::size_t i = 0; i < 32; ++i)
      pool.submit(&keys[i], JobPriority::Background, [&](const Stop&) { go.wait(); });
    pool.submit(&keys[40], JobPriority::Estimate, [&](const Stop&) { estimated = true; });
    EXPECT_TRUE(becomes([&] { return estimated.load(); })) << cores << " cores: what lasts leaves room for estimates";
    for (std::size_t i = 41; i < 64; ++i) pool.submit(&keys[i], JobPriority::Exact, [&](const Stop&) { go.wait(); });
    pool.submit(&keys[32], JobPriority::Visible, [&](const Stop&) { seen = true; });
    EXPECT_TRUE(becomes([&] { return seen.load(); })) << cores << " cores";
    EXPECT_LE(pool.threadCount(), cores + 1);
    go.count_down();
    EXPECT_TRUE(becomes([&] { return pool.isIdle(); }));
  }
}

/// Work that lasts until it is let go or asked to stop, and begins again where it only gives way.
class Passes {
public:
  explicit Passes(JobPool& pool) : m_pool(pool) {}
  Passes(const Passes&) = delete;
  Passes& operator=(const Passes&) = delete;
  ~Passes() { m_go.request_stop(); }

  void submit(JobPool::Key key, JobPriority priority) { m_pool.submit(key, priority, work(key)); }
  void letGo() { m_go.request_stop(); }
  [[nodiscard]] int running() const { return m_running; }
  [[nodiscard]] int ended() const { return m_ended; }
  [[nodiscard]] int again() const { return m_again; }

private:
  [[nodiscard]] JobPool::Work work(JobPool::Key key) {
    return [this, key](const Stop& stop) {
      ++m_running;
      {
        std::mutex mutex;
        std::condition_variable_any changed;
        const std::stop_callback told(m_go.get_token(), [&] {
          const std::scoped_lock lock(mutex);
          changed.notify_all();
        });
        std::unique_lock lock(mutex);
        changed.wait(lock, stop, [&] { return m_go.stop_requested(); });
      }
      --m_running;
      if (stop.stop_requested() && !m_go.stop_requested() && m_pool.givesWay(key, work(key)))
        ++m_again;
      else
        ++m_ended;
    };
  }

  JobPool& m_pool;
  std::stop_source m_go;
  std::atomic<int> m_running = 0, m_ended = 0, m_again = 0;
};

TEST(JobPool, PassesOfMinutesHoldUpNeitherWhatFollowsTheHandNorWhatIsLookedAtNorASweep) {
  for (const int cores : {1, 2, 4, 16}) {
    JobPool pool(cores);
    Passes passes(pool);
    constexpr int kPasses = 32;
    std::vector<int> keys(kPasses + 3);
    for (std::size_t i = 0; i < kPasses; ++i) passes.submit(&keys[i], JobPriority::Exact);
    ASSERT_TRUE(becomes([&] { return passes.running() > 0; }));
    std::atomic<bool> seen = false, estimated = false, swept = false;
    pool.submit(&keys[kPasses], JobPriority::Visible, [&](const Stop&) { seen = true; });
    pool.submit(&keys[kPasses + 1], JobPriority::Estimate, [&](const Stop&) { estimated = true; });
    EXPECT_TRUE(becomes([&] { return seen && estimated; })) << cores << " cores";
    pool.submit(&keys[kPasses + 2], JobPriority::Background, [&](const Stop&) { swept = true; });
    if (cores > 1) {  // of two threads one lasts
      EXPECT_TRUE(becomes([&] { return swept.load(); })) << cores << " cores";
    }
    EXPECT_LE(pool.threadCount(), cores + 1);
    passes.letGo();
    ASSERT_TRUE(becomes([&] { return pool.isIdle(); }));
    EXPECT_EQ(passes.ended(), kPasses) << "what gave way began again";
  }
}

TEST(JobPool, ASweepOfMinutesHoldsUpNoPass) {
  JobPool pool(2);
  Passes sweeps(pool);
  std::vector<int> keys(3);
  sweeps.submit(&keys[0], JobPriority::Background);
  sweeps.submit(&keys[1], JobPriority::Background);
  ASSERT_TRUE(becomes([&] { return sweeps.running() == 1; }));
  std::atomic<bool> passed = false;
  pool.submit(&keys[2], JobPriority::Exact, [&](const Stop&) { passed = true; });
  EXPECT_TRUE(becomes([&] { return passed.load(); }));
  EXPECT_EQ(sweeps.again(), 0) << "it is at home and stays";
  sweeps.letGo();
  ASSERT_TRUE(becomes([&] { return pool.isIdle(); }));
}

TEST(JobPool, WhatBorrowsTheThreadOfWhatIsLookedAtGivesItBack) {
  JobPool pool(2);
  Passes passes(pool), estimates(pool);
  std::vector<int> keys(4);
  passes.submit(&keys[0], JobPriority::Exact);
  passes.submit(&keys[1], JobPriority::Exact);
  ASSERT_TRUE(becomes([&] { return passes.running() == 2; }));
  estimates.submit(&keys[2], JobPriority::Estimate);
  ASSERT_TRUE(becomes([&] { return estimates.running() == 1; }));
  std::latch go(1);
  std::atomic<bool> seen = false;
  pool.submit(&keys[3], JobPriority::Visible, [&](const Stop&) {
    seen = true;
    go.wait();
  });
  EXPECT_TRUE(becomes([&] { return seen.load(); }));
  EXPECT_EQ(estimates.running(), 0);
  EXPECT_TRUE(pool.isBusy(&keys[2])) << "it waits to begin again";
  go.count_down();
  EXPECT_TRUE(becomes([&] { return estimates.running() == 1; }));
  EXPECT_EQ(estimates.again(), 1);
  EXPECT_EQ(passes.again(), 0);
  estimates.letGo();
  passes.letGo();
  ASSERT_TRUE(becomes([&] { return pool.isIdle(); }));
}

TEST(JobPool, WhatIsCancelledWhileItGivesWayDoesNotBeginAgain) {
  JobPool pool(2);
  std::vector<int> keys(2);
  std::latch started(1), asked(1), go(1);
  std::atomic<int> begun = 0;
  std::atomic<bool> ended = false;
  JobPool::Work guest = [&](const Stop& stop) {
    if (++begun == 1) started.count_down();
    while (!stop.stop_requested()) std::this_thread::yield();
    asked.count_down();
    go.wait();
    EXPECT_FALSE(pool.givesWay(&keys[0], guest));
    ended = true;
  };
  pool.submit(&keys[0], JobPriority::Spare, guest);
  started.wait();
  pool.submit(&keys[1], JobPriority::Background, [](const Stop&) {});
  asked.wait();
  pool.cancel(&keys[0]);
  go.count_down();
  EXPECT_TRUE(becomes([&] { return ended && pool.isIdle() && !pool.isBusy(&keys[0]); }));
  EXPECT_EQ(begun, 1);
}

TEST(JobPool, WhoWorksForItsThreadsHasANameOfItsOwn) {
  JobPool pool(2);
  std::mutex mutex;
  std::set<std::string> names;
  const auto note = [&] {
    std::array<char, 16> name{};
    pthread_getname_np(pthread_self(), name.data(), name.size());
    const std::scoped_lock lock(mutex);
    names.insert(name.data());
  };
  std::atomic<bool> done = false;
  const int key = 0;
  pool.submit(&key, JobPriority::Exact, [&](const Stop&) {
    tbb::parallel_for(0, 64, [&](int) {
      note();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
    done = true;
  });
  ASSERT_TRUE(becomes([&] { return done.load(); }));
  EXPECT_EQ(std::ranges::count_if(names, [](const std::string& name) { return name.starts_with("desk-job-"); }), 1);
  for (const std::string& name : names) EXPECT_TRUE(name.starts_with("desk-job-") || name == "tbb-worker") << name;
}

TEST(JobPool, ThreadsStartWithTheFirstWork) {
  JobPool pool(3);
  EXPECT_EQ(pool.threadCount(), 0);
  const int key = 0;
  pool.submit(&key, JobPriority::Spare, [](const Stop&) {});
  EXPECT_GT(pool.threadCount(), 0);
}

TEST(JobPool, CancellingReachesWhatRunsAndDropsWhatWaits) {
  JobPool pool(2);
  std::latch started(1);
  std::atomic<int> ended = 0, begun = 0;
  const int key = 0;
  const auto untilStopped = [&](const Stop& stop) {
    if (++begun == 1) started.count_down();
    while (!stop.stop_requested()) std::this_thread::yield();
    ++ended;
  };
  pool.submit(&key, JobPriority::Exact, untilStopped);
  started.wait();
  pool.submit(&key, JobPriority::Exact, untilStopped);
  pool.cancel(&key);
  ASSERT_TRUE(becomes([&] { return pool.isIdle(); }));
  EXPECT_EQ(begun, 1) << "what waited was dropped";
  EXPECT_EQ(ended, 1);
}

TEST(JobPool, WithdrawnWorkIsGoneEvenWhereItAsksForMore) {
  JobPool pool(2);
  std::latch started(1);
  std::atomic<int> runs = 0;
  const int key = 0;
  std::function<void(const Stop&)> again = [&](const Stop& stop) {
    if (++runs == 1) started.count_down();
    while (!stop.stop_requested()) std::this_thread::yield();
    pool.submit(&key, JobPriority::Exact, again);
  };
  pool.submit(&key, JobPriority::Exact, again);
  started.wait();
  pool.withdraw(&key);
  EXPECT_FALSE(pool.isBusy(&key));
  EXPECT_EQ(runs, 1);
}

TEST(JobPool, IsIdleOnceWhatWasMadeIsPublishedAndWhateverNobodyWaitsFor) {
  JobPool pool(2);
  EXPECT_TRUE(pool.isIdle());
  pool.addUnpublished(1);
  EXPECT_FALSE(pool.isIdle());
  pool.addUnpublished(-1);
  EXPECT_TRUE(pool.isIdle());
  std::latch started(1), go(1);
  const int key = 0;
  pool.submit(&key, JobPriority::Spare, [&](const Stop&) {
    started.count_down();
    go.wait();
  });
  started.wait();
  EXPECT_TRUE(pool.isIdle()) << "nobody waits for it";
  go.count_down();
}

TEST(JobPool, IsNotIdleAsLongAsSomethingIsDue) {
  JobPool pool(2);
  {
    const JobPool::Due rest(pool), result(pool);
    EXPECT_FALSE(pool.isIdle());
  }
  EXPECT_TRUE(pool.isIdle());
}

}  // namespace
}  // namespace oodscope
