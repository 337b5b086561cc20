// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/window/meters.h"

#include <QEvent>
#include <QMetaEnum>
#include <QWidget>

#include <algorithm>
#include <cstdio>

namespace oodscope {

void Meters::watch(QWidget* widget, int slot, std::function<void()> painted) {
  m_watched.push_back({widget, slot, std::move(painted)});
}

void Meters::note(const char* receiver, QEvent::Type type, double ms) {
  if (ms <= m_longestMs) return;
  m_longestMs = ms;
  m_longest = QStringLiteral("%1 of %2")
                  .arg(QLatin1String(QMetaEnum::fromType<QEvent::Type>().valueToKey(type)), QLatin1String(receiver));
}

void Meters::notePaint(const QWidget* painted) {
  for (const Watched& watched : m_watched)
    if (painted == watched.widget || watched.widget->isAncestorOf(painted)) {
      ++m_paints[watched.slot];
      if (watched.painted) watched.painted();
    }
}

bool Meters::report(const char* what) {
  std::printf(
      "%-34s heatmap %4d paints, PR curve %4d; worst stall %5.1f ms, over 50 ms: %d; longest event %5.1f ms: %s\n",
      what, m_paints[0], m_paints[1], m_stalls.worstMs(), m_stalls.stalls(), m_longestMs, qPrintable(m_longest));
  std::fflush(stdout);
  const bool fine = m_stalls.stalls() == 0;
  m_stallsInAll += m_stalls.stalls();
  m_worstInAllMs = std::max(m_worstInAllMs, m_stalls.worstMs());
  forget();
  return fine;
}

void Meters::forget() {
  m_paints[0] = m_paints[1] = m_paints[2] = 0;
  m_longestMs = 0.0;
  m_longest.clear();
  m_stalls.reset();
}

bool MeteredApplication::notify(QObject* receiver, QEvent* event) {
  if (m_meters == nullptr || receiver->thread() != thread()) return QApplication::notify(receiver, event);
  // The receiver may be gone afterwards; its class is not.
  const QEvent::Type type = event->type();
  const char* name = receiver->metaObject()->className();
  QElapsedTimer clock;
  clock.start();
  ++m_depth;
  m_inner.push_back(0.0);
  const QString title = receiver->objectName();
  const bool taken = QApplication::notify(receiver, event);
  --m_depth;
  const double ms = static_cast<double>(clock.nsecsElapsed()) * 1e-6, own = ms - m_inner.back();
  m_inner.pop_back();
  if (!m_inner.empty()) m_inner.back() += ms;
  const char* event_name = QMetaEnum::fromType<QEvent::Type>().valueToKey(type);
  Kind& kind = m_kinds[QStringLiteral("%1 of %2 %3").arg(QLatin1String(event_name), QLatin1String(name), title)];
  kind.ms += own;
  ++kind.count;
  if (m_meters == nullptr) return taken;
  if (m_depth == 0 || type == QEvent::Paint)  // what is nested is part of the event around it
    m_meters->note(name, type, static_cast<double>(clock.nsecsElapsed()) * 1e-6);
  if (type == QEvent::Paint && receiver->isWidgetType()) m_meters->notePaint(static_cast<QWidget*>(receiver));
  return taken;
}

void MeteredApplication::reportKinds() {
  std::vector<std::pair<QString, Kind>> sorted(m_kinds.begin(), m_kinds.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second.ms > b.second.ms; });
  for (std::size_t i = 0; i < std::min<std::size_t>(sorted.size(), 24); ++i)
    std::printf("  %8.1f ms in %5d: %s\n", sorted[i].second.ms, sorted[i].second.count, qPrintable(sorted[i].first));
  m_kinds.clear();
}

void Latency::asked(float value) {
  if (!m_clock.isValid()) m_clock.start();
  m_asks.push_back({value, static_cast<double>(m_clock.nsecsElapsed()) * 1e-6});
}

void Latency::shown(float value) {
  const auto same = [&](const Ask& ask) { return !(ask.value < value) && !(ask.value > value); };
  const auto found = std::find_if(m_asks.rbegin(), m_asks.rend(), same);
  if (found == m_asks.rend()) return;
  m_ms.push_back(static_cast<double>(m_clock.nsecsElapsed()) * 1e-6 - found->atMs);
  m_asks.erase(m_asks.begin(), found.base());
}

QString Latency::take() {
  std::sort(m_ms.begin(), m_ms.end());
  QString text = QStringLiteral("nothing shown");
  if (!m_ms.empty())
    text = QStringLiteral("p50 %1 ms, p95 %2 ms, most %3 ms of %4 shown")
               .arg(m_ms[m_ms.size() / 2], 0, 'f', 1)
               .arg(m_ms[m_ms.size() * 95 / 100], 0, 'f', 1)
               .arg(m_ms.back(), 0, 'f', 1)
               .arg(m_ms.size());
  m_asks.clear();
  m_ms.clear();
  return text;
}

}  // namespace oodscope
