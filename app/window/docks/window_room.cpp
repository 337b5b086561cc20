// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/docks/window_room.h"

#include "app/window/docks/dock_column.h"
#include "app/window/settings.h"
#include "app/window/tabs/tab_stack.h"
#include "app/window/window_actions.h"
#include "widgets/scene3d/gl_surface.h"
#include "widgets/theme/tokens.h"

#include <QApplication>
#include <QDockWidget>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMainWindow>
#include <QScreen>
#include <QTabBar>

#include <utility>

namespace oodscope {
namespace {

constexpr int kFirstWidth = 1680, kFirstHeight = 1050;  // where no screen says how much there is
constexpr int kTitleBar = 34;                           // pixels of the design that a window manager adds above

bool hasScreen() { return QGuiApplication::platformName() != QLatin1String("offscreen"); }

QSize roomOnScreen(const QMainWindow& window) {
  return window.screen()->availableSize() - QSize(0, Metrics(&window).px(kTitleBar));
}

QSize firstSize(const QMainWindow& window) {
  if (!hasScreen() || window.screen() == nullptr) return {kFirstWidth, kFirstHeight};
  return roomOnScreen(window);
}

/// A screen may be smaller than the one that the window was on. What the window needs at least it takes when it is
/// shown.
void fitIntoScreen(QMainWindow& window) {
  if (window.screen() == nullptr) return;
  const Qt::WindowStates state = window.windowState();
  window.setWindowState(Qt::WindowNoState);  // of a maximised one: what it comes back to
  window.resize(window.size().boundedTo(roomOnScreen(window)));
  window.setWindowState(state);
}

}  // namespace

WindowRoom::WindowRoom(QMainWindow& window, DockColumn& docks, TabStack& tabs, WindowActions& actions)
    : QObject(&window), m_window(window), m_docks(docks), m_actions(actions) {
  prepareForOpenGl(window);
  m_window.resize(firstSize(window));
  m_first = m_window.saveState();
  restoreLayout();
  tabs.addCornerAction(actions.maximiseAnalysis);
  connect(actions.maximiseAnalysis, &QAction::triggered, this, &WindowRoom::setMaximised);
  connect(tabs.tabBar(), &QTabBar::tabBarDoubleClicked, this, [this](int tab) {
    if (tab >= 0) setMaximised(!isMaximised());
  });
  connect(docks.analysisDock().toggleViewAction(), &QAction::toggled, this, [this](bool shown) {
    // A window that goes hides its docks when its actions may have gone.
    if (!shown && isMaximised() && m_window.isVisible()) setMaximised(false);
  });
  m_window.installEventFilter(this);
}

void WindowRoom::restoreLayout() {
  const WindowLayout layout = readWindowLayout();
  m_isRemembered = !layout.geometry.isEmpty() && m_window.restoreGeometry(layout.geometry);
  if (m_isRemembered) fitIntoScreen(m_window);
  if (!layout.state.isEmpty() && m_window.restoreState(layout.state)) m_docks.keepLayout();
}

void WindowRoom::keepLayout() {
  if (!m_forgets) writeWindowLayout({m_window.saveGeometry(), isMaximised() ? m_before : m_window.saveState()});
}

void WindowRoom::show(QMainWindow& window, QSize size) {
  auto* room = window.findChild<WindowRoom*>();
  if (room != nullptr && size.isValid()) {
    room->m_forgets = true;
    window.setWindowState(Qt::WindowNoState);
    window.restoreState(room->m_first);
    room->m_docks.forgetLayout();
    window.resize(size);
  } else if (room != nullptr && !room->m_isRemembered && hasScreen()) {
    window.showMaximized();
    return;
  }
  window.show();
}

void WindowRoom::setMaximised(bool on) {
  m_actions.maximiseAnalysis->setChecked(on);
  if (on == isMaximised()) return;
  if (!on) {
    qApp->removeEventFilter(this);
    m_window.centralWidget()->show();
    m_window.restoreState(std::exchange(m_before, QByteArray()));
    return;
  }
  m_before = m_window.saveState();
  for (QDockWidget* dock : m_window.findChildren<QDockWidget*>())
    if (dock != &m_docks.analysisDock() && !dock->isFloating()) dock->hide();
  m_docks.analysisDock().show();
  m_window.centralWidget()->hide();
  qApp->installEventFilter(this);
}

bool WindowRoom::takeEscape(QEvent& event) {
  const auto& key = static_cast<QKeyEvent&>(event);
  if (key.key() != Qt::Key_Escape || key.modifiers() != Qt::NoModifier || !isMaximised()) return false;
  if (QApplication::activeModalWidget() != nullptr || QApplication::activePopupWidget() != nullptr) return false;
  const QWidget* focus = QApplication::focusWidget();
  if (focus != nullptr && focus->window() != &m_window) return false;
  if (const auto* field = qobject_cast<const QLineEdit*>(focus); field != nullptr && !field->text().isEmpty())
    return false;  // it is the field's to clear
  event.accept();
  if (event.type() == QEvent::KeyPress) setMaximised(false);
  return true;
}

bool WindowRoom::eventFilter(QObject* watched, QEvent* event) {
  // Before shortcuts are looked for: Escape has others.
  if (event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress) return takeEscape(*event);
  if (watched == &m_window && event->type() == QEvent::Close) keepLayout();
  return false;
}

}  // namespace oodscope
