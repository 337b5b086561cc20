// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/pixel_metrics.h"
#include "analysis/tables/result_table.h"
#include "app/evaluation/score_source.h"

namespace oodscope {

/// A set's pixel metrics as a row of the results table; components stay empty. `source`: a model's file name or a score
/// folder's name. `unscored`: frames of the set that took no part, besides those that the protocol skips.
[[nodiscard]] ResultRow resultRow(const std::string& set, const std::string& source, const Configuration& configuration,
                                  Protocol protocol, const PixelMetrics& metrics, std::size_t unscored);

}  // namespace oodscope
