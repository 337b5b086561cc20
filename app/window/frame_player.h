// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/lists/frame_list.h"

#include <QObject>
#include <QTimer>

#include <cstddef>
#include <optional>

namespace oodscope {

class StatusStrip;
class WindowActions;
struct Desk;

/// Plays the frames of the set that is shown, as the list filters and sorts them: the space bar begins and stops. A
/// frame that is not scored yet is passed over; while a picture is on its way the next one waits, so that nothing
/// queues up. At the end it stops, or begins again.
class FramePlayer : public QObject {
  Q_OBJECT

public:
  /// `window`: where the space bar is pressed.
  FramePlayer(Desk& desk, FrameListView& list, WindowActions& actions, StatusStrip& status, QWidget& window);

  [[nodiscard]] bool isPlaying() const { return m_timer.isActive(); }
  void play();
  void stop(const QString& why = {});
  /// Frames a second.
  void setRate(int rate);
  [[nodiscard]] int rate() const { return m_rate; }
  /// "Playing 5 frames a second · 3 frames not scored yet are passed over"; empty: nothing plays.
  [[nodiscard]] QString state() const { return m_state; }

protected:
  /// Buttons, choices and lists keep the space bar for themselves.
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  void advance();
  [[nodiscard]] bool isPictureDue() const;
  /// Of the set that is shown, as they are listed.
  [[nodiscard]] std::vector<FrameListView::Place> frames() const;
  /// The next frame that can be shown, and how many were passed over; empty: the end.
  [[nodiscard]] std::optional<FrameListView::Place> next(std::size_t& passed) const;
  void say(const QString& text);

  Desk& m_desk;
  FrameListView& m_list;
  WindowActions& m_actions;
  StatusStrip& m_status;
  QTimer m_timer;
  QTimer m_farewell;  ///< why it stopped is said for a while
  int m_rate = 5;
  QString m_set;  ///< that is played
  QString m_state;
};

}  // namespace oodscope
