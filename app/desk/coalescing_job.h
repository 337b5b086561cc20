// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/failure_text.h"
#include "analysis/core/outcome.h"
#include "app/desk/job_pool.h"
#include "app/desk/post_to.h"

#include <QObject>

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <stop_token>
#include <utility>

namespace oodscope {

/// Work that follows the hand: one request runs, at most one waits, the newest wins, and what runs is allowed to finish
/// and publish (cancelling at every tick would publish almost nothing during a drag). Results arrive in the context
/// object's thread. The destructor stops the running work and waits for it: only the composition root destroys jobs.
template <class Input, class Output>
class CoalescingJob {
public:
  using Work = std::function<Output(const Input&, std::stop_token)>;
  using Publish = std::function<void(const Input&, const Outcome<Output>&)>;

  /// Both functions must outlive this; `publish` runs in the thread of `context`, `work` in one of the pool's.
  CoalescingJob(QObject* context, JobPriority priority, Work work, Publish publish, JobPool& pool = JobPool::shared())
      : m_context(context),
        m_priority(priority),
        m_work(std::move(work)),
        m_publish(std::move(publish)),
        m_pool(pool) {}

  ~CoalescingJob() {
    m_pool.withdraw(this);
    if (isAwaited()) m_pool.addUnpublished(-m_unpublished);
  }
  CoalescingJob(const CoalescingJob&) = delete;
  CoalescingJob& operator=(const CoalescingJob&) = delete;

  void request(Input input) { m_pool.submit(this, m_priority, workOn(std::make_shared<Input>(std::move(input)))); }

  /// Drops what waits and asks what runs to stop; it publishes a cancelled outcome.
  void cancel() { m_pool.cancel(this); }

  [[nodiscard]] bool isBusy() const { return m_unpublished > 0 || m_pool.isBusy(this); }

private:
  [[nodiscard]] bool isAwaited() const { return m_priority != JobPriority::Spare; }

  [[nodiscard]] JobPool::Work workOn(std::shared_ptr<Input> held) {
    return [this, held = std::move(held)](const std::stop_token& stop) { run(held, stop); };
  }

  void run(const std::shared_ptr<Input>& held, const std::stop_token& stop) {
    Input& input = *held;
    Outcome<Output> outcome = attempt(input, stop);
    if (outcome.isCancelled() && m_pool.givesWay(this, workOn(held))) return;
    ++m_unpublished;
    if (isAwaited()) m_pool.addUnpublished(1);
    // A queued call is dropped by Qt where the context has gone.
    postTo(m_context, [this, input = std::move(input), outcome = std::move(outcome)] {
      --m_unpublished;
      if (isAwaited()) m_pool.addUnpublished(-1);
      m_publish(input, outcome);
    });
  }

  Outcome<Output> attempt(const Input& input, const std::stop_token& stop) {
    try {
      Output output = m_work(input, stop);
      if (stop.stop_requested()) return Outcome<Output>::cancelled();
      return Outcome<Output>(std::move(output));
    } catch (const std::exception& failure) {
      return Outcome<Output>::failed(isShortage(failure) ? failureText(failure) : failure.what());
    }
  }

  QObject* m_context;
  JobPriority m_priority;
  Work m_work;
  Publish m_publish;
  JobPool& m_pool;
  std::atomic<int> m_unpublished = 0;
};

}  // namespace oodscope
