// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/window/hand.h"

#include "widgets/controls/scale_slider.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QMouseEvent>
#include <QTimer>
#include <QWheelEvent>

#include <cmath>
#include <numbers>

namespace oodscope::hand {
namespace {

constexpr double kSwingMs = 1000;  // once there and back
constexpr double kCircleMs = 800;
constexpr double kCirclePixels = 60;
constexpr int kNotch = 120;  // eighths of a degree (QWheelEvent)

void mouse(QWidget* widget, QEvent::Type type, QPointF at, bool held) {
  const bool left = type != QEvent::MouseMove;
  QMouseEvent event(type, at, widget->mapToGlobal(at), left ? Qt::LeftButton : Qt::NoButton,
                    held ? Qt::LeftButton : Qt::NoButton, Qt::NoModifier);
  QApplication::sendEvent(widget, &event);
}

/// Calls `tick` with the milliseconds since the start, every kTickMs of the clock, for `forMs`.
void everyTick(int forMs, const std::function<void(double)>& tick) {
  QEventLoop loop;
  QElapsedTimer clock;
  QTimer timer;
  timer.setTimerType(Qt::PreciseTimer);
  timer.setInterval(kTickMs);
  QObject::connect(&timer, &QTimer::timeout, &loop, [&] {
    if (clock.elapsed() >= forMs)
      loop.quit();
    else
      tick(static_cast<double>(clock.nsecsElapsed()) * 1e-6);
  });
  clock.start();
  timer.start();
  loop.exec();
}

}  // namespace

void drag(ScaleSlider* slider, int forMs, const std::function<void()>& moved) {
  const double y = slider->height() / 2.0;
  const double from = slider->pixelOf(0.3), to = slider->pixelOf(0.8);
  mouse(slider, QEvent::MouseButtonPress, {from, y}, true);
  everyTick(forMs, [&](double ms) {
    const double phase = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * ms / kSwingMs);
    mouse(slider, QEvent::MouseMove, {from + (to - from) * phase, y}, true);
    moved();
  });
  const QPointF end{from + (to - from) * 0.61, y};
  mouse(slider, QEvent::MouseMove, end, true);
  mouse(slider, QEvent::MouseButtonRelease, end, false);
}

void pan(QWidget* widget, QPointF from, int forMs) {
  mouse(widget, QEvent::MouseButtonPress, from, true);
  QPointF at = from;
  everyTick(forMs, [&](double ms) {
    const double angle = 2 * std::numbers::pi * ms / kCircleMs;
    at = from + kCirclePixels * QPointF(std::sin(angle), 1 - std::cos(angle));
    mouse(widget, QEvent::MouseMove, at, true);
  });
  mouse(widget, QEvent::MouseButtonRelease, at, false);
}

void wheel(QWidget* widget, QPointF at, int notches) {
  const int step = notches < 0 ? -kNotch : kNotch;
  int left = std::abs(notches);
  everyTick((left + 1) * kTickMs * 4, [&](double) {
    if (left-- <= 0) return;
    QWheelEvent event(at, widget->mapToGlobal(at), {}, QPoint(0, step), Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase,
                      false);
    QApplication::sendEvent(widget, &event);
  });
}

void hover(QWidget* widget, QPointF from, QPointF to, int forMs) {
  everyTick(forMs, [&](double ms) {
    mouse(widget, QEvent::MouseMove, from + (to - from) * std::min(1.0, ms / forMs), false);
  });
}

void rest(int forMs) {
  QEventLoop loop;
  QTimer::singleShot(forMs, Qt::PreciseTimer, &loop, &QEventLoop::quit);
  loop.exec();
}

}  // namespace oodscope::hand
