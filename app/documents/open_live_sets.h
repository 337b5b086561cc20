// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/documents/evaluate.h"
#include "app/live/live_set.h"

#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace oodscope {

struct OpenLiveSets {
  std::map<std::string, std::vector<std::shared_ptr<LiveSet>>> byModel;  ///< sets in the request's order, frames ready
  std::vector<std::string> problems;                                     ///< sets, models and frames that failed
  std::vector<std::string> warnings;  ///< of sets and models: likely mistakes, for the user to see
};

/// Opens what the request names and makes all frames ready at the resolution of its first protocol: the same sets that
/// the window works on, for commands without a window. Throws Error where nothing can be opened.
[[nodiscard]] OpenLiveSets openLiveSets(const EvaluationRequest& request, const ProgressSink& progress,
                                        const std::stop_token& stop);

}  // namespace oodscope
