// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/documents/session_results.h"

#include <string>
#include <vector>

namespace oodscope {

/// Everything that a report's tables show, known before the first number is made. Sets vary fastest, so that a source's
/// maps of one set are not made again for the next column.
struct ReportPlan {
  std::vector<RunSpec> main;        ///< every source and method at the view's temperature
  std::vector<RunSpec> ablation;    ///< methods x temperatures
  std::vector<RunSpec> thresholds;  ///< the view's score on each set
  std::vector<std::string> sweeps;  ///< the view's method against temperature: labels of sources
};

/// Of the sets that are open and have ground truth. Cost: none.
[[nodiscard]] ReportPlan planReport(const SessionResults& results);

/// Temperatures of the ablation: the session's, or 0.5, 1, 2 and 4 where it lists fewer than two.
[[nodiscard]] std::vector<float> ablationTemperatures(const Session& session);

}  // namespace oodscope
