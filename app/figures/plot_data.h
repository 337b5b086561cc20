// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/live/live_set.h"
#include "app/live/set_numbers.h"
#include "app/session/session.h"
#include "widgets/panels/decision_bar.h"
#include "widgets/plots/curve_plot.h"
#include "widgets/plots/histogram_plot.h"

#include <QString>

#include <optional>
#include <span>
#include <vector>

namespace oodscope {

/// Results as plots and views show them, in the window and in documents alike: pure functions from values to values.

/// "MSP", "Max-logit", …: as menus and plots say it.
[[nodiscard]] QString methodTitle(Method method);
[[nodiscard]] QString scoreTitle(const ScoreChoice& score);
/// "MSP · T 1.60", or "Max-logit" where temperature has no effect.
[[nodiscard]] QString configurationTitle(const Configuration& configuration);
[[nodiscard]] QString protocolTitle(Protocol protocol);
/// Why temperature does nothing for a score; empty where it does something.
[[nodiscard]] QString noTemperatureReason(const ScoreChoice& score);

/// Decision counts of the set at a threshold: exact from sorted scores, else read off the curve.
[[nodiscard]] std::optional<DecisionCounts> decisionCounts(const SetNumbers& numbers, const ThresholdCounts* counts,
                                                           float threshold);

[[nodiscard]] CurveData precisionRecallCurve(const SetNumbers& numbers, CurveRole role, const QString& name);
[[nodiscard]] CurveData rocCurve(const SetNumbers& numbers, CurveRole role, const QString& name);
[[nodiscard]] CurveData f1Curve(const SetNumbers& numbers, CurveRole role, const QString& name);
[[nodiscard]] HistogramData histogramData(const ScoreHistogram& histogram, const QString& axisLabel);
[[nodiscard]] DecisionShares decisionShares(const DecisionCounts& counts);

/// Lowest and highest score that the colour map spans.
struct ScaleLimits {
  float low = 0.0F, high = 1.0F;
  double clampedShare = 0.0;  ///< of the frame's pixels
};
/// `ordered`: orderedSample(scores), read where limits are of the image.
[[nodiscard]] ScaleLimits scaleLimits(const ViewState& view, const ScoreMap& scores, std::span<const float> ordered,
                                      const RunDetails* details);
/// Some 65,000 finite scores of a map at equal steps, ascending. Cost: a sort of them: not for the GUI thread.
[[nodiscard]] std::vector<float> orderedSample(const ScoreMap& scores);

}  // namespace oodscope
