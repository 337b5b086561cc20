// SPDX-License-Identifier: GPL-3.0-or-later
// Sheets of pictures, measured: one size of heads, complete legends, contours that leave small objects to be seen.
#include "app/figures/figure_writer.h"
#include "app/figures/picture_sheet.h"
#include "tests/widgets/figures/drawn_figure.h"
#include "widgets/theme/tokens.h"

#include <gtest/gtest.h>

#include <set>

namespace oodscope {
namespace {

using testing::drawnFigure;
using testing::DrawnFigure;
using testing::expectTextsApart;

constexpr Size kPicture{1280, 720};
constexpr int kSide = 24;  // of the small object
constexpr int kLeft = 640, kTop = 360;

PictureLayers layers() {
  auto image = std::make_shared<RgbImage>(kPicture);
  for (auto& pixel : image->values()) pixel = {90, 90, 90};
  auto label = std::make_shared<LabelMap>(kPicture, kNormal);
  for (int y = kTop; y < kTop + kSide; ++y)
    for (int x = kLeft; x < kLeft + kSide; ++x) label->at(x, y) = kAnomaly;
  PictureLayers out;
  out.image = image;
  out.label = label;
  out.scores = std::make_shared<ScoreMap>(kPicture, 0.0F);
  return out;
}

SheetData sheet(int columns) {
  SheetData data;
  data.columns = columns;
  const PictureLayers values = layers();
  PictureLook look;
  look.kind = ViewKind::GroundTruth;
  look.opacity = 1.0;
  for (int row = 0; row < 2; ++row)
    for (int c = 0; c < columns; ++c) data.cells.push_back({values, look});
  SheetBar bar;
  bar.table = std::make_shared<const ColourTable>(colourTable(ColourMap::Inferno));
  bar.label = QStringLiteral("score");
  bar.lowText = QStringLiteral("0.00");
  bar.highText = QStringLiteral("0.98");
  bar.mark = 0.4;
  bar.markText = QStringLiteral("mark at δ 0.392");
  data.bar = bar;
  data.showsTruth = data.showsDecision = true;
  return data;
}

void expectOneSize(const DrawnFigure& drawn, const std::string& of) {
  std::set<long> heads, rows;
  double firstPicture = 1e9;
  for (const QRectF& picture : drawn.pictures) firstPicture = std::min(firstPicture, picture.top());
  for (const testing::DrawnText& text : drawn.texts) {
    const bool upright = text.box.height() > text.box.width();
    if (text.box.bottom() <= firstPicture + 1) heads.insert(std::lround(100 * text.height));
    if (upright && text.box.right() < drawn.pictures.front().left()) rows.insert(std::lround(100 * text.height));
  }
  EXPECT_EQ(heads.size(), 1U) << of;
  EXPECT_EQ(rows.size(), 1U) << of;
}

TEST(SheetLayout, HeadsHaveOneSizeHoweverLongOneIs) {
  for (const double inches : {3.25, 6.875})
    for (const int columns : {3, 5}) {
      SheetData data = sheet(columns);
      data.columnCaptions =
          QStringList{QStringLiteral("Ground truth"), QStringLiteral("Standardised max-logit · T 1.00"),
                      QStringLiteral("Decision"), QStringLiteral("MSP · T 1.00"), QStringLiteral("Image")}
              .mid(0, columns);
      data.rowCaptions =
          QStringList{QStringLiteral("demo_0007\nAP 0.64 %"), QStringLiteral("demo_0011_long\nAP 12.00 %")};
      const DrawnFigure drawn = drawnFigure(*pictureSheet(data), inches);
      const std::string of = std::to_string(columns) + " columns at " + std::to_string(inches) + " in";
      expectTextsApart(drawn, of);
      expectOneSize(drawn, of);
      if (columns == 3) {
        EXPECT_TRUE(drawn.all().contains(QStringLiteral("AP 0.64 %"))) << of << ": the metric is named";
      }
    }
}

TEST(SheetLayout, LegendAndColourBarAreCompleteAtOneColumn) {
  const auto figure = pictureSheet(sheet(3));
  for (const double inches : {2.0, 3.25, 6.875}) {
    const DrawnFigure drawn = drawnFigure(*figure, inches);
    for (const char* part : {"anomaly", "TP", "FP", "FN", "void", "score, mark at", "0.00", "0.98"})
      EXPECT_TRUE(drawn.all().contains(QString::fromUtf8(part))) << part << " at " << inches;
    expectTextsApart(drawn, std::to_string(inches));
  }
  figure->setLook({.operatingPoint = false, .legend = FigureLegend::None});
  const QString all = drawnFigure(*figure, 3.25).all();
  EXPECT_FALSE(all.contains(QStringLiteral("anomaly")));
  EXPECT_FALSE(all.contains(QStringLiteral("mark at")));
  EXPECT_TRUE(all.contains(QStringLiteral("score"))) << "colours are not left unexplained";
}

/// In a tile of five a column the object is four pixels at 300 dpi, and its middle is still its own.
TEST(SheetContours, ASmallObjectIsSeenInsideItsContour) {
  SheetData data = sheet(5);
  data.bar.reset();
  data.showsTruth = data.showsDecision = false;
  FigureStyle style;
  style.widthInches = 3.25;
  style.dpi = 600;
  const QImage image = figureImage(*pictureSheet(data), style);
  const QColor object = tokens(false).anomaly.over;
  const double cell = (3.25 * 72 - 4 * 2.5) / 5, perPixel = cell / kPicture.width * style.dpi / 72.0;
  const auto at = [&](double x, double y) {
    return image.pixelColor(static_cast<int>(x * perPixel), static_cast<int>(y * perPixel));
  };
  int own = 0, all = 0;
  const auto isOwn = [&](const QColor& c) { return c.red() > c.green() + 40 && c.red() > 120; };
  for (double y = kTop + 3; y < kTop + kSide - 3; y += 2)
    for (double x = kLeft + 3; x < kLeft + kSide - 3; x += 2, ++all) own += isOwn(at(x, y)) ? 1 : 0;
  EXPECT_GT(own, 0.85 * all) << "a contour beside the object, not over it; " << object.name().toStdString();
  int light = 0;
  for (double x = kLeft - 14; x < kLeft; x += 0.5) light = std::max(light, at(x, kTop + kSide / 2).green());
  EXPECT_GT(light, 170) << "there is a white contour";
}

TEST(SheetContours, AnInsetHasAContourOfItsOwnSizeOutsideTheObject) {
  SheetData data = sheet(2);
  for (SheetCell& cell : data.cells) cell.inset = QRectF(kLeft - 24, kTop - 24, 72, 72);
  data.bar.reset();
  data.showsTruth = data.showsDecision = false;
  const DrawnFigure drawn = drawnFigure(*pictureSheet(data), 3.25);
  double widest = 0.0;
  int white = 0;
  for (const testing::DrawnPath& path : drawn.paths)
    if (path.colour == QColor(Qt::white)) {
      ++white;
      widest = std::max(widest, path.width);
    }
  EXPECT_GE(white, 8) << "one a picture and one an inset";
  EXPECT_LT(widest, 0.7) << "points";
}

}  // namespace
}  // namespace oodscope
