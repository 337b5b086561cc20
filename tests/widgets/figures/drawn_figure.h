// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/figures/figure.h"
#include "tests/support/recorded_drawing.h"

#include <gtest/gtest.h>

#include <QPainter>

#include <algorithm>

namespace oodscope::testing {

/// What a figure draws at a width, in points.
struct DrawnFigure {
  QSizeF size;
  std::vector<DrawnText> texts;
  std::vector<DrawnPath> paths;
  std::vector<QRectF> pictures;

  /// All of them in the order in which they were drawn; a line is several items where its letters are of several
  /// scripts.
  [[nodiscard]] QString all() const {
    QStringList parts;
    for (const DrawnText& text : texts) parts << text.text.trimmed();
    return parts.join(QLatin1Char(' '));
  }
};

inline DrawnFigure drawnFigure(Figure& figure, double inches, double fontPoints = 8.0) {
  FigureStyle style;
  style.widthInches = inches;
  style.fontPoints = fontPoints;
  const QSizeF size = figureSize(figure, style);
  RenderOptions options;
  options.fontPoints = fontPoints;
  RecordingPage page;
  QPainter painter(&page);
  figure.draw(painter, QRectF(QPointF(0, 0), size), options);
  painter.end();
  return {size, page.texts(), page.paths(), page.pictures()};
}

/// No text covers another one, none leaves the figure.
inline void expectTextsApart(const DrawnFigure& drawn, const std::string& of) {
  const auto core = [](const QRectF& box) {  // ascent and descent of a line are more than its letters
    // Captions of rows stand upright.
    if (box.height() > box.width()) return box.adjusted(0.18 * box.width(), 0.3, -0.18 * box.width(), -0.3);
    return box.adjusted(0.3, 0.18 * box.height(), -0.3, -0.18 * box.height());
  };
  const QRectF page = QRectF(QPointF(0, 0), drawn.size).adjusted(-0.5, -0.5, 0.5, 0.5);
  for (std::size_t i = 0; i < drawn.texts.size(); ++i) {
    const DrawnText& text = drawn.texts[i];
    EXPECT_TRUE(page.contains(core(text.box))) << of << ": " << text.text.toStdString() << " leaves the figure";
    for (std::size_t j = i + 1; j < drawn.texts.size(); ++j)
      EXPECT_FALSE(core(text.box).intersects(core(drawn.texts[j].box)))
          << of << ": " << text.text.toStdString() << " and " << drawn.texts[j].text.toStdString();
  }
}

}  // namespace oodscope::testing
