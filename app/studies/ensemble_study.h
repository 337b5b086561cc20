// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/ensembles/weight_search.h"
#include "app/live/live_set.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace oodscope {

/// What a search of weights works with.
struct WeightQuestion {
  std::vector<TermWeights> choices;  ///< weightGrid(), say
  WeightCriterion criterion = WeightCriterion::ApLessFpr95;
  Protocol protocol = {};
};

/// The frames of a set that are ready and have labels, with the ensemble's terms and what its sum goes through;
/// `shown`: whose filters are meant, weights say nothing. `live` is to stay. Requires: a source with weightedTerms().
[[nodiscard]] EnsembleSet ensembleSetOf(const std::shared_ptr<LiveSet>& live, const Configuration& shown = {});

/// TermWeights found on each of several sets, and what they give on all of them.
struct CrossedWeights {
  std::vector<std::optional<TermWeights>> found;                  ///< on each set; none: the criterion is not defined
  std::vector<std::vector<std::optional<PixelMetrics>>> metrics;  ///< [found on][measured on]
};
/// Empty where stopped. Throws Error where a frame cannot be scored. Requires: sets of one ensemble, one or more.
[[nodiscard]] std::optional<CrossedWeights> crossedWeights(const std::vector<std::shared_ptr<LiveSet>>& sets,
                                                           const WeightQuestion& question, const std::stop_token& stop);

/// What an ablation's row is called: "all terms", "without void" of the terms' texts. Says, too, that nothing is
/// trained anew.
[[nodiscard]] std::string ablationName(const Ablation& row, const std::vector<std::string>& texts);
inline constexpr const char* kAblationRemark =
    "leave-one-out: a term is left out of the sum with its weight; nothing is trained anew without it";

}  // namespace oodscope
