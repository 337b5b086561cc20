// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/live/live_set.h"

#include <QObject>
#include <QString>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace oodscope {

/// How far making the frames ready has come, over everything asked for.
struct InferenceProgress {
  std::size_t done = 0;
  std::size_t total = 0;
  double framesPerSecond = 0.0;
  std::optional<double> secondsLeft = {};
  bool paused = false;
};

/// Makes frames ready one after another in a thread of its own, at low priority so that the hand goes first. Results
/// show as they come. One network runs at a time: a network uses all cores by itself.
class InferenceRunner : public QObject {
  Q_OBJECT

public:
  explicit InferenceRunner(QObject* parent = nullptr);
  ~InferenceRunner() override;

  /// Asks for all frames of `set` that are not ready yet, `first` before the others. What is queued already is not
  /// queued again.
  void enqueue(const std::shared_ptr<LiveSet>& set, std::optional<std::size_t> first);
  /// Puts one frame, and its set, in front of everything.
  void prioritise(const std::shared_ptr<LiveSet>& set, std::size_t frame);
  void pause();
  void resume();
  /// Drops everything that waits.
  void cancel();
  /// Drops what waits of one set. A frame of it that is in work ends by itself and is reported.
  void forget(const std::shared_ptr<LiveSet>& set);
  [[nodiscard]] bool isBusy() const;
  /// Frames of a set that wait or are in work.
  [[nodiscard]] std::size_t waiting(const std::shared_ptr<LiveSet>& set) const;
  [[nodiscard]] InferenceProgress progress() const;
  /// Seconds that a frame took for which the network of a source ran, the mean of the latest; empty: none did yet.
  [[nodiscard]] std::optional<double> secondsPerPass(const SourceId& source) const;

Q_SIGNALS:
  void frameReady(const std::shared_ptr<oodscope::LiveSet>& set, std::size_t frame);
  void frameFailed(const std::shared_ptr<oodscope::LiveSet>& set, std::size_t frame, const QString& message);
  void progressChanged(const oodscope::InferenceProgress& progress);
  void finished();

private:
  struct Task {
    std::shared_ptr<LiveSet> set;
    std::size_t frame = 0;
  };
  /// Waits for one; none once everything is to end.
  [[nodiscard]] std::optional<Task> nextTask();
  void run();
  [[nodiscard]] InferenceProgress progressLocked() const;
  void report();

  mutable std::mutex m_mutex;
  std::condition_variable m_wake;
  std::deque<Task> m_tasks;
  std::optional<Task> m_running;
  std::size_t m_done = 0;
  std::size_t m_total = 0;
  std::size_t m_untold = 0;                         ///< frames that were made and are not reported yet
  std::deque<double> m_recent;                      ///< seconds of the latest frames
  std::map<SourceId, std::deque<double>> m_passes;  ///< of those that a network ran for
  bool m_paused = false;
  bool m_ending = false;
  std::thread m_thread;
};

}  // namespace oodscope
