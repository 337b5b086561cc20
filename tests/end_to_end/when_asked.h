// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QApplication>
#include <QObject>
#include <QTimer>

#include <functional>
#include <utility>

namespace oodscope {

/// Answers the next modal dialog of that kind, as a hand would once it is there.
template <class Dialog>
class WhenAsked : public QObject {
public:
  explicit WhenAsked(std::function<void(Dialog&)> answer) : m_answer(std::move(answer)) {
    m_timer.setInterval(20);
    connect(&m_timer, &QTimer::timeout, this, [this] {
      auto* dialog = qobject_cast<Dialog*>(QApplication::activeModalWidget());
      if (dialog == nullptr || !dialog->isVisible()) return;
      m_timer.stop();
      ++asked;
      m_answer(*dialog);
    });
    m_timer.start();
  }
  int asked = 0;

private:
  std::function<void(Dialog&)> m_answer;
  QTimer m_timer;
};

}  // namespace oodscope
