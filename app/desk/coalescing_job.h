// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/failure_text.h"
#include "analysis/core/outcome.h"
#include "app/desk/background_priority.h"
#include "app/desk/post_to.h"

#include <QObject>

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
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

  /// Both functions must outlive this; `publish` runs in the thread of `context`, `work` in the job's own.
  CoalescingJob(QObject* context, Work work, Publish publish)
      : m_context(context), m_work(std::move(work)), m_publish(std::move(publish)), m_thread([this] { run(); }) {}

  ~CoalescingJob() {
    {
      const std::scoped_lock lock(m_mutex);
      m_ending = true;
      m_waiting.reset();
      m_stop.request_stop();
    }
    m_wake.notify_all();
    m_thread.join();
  }
  CoalescingJob(const CoalescingJob&) = delete;
  CoalescingJob& operator=(const CoalescingJob&) = delete;

  void request(Input input) {
    {
      const std::scoped_lock lock(m_mutex);
      m_waiting = std::move(input);
    }
    m_wake.notify_all();
  }

  /// Drops what waits and asks what runs to stop; it publishes a cancelled outcome.
  void cancel() {
    const std::scoped_lock lock(m_mutex);
    m_waiting.reset();
    m_stop.request_stop();
  }

  [[nodiscard]] bool isBusy() const {
    const std::scoped_lock lock(m_mutex);
    return m_running || m_unpublished > 0 || m_waiting.has_value();
  }

private:
  void run() {
    lowerThreadPriority(kLiveWork);
    for (;;) {
      std::optional<Input> input;
      std::stop_token token;
      {
        std::unique_lock lock(m_mutex);
        m_running = false;
        m_wake.wait(lock, [this] { return m_ending || m_waiting.has_value(); });
        if (m_ending) return;
        input = std::exchange(m_waiting, std::nullopt);
        m_stop = std::stop_source();
        token = m_stop.get_token();
        m_running = true;
        ++m_unpublished;
      }
      Outcome<Output> outcome = attempt(*input, token);
      // A queued call is dropped by Qt where the context has gone.
      postTo(m_context, [this, input = std::move(*input), outcome = std::move(outcome)] {
        {
          const std::scoped_lock lock(m_mutex);
          --m_unpublished;
        }
        m_publish(input, outcome);
      });
    }
  }

  Outcome<Output> attempt(const Input& input, const std::stop_token& token) {
    try {
      Output output = m_work(input, token);
      if (token.stop_requested()) return Outcome<Output>::cancelled();
      return Outcome<Output>(std::move(output));
    } catch (const std::exception& failure) {
      return Outcome<Output>::failed(isShortage(failure) ? failureText(failure) : failure.what());
    }
  }

  QObject* m_context;
  Work m_work;
  Publish m_publish;
  mutable std::mutex m_mutex;
  std::condition_variable m_wake;
  std::optional<Input> m_waiting;
  std::stop_source m_stop;
  bool m_running = false;
  bool m_ending = false;
  int m_unpublished = 0;
  std::thread m_thread;  // last: it uses all of the above
};

}  // namespace oodscope
