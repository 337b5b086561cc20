// SPDX-License-Identifier: GPL-3.0-or-later
// The complex controls and the paint helpers they share.
#include "widgets/theme/style.h"
#include "widgets/theme/style_paint.h"

#include <QComboBox>
#include <QPainter>
#include <QPainterPath>
#include <QStyleOptionComplex>
#include <QToolButton>

namespace oodscope {

void paintBox(QPainter* painter, const QRect& rect, const QColor& fill, const QColor& outline, double radius) {
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setPen(outline.alpha() == 0 ? QPen(Qt::NoPen) : QPen(outline, 1.0));
  painter->setBrush(fill);
  painter->drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
  painter->restore();
}

void paintFocusRing(QPainter* painter, const QRect& rect, const QColor& colour, double radius) {
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setPen(QPen(colour, 2.0));
  painter->setBrush(Qt::NoBrush);
  painter->drawRoundedRect(QRectF(rect).adjusted(1.0, 1.0, -1.0, -1.0), radius, radius);
  painter->restore();
}

void paintArrow(QPainter* painter, const QRect& rect, Arrow direction, const QColor& colour, double size) {
  const QPointF centre = QRectF(rect).center();
  const double half = size / 2.0;
  const double depth = size * 0.32;
  QPolygonF triangle;
  switch (direction) {
    case Arrow::Down:
      triangle << QPointF(-half, -depth) << QPointF(half, -depth) << QPointF(0.0, depth);
      break;
    case Arrow::Up:
      triangle << QPointF(-half, depth) << QPointF(half, depth) << QPointF(0.0, -depth);
      break;
    case Arrow::Left:
      triangle << QPointF(depth, -half) << QPointF(depth, half) << QPointF(-depth, 0.0);
      break;
    case Arrow::Right:
      triangle << QPointF(-depth, -half) << QPointF(-depth, half) << QPointF(depth, 0.0);
      break;
  }
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setPen(Qt::NoPen);
  painter->setBrush(colour);
  painter->drawPolygon(triangle.translated(centre));
  painter->restore();
}

void paintSliderHandle(QPainter* painter, const QRectF& rect, const Tokens& t, bool enabled, bool hovered) {
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setPen(QPen(enabled ? t.strong : t.edge, 1.2));
  painter->setBrush(enabled ? (hovered ? t.hover : t.raised) : t.panel);
  if (enabled && t.dark) painter->setBrush(hovered ? t.strong : t.edge);
  painter->drawEllipse(rect.adjusted(0.6, 0.6, -0.6, -0.6));
  painter->restore();
}

bool isEnabled(const QStyleOption* option) { return option->state.testFlag(QStyle::State_Enabled); }

bool showsKeyboardFocus(const QStyleOption* option) {
  return option->state.testFlag(QStyle::State_HasFocus) && option->state.testFlag(QStyle::State_KeyboardFocusChange);
}

namespace {

bool isHovered(const QStyleOption* option) {
  return isEnabled(option) && option->state.testFlag(QStyle::State_MouseOver);
}
QColor faded(const QColor& colour, bool enabled) { return enabled ? colour : disabledColour(colour); }

void paintCombo(const QStyle& style, const QStyleOptionComboBox* option, QPainter* painter, const QWidget* widget) {
  const Tokens& t = tokensFor(option->palette);
  const bool enabled = isEnabled(option);
  const bool pinned = widget && widget->property("pinned").toBool();
  const QColor fill = option->editable ? t.input : (isHovered(option) ? t.hover : t.raised);
  if (option->frame)
    paintBox(painter, option->rect, enabled ? fill : t.panel, pinned && enabled ? t.focus : faded(t.edge, enabled));
  const QRect arrow = style.subControlRect(QStyle::CC_ComboBox, option, QStyle::SC_ComboBoxArrow, widget);
  paintArrow(painter, arrow, Arrow::Down, faded(t.text2, enabled), 7.0);
  if (showsKeyboardFocus(option)) paintFocusRing(painter, option->rect, t.focus);
}

void paintSpinBox(const QStyle& style, const QStyleOptionSpinBox* option, QPainter* painter, const QWidget* widget) {
  const Tokens& t = tokensFor(option->palette);
  const bool enabled = isEnabled(option);
  if (option->frame) paintBox(painter, option->rect, enabled ? t.input : t.panel, faded(t.edge, enabled));
  const auto arrow = [&](QStyle::SubControl part, QAbstractSpinBox::StepEnabledFlag step, Arrow direction) {
    const QRect rect = style.subControlRect(QStyle::CC_SpinBox, option, part, widget);
    const bool active = option->activeSubControls == part && isHovered(option);
    const bool can = enabled && option->stepEnabled.testFlag(step);
    paintArrow(painter, rect, direction, can ? (active ? t.text : t.text2) : disabledColour(t.text2), 6.0);
  };
  if (option->buttonSymbols != QAbstractSpinBox::NoButtons) {
    arrow(QStyle::SC_SpinBoxUp, QAbstractSpinBox::StepUpEnabled, Arrow::Up);
    arrow(QStyle::SC_SpinBoxDown, QAbstractSpinBox::StepDownEnabled, Arrow::Down);
  }
  if (showsKeyboardFocus(option))
    paintFocusRing(painter, option->rect, t.focus);
  else if (enabled && option->state.testFlag(QStyle::State_HasFocus))
    paintBox(painter, option->rect, Qt::transparent, t.focus);
}

void paintSlider(const QStyle& style, const QStyleOptionSlider* option, QPainter* painter, const QWidget* widget) {
  const Tokens& t = tokensFor(option->palette);
  const bool enabled = isEnabled(option);
  const QRect handle = style.subControlRect(QStyle::CC_Slider, option, QStyle::SC_SliderHandle, widget);
  const bool horizontal = option->orientation == Qt::Horizontal;
  const QPointF centre = QRectF(handle).center();
  constexpr double kGroove = 4.0;
  const double margin = (horizontal ? handle.width() : handle.height()) / 2.0;
  QRectF groove(option->rect);
  if (horizontal)
    groove = QRectF(groove.left() + margin, centre.y() - kGroove / 2.0, groove.width() - 2.0 * margin, kGroove);
  else
    groove = QRectF(centre.x() - kGroove / 2.0, groove.top() + margin, kGroove, groove.height() - 2.0 * margin);
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setPen(QPen(faded(t.edge, enabled), 1.0));
  painter->setBrush(t.input);
  painter->drawRoundedRect(groove.adjusted(0.5, 0.5, -0.5, -0.5), 1.5, 1.5);
  if (enabled) {
    const QVariant neutralValue = widget ? widget->property("neutral") : QVariant();
    const int neutral = neutralValue.isValid() ? neutralValue.toInt() : option->minimum;
    const int span = static_cast<int>(horizontal ? groove.width() : groove.height());
    const double from =
        QStyle::sliderPositionFromValue(option->minimum, option->maximum, neutral, span, option->upsideDown);
    QRectF fill(groove);
    if (horizontal) {
      fill.setLeft(std::min(groove.left() + from, centre.x()));
      fill.setRight(std::max(groove.left() + from, centre.x()));
    } else {
      fill.setTop(std::min(groove.top() + from, centre.y()));
      fill.setBottom(std::max(groove.top() + from, centre.y()));
    }
    painter->setPen(Qt::NoPen);
    painter->setBrush(t.accent);
    painter->drawRoundedRect(fill, 1.5, 1.5);
  }
  painter->restore();
  paintSliderHandle(painter, QRectF(handle), t, enabled, isHovered(option));
  if (showsKeyboardFocus(option)) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(t.focus, 2.0));
    painter->setBrush(Qt::NoBrush);
    painter->drawEllipse(QRectF(handle).adjusted(1.0, 1.0, -1.0, -1.0));
    painter->restore();
  }
}

