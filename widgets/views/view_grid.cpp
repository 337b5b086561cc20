// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/view_grid.h"

#include "widgets/theme/tokens.h"
#include "widgets/views/wipe_view.h"

#include <QContextMenuEvent>
#include <QGridLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {
constexpr int kGutter = 4;        // between panes
constexpr double kPanStep = 0.1;  // of the viewport, by key
}  // namespace

struct ViewGrid::Pane {
  std::unique_ptr<QWidget> frame;
  ViewHeader* header = nullptr;
  ImageView* view = nullptr;
  WipeView* wipe = nullptr;
};

ViewGrid::ViewGrid(QWidget* parent) : QWidget(parent), m_cache(std::make_shared<PictureCache>()) {
  setFocusPolicy(Qt::StrongFocus);
  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setSpacing(kGutter);
  setAccessibleName(tr("Views"));
}

ViewGrid::~ViewGrid() = default;

template <class F>
void ViewGrid::each(F action) {
  for (const auto& pane : m_panes) action(*pane->view);
}

void ViewGrid::setPanes(const std::vector<PaneSpec>& panes) {
  const ViewTransform kept = m_panes.empty() ? ViewTransform{} : transform();
  m_panes.clear();
  for (const PaneSpec& spec : panes) {
    auto pane = std::make_unique<Pane>();
    pane->frame = std::make_unique<QWidget>(this);
    pane->header = new ViewHeader(pane->frame.get());
    pane->header->setTitle(spec.title);
    if (spec.wipe) {
      pane->wipe = new WipeView(m_cache, pane->frame.get());
      pane->view = pane->wipe;
    } else {
      pane->view = new ImageView(m_cache, pane->frame.get());
    }
    pane->view->setLook(spec.look);
    pane->view->setTransform(kept);
    pane->view->setAccessibleName(spec.title);
    pane->view->setFocusProxy(this);
    auto* column = new QVBoxLayout(pane->frame.get());
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(pane->header);
    column->addWidget(pane->view, 1);
    const int index = static_cast<int>(m_panes.size());
    connect(pane->header, &ViewHeader::pressed, this, [this, index] { setCurrent(index); });
    connect(pane->view, &ImageView::activated, this, [this, index] {
      setFocus(Qt::MouseFocusReason);
      setCurrent(index);
    });
    connect(pane->view, &ImageView::viewportChanged, this, [this, index] {
      if (index == m_current) Q_EMIT viewTransformChanged(transform());  // a fitted picture has another scale now
    });
    connect(pane->view, &ImageView::transformEdited, this, [this, index](const ViewTransform& t) { spread(index, t); });
    connect(pane->view, &ImageView::hovered, this, [this, index](QPointF at) {
      setCrosshair(at);
      Q_EMIT hovered(index, at);
    });
    connect(pane->view, &ImageView::hoverLeft, this, [this] {
      setCrosshair(std::nullopt);
      Q_EMIT hoverLeft();
    });
    connect(pane->view, &ImageView::clicked, this, [this, index](QPoint at) { Q_EMIT regionClicked(index, at); });
    connect(pane->view, &ImageView::regionSelected, this, [this, index](QRect r) { Q_EMIT regionSelected(index, r); });
    connect(pane->view, &ImageView::menuRequested, this, [this, index](QPointF at, QPoint global) {
      setCurrent(index);
      Q_EMIT menuRequested(index, at, global);
    });
    m_panes.push_back(std::move(pane));
  }
  m_current = std::clamp(m_current, 0, std::max(0, count() - 1));
  arrange();
}

ImageView* ViewGrid::view(int pane) const { return m_panes.at(static_cast<std::size_t>(pane))->view; }
WipeView* ViewGrid::wipeView(int pane) const { return m_panes.at(static_cast<std::size_t>(pane))->wipe; }
ViewHeader* ViewGrid::header(int pane) const { return m_panes.at(static_cast<std::size_t>(pane))->header; }

