// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/tabs/run_first.h"

#include "app/desk/inference_runner.h"
#include "widgets/panels/run_first_panel.h"

#include <QStringList>

#include <algorithm>

namespace oodscope {

RunFirst::RunFirst(InferenceRunner& runner, RunFirstPanel& panel, QObject* parent)
    : QObject(parent), m_runner(runner), m_panel(panel) {
  connect(&panel, &RunFirstPanel::startRequested, this, &RunFirst::start);
  connect(&panel, &RunFirstPanel::cancelRequested, this, &RunFirst::cancel);
  connect(&runner, &InferenceRunner::progressChanged, this, &RunFirst::refresh);
  connect(&runner, &InferenceRunner::finished, this, &RunFirst::refresh);
}

std::size_t RunFirst::missing() const {
  std::size_t out = 0;
  for (const auto& held : m_sets)
    if (const auto set = held.lock()) out += set->unpreparedFrames();
  return out;
}

std::size_t RunFirst::waiting() const {
  std::size_t out = 0;
  for (const auto& held : m_sets)
    if (const auto set = held.lock()) out += m_runner.waiting(set);
  return out;
}

bool RunFirst::isReady(const Sets& sets) {
  const auto isSame = [](const std::weak_ptr<LiveSet>& a, const std::shared_ptr<LiveSet>& b) { return a.lock() == b; };
  if (!std::equal(m_sets.begin(), m_sets.end(), sets.begin(), sets.end(), isSame)) {
    m_sets.assign(sets.begin(), sets.end());
    m_isRunning = false;
    m_total = 0;
  }
  if (missing() == 0) {
    m_isRunning = false;
    m_panel.finish();
    return true;
  }
  show();
  return false;
}

void RunFirst::forget() {
  m_sets.clear();
  m_isRunning = false;
  m_panel.finish();
}

void RunFirst::start() {
  for (const auto& held : m_sets)
    if (const auto set = held.lock()) m_runner.enqueue(set, std::nullopt);
  m_runner.resume();
  refresh();
}

void RunFirst::cancel() {
  for (const auto& held : m_sets)
    if (const auto set = held.lock()) m_runner.forget(set);
  m_isRunning = false;
  m_total = 0;
  show();
  Q_EMIT cancelled();
}

std::optional<double> RunFirst::secondsPerFrame() const {
  for (const auto& held : m_sets)
    if (const auto set = held.lock(); set && set->source().passesPerFrame() > 1)
      if (const auto pass = m_runner.secondsPerPass(set->source().id())) return *pass * set->source().passesPerFrame();
  const InferenceProgress progress = m_runner.progress();
  return progress.framesPerSecond > 0.0 ? std::optional(1.0 / progress.framesPerSecond) : std::nullopt;
}

void RunFirst::show() {
  const std::size_t queued = waiting();  // before what is missing: a frame may end in between
  const std::size_t left = missing();
  m_isRunning = queued > 0 && queued >= left;
  const InferenceProgress progress = m_runner.progress();
  if (m_isRunning) {
    m_total = std::max(m_total, left);
    const std::optional<double> secondsLeft = progress.framesPerSecond > 0.0
                                                  ? std::optional(static_cast<double>(left) / progress.framesPerSecond)
                                                  : std::nullopt;
    m_panel.showProgress(static_cast<qint64>(m_total - left), static_cast<qint64>(m_total), secondsLeft,
                         progress.paused);
    Q_EMIT changed();
    return;
  }
  m_total = 0;
  QStringList names;
  for (const auto& held : m_sets)
    if (const auto set = held.lock(); set && set->unpreparedFrames() > 0)
      names << QString::fromStdString(set->dataSet().name);
  constexpr qsizetype kNamed = 3;
  const QString sets = names.size() <= kNamed ? names.join(QStringLiteral(", ")) : tr("%1 sets").arg(names.size());
  m_panel.offer(static_cast<qint64>(left), sets, secondsPerFrame());
  Q_EMIT changed();
}

void RunFirst::refresh() {
  if (m_sets.empty()) return;
  const bool was = m_panel.isVisibleTo(m_panel.parentWidget());
  if (missing() > 0) {
    show();
    return;
  }
  m_isRunning = false;
  m_total = 0;
  m_panel.finish();
  if (was) Q_EMIT ready();
}

}  // namespace oodscope