void paintScrollBar(const QStyle& style, const QStyleOptionSlider* option, QPainter* painter, const QWidget* widget) {
  const Tokens& t = tokensFor(option->palette);
  if (option->minimum == option->maximum) return;
  QRect handle = style.subControlRect(QStyle::CC_ScrollBar, option, QStyle::SC_ScrollBarSlider, widget);
  handle = option->orientation == Qt::Horizontal ? handle.adjusted(1, 2, -1, -2) : handle.adjusted(2, 1, -2, -1);
  const bool active = isHovered(option) || option->state.testFlag(QStyle::State_Sunken);
  const double radius = std::min(handle.width(), handle.height()) / 2.0;
  paintBox(painter, handle, active ? t.strong : t.edge, Qt::transparent, radius);
}

void paintToolButton(const QStyleOptionToolButton* option, QPainter* painter, const QWidget* widget) {
  const Tokens& t = tokensFor(option->palette);
  const bool enabled = isEnabled(option);
  const bool on = option->state.testFlag(QStyle::State_On);
  const bool down = option->state.testFlag(QStyle::State_Sunken);
  const bool flat = option->state.testFlag(QStyle::State_AutoRaise);
  if (on)
    paintBox(painter, option->rect, faded(t.selection, enabled), faded(t.accent, enabled));
  else if (enabled && (down || isHovered(option)))
    paintBox(painter, option->rect, t.hover, flat ? Qt::transparent : t.edge);
  else if (!flat)
    paintBox(painter, option->rect, enabled ? t.raised : t.panel, faded(t.edge, enabled));
  if (showsKeyboardFocus(option)) paintFocusRing(painter, option->rect, t.focus);
  const bool hasArrow = option->features.testFlag(QStyleOptionToolButton::HasMenu) &&
                        option->subControls.testFlag(QStyle::SC_ToolButtonMenu);
  QStyleOptionToolButton label(*option);
  if (on) {
    label.palette.setColor(QPalette::ButtonText, faded(t.onSelection, enabled));
    label.palette.setColor(QPalette::WindowText, faded(t.onSelection, enabled));
  }
  label.state.setFlag(QStyle::State_Sunken, false);
  if (widget) {
    if (hasArrow) {
      const QRect arrow =
          widget->style()->subControlRect(QStyle::CC_ToolButton, option, QStyle::SC_ToolButtonMenu, widget);
      label.rect = widget->style()->subControlRect(QStyle::CC_ToolButton, option, QStyle::SC_ToolButton, widget);
      paintArrow(painter, arrow, Arrow::Down, faded(t.text2, enabled), 6.0);
    }
    widget->style()->drawControl(QStyle::CE_ToolButtonLabel, &label, painter, widget);
  }
}

