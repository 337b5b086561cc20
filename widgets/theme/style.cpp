// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/style.h"

#include "widgets/theme/icon.h"
#include "widgets/theme/style_paint.h"
#include "widgets/theme/wheel_guard.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QDialog>
#include <QDockWidget>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QScrollBar>
#include <QSlider>
#include <QStyleFactory>
#include <QStyleOption>
#include <QTabBar>

namespace oodscope {
namespace {

void paintButton(const QStyleOption* option, QPainter* painter, const QWidget* widget) {
  const Tokens& t = tokensFor(option->palette);
  const bool enabled = isEnabled(option);
  const bool hovered = enabled && option->state.testFlag(QStyle::State_MouseOver);
  const bool down = option->state.testFlag(QStyle::State_Sunken);
  const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
  const bool flat = button && button->features.testFlag(QStyleOptionButton::Flat);
  if (widget && widget->property("primary").toBool() && enabled) {
    const QColor fill = down ? t.accent.darker(112) : (hovered ? t.accent.lighter(108) : t.accent);
    paintBox(painter, option->rect, fill, fill);
  } else if (option->state.testFlag(QStyle::State_On)) {
    paintBox(painter, option->rect, t.selection, t.accent);
  } else if (!enabled) {
    if (!flat) paintBox(painter, option->rect, Qt::transparent, disabledColour(t.edge));
  } else if (!flat || hovered || down) {
    paintBox(painter, option->rect, down ? t.line : (hovered ? t.hover : t.raised), flat ? Qt::transparent : t.edge);
  }
}

void paintCheck(const QStyleOption* option, QPainter* painter) {
  const Tokens& t = tokensFor(option->palette);
  const bool enabled = isEnabled(option);
  const bool on = option->state.testFlag(QStyle::State_On);
  const bool partly = option->state.testFlag(QStyle::State_NoChange);
  const QColor outline = on || partly ? t.accent : t.strong;
  paintBox(painter, option->rect, on || partly ? (enabled ? t.accent : t.line) : t.input,
           enabled ? outline : disabledColour(t.strong), 2.0);
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setPen(QPen(t.onAccent, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  const QRectF r(option->rect);
  const auto at = [&](double x, double y) { return QPointF(r.left() + x * r.width(), r.top() + y * r.height()); };
  if (on)
    painter->drawPolyline(QPolygonF{at(0.24, 0.53), at(0.43, 0.72), at(0.77, 0.32)});
  else if (partly)
    painter->drawLine(at(0.27, 0.5), at(0.73, 0.5));
  painter->restore();
}

void paintRadio(const QStyleOption* option, QPainter* painter) {
  const Tokens& t = tokensFor(option->palette);
  const bool on = option->state.testFlag(QStyle::State_On);
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  const QRectF r = QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5);
  painter->setPen(QPen(on ? t.accent : t.strong, 1.0));
  painter->setBrush(on ? t.accent : t.input);
  if (!isEnabled(option)) painter->setOpacity(0.42);
  painter->drawEllipse(r);
  if (on) {
    painter->setPen(Qt::NoPen);
    painter->setBrush(t.onAccent);
    const double inset = r.width() * 0.3;
    painter->drawEllipse(r.adjusted(inset, inset, -inset, -inset));
  }
  painter->restore();
}

void paintTab(const QStyleOptionTab* option, QPainter* painter) {
  const Tokens& t = tokensFor(option->palette);
  const QRect r = option->rect;
  if (option->state.testFlag(QStyle::State_Selected)) {
    painter->fillRect(r, t.panel);
    painter->fillRect(QRect(r.left(), r.top(), r.width(), 2), t.accent);
    painter->fillRect(QRect(r.left(), r.top() + 2, 1, r.height() - 2), t.border);
    painter->fillRect(QRect(r.right(), r.top() + 2, 1, r.height() - 2), t.border);
  } else if (option->state.testFlag(QStyle::State_MouseOver) && isEnabled(option)) {
    painter->fillRect(r.adjusted(0, 1, 0, -1), t.hover);
  }
}

void paintProgress(const QStyleOptionProgressBar* option, QPainter* painter) {
  const Tokens& t = tokensFor(option->palette);
  constexpr int kThickness = 6;
  QRect groove = option->rect;
  groove.setTop(option->rect.center().y() - kThickness / 2 + 1);
  groove.setHeight(kThickness);
  paintBox(painter, groove, t.input, t.edge, 1.0);
  if (option->maximum <= option->minimum) return;  // length unknown: the label says what runs
  const double share = static_cast<double>(option->progress - option->minimum) / (option->maximum - option->minimum);
  QRect filled = groove.adjusted(1, 1, -1, -1);
  filled.setWidth(static_cast<int>(filled.width() * std::clamp(share, 0.0, 1.0)));
  painter->fillRect(filled, t.accent);
}

void paintHeaderSection(const QStyleOptionHeader* option, QPainter* painter) {
  const Tokens& t = tokensFor(option->palette);
  painter->fillRect(option->rect, t.panel);
  painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1), t.line);
}

void paintFrame(QPainter* painter, const QRect& rect, const QColor& edge, const QBrush& inside = Qt::NoBrush) {
  painter->save();
  painter->setPen(edge);
  painter->setBrush(inside);
  painter->drawRect(rect.adjusted(0, 0, -1, -1));
  painter->restore();
}

void paintLineEdit(QStyle::PrimitiveElement element, const QStyleOption* option, QPainter* painter) {
  const Tokens& t = tokensFor(option->palette);
  if (element == QStyle::PE_PanelLineEdit) {
    const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
    if (frame && frame->lineWidth <= 0) return;  // inside a spin or combo box, which paints the frame
  }
  paintBox(painter, option->rect, isEnabled(option) ? t.input : t.panel,
           isEnabled(option) ? t.edge : disabledColour(t.edge));
  if (!option->state.testFlag(QStyle::State_HasFocus)) return;
  if (option->state.testFlag(QStyle::State_KeyboardFocusChange))
    paintFocusRing(painter, option->rect, t.focus);
  else
    paintBox(painter, option->rect, Qt::transparent, t.focus);
}

/// Rows and cells of lists, and the arrows in them and in their headers.
void paintItemPart(QStyle::PrimitiveElement element, const QStyleOption* option, QPainter* painter) {
  const Tokens& t = tokensFor(option->palette);
  const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option);
  const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
  switch (element) {
    case QStyle::PE_PanelItemViewRow:
      if (item && item->features.testFlag(QStyleOptionViewItem::Alternate)) painter->fillRect(option->rect, t.alt);
      return;
    case QStyle::PE_PanelItemViewItem:
      if (option->state.testFlag(QStyle::State_Selected))
        painter->fillRect(option->rect, option->palette.brush(QPalette::Active, QPalette::Highlight));
      else if (item && item->backgroundBrush.style() != Qt::NoBrush)
        painter->fillRect(option->rect, item->backgroundBrush);
      return;
    case QStyle::PE_IndicatorBranch:
      if (option->state.testFlag(QStyle::State_Children))
        paintArrow(painter, option->rect, option->state.testFlag(QStyle::State_Open) ? Arrow::Down : Arrow::Right,
                   t.text2, 8.0);
      return;
    case QStyle::PE_IndicatorHeaderArrow:
      // Qt calls the ascending order SortDown; the arrow points to where the values grow.
      if (header && header->sortIndicator != QStyleOptionHeader::None)
        paintArrow(painter, option->rect,
                   header->sortIndicator == QStyleOptionHeader::SortDown ? Arrow::Up : Arrow::Down, t.text2, 6.0);
      return;
    default:
      return;
  }
}

