// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/evaluate_set.h"
#include "app/live/set_numbers.h"
#include "widgets/plots/curve_plot.h"
#include "widgets/plots/histogram_plot.h"

#include <QString>
#include <QStringList>

#include <memory>
#include <vector>

namespace oodscope {

/// What tells runs of one set, protocol and resolution apart for people.
struct RunTitle {
  Configuration configuration;
  QString source;
  bool allChannels = false;
};
/// One name a run: its score, with its source and its channels behind it where another would be called the same.
[[nodiscard]] QStringList distinctRunNames(const std::vector<RunTitle>& runs);

/// A kept run beside the one that is looked at.
struct RunOverlay {
  QString name;
  int series = 0;  ///< its place in the session's list: colour and dash
  std::shared_ptr<const SetNumbers> numbers;
  std::shared_ptr<const ScoreHistogram> histogram = {};  ///< nullptr: not known yet
};

/// Its curve. Thresholds of another unit than the shown run's (another method, other maps) have an axis of their own in
/// the F1 plot: drawn from the lowest to the highest over the shown one's range, which the name then says.
[[nodiscard]] CurveData overlayCurve(CurveKind kind, const RunOverlay& run, const SetNumbers& shown);
/// The same for histograms; empty edges where its histogram is not known.
[[nodiscard]] HistogramOverlay overlayHistogram(const RunOverlay& run, const Configuration& shown);

}  // namespace oodscope
