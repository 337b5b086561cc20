// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/render/baseline.h"

#include <QApplication>
#include <QDir>
#include <QFont>
#include <QFontDatabase>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace oodscope::testing {
namespace {

constexpr int kTolerance = 24;      // of 255 in a channel
constexpr double kMostOff = 0.002;  // share of pixels beyond it
constexpr int kFontPoints = 9;

bool isOff(QRgb a, QRgb b) {
  return std::max({std::abs(qRed(a) - qRed(b)), std::abs(qGreen(a) - qGreen(b)), std::abs(qBlue(a) - qBlue(b))}) >
         kTolerance;
}

}  // namespace

void expectLooksAsBefore(const QImage& drawn, const QString& name) {
  const QImage picture = drawn.convertToFormat(QImage::Format_RGB32);
  const QString file = QStringLiteral(OODSCOPE_SOURCE_DIR "/tests/render/baselines/%1.png").arg(name);
  if (qEnvironmentVariableIsSet("OODSCOPE_RENEW_BASELINES")) {
    ASSERT_TRUE(picture.save(file));
    ADD_FAILURE() << "renewed " << file.toStdString() << ": look at it";
    return;
  }
  const QImage baseline = QImage(file).convertToFormat(QImage::Format_RGB32);
  ASSERT_FALSE(baseline.isNull()) << "no baseline " << file.toStdString() << ": tests/render/README.md says how";
  QImage differs = baseline;
  int off = 0;
  if (baseline.size() == picture.size())
    for (int y = 0; y < picture.height(); ++y)
      for (int x = 0; x < picture.width(); ++x)
        if (isOff(picture.pixel(x, y), baseline.pixel(x, y))) {
          differs.setPixel(x, y, qRgb(255, 0, 255));
          ++off;
        }
  const double share = static_cast<double>(off) / (static_cast<double>(picture.width()) * picture.height());
  if (baseline.size() == picture.size() && share <= kMostOff) return;
  const QDir folder(QStringLiteral(OODSCOPE_BINARY_DIR "/render"));
  folder.mkpath(QStringLiteral("."));
  picture.save(folder.filePath(name + QStringLiteral("-is.png")));
  differs.save(folder.filePath(name + QStringLiteral("-differs.png")));
  EXPECT_EQ(picture.width(), baseline.width());
  EXPECT_EQ(picture.height(), baseline.height());
  EXPECT_LE(share, kMostOff) << off << " pixels of " << name.toStdString() << " differ; see "
                             << folder.path().toStdString();
}

bool useBlankFont() {
  const int id = QFontDatabase::addApplicationFont(QStringLiteral(OODSCOPE_SOURCE_DIR "/tests/render/blank.ttf"));
  const QStringList families = QFontDatabase::applicationFontFamilies(id);
  if (id < 0 || families.isEmpty()) return false;
  QFont font(families.front(), kFontPoints);
  font.setStyleStrategy(QFont::NoFontMerging);
  QApplication::setFont(font);
  return true;
}

}  // namespace oodscope::testing
