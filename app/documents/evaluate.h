// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/tables/result_table.h"
#include "app/documents/request.h"
#include "app/sources/progress.h"

#include <stop_token>
#include <string>
#include <vector>

namespace oodscope {

struct EvaluationReport {
  ResultTable table;          ///< rows of every set, source, configuration and protocol that was finished
  std::vector<RunSpec> runs;  ///< of each row
  std::vector<FailedFrame> failures;
  std::vector<std::string> warnings;    ///< likely mistakes and what was left out: the user should see them
  std::vector<std::string> notes;       ///< what was assumed and skipped: for whoever asks
  std::vector<std::string> unfinished;  ///< what was asked for and is not in the table, and why
  bool cancelled = false;

  /// Each once, however often it is met.
  void warn(const std::string& text);
  void fail(const FailedFrame& failure);
  void addFact(const std::string& key, const std::string& value);
};

/// Runs the request: one network pass a frame whatever the number of configurations, then exact metrics of each. A
/// frame, a set or a source that fails is listed and the rest goes on; on a stop what is complete is returned. Throws
/// Error only where nothing at all can be done (no set opens, no source loads).
[[nodiscard]] EvaluationReport evaluate(const EvaluationRequest& request, const ProgressSink& progress,
                                        const std::stop_token& stop);

}  // namespace oodscope
