// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/live/live_set.h"

#include <QObject>

#include <memory>
#include <optional>
#include <vector>

namespace oodscope {

class InferenceRunner;
class RunFirstPanel;

/// What a tab needs scored before it can work: says how many frames and how long, runs them when it is told to, shows
/// how far that is, and can be cancelled. Nothing is run because a tab was opened.
class RunFirst : public QObject {
  Q_OBJECT

public:
  /// `panel`: where it is said; outlives this.
  RunFirst(InferenceRunner& runner, RunFirstPanel& panel, QObject* parent);

  using Sets = std::vector<std::shared_ptr<LiveSet>>;
  /// Whether every frame of the sets is ready, or failed; where not, the panel says what must be run.
  bool isReady(const Sets& sets);
  /// Nothing is needed any more.
  void forget();
  /// Runs what is not ready: what the panel's button does.
  void start();
  void cancel();
  [[nodiscard]] bool isRunning() const { return m_isRunning; }

Q_SIGNALS:
  /// All frames that were asked for are there.
  void ready();
  void cancelled();
  /// It runs, runs no more, or has come further.
  void changed();

private:
  [[nodiscard]] std::size_t missing() const;
  [[nodiscard]] std::size_t waiting() const;
  /// That a frame takes, as far as anything was measured.
  [[nodiscard]] std::optional<double> secondsPerFrame() const;
  void refresh();
  void show();

  InferenceRunner& m_runner;
  RunFirstPanel& m_panel;
  std::vector<std::weak_ptr<LiveSet>> m_sets;
  std::size_t m_total = 0;  ///< frames that were missing when running began
  bool m_isRunning = false;
};

}  // namespace oodscope
