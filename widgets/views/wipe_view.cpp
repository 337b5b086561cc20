// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/wipe_view.h"

#include "widgets/theme/tokens.h"
#include "widgets/views/picture_renderer.h"

#include <QMouseEvent>
#include <QPainter>
#include <QTimerEvent>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {
constexpr double kGrip = 7;  // logical pixels to either side of the divider that take hold of it
constexpr double kHandleSide = 22;
}  // namespace

WipeView::WipeView(const std::shared_ptr<PictureCache>& cache, QWidget* parent)
    : ImageView(cache, parent), m_otherRenderer(std::make_unique<PictureRenderer>(cache)) {}

WipeView::~WipeView() = default;

void WipeView::setOther(const PictureLayers& layers, const PictureLook& look) {
  m_otherLayers = layers;
  m_otherLook = look;
  m_otherDirty = true;
  update();
}

void WipeView::setNames(const QString& a, const QString& b) {
  m_nameA = a;
  m_nameB = b;
  update();
}

void WipeView::setShow(Show show) {
  m_show = show;
  update();
}

void WipeView::setDivider(double share) {
  m_divider = std::clamp(share, 0.0, 1.0);
  update();
}

void WipeView::setBlinking(bool on, int periodMs) {
  if (m_blinkTimer != 0) killTimer(m_blinkTimer);
  m_blinkTimer = on ? startTimer(periodMs) : 0;
  setShow(on ? Show::OnlyA : Show::Wipe);
}

bool WipeView::isBlinking() const { return m_blinkTimer != 0; }

void WipeView::timerEvent(QTimerEvent* event) {
  if (event->timerId() == m_blinkTimer) {
    setShow(m_show == Show::OnlyA ? Show::OnlyB : Show::OnlyA);
  } else {
    ImageView::timerEvent(event);
  }
}

void WipeView::paintPicture(QPainter& painter) {
  const Tokens& t = tokensFor(this);
  if (m_show != Show::OnlyB) ImageView::paintPicture(painter);
  const double line = std::round(m_divider * width());
  if (m_show != Show::OnlyA) {
    if (m_otherDirty || m_otherShown.size() != deviceSize() || m_otherTransform != transform()) {
      m_otherTransform = transform();
      m_otherShown =
          m_otherRenderer->render(m_otherLayers, m_otherLook, t, m_otherTransform, deviceSize(), devicePixelRatioF());
      m_otherShown.setDevicePixelRatio(devicePixelRatioF());
      m_otherDirty = false;
    }
    painter.save();
    if (m_show == Show::Wipe) painter.setClipRect(QRectF(line, 0, width() - line, height()));
    painter.drawImage(QPointF(0, 0), m_otherShown);
    painter.restore();
  }
  const auto chip = [&](const QString& letter, const QColor& colour, const QString& name, bool right) {
    const QPointF corner(right ? width() - 8.0 : 8.0, 8.0);
    paintInset(painter, *this, corner, letter, colour, name, right);
  };
  const QString a = QStringLiteral("A");
  const QString b = QStringLiteral("B");
  if (m_show != Show::OnlyB) chip(a, t.a.over, m_nameA, false);
  if (m_show != Show::OnlyA) chip(b, t.b.over, m_nameB, true);
  if (m_show != Show::Wipe) return;
  painter.fillRect(QRectF(line - 2, 0, 4, height()), QColor(0, 0, 0, 130));
  painter.fillRect(QRectF(line - 1, 0, 2, height()), Qt::white);
  const QRectF handle(line - kHandleSide / 2, height() / 2.0 - kHandleSide / 2, kHandleSide, kHandleSide);
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(QColor(0, 0, 0, 130), 1));
  painter.setBrush(Qt::white);
  painter.drawRoundedRect(handle, 3, 3);
  painter.setPen(QPen(QColor(0x22, 0x24, 0x27), 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter.setBrush(Qt::NoBrush);
  for (const double side : {-1.0, 1.0}) {
    const QPointF tip = handle.center() + QPointF(side * 7, 0);
    painter.drawPolyline(QPolygonF{tip + QPointF(-side * 4, -4), tip, tip + QPointF(-side * 4, 4)});
  }
  painter.restore();
}

void WipeView::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange) m_otherDirty = true;
  ImageView::changeEvent(event);
}

bool WipeView::onDivider(QPointF at) const {
  return m_show == Show::Wipe && std::fabs(at.x() - m_divider * width()) <= kGrip;
}

void WipeView::mousePressEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && onDivider(event->position())) {
    m_dragging = true;
    Q_EMIT activated();
    event->accept();
    return;
  }
  ImageView::mousePressEvent(event);
}

void WipeView::mouseMoveEvent(QMouseEvent* event) {
  if (m_dragging) {
    setDivider(event->position().x() / std::max(1, width()));
    Q_EMIT dividerEdited(m_divider);
    return;
  }
  if (event->buttons() == Qt::NoButton) {
    if (onDivider(event->position())) {
      setCursor(Qt::SplitHCursor);
    } else {
      unsetCursor();
    }
  }
  ImageView::mouseMoveEvent(event);
}

void WipeView::mouseReleaseEvent(QMouseEvent* event) {
  if (m_dragging) {
    m_dragging = false;
    return;
  }
  ImageView::mouseReleaseEvent(event);
}

void WipeView::render(QPainter& painter, const QRectF& area, const RenderOptions& options) const {
  ImageView::render(painter, area, options);
  ImageView other(cache());
  other.setLayers(m_otherLayers);
  other.setLook(m_otherLook);
  painter.save();
  painter.setClipRect(
      QRectF(area.left() + area.width() * m_divider, area.top(), area.width() * (1 - m_divider), area.height()));
  other.render(painter, area, options);
  painter.restore();
  painter.fillRect(QRectF(area.left() + area.width() * m_divider - 0.5, area.top(), 1, area.height()), Qt::white);
}

}  // namespace oodscope
