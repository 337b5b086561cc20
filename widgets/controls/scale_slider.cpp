// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/scale_slider.h"

#include "widgets/theme/icon.h"
#include "widgets/theme/style_paint.h"
#include "widgets/theme/tokens.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QStyle>
#include <QStyleOptionSlider>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr int kSteps = 2000;  // of the integer value that assistive technology sees
constexpr double kSnapPixels = 4.0;
constexpr double kFineFactor = 0.1;
constexpr double kGroove = 4.0;

}  // namespace

ScaleSlider::ScaleSlider(QWidget* parent) : QSlider(Qt::Horizontal, parent) {
  setRange(0, kSteps);
  setSingleStep(kSteps / 100);
  setPageStep(kSteps / 20);
  setFocusPolicy(Qt::StrongFocus);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(this, &QSlider::valueChanged, this, [this](int value) {
    if (m_setting) return;  // else assistive technology set it
    Q_EMIT dragBegan();
    edit(static_cast<double>(value) / kSteps);
    Q_EMIT dragEnded();
  });
}

void ScaleSlider::setPosition(double position) {
  const double clamped = std::clamp(position, 0.0, 1.0);
  if (!(clamped < m_position) && !(clamped > m_position)) return;
  m_position = clamped;
  m_setting = true;
  setValue(static_cast<int>(std::lround(m_position * kSteps)));
  m_setting = false;
  update();
}

void ScaleSlider::setTicks(std::vector<Tick> ticks) {
  m_ticks = std::move(ticks);
  update();
}

void ScaleSlider::setMarks(std::vector<Mark> marks) {
  m_marks = std::move(marks);
  update();
}

void ScaleSlider::setFill(Fill fill, double neutral) {
  m_fill = fill;
  m_neutral = neutral;
  update();
}

void ScaleSlider::setBars(std::vector<float> bars) {
  const bool hadBars = !m_bars.empty();
  m_bars = std::move(bars);
  if (hadBars != !m_bars.empty()) updateGeometry();
  update();
}

void ScaleSlider::setPinned(bool pinned) {
  m_pinned = pinned;
  update();
}

void ScaleSlider::setValueText(const QString& text) { setAccessibleDescription(text); }

double ScaleSlider::handleRadius() const { return Metrics(this).px(16) / 2.0; }

double ScaleSlider::grooveY() const {
  const Metrics m(this);
  return m.px(m_bars.empty() ? 20 : 31);
}

double ScaleSlider::pixelOf(double position) const {
  const double margin = std::max(handleRadius() + 2.0, static_cast<double>(Metrics(this).px(18)));
  return margin + position * (width() - 2.0 * margin);
}

QSize ScaleSlider::sizeHint() const {
  const Metrics m(this);
  return {m.px(220), static_cast<int>(grooveY()) + m.px(30)};
}

QSize ScaleSlider::minimumSizeHint() const { return {Metrics(this).px(140), sizeHint().height()}; }

double ScaleSlider::snapped(double position) const {
  const double x = pixelOf(position);
  double best = kSnapPixels;
  double result = position;
  for (const Mark& mark : m_marks) {
    const double distance = std::abs(pixelOf(mark.position) - x);
    if (distance > best) continue;
    best = distance;
    result = mark.position;
  }
  return result;
}

void ScaleSlider::edit(double position) {
  const double wanted = std::clamp(position, 0.0, 1.0);
  if (wanted == m_position) return;
  setPosition(wanted);
  Q_EMIT positionEdited(wanted);
}

void ScaleSlider::step(double delta) {
  Q_EMIT dragBegan();
  edit(m_position + delta);
  Q_EMIT dragEnded();
}

void ScaleSlider::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return event->ignore();
  m_dragging = true;
  setSliderDown(true);
  Q_EMIT dragBegan();
  const double length = pixelOf(1.0) - pixelOf(0.0);
  const double x = event->position().x();
  const bool onHandle = std::abs(x - pixelOf(m_position)) <= handleRadius();
  if (!onHandle && length > 0.0) edit(snapped((x - pixelOf(0.0)) / length));
  m_dragStartX = x;
  m_dragStartPosition = m_position;
  event->accept();
}

