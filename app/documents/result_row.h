// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/pixel_metrics.h"
#include "analysis/tables/result_table.h"
#include "app/live/frame_account.h"
#include "app/sources/score_source.h"
#include "app/studies/distance_metrics.h"
#include "app/studies/open_set_study.h"
#include "app/studies/size_metrics.h"
#include "app/studies/sweep.h"

#include <vector>

namespace oodscope {

/// A set's pixel metrics as a row of the results table; components stay empty. `frames`: of the set, as they were when
/// the metrics were made. `precision`: of what was scored. The row is exact where the metrics are and no frame is
/// missing.
[[nodiscard]] ResultRow resultRow(const std::string& set, const ScoreSource& source, const Configuration& configuration,
                                  Protocol protocol, const PixelMetrics& metrics, const FrameAccount& frames);

/// Open-set recognition as columns of a row, with ISSU's numbers. Thresholds are the source's own scores.
[[nodiscard]] OpenSetColumns openSetColumns(const OpenSetReport& report, const IssuNumbers& issu,
                                            const ScoreSource& source);
/// Numbers by distance as columns of a row. `protocol`: which of the report's, by its place.
[[nodiscard]] std::vector<DistanceColumns> distanceColumns(const DistanceReport& report, std::size_t protocol);

/// Numbers by size as columns of a row. `protocol`: which of the report's, by its place.
[[nodiscard]] std::vector<SizeColumns> sizeColumns(const SizeReport& report, std::size_t protocol);

/// One row a temperature of a curve, so that every table format serves: frames and counts as `evaluate` gives them.
[[nodiscard]] std::vector<ResultRow> sweepRows(const SweepCurve& curve, const LiveSet& live,
                                               const FilteredMethod& method, Protocol protocol);
/// The same of an ensemble whose scores have the temperature.
[[nodiscard]] std::vector<ResultRow> sweepRows(const SweepCurve& curve, const LiveSet& ensemble, Protocol protocol);

}  // namespace oodscope
