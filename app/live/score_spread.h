// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/score_tally.h"
#include "app/live/live_set.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace oodscope {

/// How the scores of a set's ready frames spread under a configuration, whatever their labels: what is known of a set
/// without ground truth.
struct ScoreSpread {
  Configuration configuration;
  std::vector<std::size_t> frames;  ///< DataSet indices that took part
  ScoreTally tally;
};

/// Of all pixels of all ready frames. Scores what is not held. nullptr where stopped. Throws Error.
[[nodiscard]] std::shared_ptr<const ScoreSpread> scoreSpread(LiveSet& live, const Configuration& configuration,
                                                             const std::stop_token& stop);
/// The lowest threshold that flags at most `share` of the spread's pixels, exactly; +infinity where none may be
/// flagged. Empty without pixels and where stopped. Cost: a second pass over the maps. Throws Error.
[[nodiscard]] std::optional<float> flaggedShareThreshold(LiveSet& live, const ScoreSpread& spread, double share,
                                                         const std::stop_token& stop);

}  // namespace oodscope
