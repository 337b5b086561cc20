// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/scroll_pane.h"

#include "widgets/theme/tokens.h"

#include <QEvent>
#include <QLayout>
#include <QScrollBar>

#include <algorithm>

namespace oodscope {
namespace {

constexpr int kLeastPaneWidth = 160, kLeastPaneHeight = 110;  // pixels of the design

}  // namespace

ScrollPane::ScrollPane(QWidget* content, Ways ways, QWidget* parent) : QScrollArea(parent), m_ways(ways) {
  setLeast(kLeastPaneWidth, kLeastPaneHeight);
  setFrameShape(QFrame::NoFrame);
  setFocusPolicy(Qt::NoFocus);
  if (ways == Ways::Down) setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  usePanelBackground(viewport());
  content->resize(m_least);  // else it is polished and laid out here, and by fit() once more
  setWidget(content);
  setAccessibleName(content->accessibleName());
}

void ScrollPane::setLeast(int width, int height) {
  const Metrics m(this);
  m_least = {m.px(width), m.px(height)};
  updateGeometry();
}

QSize ScrollPane::sizeHint() const { return widget()->sizeHint().expandedTo(m_least); }

int ScrollPane::heightAt(int width) const {
  const QLayout* layout = widget()->layout();
  if (layout == nullptr) return widget()->minimumSizeHint().height();
  return layout->hasHeightForWidth() ? layout->totalMinimumHeightForWidth(width) : layout->totalMinimumSize().height();
}

void ScrollPane::fit() {
  const QSize room = maximumViewportSize();
  const int bar = verticalScrollBar()->sizeHint().width();
  const int least = m_ways == Ways::Down ? 0 : std::max(widget()->minimumSizeHint().width(), widget()->minimumWidth());
  int width = std::max(room.width(), least);
  if (heightAt(width) > room.height()) width = std::max(room.width() - bar, least);
  const int below = width > room.width() ? horizontalScrollBar()->sizeHint().height() : 0;
  widget()->resize(width, std::max({room.height() - below, heightAt(width), widget()->minimumHeight()}));
}

void ScrollPane::resizeEvent(QResizeEvent* event) {
  fit();
  QScrollArea::resizeEvent(event);
}

bool ScrollPane::viewportEvent(QEvent* event) {
  if (event->type() == QEvent::LayoutRequest) fit();  // the content wants another size
  return QScrollArea::viewportEvent(event);
}

bool ScrollPane::eventFilter(QObject* watched, QEvent* event) {
  if (watched == widget() && event->type() == QEvent::LayoutRequest) fit();
  return QScrollArea::eventFilter(watched, event);
}

}  // namespace oodscope
