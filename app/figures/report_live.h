// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/documents/threshold_list.h"
#include "app/figures/report_frames.h"

#include <QStringList>

#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// A run in the HTML report: a colour, a slider, exact counts at each listed threshold.
struct ReportRun {
  QString name;
  std::optional<double> ap, fpr95, auroc;  ///< the protocol's own, fractions
  bool hasCurves = false;
  std::optional<std::size_t> painted;  ///< which of a frame's maps is of this run
  ThresholdList list;
};

/// A set that a reader can put to the question: every method's curves, thresholds with exact counts, and frames with
/// the decision painted over them.
struct ReportLiveSet {
  QString set, caption;
  QString noCurves;  ///< why there are none; empty where there are
  double prevalence = 0.0;
  std::vector<ReportRun> runs;  ///< the session's own first
  std::vector<ReportFrame> frames;
  QStringList colours;  ///< of scores from low to high
};

/// Gathers them: the session's run, runs that were kept, and every method of the report over the set. Frames: those
/// with the lowest AP, then those of the qualitative grid. Throws Error. Cost: a pass over the set's scores a run.
[[nodiscard]] ReportLiveSet liveSetOf(SessionResults& results, const std::string& set);

/// Its part of the page; `index` tells it from the others.
[[nodiscard]] QString liveSetHtml(const ReportLiveSet& live, int index);

}  // namespace oodscope