void ViewGrid::setArrangement(GridArrangement arrangement) {
  if (arrangement == m_arrangement) return;
  m_arrangement = arrangement;
  arrange();
  // What was zoomed in one layout is a stamp or a corner in another.
  ViewTransform fitted;
  fitted.fit = true;
  each([&](ImageView& view) { view.setTransform(fitted); });
  if (count() > 0) Q_EMIT viewTransformChanged(transform());
}

void ViewGrid::setPanesOfAll(std::vector<int> panes) {
  m_panesOfAll = std::move(panes);
  arrange();
}

void ViewGrid::arrange() {
  auto* grid = static_cast<QGridLayout*>(layout());
  while (QLayoutItem* item = grid->takeAt(0)) delete item;
  for (int i = 0; i < 16; ++i) {
    grid->setColumnStretch(i, 0);
    grid->setRowStretch(i, 0);
  }
  const int n = count();
  int columns = 1;
  int shown = n;
  switch (m_arrangement) {
    case GridArrangement::One:
      shown = std::min(1, n);
      break;
    case GridArrangement::OneByTwo:
      columns = 2;
      shown = std::min(2, n);
      break;
    case GridArrangement::TwoByTwo:
      columns = 2;
      shown = std::min(4, n);
      break;
    case GridArrangement::All:
      if (!m_panesOfAll.empty()) shown = static_cast<int>(m_panesOfAll.size());
      columns = std::max(1, static_cast<int>(std::ceil(std::sqrt(shown))));
      break;
  }
  const bool chosen = m_arrangement == GridArrangement::All && !m_panesOfAll.empty();
  for (int i = 0; i < n; ++i) {
    Pane& pane = *m_panes[static_cast<std::size_t>(i)];
    int place = m_arrangement == GridArrangement::One ? 0 : i;
    bool visible = m_arrangement == GridArrangement::One ? i == m_current : i < shown;
    if (chosen) {
      const auto found = std::find(m_panesOfAll.begin(), m_panesOfAll.end(), i);
      visible = found != m_panesOfAll.end();
      place = static_cast<int>(found - m_panesOfAll.begin());
    }
    pane.frame->setVisible(visible);
    pane.header->setCurrent(i == m_current);
    if (!visible) continue;
    grid->addWidget(pane.frame.get(), place / columns, place % columns);
    grid->setColumnStretch(place % columns, 1);
    grid->setRowStretch(place / columns, 1);
  }
  captionOnce();
}

void ViewGrid::captionOnce() {
  // The current view names the selected region; where that is not in sight, the first that is.
  int named = -1;
  for (int i = count(); i-- > 0;)
    if (!m_panes[static_cast<std::size_t>(i)]->frame->isHidden() && (named != m_current || i == m_current)) named = i;
  for (int i = 0; i < count(); ++i) view(i)->setRegionNamed(i == named);
}

void ViewGrid::setCurrent(int pane) {
  if (pane < 0 || pane >= count() || pane == m_current) return;
  m_current = pane;
  if (m_arrangement == GridArrangement::One) arrange();
  for (int i = 0; i < count(); ++i) header(i)->setCurrent(i == pane);
  captionOnce();
  Q_EMIT currentChanged(pane);
}

void ViewGrid::setLinked(bool linked) {
  if (linked == m_linked) return;
  m_linked = linked;
  if (linked && count() > 0) spread(m_current, transform());
}

void ViewGrid::setCrosshairShown(bool shown) {
  m_crosshairShown = shown;
  if (!shown) setCrosshair(std::nullopt);
}

void ViewGrid::setCrosshair(std::optional<QPointF> at) {
  each([&](ImageView& view) { view.setCrosshair(m_crosshairShown ? at : std::nullopt); });
}

