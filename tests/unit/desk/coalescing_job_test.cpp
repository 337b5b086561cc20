// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/coalescing_job.h"

#include "app/desk/delayed_call.h"

#include <QObject>
#include <QTest>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace oodscope {
namespace {

using ::testing::ElementsAre;

}  // namespace

TEST(CoalescingJob, RunsOneKeepsTheNewestAndDropsThoseBetween) {
  QObject context;
  std::latch started(1), go(1);
  std::vector<int> worked, published;
  CoalescingJob<int, int> job(
      &context, JobPriority::Exact,
      [&](const int& input, const std::stop_token&) {
        worked.push_back(input);
        if (input == 1) {
          started.count_down();
          go.wait();
        }
        return 10 * input;
      },
      [&](const int&, const Outcome<int>& outcome) { published.push_back(outcome.value()); });
  job.request(1);
  started.wait();
  job.request(2);
  job.request(3);
  job.request(4);
  EXPECT_TRUE(job.isBusy());
  go.count_down();
  QTRY_VERIFY_WITH_TIMEOUT(!job.isBusy(), 5000);
  EXPECT_THAT(worked, ElementsAre(1, 4));
  EXPECT_THAT(published, ElementsAre(10, 40)) << "what ran was allowed to finish and publish";
}

TEST(CoalescingJob, PublishesInTheContextsThread) {
  QObject context;
  std::thread::id publisher;
  CoalescingJob<int, std::thread::id> job(
      &context, JobPriority::Exact, [](const int&, const std::stop_token&) { return std::this_thread::get_id(); },
      [&](const int&, const Outcome<std::thread::id>& outcome) {
        publisher = std::this_thread::get_id();
        EXPECT_NE(outcome.value(), publisher);
      });
  job.request(0);
  QTRY_VERIFY_WITH_TIMEOUT(!job.isBusy(), 5000);
  EXPECT_EQ(publisher, std::this_thread::get_id());
}

TEST(CoalescingJob, CancelReachesTheWorkAndIsPublishedAsSuch) {
  QObject context;
  std::latch started(1);
  bool cancelled = false;
  CoalescingJob<int, int> job(
      &context, JobPriority::Exact,
      [&](const int&, const std::stop_token& stop) {
        started.count_down();
        while (!stop.stop_requested()) std::this_thread::yield();
        return 1;
      },
      [&](const int&, const Outcome<int>& outcome) { cancelled = outcome.isCancelled(); });
  job.request(0);
  started.wait();
  job.cancel();
  QTRY_VERIFY_WITH_TIMEOUT(!job.isBusy(), 5000);
  EXPECT_TRUE(cancelled);
}

TEST(CoalescingJob, AFailureArrivesWithItsText) {
  QObject context;
  std::string text;
  CoalescingJob<int, int> job(
      &context, JobPriority::Exact,
      [](const int&, const std::stop_token&) -> int { throw std::runtime_error("the disk is full"); },
      [&](const int&, const Outcome<int>& outcome) { text = outcome.failure(); });
  job.request(0);
  QTRY_VERIFY_WITH_TIMEOUT(!job.isBusy(), 5000);
  EXPECT_EQ(text, "the disk is full");
}

TEST(CoalescingJob, DestructionStopsWhatRunsAndWaits) {
  QObject context;
  std::latch started(1);
  std::atomic<bool> ended = false;
  {
    CoalescingJob<int, int> job(
        &context, JobPriority::Exact,
        [&](const int&, const std::stop_token& stop) {
          started.count_down();
          while (!stop.stop_requested()) std::this_thread::yield();
          ended = true;
          return 0;
        },
        [](const int&, const Outcome<int>&) {});
    job.request(0);
    started.wait();
  }
  EXPECT_TRUE(ended);
}

TEST(CoalescingJob, WhatGivesItsThreadBackIsPublishedOnceAndWhole) {
  QObject context;
  JobPool pool(2);
  std::latch started(1);
  std::atomic<int> begun = 0;
  std::vector<Outcome<int>> published;
  CoalescingJob<int, int> guest(
      &context, JobPriority::Spare,
      [&](const int& input, const std::stop_token& stop) {
        if (++begun == 1) {
          started.count_down();
          while (!stop.stop_requested()) std::this_thread::yield();
          return 0;
        }
        return input;
      },
      [&](const int&, const Outcome<int>& outcome) { published.push_back(outcome); }, pool);
  guest.request(7);
  started.wait();
  const int key = 0;
  pool.submit(&key, JobPriority::Background, [](const std::stop_token&) {});  // whose thread it is
  QTRY_VERIFY_WITH_TIMEOUT(!guest.isBusy(), 20000);
  EXPECT_EQ(begun, 2);
  ASSERT_EQ(published.size(), 1U);
  EXPECT_EQ(published.front().value(), 7);
}

TEST(DelayedCall, IsMadeOnceAndKeepsItsPoolFromBeingIdleUntilThen) {
  JobPool pool(2);
  int calls = 0;
  DelayedCall call(
      1, [&] { ++calls; }, pool);
  EXPECT_FALSE(call.isActive());
  call.start();
  call.start(0);
  EXPECT_TRUE(call.isActive());
  EXPECT_FALSE(pool.isIdle());
  QTRY_VERIFY_WITH_TIMEOUT(!call.isActive(), 20000);
  EXPECT_TRUE(pool.isIdle());
  EXPECT_EQ(calls, 1);
  call.start();
  call.stop();
  EXPECT_TRUE(pool.isIdle());
  QTest::qWait(20);
  EXPECT_EQ(calls, 1);
}

}  // namespace oodscope