void ScaleSlider::mouseMoveEvent(QMouseEvent* event) {
  if (!m_dragging) return;
  const double length = pixelOf(1.0) - pixelOf(0.0);
  if (length <= 0.0) return;
  const double x = event->position().x();
  if (event->modifiers().testFlag(Qt::ShiftModifier)) {
    edit(m_position + kFineFactor * (x - m_dragStartX) / length);
    m_dragStartX = x;
    m_dragStartPosition = m_position;
  } else {
    edit(snapped(m_dragStartPosition + (x - m_dragStartX) / length));
  }
}

void ScaleSlider::mouseReleaseEvent(QMouseEvent* event) {
  if (!m_dragging || event->button() != Qt::LeftButton) return;
  m_dragging = false;
  setSliderDown(false);
  Q_EMIT dragEnded();
  update();
}

void ScaleSlider::keyPressEvent(QKeyEvent* event) {
  const double fine = event->modifiers().testFlag(Qt::ShiftModifier) ? kFineFactor : 1.0;
  switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Down:
      return step(-0.01 * fine);
    case Qt::Key_Right:
    case Qt::Key_Up:
      return step(0.01 * fine);
    case Qt::Key_PageDown:
      return step(-0.05);
    case Qt::Key_PageUp:
      return step(0.05);
    case Qt::Key_Home:
      return step(-m_position);
    case Qt::Key_End:
      return step(1.0 - m_position);
    default:
      event->ignore();
  }
}

void ScaleSlider::wheelEvent(QWheelEvent* event) {
  step(0.01 * event->angleDelta().y() / 120.0);
  event->accept();
}

void ScaleSlider::changeEvent(QEvent* event) {
  QSlider::changeEvent(event);
  if (event->type() == QEvent::FontChange) updateGeometry();
}

bool ScaleSlider::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    for (const Mark& mark : m_marks)
      if (!mark.name.isEmpty() && std::abs(pixelOf(mark.position) - help->pos().x()) <= 6.0 &&
          help->pos().y() < grooveY()) {
        QToolTip::showText(help->globalPos(), mark.name, this);
        return true;
      }
  }
  return QSlider::event(event);
}

void ScaleSlider::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  if (!m_bars.empty()) paintBars(painter);
  paintGroove(painter);
  paintTicks(painter);
  paintMarks(painter);
  paintHandle(painter);
}

void ScaleSlider::paintBars(QPainter& painter) const {
  const Tokens& t = tokensFor(this);
  const double bottom = grooveY() - handleRadius() + 2.0;
  const double height = bottom - 1.0;
  const double left = pixelOf(0.0);
  const double step = (pixelOf(1.0) - left) / static_cast<double>(m_bars.size());
  painter.setPen(Qt::NoPen);
  painter.setRenderHint(QPainter::Antialiasing, false);
  for (std::size_t i = 0; i < m_bars.size(); ++i) {
    const double middle = (static_cast<double>(i) + 0.5) / static_cast<double>(m_bars.size());
    QColor colour = middle >= m_position ? t.tp.line : t.fn.line;
    colour.setAlphaF(isEnabled() ? 0.8F : 0.3F);
    const double bar = std::clamp(static_cast<double>(m_bars[i]), 0.0, 1.0) * height;
    const double gap = step >= 3.0 ? 1.0 : 0.0;
    painter.fillRect(QRectF(left + step * static_cast<double>(i), bottom - bar, step - gap, bar), colour);
  }
  painter.setRenderHint(QPainter::Antialiasing, true);
}

void ScaleSlider::paintGroove(QPainter& painter) const {
  const Tokens& t = tokensFor(this);
  const QRectF groove(pixelOf(0.0), grooveY() - kGroove / 2.0, pixelOf(1.0) - pixelOf(0.0), kGroove);
  painter.setPen(QPen(isEnabled() ? t.edge : disabledColour(t.edge), 1.0));
  painter.setBrush(t.input);
  painter.drawRoundedRect(groove.adjusted(0.5, 0.5, -0.5, -0.5), 1.5, 1.5);
  if (!isEnabled()) return;
  const double from = m_fill == Fill::ToEnd ? m_position : std::min(m_position, m_neutral);
  const double to = m_fill == Fill::ToEnd ? 1.0 : std::max(m_position, m_neutral);
  QRectF fill(groove);
  fill.setLeft(pixelOf(from));
  fill.setRight(pixelOf(to));
  painter.setPen(Qt::NoPen);
  painter.setBrush(t.accent);
  painter.drawRoundedRect(fill, 1.5, 1.5);
}

