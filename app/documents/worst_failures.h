// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/failures.h"
#include "analysis/tables/table.h"
#include "app/documents/session_results.h"

#include <string>
#include <vector>

namespace oodscope {

/// A failure of a set and where it is. Positions are pixels of the evaluation size.
struct SetFailure {
  std::size_t frame = 0;
  Size size;
  FailureRegion region;
  std::optional<std::string> predicted;  ///< name of the class that most of the region's pixels got
};

struct WorstOfSet {
  FailureOptions options;                  ///< failureOptions() of the set at the run's threshold
  std::vector<FrameMetrics> frames;        ///< with an anomaly, lowest AP first
  std::vector<SetFailure> falsePositives;  ///< largest first
  std::vector<SetFailure> missed;          ///< largest first
};

/// The `count` frames with an anomaly that have the lowest AP, lowest first.
[[nodiscard]] std::vector<FrameMetrics> worstFrames(const RunDetails& details, std::size_t count);

/// The `count` worst of each kind of a run, at its threshold (no failures where that is not defined). Throws Error.
/// Cost: some 10 ms a frame.
[[nodiscard]] WorstOfSet worstOf(SessionResults& results, const RunSpec& run, std::size_t count);

/// The failures as a table for people.
[[nodiscard]] Table failureTable(SessionResults& results, const RunSpec& run, const WorstOfSet& worst);
[[nodiscard]] Table worstFrameTable(SessionResults& results, const RunSpec& run, const WorstOfSet& worst);

}  // namespace oodscope
