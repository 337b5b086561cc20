// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/confusion_plot.h"

#include <QImage>
#include <QPainter>

#include <gtest/gtest.h>

namespace oodscope {
namespace {

void fillTwoClasses(ConfusionPlot& plot) {
  plot.resize(400, 360);
  plot.setCounts({{QStringLiteral("road"), Qt::gray}, {QStringLiteral("anomaly"), Qt::red}}, {30, 10, 0, 0});
}

TEST(ConfusionPlot, SharesAreOfTheTrueClass) {
  ConfusionPlot plot;
  EXPECT_TRUE(plot.isEmpty());
  EXPECT_TRUE(plot.dataText().isEmpty());
  fillTwoClasses(plot);
  EXPECT_DOUBLE_EQ(plot.share(0, 0).value(), 0.75);
  EXPECT_DOUBLE_EQ(plot.share(0, 1).value(), 0.25);
  EXPECT_FALSE(plot.share(1, 1).has_value()) << "no pixel of that class: not defined, not 0";
  EXPECT_EQ(plot.dataText(), QStringLiteral("true\tpredicted\tpixels\tshare of true\nroad\troad\t30\t0.75\n"
                                            "road\tanomaly\t10\t0.25\nanomaly\troad\t0\t\nanomaly\tanomaly\t0\t\n"));
}

TEST(ConfusionPlot, CellsSayWhatTheyAre) {
  ConfusionPlot plot;
  fillTwoClasses(plot);
  const QString text = plot.textAt(plot.cellRect(0, 1).center());
  EXPECT_TRUE(text.startsWith(QStringLiteral("true road, predicted anomaly"))) << text.toStdString();
  EXPECT_TRUE(text.contains(QStringLiteral("25"))) << text.toStdString();
  EXPECT_TRUE(plot.textAt(plot.cellRect(1, 1).center()).contains(QStringLiteral("no pixel of that class")));
  EXPECT_TRUE(plot.textAt({0, 0}).isEmpty());
}

TEST(ConfusionPlot, DocumentsAreFilledByShare) {
  ConfusionPlot plot;
  fillTwoClasses(plot);
  QImage image(300, 300, QImage::Format_RGB32);
  image.fill(Qt::white);
  QPainter painter(&image);
  plot.render(painter, QRectF(0, 0, 300, 300), {});
  painter.end();
  // The dark cell of 75 % is more of an accent than that of 25 %, and both are no paper.
  ConfusionPlot even;
  even.resize(400, 360);
  even.setCounts({{QStringLiteral("road"), Qt::gray}, {QStringLiteral("anomaly"), Qt::red}}, {20, 20, 0, 0});
  QImage other(300, 300, QImage::Format_RGB32);
  other.fill(Qt::white);
  QPainter second(&other);
  even.render(second, QRectF(0, 0, 300, 300), {});
  second.end();
  EXPECT_NE(image, other);
}

}  // namespace
}  // namespace oodscope