void ViewGrid::setFrame(const std::shared_ptr<const RgbImage>& image, const std::shared_ptr<const LabelMap>& label) {
  each([&](ImageView& view) {
    view.setImage(image);
    view.setLabel(label);
  });
}
void ViewGrid::setThreshold(float threshold) {
  each([&](ImageView& view) { view.setThreshold(threshold); });
}
void ViewGrid::setScale(float min, float max) {
  each([&](ImageView& view) {
    if (view.look().kind == ViewKind::Heatmap) view.setScale(min, max);
  });
}
void ViewGrid::setColourMap(ColourMap map, bool reversed) {
  each([&](ImageView& view) {
    if (view.look().kind == ViewKind::Heatmap) view.setColourMap(map, reversed);
  });
}
void ViewGrid::setOpacity(double opacity) {
  each([&](ImageView& view) { view.setOpacity(opacity); });
}
void ViewGrid::setOverlay(bool on) {
  each([&](ImageView& view) { view.setOverlay(on); });
}
void ViewGrid::setContour(bool on) {
  each([&](ImageView& view) { view.setContour(on); });
}
void ViewGrid::setVoidHatch(bool on) {
  each([&](ImageView& view) { view.setVoidHatch(on); });
}
void ViewGrid::setRegion(const std::shared_ptr<const RegionShape>& region) {
  each([&](ImageView& view) { view.setRegion(region); });
}
void ViewGrid::setBrushed(const std::shared_ptr<const Grid<std::uint8_t>>& mask) {
  each([&](ImageView& view) { view.setBrushed(mask); });
}

void ViewGrid::spread(int from, const ViewTransform& transform) {
  for (int i = 0; i < count(); ++i) {
    if (i == from || m_linked) view(i)->setTransform(transform);
  }
  Q_EMIT viewTransformChanged(transform);
}

void ViewGrid::setTransform(const ViewTransform& transform) {
  if (count() > 0) spread(m_current, transform);
}

ViewTransform ViewGrid::transform() const { return m_panes.empty() ? ViewTransform{} : view(m_current)->transform(); }

void ViewGrid::fit() {
  ViewTransform fitted = transform();
  fitted.fit = true;
  setTransform(fitted);
}
void ViewGrid::oneToOne() { setTransform(oodscope::oneToOne(transform())); }
void ViewGrid::zoomBy(double factor) {
  if (count() == 0) return;
  const QSizeF viewport = view(m_current)->viewport();
  setTransform(zoomedAt(transform(), viewport, {viewport.width() / 2, viewport.height() / 2}, factor));
}
void ViewGrid::zoomToRegion(const QRect& pixels) {
  if (count() > 0) setTransform(zoomedTo(pixels, view(m_current)->viewport()));
}

void ViewGrid::contextMenuEvent(QContextMenuEvent* event) {
  if (event->reason() != QContextMenuEvent::Keyboard || count() == 0) return QWidget::contextMenuEvent(event);
  const ImageView& shown = *view(m_current);
  const QPoint middle = shown.rect().center();
  Q_EMIT menuRequested(m_current, shown.pictureAt(middle), shown.mapToGlobal(middle));
  event->accept();
}

void ViewGrid::keyPressEvent(QKeyEvent* event) {
  if (count() == 0) return QWidget::keyPressEvent(event);
  const bool alt = event->modifiers() & Qt::AltModifier;
  const QSizeF viewport = view(m_current)->viewport();
  const auto pan = [&](double x, double y) {
    setTransform(panned(transform(), QPointF(x * viewport.width(), y * viewport.height()) * kPanStep));
  };
  switch (event->key()) {
    case Qt::Key_F:
      return fit();
    case Qt::Key_Z:
      return oneToOne();
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      return zoomBy(kZoomStep * kZoomStep);
    case Qt::Key_Minus:
      return zoomBy(1 / (kZoomStep * kZoomStep));
    case Qt::Key_L:
      setLinked(!m_linked);
      Q_EMIT linkedEdited(m_linked);
      return;
    case Qt::Key_Left:
      if (alt) return pan(1, 0);
      break;
    case Qt::Key_Right:
      if (alt) return pan(-1, 0);
      break;
    case Qt::Key_Up:
      if (alt) return pan(0, 1);
      break;
    case Qt::Key_Down:
      if (alt) return pan(0, -1);
      break;
    default:
      break;
  }
  QWidget::keyPressEvent(event);
}

void ViewGrid::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), tokensFor(this).border);
}

}  // namespace oodscope