/// Parts that Qt makes itself have no name for those who hear the window.
void nameOwnPart(QWidget& widget) {
  if (!widget.accessibleName().isEmpty() || widget.parentWidget() == nullptr) return;
  const QWidget& around = *widget.parentWidget();
  if (widget.inherits("QTabBar") && around.inherits("QMainWindow"))
    widget.setAccessibleName(QObject::tr("Docks"));
  else if (widget.inherits("QToolButton") && around.inherits("QLineEdit"))
    widget.setAccessibleName(QObject::tr("Clear %1").arg(around.accessibleName()));
  else if (widget.objectName() == QLatin1String("qt_toolbar_ext_button"))
    widget.setAccessibleName(QObject::tr("More of the toolbar"));
}

}  // namespace

Style::Style() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

void Style::polish(QWidget* widget) {
  QProxyStyle::polish(widget);
  guardWheel(*widget);
  nameOwnPart(*widget);
  if (auto* button = qobject_cast<QPushButton*>(widget);
      button != nullptr && qobject_cast<QDialog*>(button->window()) == nullptr)
    button->setAutoDefault(true);  // Return presses what has the focus, as in dialogs
  if (qobject_cast<QAbstractButton*>(widget) || qobject_cast<QComboBox*>(widget) ||
      qobject_cast<QAbstractSpinBox*>(widget) || qobject_cast<QSlider*>(widget) || qobject_cast<QScrollBar*>(widget) ||
      qobject_cast<QTabBar*>(widget))
    widget->setAttribute(Qt::WA_Hover);
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                          const QWidget* widget) const {
  const Tokens& t = tokensFor(option->palette);
  switch (element) {
    case PE_PanelButtonCommand:
    case PE_FrameDefaultButton:
      return paintButton(option, painter, widget);
    case PE_FrameFocusRect:
      if (option->state.testFlag(State_KeyboardFocusChange)) paintFocusRing(painter, option->rect, t.focus);
      return;
    case PE_PanelLineEdit:
    case PE_FrameLineEdit:
      return paintLineEdit(element, option, painter);
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
      return paintCheck(option, painter);
    case PE_IndicatorRadioButton:
      return paintRadio(option, painter);
    case PE_Frame:
      return paintFrame(painter, option->rect, t.line);
    case PE_FrameTabBarBase:
      painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1), t.border);
      return;
    case PE_FrameTabWidget:
    case PE_FrameStatusBarItem:
    case PE_FrameDockWidget:
    case PE_IndicatorToolBarSeparator:
      if (element == PE_IndicatorToolBarSeparator)
        painter->fillRect(QRect(option->rect.center().x(), option->rect.top() + 4, 1, option->rect.height() - 8),
                          t.edge);
      return;
    case PE_PanelStatusBar:
      painter->fillRect(option->rect, t.window);
      painter->fillRect(QRect(option->rect.left(), option->rect.top(), option->rect.width(), 1), t.border);
      return;
    case PE_FrameMenu:
      return paintFrame(painter, option->rect, t.edge);
    case PE_PanelMenu:
      painter->fillRect(option->rect, t.panel);
      return;
    case PE_PanelTipLabel:
      return paintFrame(painter, option->rect, t.edge, t.title);
    case PE_PanelItemViewRow:
    case PE_PanelItemViewItem:
    case PE_IndicatorBranch:
    case PE_IndicatorHeaderArrow:
      return paintItemPart(element, option, painter);
    case PE_IndicatorDockWidgetResizeHandle:
      painter->fillRect(option->rect, t.border);
      return;
    case PE_IndicatorArrowDown:
      return paintArrow(painter, option->rect, Arrow::Down, t.text2, 7.0);
    case PE_IndicatorArrowUp:
      return paintArrow(painter, option->rect, Arrow::Up, t.text2, 7.0);
    case PE_IndicatorArrowRight:
      return paintArrow(painter, option->rect, Arrow::Right, t.text2, 7.0);
    case PE_IndicatorArrowLeft:
      return paintArrow(painter, option->rect, Arrow::Left, t.text2, 7.0);
    default:
      QProxyStyle::drawPrimitive(element, option, painter, widget);
  }
}

