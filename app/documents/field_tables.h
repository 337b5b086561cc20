// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/tables/table.h"
#include "app/documents/session_results.h"
#include "app/studies/distance_metrics.h"
#include "app/studies/open_set_study.h"

#include <vector>

namespace oodscope {

/// What a set's classes and distances say of a run, where it has them.
struct FieldTables {
  Table openSet;    ///< each group of frames at the threshold of the others, and their mean
  Table openIou;    ///< each known class closed and open, over those groups
  Table issu;       ///< ISSU's oIoU at three thresholds of all frames, and TPR at FPR 5 %
  Table sizes;      ///< AP and FPR95 of ISSU's groups of sizes, on sets of its component track
  Table distances;  ///< AP and FPR95 in bins of 5 m to 50 m
};

/// Of the runs whose sets have class labels and whose sources have classes, and of those whose sets have disparity; no
/// rows for others. Throws Error where stopped. Cost: as openSetRecognition(), issuNumbers() and distanceMetrics().
[[nodiscard]] FieldTables makeFieldTables(SessionResults& results, const std::vector<RunSpec>& runs);

}  // namespace oodscope
