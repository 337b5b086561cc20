// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/tables/number_text.h"

#include <QByteArray>
#include <QString>

#include <cmath>
#include <optional>

namespace oodscope {

/// Fields of the CSV beside a figure; what is not defined is empty.
[[nodiscard]] inline QByteArray csvNumber(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? QByteArray::fromStdString(roundTripText(*value)) : QByteArray();
}
[[nodiscard]] inline QByteArray csvText(const std::string& text) { return QByteArray::fromStdString(csvField(text)); }
[[nodiscard]] inline QByteArray csvText(const QString& text) { return csvText(text.toStdString()); }

}  // namespace oodscope
