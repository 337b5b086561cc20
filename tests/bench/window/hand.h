// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QPointF>

#include <functional>

class QWidget;

namespace oodscope {

class ScaleSlider;

/// What a hand does, as Qt events on the real widgets, in real time: events come at the pace of the clock, and what is
/// late is compressed into the latest position, as the window system does. While nothing is due the thread sleeps.
namespace hand {

constexpr int kTickMs = 8;  ///< 125 Hz, a usual mouse

/// Back and forth over the middle of a slider for `forMs`, ending off the middle. `moved` after each event.
void drag(ScaleSlider* slider, int forMs, const std::function<void()>& moved);
/// Pans by dragging from `from` along a small circle for `forMs`.
void pan(QWidget* widget, QPointF from, int forMs);
/// `notches` of the wheel at `at`, one a tick; negative: away.
void wheel(QWidget* widget, QPointF at, int notches);
/// Hovers along a line from `from` to `to` for `forMs`.
void hover(QWidget* widget, QPointF from, QPointF to, int forMs);
/// Lets the program run for a while.
void rest(int forMs);

}  // namespace hand
}  // namespace oodscope
