// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/theme/tokens.h"

#include <QCoreApplication>
#include <QFont>
#include <QString>

#include <cmath>

namespace oodscope {

inline constexpr double kPointsPerInch = 72.0;
inline constexpr int kPdfDpi = 1200;   ///< whole device units: a twelfth of a pixel at 96 dpi
inline constexpr int kTextScale = 16;  ///< fonts are whole pixels: text is laid out larger and scaled down

/// The face of documents, kTextScale times as large as printed.
[[nodiscard]] inline QFont documentFace(double points, bool strong = false) {
  QFont face(QStringLiteral("Noto Sans"));
  face.setPixelSize(static_cast<int>(std::lround(points * kTextScale)));
  return strong ? strongFont(face) : numberFont(face);
}

namespace figures {
/// Texts of documents are of one context.
[[nodiscard]] inline QString tr(const char* text) { return QCoreApplication::translate("figures", text); }
}  // namespace figures

}  // namespace oodscope