void ScaleSlider::paintTicks(QPainter& painter) const {
  const Tokens& t = tokensFor(this);
  const Metrics m(this);
  painter.setFont(numberFont(captionFont(font())));
  const QFontMetrics metrics(painter.font());
  const double top = grooveY() + m.px(6);
  double taken = 0.0;  // up to where numbers stand: one that would touch the one before it is left out
  for (const Tick& tick : m_ticks) {
    const double x = std::floor(pixelOf(tick.position)) + 0.5;
    painter.setPen(QPen(isEnabled() ? t.strong : disabledColour(t.strong), 1.0));
    painter.drawLine(QPointF(x, top), QPointF(x, top + m.px(4)));
    painter.setPen(isEnabled() ? t.text2 : disabledColour(t.text2));
    const double half = metrics.horizontalAdvance(tick.label) / 2.0 + 2.0;
    const double centre = std::clamp(x, half, std::max(half, width() - half));
    if (centre - half < taken) continue;
    taken = centre + half + m.px(2);
    painter.drawText(QRectF(centre - half, top + m.px(5), 2.0 * half, metrics.height()), Qt::AlignCenter, tick.label);
  }
}

void ScaleSlider::paintMarks(QPainter& painter) const {
  const Tokens& t = tokensFor(this);
  const QColor colour = isEnabled() ? t.text2 : disabledColour(t.text2);
  const double bottom = grooveY() - kGroove / 2.0 - 3.0;
  for (const Mark& mark : m_marks) {
    const double x = pixelOf(mark.position);
    if (mark.shape == MarkShape::Pennant) {
      painter.setPen(Qt::NoPen);
      painter.setBrush(colour);
      painter.drawPolygon(
          QPolygonF{QPointF(x - 5.0, bottom - 9.0), QPointF(x + 5.0, bottom - 9.0), QPointF(x, bottom - 2.0)});
    } else {
      painter.setPen(QPen(colour, 1.3));
      painter.setBrush(Qt::NoBrush);
      const double y = bottom - 7.0;
      painter.drawPolygon(
          QPolygonF{QPointF(x, y - 4.5), QPointF(x + 4.5, y), QPointF(x, y + 4.5), QPointF(x - 4.5, y)});
    }
  }
}

void ScaleSlider::paintHandle(QPainter& painter) const {
  const Tokens& t = tokensFor(this);
  const double radius = handleRadius();
  const QPointF centre(pixelOf(m_position), grooveY());
  const bool enabled = isEnabled();
  painter.setPen(QPen(enabled ? (t.dark ? t.focus : t.accent) : t.edge, enabled ? 2.0 : 1.2));
  painter.setBrush(enabled ? (t.dark ? t.selection : t.raised) : t.panel);
  painter.drawEllipse(centre, radius - 1.0, radius - 1.0);
  if (!enabled) return;
  if (m_pinned) {
    const int size = static_cast<int>(std::lround(radius * 1.25));
    painter.drawPixmap(QPointF(centre.x() - size / 2.0, centre.y() - size / 2.0),
                       iconPixmap(QStringLiteral("pin"), t.dark ? t.onAccent : t.accent, size, devicePixelRatioF()));
  } else {
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.dark ? t.onAccent : t.accent);
    painter.drawEllipse(centre, 2.0, 2.0);
  }
  QStyleOptionSlider option;
  initStyleOption(&option);
  if (!showsKeyboardFocus(&option)) return;
  painter.setPen(QPen(t.focus, 2.0));
  painter.setBrush(Qt::NoBrush);
  painter.drawEllipse(centre, radius + 2.0, radius + 2.0);
}

}  // namespace oodscope
