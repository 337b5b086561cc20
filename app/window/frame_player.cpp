// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/frame_player.h"

#include "app/desk/desk.h"
#include "app/window/status_strip.h"
#include "app/window/window_actions.h"
#include "widgets/theme/number_text.h"

#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QKeyEvent>

#include <algorithm>

namespace oodscope {
namespace {

constexpr int kFarewellMs = 4000;

/// What the space bar presses, opens or ticks itself. A list of frames is no such thing.
bool usesSpaceBar(const QWidget* widget, const QWidget& frames) {
  if (widget == nullptr || frames.isAncestorOf(widget)) return false;
  return qobject_cast<const QAbstractButton*>(widget) != nullptr || qobject_cast<const QComboBox*>(widget) != nullptr ||
         widget->inherits("QAbstractItemView");
}

}  // namespace

FramePlayer::FramePlayer(Desk& desk, FrameListView& list, WindowActions& actions, StatusStrip& status, QWidget& window)
    : QObject(&window), m_desk(desk), m_list(list), m_actions(actions), m_status(status) {
  m_timer.setTimerType(Qt::PreciseTimer);
  m_farewell.setSingleShot(true);
  m_farewell.setInterval(kFarewellMs);
  connect(&m_timer, &QTimer::timeout, this, &FramePlayer::advance);
  connect(&m_farewell, &QTimer::timeout, this, [this] { say(QString()); });
  connect(actions.play, &QAction::triggered, this, [this](bool wanted) { wanted ? play() : stop(); });
  for (QAction* action : actions.playRates) {
    connect(action, &QAction::triggered, this, [this, action] { setRate(action->data().toInt()); });
    if (action->data().toInt() == m_rate) action->setChecked(true);
  }
  connect(&desk.session, &SessionModel::viewChanged, this, [this](const ViewState&, const ViewState& after) {
    if (isPlaying() && QString::fromStdString(after.set) != m_set) stop();
  });
  window.installEventFilter(this);
}

bool FramePlayer::eventFilter(QObject*, QEvent* event) {
  if (event->type() != QEvent::ShortcutOverride) return false;
  const auto* key = static_cast<QKeyEvent*>(event);
  if (key->key() != Qt::Key_Space || !usesSpaceBar(QApplication::focusWidget(), m_list)) return false;
  event->accept();
  return true;
}

void FramePlayer::setRate(int rate) {
  m_rate = std::max(1, rate);
  constexpr int kSecondMs = 1000;
  m_timer.setInterval(kSecondMs / m_rate);
  for (QAction* action : m_actions.playRates)
    if (action->data().toInt() == m_rate) action->setChecked(true);
}

std::vector<FrameListView::Place> FramePlayer::frames() const {
  std::vector<FrameListView::Place> out = m_list.shownFrames();
  const auto& sets = m_desk.workspace.sets();
  std::erase_if(out, [&](const FrameListView::Place& place) {
    return place.set >= static_cast<int>(sets.size()) ||
           sets[static_cast<std::size_t>(place.set)].set != m_desk.currentSet();
  });
  return out;
}

void FramePlayer::play() {
  m_set = QString::fromStdString(m_desk.session.view().set);
  const auto shown = frames();
  if (shown.size() < 2) {
    stop(m_desk.currentSet() ? tr("Nothing to play: the list shows one frame or none")
                             : tr("Nothing to play: no set is open"));
    return;
  }
  m_farewell.stop();
  setRate(m_rate);
  m_timer.start();
  m_actions.play->setChecked(true);
  std::size_t passed = 0;
  if (!next(passed) && passed == 0) m_list.chooseFrame(shown.front());  // at the end: from the beginning
  say(tr("Playing %1").arg(countedText(m_rate, tr("frame a second"), tr("frames a second"))));
}

void FramePlayer::stop(const QString& why) {
  m_timer.stop();
  m_actions.play->setChecked(false);
  say(why);
  if (!why.isEmpty()) m_farewell.start();
}

void FramePlayer::say(const QString& text) {
  m_state = text;
  m_status.setPlaying(text);
}

bool FramePlayer::isPictureDue() const {
  const auto& picture = m_desk.run.picture();
  const auto frame = m_desk.currentFrame();
  return frame && (!picture || picture->frame != *frame || picture->set != m_set);
}

std::optional<FrameListView::Place> FramePlayer::next(std::size_t& passed) const {
  std::vector<FrameListView::Place> frames = this->frames();
  const auto current = m_desk.currentFrame();
  const auto at = std::ranges::find_if(
      frames, [&](const FrameListView::Place& place) { return current && place.frame == static_cast<int>(*current); });
  const bool isListed = at != frames.end();
  if (isListed) std::rotate(frames.begin(), at + 1, frames.end());
  const auto left = static_cast<std::size_t>(isListed ? std::distance(at, frames.end()) - 1 : std::ssize(frames));
  const auto live = m_desk.run.liveSet();
  const std::size_t most = m_actions.playInLoop->isChecked() ? frames.size() - (isListed ? 1 : 0) : left;
  for (std::size_t i = 0; i < most; ++i) {
    if (!live || live->isReady(static_cast<std::size_t>(frames[i].frame))) return frames[i];
    ++passed;
  }
  return std::nullopt;
}

void FramePlayer::advance() {
  if (isPictureDue()) return;
  std::size_t passed = 0;
  const auto place = next(passed);
  if (!place) {
    stop(passed > 0 ? tr("Stopped: %1 not scored yet")
                          .arg(countedText(static_cast<qint64>(passed), tr("frame is"), tr("frames are")))
                    : tr("Played to the end"));
    return;
  }
  QString text = tr("Playing %1").arg(countedText(m_rate, tr("frame a second"), tr("frames a second")));
  if (m_actions.playInLoop->isChecked()) text += tr(", in a loop");
  if (passed > 0)
    text += tr(" · %1 not scored yet, passed over")
                .arg(countedText(static_cast<qint64>(passed), tr("frame"), tr("frames")));
  say(text);
  m_list.chooseFrame(*place);
}

}  // namespace oodscope