void Style::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                        const QWidget* widget) const {
  const Tokens& t = tokensFor(option->palette);
  switch (element) {
    case CE_TabBarTabShape:
      if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option)) return paintTab(tab, painter);
      break;
    case CE_TabBarTabLabel:
      if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option))
        return drawTabLabel(*tab, painter, widget);
      break;
    case CE_Splitter:
      painter->fillRect(option->rect, t.border);
      return;
    case CE_PushButtonLabel:
      if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option))
        return drawButtonLabel(*button, painter, widget);
      break;
    case CE_ProgressBarGroove:
    case CE_ProgressBarLabel:
      return;
    case CE_ProgressBarContents:
      if (const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option))
        return paintProgress(bar, painter);
      break;
    case CE_HeaderSection:
      if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option))
        return paintHeaderSection(header, painter);
      break;
    case CE_HeaderEmptyArea:
      painter->fillRect(option->rect, t.panel);
      painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1), t.line);
      return;
    case CE_HeaderLabel:
      if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option))
        return drawHeaderLabel(*header, painter, widget);
      break;
    case CE_MenuBarEmptyArea:
    case CE_ToolBar:
      painter->fillRect(option->rect, t.window);
      return;
    case CE_MenuBarItem:
      if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option))
        return drawMenuBarItem(item, painter, widget);
      break;
    default:
      break;
  }
  QProxyStyle::drawControl(element, option, painter, widget);
}

void Style::drawTabLabel(const QStyleOptionTab& tab, QPainter* painter, const QWidget* widget) const {
  const Tokens& t = tokensFor(tab.palette);
  QStyleOptionTab label(tab);
  const bool selected = tab.state.testFlag(State_Selected);
  label.palette.setColor(QPalette::WindowText,
                         isEnabled(&tab) ? (selected ? t.text : t.text2) : disabledColour(t.text2));
  label.state.setFlag(State_HasFocus, false);
  QProxyStyle::drawControl(CE_TabBarTabLabel, &label, painter, widget);
  if (showsKeyboardFocus(&tab) && selected) paintFocusRing(painter, tab.rect.adjusted(2, 4, -2, -2), t.focus);
}

