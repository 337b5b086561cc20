// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/stall_meter.h"

#include <algorithm>

namespace oodscope {
namespace {

constexpr int kPeriodMs = 5;
constexpr std::int64_t kRecentNs = 2'000'000'000;
constexpr double kNegligibleMs = 1.0;

}  // namespace

StallMeter::StallMeter(QObject* parent) : QObject(parent) {
  m_timer.setTimerType(Qt::PreciseTimer);
  m_timer.setInterval(kPeriodMs);
  connect(&m_timer, &QTimer::timeout, this, &StallMeter::tick);
}

void StallMeter::start() {
  reset();
  m_timer.start();
}

void StallMeter::stop() { m_timer.stop(); }

void StallMeter::reset() {
  m_clock.start();
  m_lastNs = 0;
  m_worstMs = 0.0;
  m_stalls = 0;
  m_recent.clear();
}

void StallMeter::tick() {
  const std::int64_t now = m_clock.nsecsElapsed();
  const double late = static_cast<double>(now - m_lastNs) * 1e-6 - kPeriodMs;
  m_lastNs = now;
  m_worstMs = std::max(m_worstMs, late);
  m_stalls += late > kStallMs ? 1 : 0;
  while (!m_recent.empty() && now - m_recent.front().atNs > kRecentNs) m_recent.pop_front();
  if (late > kNegligibleMs) m_recent.push_back({now, late});
}

double StallMeter::recentWorstMs() const {
  double worst = 0.0;
  for (const Late& late : m_recent) worst = std::max(worst, late.ms);
  return worst;
}

}  // namespace oodscope
