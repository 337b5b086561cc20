// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/comparison.h"
#include "app/studies/run_statistics.h"
#include "app/window/presenters.h"
#include "widgets/panels/cursor_panel.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/plots/curve_plot.h"
#include "widgets/plots/paired_difference_plot.h"

#include <optional>
#include <vector>

namespace oodscope {

/// A comparison as the widgets show it: pure functions from values to values. Differences are B minus A throughout.

struct ComparisonInput {
  const SetNumbers* a = nullptr;
  const SetNumbers* b = nullptr;
  const PairedStatistics* statistics = nullptr;  ///< nullptr: not yet
  QString nameA, nameB;                          ///< "MSP", "Max-logit"
  QStringList provenance;
};
[[nodiscard]] MetricsView comparisonView(const ComparisonInput& input);
/// Why two runs cannot be held against each other yet; empty where both are of all frames.
[[nodiscard]] QString noDifferenceReason(const SetNumbers& a, const SetNumbers& b);

/// Short names that tell two runs apart: method, with temperature or model where the methods are one.
struct RunNames {
  QString a, b;
};
[[nodiscard]] RunNames runNames(const Configuration& a, const QString& modelA, const Configuration& b,
                                const QString& modelB);

/// Adds intervals of a single run to its view: half widths, a note on how they were found.
void addIntervals(MetricsView& view, const RunStatistics& statistics);

/// What bands around curves are: "95 % over frames, 2,000 resamples of 10 frames".
[[nodiscard]] QString bandNote(const RunStatistics& statistics);
/// The band, known at equal steps of the abscissa, read off at each point of the curve.
void addBand(CurveData& curve, const Band& band);

/// A frame's AP under both runs, in percent.
struct FramePair {
  std::size_t frame = 0;
  QString name;
  double apA = 0.0, apB = 0.0;
};
/// Frames whose AP is defined under both, the largest gain of B first.
[[nodiscard]] std::vector<FramePair> framePairs(const RunDetails& a, const RunDetails& b, const DataSet& set);
[[nodiscard]] std::vector<PairedDifference> differenceRows(const std::vector<FramePair>& pairs);
/// "B better 8, equal 1, worse 1"; equal: less than 0.05 points apart.
[[nodiscard]] QString differenceRemark(const std::vector<FramePair>& pairs);
/// The set's own row; empty where not defined.
[[nodiscard]] std::optional<SetDifference> setDifference(const PairedStatistics& statistics);

/// "agree 91.6 %"; empty where not known.
[[nodiscard]] QString agreementText(const ComparedPicture& picture);
[[nodiscard]] QString comparisonNote(const Configuration& a, const Configuration& b);

}  // namespace oodscope
