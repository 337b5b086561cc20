// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/theme.h"
#include "widgets/theme/colour_map.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/number_text.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QDir>
#include <QFontMetricsF>
#include <QPainter>
#include <QSlider>
#include <QStyleOptionHeader>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace oodscope {
namespace {

double luminance(const QColor& colour) {  // WCAG 2 relative luminance
  const auto linear = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
  return 0.2126 * linear(colour.red() / 255.0) + 0.7152 * linear(colour.green() / 255.0) +
         0.0722 * linear(colour.blue() / 255.0);
}
double contrast(const QColor& a, const QColor& b) {
  const double brighter = std::max(luminance(a), luminance(b));
  const double darker = std::min(luminance(a), luminance(b));
  return (brighter + 0.05) / (darker + 0.05);
}
double lightness(QRgb colour) {  // CIE L*
  const double y = luminance(QColor(colour));
  return y > 0.008856 ? 116.0 * std::cbrt(y) - 16.0 : 903.3 * y;
}

TEST(Tokens, TextsOfBothThemesReachReadableContrastOnPanels) {
  for (const bool dark : {false, true}) {
    const Tokens& t = tokens(dark);
    for (const QColor& text : {t.text, t.text2, t.text3, t.est, t.exact, t.ok, t.warn, t.err, t.tp.line, t.fp.line,
                               t.fn.line, t.anomaly.line, t.a.line, t.b.line})
      EXPECT_GE(contrast(text, t.panel), 4.5) << text.name().toStdString() << (dark ? " dark" : " light");
    EXPECT_GE(contrast(t.onSelection, t.selection), 7.0);
    EXPECT_GE(contrast(t.onAccent, t.accent), 4.5);
    EXPECT_GE(contrast(t.strong, t.panel), 3.0);
  }
}

using Triple = std::array<double, 3>;
using Matrix = std::array<Triple, 3>;

Triple times(const Matrix& m, const Triple& v) {
  Triple out{};
  for (std::size_t i = 0; i < 3; ++i) out[i] = m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2];
  return out;
}

/// OKLab x 100 of a colour as somebody sees it. Source of the rows: Ottosson 2020.
Triple perceived(const QColor& colour, const Matrix& vision) {
  const auto linear = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
  Triple seen = times(vision, {linear(colour.redF()), linear(colour.greenF()), linear(colour.blueF())});
  for (double& part : seen) part = std::clamp(part, 0.0, 1.0);
  Triple lms = times({{{0.4122214708, 0.5363325363, 0.0514459929},
                       {0.2119034982, 0.6806995451, 0.1073969566},
                       {0.0883024619, 0.2817188376, 0.6299787005}}},
                     seen);
  for (double& part : lms) part = std::cbrt(part);
  Triple lab = times({{{0.2104542553, 0.7936177850, -0.0040720468},
                       {1.9779984951, -2.4285922050, 0.4505937099},
                       {0.0259040371, 0.7827717662, -0.8086757660}}},
                     lms);
  for (double& part : lab) part *= 100.0;
  return lab;
}