void Style::drawButtonLabel(const QStyleOptionButton& button, QPainter* painter, const QWidget* widget) const {
  const Tokens& t = tokensFor(button.palette);
  QStyleOptionButton label(button);
  const bool primary = widget && widget->property("primary").toBool();
  if (isEnabled(&button) && (primary || button.state.testFlag(State_On)))
    label.palette.setColor(QPalette::ButtonText, primary ? t.onAccent : t.onSelection);
  if (isEnabled(&button) && primary && !label.icon.name().isEmpty())
    label.icon = QIcon(
        iconPixmap(label.icon.name(), t.onAccent, label.iconSize.width(), painter->device()->devicePixelRatioF()));
  label.state.setFlag(State_Sunken, false);
  QProxyStyle::drawControl(CE_PushButtonLabel, &label, painter, widget);
}

void Style::drawHeaderLabel(const QStyleOptionHeader& header, QPainter* painter, const QWidget* widget) const {
  QStyleOptionHeader label(header);
  label.palette.setColor(QPalette::ButtonText, tokensFor(header.palette).text2);
  label.state.setFlag(State_On, false);  // Fusion would embolden the current column
  QProxyStyle::drawControl(CE_HeaderLabel, &label, painter, widget);
}

void Style::drawMenuBarItem(const QStyleOptionMenuItem* item, QPainter* painter, const QWidget* widget) const {
  const Tokens& t = tokensFor(item->palette);
  painter->fillRect(item->rect, t.window);
  if (item->state.testFlag(State_Selected) && isEnabled(item))
    paintBox(painter, item->rect.adjusted(1, 2, -1, -2), t.hover, Qt::transparent);
  const int flags = Qt::AlignCenter | Qt::TextShowMnemonic | Qt::TextDontClip | Qt::TextSingleLine |
                    (styleHint(SH_UnderlineShortcut, item, widget, nullptr) ? 0 : Qt::TextHideMnemonic);
  drawItemText(painter, item->rect, flags, item->palette, isEnabled(item), item->text, QPalette::WindowText);
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                              const QWidget* widget) const {
  QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
  if (!widget) return result;
  const Metrics metrics(widget);
  switch (type) {
    case CT_ComboBox:
    case CT_SpinBox:
    case CT_LineEdit:
      result.setHeight(metrics.control());
      break;
    case CT_PushButton: {
      const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
      const int icon = button && !button->icon.isNull() ? button->iconSize.width() + 4 : 0;
      const int text = button ? button->fontMetrics.horizontalAdvance(button->text) : size.width();
      result = {text + icon + metrics.px(button && !button->text.isEmpty() ? 24 : 8), metrics.control()};
      break;
    }
    case CT_TabBarTab:
      result.setHeight(metrics.tabBar());
      break;
    case CT_HeaderSection: {
      const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
      const auto more = header == nullptr ? 0 : static_cast<int>(header->text.count(QLatin1Char('\n')));
      result.setHeight(metrics.row() + (header == nullptr ? 0 : more * header->fontMetrics.height()));
      break;
    }
    case CT_MenuBarItem:
      result = {size.width() + metrics.px(16), metrics.px(26)};
      break;
    default:
      break;
  }
  return result;
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
  const auto scaled = [&](double value) { return widget ? Metrics(widget).px(value) : static_cast<int>(value); };
  switch (metric) {
    case PM_SliderThickness:
    case PM_SliderControlThickness:
      return scaled(20);
    case PM_SliderLength:
      return scaled(16);
    case PM_ScrollBarExtent:
      return scaled(10);
    case PM_ScrollBarSliderMin:
      return scaled(24);
    case PM_SplitterWidth:
    case PM_DockWidgetSeparatorExtent:
      return 2;
    case PM_DockWidgetFrameWidth:
    case PM_TabBarBaseOverlap:
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabShiftHorizontal:
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
    case PM_MenuBarPanelWidth:
    case PM_ToolBarFrameWidth:
      return 0;
    case PM_TabBarTabHSpace:
      return scaled(24);
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
    case PM_ToolBarIconSize:
      return scaled(16);
    case PM_ToolBarItemSpacing:
      return 4;
    case PM_ToolBarSeparatorExtent:
      return 13;
    case PM_LayoutLeftMargin:
    case PM_LayoutRightMargin:
      return 12;
    case PM_ButtonMargin:
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
    case PM_LayoutTopMargin:
    case PM_LayoutBottomMargin:
      return 8;
    default:
      return QProxyStyle::pixelMetric(metric, option, widget);
  }
}

int Style::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                     QStyleHintReturn* returnData) const {
  switch (hint) {
    case SH_Slider_AbsoluteSetButtons:
      return Qt::LeftButton;
    case SH_ComboBox_Popup:
      return 0;
    case SH_ComboBox_ListMouseTracking:
    case SH_ItemView_ShowDecorationSelected:
    case SH_Menu_MouseTracking:
      return 1;
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
      return 0;
    case SH_TabBar_Alignment:
      return Qt::AlignLeft;
    default:
      return QProxyStyle::styleHint(hint, option, widget, returnData);
  }
}

}  // namespace oodscope
