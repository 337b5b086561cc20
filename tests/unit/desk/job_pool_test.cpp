// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/job_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <thread>

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

}  // namespace
}  // namespace oodscope
