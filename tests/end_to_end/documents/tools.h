// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "tests/support/forked_process.h"

#include <QImage>
#include <QStandardPaths>

#include <cmath>

namespace oodscope::testing {

struct ToolResult {
  int code = -1;
  QByteArray out, err;
};

inline ToolResult runTool(const QString& program, const QStringList& arguments) {
  QProcess process;
  startWithFork(process);
  process.start(program, arguments);
  if (!process.waitForFinished(120000)) return {};
  return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

inline bool hasTool(const char* name) { return !QStandardPaths::findExecutable(QString::fromLatin1(name)).isEmpty(); }

/// Mean absolute difference of grey levels after both are brought to `size`; anti-aliasing differs between renderers,
/// misplaced parts differ by much more.
inline double greyDifference(const QImage& a, const QImage& b, QSize size) {
  const auto brought = [&](const QImage& image) {
    return image.scaled(size, Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
        .convertToFormat(QImage::Format_Grayscale8);
  };
  const QImage x = brought(a), y = brought(b);
  double sum = 0.0;
  for (int row = 0; row < size.height(); ++row)
    for (int column = 0; column < size.width(); ++column)
      sum += std::abs(x.constScanLine(row)[column] - y.constScanLine(row)[column]);
  return sum / (static_cast<double>(size.width()) * size.height());
}

/// Share of pixels that are not white.
inline double inkOf(const QImage& image) {
  const QImage grey = image.convertToFormat(QImage::Format_Grayscale8);
  double ink = 0.0;
  for (int y = 0; y < grey.height(); ++y)
    for (int x = 0; x < grey.width(); ++x) ink += grey.constScanLine(y)[x] < 250 ? 1.0 : 0.0;
  return ink / (static_cast<double>(grey.width()) * grey.height());
}

}  // namespace oodscope::testing

#define OODSCOPE_TOOL_OR_SKIP(name) \
  if (!oodscope::testing::hasTool(name)) GTEST_SKIP() << name " is not installed: this check did not run"