/// Usual vision and its full dichromacies. Source: Machado, Oliveira and Fernandes 2009, severity 1.
constexpr std::array<Matrix, 4> kVisions{
    {{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
     {{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
     {{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
     {{{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}}}};

TEST(Tokens, LinesOfRunsAreToldApartByEveryVision) {
  for (const bool dark : {false, true}) {
    const Tokens& t = tokens(dark);
    std::vector<QColor> lines(t.runs.begin(), t.runs.end());
    lines.push_back(t.a.line);
    for (const QColor& line : lines) EXPECT_GE(contrast(line, t.plot), 3.0) << line.name().toStdString();
    for (const Matrix& vision : kVisions)
      for (std::size_t i = 0; i < lines.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) {
          const Triple a = perceived(lines[i], vision), b = perceived(lines[j], vision);
          EXPECT_GE(std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]), 12.0)
              << lines[i].name().toStdString() << " and " << lines[j].name().toStdString();
        }
  }
}

TEST(Tokens, AreFoundAgainFromThePaletteTheyMade) {
  for (const bool dark : {false, true})
    for (const bool highContrast : {false, true}) {
      const Tokens& t = tokens(dark, highContrast);
      EXPECT_EQ(&tokensFor(buildPalette(t)), &t);
    }
}

TEST(Tokens, HighContrastReplacesLinesByStrong) {
  EXPECT_EQ(tokens(true, true).edge, tokens(true).strong);
  EXPECT_EQ(tokens(true, true).line, tokens(true).strong);
}

/// How many pixels the upper and the lower half of a header's arrow have.
std::pair<int, int> arrowOf(QStyleOptionHeader::SortIndicator order) {
  const Theme theme(*qApp, ThemeChoice::Dark);
  QImage picture(24, 24, QImage::Format_RGB32);
  picture.fill(Qt::black);
  QPainter painter(&picture);
  QStyleOptionHeader option;
  option.palette = buildPalette(tokens(true));
  option.rect = picture.rect();
  option.sortIndicator = order;
  QApplication::style()->drawPrimitive(QStyle::PE_IndicatorHeaderArrow, &option, &painter);
  painter.end();
  int top = 24, bottom = -1;
  const auto inRow = [&](int y) {
    int lit = 0;
    for (int x = 0; x < 24; ++x) lit += qGray(picture.pixel(x, y)) > 40 ? 1 : 0;
    return lit;
  };
  for (int y = 0; y < 24; ++y)
    if (inRow(y) > 0) {
      top = std::min(top, y);
      bottom = y;
    }
  return {inRow(top), inRow(bottom)};
}

TEST(Style, TheSortArrowPointsUpWhereValuesGrowDownwards) {
  // QHeaderView asks for SortDown in ascending order.
  const auto [top, bottom] = arrowOf(QStyleOptionHeader::SortDown);
  EXPECT_LT(top, bottom);
  const auto [topDescending, bottomDescending] = arrowOf(QStyleOptionHeader::SortUp);
  EXPECT_GT(topDescending, bottomDescending);
}

TEST(Metrics, GrowWithTheFont) {
  const QFont small(QStringLiteral("Noto Sans"), 10);
  const QFont large(QStringLiteral("Noto Sans"), 20);
  EXPECT_EQ(Metrics(small).control(), static_cast<int>(std::lround(24.0 * QFontMetricsF(small).height() / 18.0)));
  EXPECT_GT(Metrics(large).row(), Metrics(small).row());
  EXPECT_GE(Metrics(large).row(), QFontMetricsF(large).height());
}

TEST(CountText, AgreesWithItsWord) {
  const auto frames = [](qint64 n) { return countedText(n, QStringLiteral("frame"), QStringLiteral("frames")); };
  EXPECT_EQ(frames(0), QStringLiteral("0 frames"));
  EXPECT_EQ(frames(1), QStringLiteral("1 frame"));
  EXPECT_EQ(frames(1204), QStringLiteral("1,204 frames"));
  const auto part = [](qint64 n, qint64 all) {
    return partText(n, all, QStringLiteral("frame"), QStringLiteral("frames"));
  };
  EXPECT_EQ(part(6, 10), QStringLiteral("6 of 10 frames"));
  EXPECT_EQ(part(0, 1), QStringLiteral("0 of 1 frame"));
  EXPECT_EQ(part(10, 10), QStringLiteral("10 frames"));
}

TEST(NumberFont, HasEquallyWideDigits) {
  const QFontMetricsF metrics(numberFont(QFont(QStringLiteral("Noto Serif"), 9)));
  for (char digit = '1'; digit <= '9'; ++digit)
    EXPECT_DOUBLE_EQ(metrics.horizontalAdvance(QLatin1Char(digit)), metrics.horizontalAdvance(QLatin1Char('0')));
}

TEST(Theme, ChoiceChangesThePaletteAndSaysSo) {
  Theme theme(*qApp, ThemeChoice::Dark);
  EXPECT_EQ(QApplication::palette().color(QPalette::Window), tokens(true).window);
  int changes = 0;
  QObject::connect(&theme, &Theme::changed, [&] { ++changes; });
  theme.setChoice(ThemeChoice::Light);
  theme.setChoice(ThemeChoice::Light);
  EXPECT_EQ(changes, 1);
  EXPECT_EQ(QApplication::palette().color(QPalette::Window), tokens(false).window);
  EXPECT_EQ(&theme.current(), &tokens(false));
}

TEST(ColourMap, EndsArePublishedOnes) {
  EXPECT_EQ(colourTable(ColourMap::Inferno).front(), qRgb(0, 0, 4));
  EXPECT_EQ(colourTable(ColourMap::Inferno).back(), qRgb(0xFC, 0xFF, 0xA4));
  EXPECT_EQ(colourTable(ColourMap::Viridis).front(), qRgb(0x44, 0x01, 0x54));
  EXPECT_EQ(colourTable(ColourMap::Grey)[77], qRgb(77, 77, 77));
}

TEST(ColourMap, StaysNearThePublishedTableBetweenTheSamples) {
  // Colours 127 and 200 of the published tables, which are not among the samples.
  const auto distance = [](QRgb a, QRgb b) {
    return std::max({std::abs(qRed(a) - qRed(b)), std::abs(qGreen(a) - qGreen(b)), std::abs(qBlue(a) - qBlue(b))});
  };
  EXPECT_LE(distance(colourTable(ColourMap::Inferno)[127], 0xFFBA3655), 3);
  EXPECT_LE(distance(colourTable(ColourMap::Viridis)[127], 0xFF21908D), 3);
  EXPECT_LE(distance(colourTable(ColourMap::Magma)[200], 0xFFFD9869), 3);
}

TEST(ColourMap, LightnessNeverFallsExceptInTurboAndDiverging) {
  for (const ColourMap map : allColourMaps()) {
    if (map == ColourMap::Turbo || map == ColourMap::Diverging) continue;
    const ColourTable table = colourTable(map);
    for (std::size_t i = 1; i < table.size(); ++i)
      ASSERT_GT(lightness(table[i]), lightness(table[i - 1]) - 0.35) << colourMapName(map).toStdString() << " " << i;
  }
}

TEST(ColourMap, ReversedIsTheSameBackwards) {
  const ColourTable table = colourTable(ColourMap::Magma);
  const ColourTable reversed = colourTable(ColourMap::Magma, true);
  for (std::size_t i = 0; i < table.size(); ++i) EXPECT_EQ(table[i], reversed[table.size() - 1 - i]);
}

TEST(ColourMap, NamesComeBack) {
  for (const ColourMap map : allColourMaps()) {
    bool ok = false;
    EXPECT_EQ(colourMapFromName(colourMapName(map), &ok), map);
    EXPECT_TRUE(ok);
  }
  bool ok = true;
  EXPECT_EQ(colourMapFromName(QStringLiteral("jet"), &ok), ColourMap::Inferno);
  EXPECT_FALSE(ok);
}

TEST(Icon, EveryDrawnOneRendersInTheColourAsked) {
  EXPECT_FALSE(icon(QStringLiteral("open")).isNull());
  const QStringList files = QDir(QStringLiteral(":/icons")).entryList();
  EXPECT_GE(files.size(), 50);
  for (const QString& file : files) {
    const QImage image =
        iconPixmap(file.chopped(4), QColor(10, 200, 30), 16, 2.0).toImage().convertToFormat(QImage::Format_ARGB32);
    ASSERT_EQ(image.size(), QSize(32, 32));
    int painted = 0;
    for (int y = 0; y < 32; ++y)
      for (int x = 0; x < 32; ++x)
        if (qAlpha(image.pixel(x, y)) == 255) {
          ++painted;
          EXPECT_EQ(image.pixel(x, y), qRgb(10, 200, 30));
        }
    EXPECT_GT(painted, 5) << file.toStdString();
  }
}

TEST(Icon, FollowsTheTheme) {
  Theme theme(*qApp, ThemeChoice::Dark);
  const QIcon open = icon(QStringLiteral("open"));
  const QImage dark = open.pixmap(16).toImage();
  theme.setChoice(ThemeChoice::Light);
  EXPECT_NE(open.pixmap(16).toImage(), dark);
}

}  // namespace
}  // namespace oodscope
