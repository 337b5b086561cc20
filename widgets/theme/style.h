// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QProxyStyle>

class QStyleOptionButton;
class QStyleOptionHeader;
class QStyleOptionMenuItem;
class QStyleOptionTab;

namespace oodscope {

/// Fusion, painted flat from the tokens of the widget's palette. Widgets may set these dynamic properties:
/// - "primary" (bool) on a push button: filled with the accent.
/// - "pinned" (bool) on a combo box: accent outline.
/// - "neutral" (int, slider value) on a slider: the fill starts there instead of at the minimum.
class Style : public QProxyStyle {
  Q_OBJECT

public:
  Style();

  void polish(QWidget* widget) override;
  using QProxyStyle::polish;
  void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
  void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                   const QWidget* widget) const override;
  void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                          const QWidget* widget) const override;
  QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl subControl,
                       const QWidget* widget) const override;
  QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                         const QWidget* widget) const override;
  int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
  int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                QStyleHintReturn* returnData) const override;

private:
  void drawTabLabel(const QStyleOptionTab& tab, QPainter* painter, const QWidget* widget) const;
  void drawButtonLabel(const QStyleOptionButton& button, QPainter* painter, const QWidget* widget) const;
  void drawHeaderLabel(const QStyleOptionHeader& header, QPainter* painter, const QWidget* widget) const;
  void drawMenuBarItem(const QStyleOptionMenuItem* item, QPainter* painter, const QWidget* widget) const;
};

}  // namespace oodscope