/// Handle, page before it or page after it; the handle is at least `shortest` long.
QRect scrollBarPart(const QStyleOptionSlider& bar, QStyle::SubControl which, int shortest) {
  const QRect rect = bar.rect;
  const bool horizontal = bar.orientation == Qt::Horizontal;
  const int length = horizontal ? rect.width() : rect.height();
  const qint64 range = static_cast<qint64>(bar.maximum) - bar.minimum + bar.pageStep;
  int handle = range > 0 ? static_cast<int>(static_cast<qint64>(length) * bar.pageStep / range) : length;
  handle = std::clamp(handle, std::min(shortest, length), length);
  const int start =
      QStyle::sliderPositionFromValue(bar.minimum, bar.maximum, bar.sliderPosition, length - handle, bar.upsideDown);
  const auto part = [&](int from, int to) {
    return horizontal ? QRect(rect.left() + from, rect.top(), to - from, rect.height())
                      : QRect(rect.left(), rect.top() + from, rect.width(), to - from);
  };
  if (which == QStyle::SC_ScrollBarSlider) return part(start, start + handle);
  if (which == QStyle::SC_ScrollBarSubPage) return part(0, start);
  if (which == QStyle::SC_ScrollBarAddPage) return part(start + handle, length);
  return {};
}

/// Two buttons above one another at the right, the field left of them.
QRect spinBoxPart(const QStyleOptionComplex& option, QStyle::SubControl which) {
  const QRect rect = option.rect;
  const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(&option);
  const bool buttons = spin && spin->buttonSymbols != QAbstractSpinBox::NoButtons;
  const int width = buttons ? 18 : 4;
  const QRect right(rect.right() - width + 1, rect.top(), width, rect.height());
  if (which == QStyle::SC_SpinBoxUp) return buttons ? right.adjusted(0, 1, 0, -rect.height() / 2) : QRect();
  if (which == QStyle::SC_SpinBoxDown) return buttons ? right.adjusted(0, rect.height() / 2, 0, -1) : QRect();
  if (which == QStyle::SC_SpinBoxEditField) return rect.adjusted(4, 1, -width, -1);
  return rect;
}

}  // namespace

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                               const QWidget* widget) const {
  if (control == CC_ComboBox) {
    if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option))
      return paintCombo(*this, combo, painter, widget);
  } else if (control == CC_SpinBox) {
    if (const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option))
      return paintSpinBox(*this, spin, painter, widget);
  } else if (control == CC_Slider) {
    if (const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option))
      return paintSlider(*this, slider, painter, widget);
  } else if (control == CC_ScrollBar) {
    if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option))
      return paintScrollBar(*this, bar, painter, widget);
  } else if (control == CC_ToolButton) {
    if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option))
      return paintToolButton(button, painter, widget);
  }
  QProxyStyle::drawComplexControl(control, option, painter, widget);
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl subControl,
                            const QWidget* widget) const {
  if (control == CC_ScrollBar) {
    const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
    // No arrow buttons: the groove is the whole bar.
    if (!bar || subControl == SC_ScrollBarGroove) return option->rect;
    return scrollBarPart(*bar, subControl, pixelMetric(PM_ScrollBarSliderMin, option, widget));
  }
  if (control == CC_SpinBox) return spinBoxPart(*option, subControl);
  if (control == CC_Slider && subControl == SC_SliderHandle) {
    QRect handle = QProxyStyle::subControlRect(control, option, subControl, widget);
    const int size = pixelMetric(PM_SliderLength, option, widget);
    const QPoint centre = handle.center();
    handle.setSize({size, size});
    handle.moveCenter(centre);
    return handle;
  }
  if (control == CC_ComboBox) {
    const QRect rect = option->rect;
    constexpr int kArrow = 18;
    if (subControl == SC_ComboBoxArrow) return {rect.right() - kArrow, rect.top(), kArrow, rect.height()};
    if (subControl == SC_ComboBoxEditField) return rect.adjusted(6, 1, -kArrow - 1, -1);
  }
  return QProxyStyle::subControlRect(control, option, subControl, widget);
}

}  // namespace oodscope
