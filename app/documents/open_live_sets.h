// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/documents/request.h"
#include "app/live/live_set.h"
#include "app/sources/progress.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace oodscope {

/// Sets scored by one source, frames ready.
struct OpenSource {
  SourceId id = {};
  std::string label;                ///< no other source has it
  std::filesystem::path path = {};  ///< of its file or folder; an ensemble has none
  std::vector<std::shared_ptr<LiveSet>> sets = {};
  /// Of an ensemble whose scores have a temperature: one of `sets` with all of them at another one, the same frames
  /// ready. Empty for all others. Throws Error. Cost: a scale over the set is found anew.
  std::function<std::shared_ptr<LiveSet>(const LiveSet& like, double temperature)> retempered = {};
};

struct OpenLiveSets {
  std::vector<OpenSource> sources = {};  ///< in the request's order, and so are their sets
  std::vector<std::string> problems;     ///< sets, models and frames that failed
  std::vector<std::string> warnings;     ///< of sets and models: likely mistakes, for the user to see
  /// In the order of their labels, as people look for them. Requires: this object stays.
  [[nodiscard]] std::vector<const OpenSource*> byLabel() const;
};

/// An ensemble's set `like`, of *set, with all of its scores at another temperature, the same frames ready; those that
/// `like` lacks count as failed. `plan`: what `like` is made of. Throws Error. Cost: a scale over the set is found
/// anew.
[[nodiscard]] std::shared_ptr<LiveSet> retempered(const LiveSet& like, const std::shared_ptr<const DataSet>& set,
                                                  EnsemblePlan plan, double temperature, const LiveOptions& options,
                                                  const std::shared_ptr<LogitsStore>& store,
                                                  const std::stop_token& stop);

/// Opens what the request names and makes all frames ready at the resolution of its first protocol: the same sets that
/// the window works on, for commands without a window. Throws Error where nothing can be opened.
[[nodiscard]] OpenLiveSets openLiveSets(const EvaluationRequest& request, const ProgressSink& progress,
                                        const std::stop_token& stop);

}  // namespace oodscope
