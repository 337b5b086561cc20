// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QImage>
#include <QString>

namespace oodscope::testing {

/// Compares `picture` with baselines/<name>.png and fails the running test where they differ, or where there is none.
/// With OODSCOPE_RENEW_BASELINES set it writes the baseline instead, and fails.
void expectLooksAsBefore(const QImage& picture, const QString& name);

/// Makes the font without ink the application's font; false where it cannot be read.
[[nodiscard]] bool useBlankFont();

}  // namespace oodscope::testing
