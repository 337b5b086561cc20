// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/tables/result_table.h"

#include <optional>
#include <string>

namespace oodscope {

/// Whether a score ranks normal pixels above anomalous ones more often than not: AUROC below 0.5. Such a score is
/// nearly always one whose sign or meaning is turned round.
[[nodiscard]] bool looksInverted(const std::optional<double>& auroc);

/// A sentence about a row that looksInverted(), for warnings: "SET, SOURCE, METHOD: AUROC 23.10: is the polarity
/// inverted? …". Empty for all others.
[[nodiscard]] std::optional<std::string> polarityHint(const ResultRow& row);

}  // namespace oodscope
