// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/value_spread.h"
#include "app/live/live_set.h"
#include "app/live/set_numbers.h"
#include "app/session/session.h"
#include "widgets/panels/decision_bar.h"
#include "widgets/plots/curve_plot.h"
#include "widgets/plots/histogram_plot.h"

#include <QString>
#include <QVariant>

#include <optional>
#include <span>
#include <vector>

namespace oodscope {

/// Results as plots and views show them, in the window and in documents alike: pure functions from values to values.

/// "MSP", "Max-logit", …: as menus and plots say it.
[[nodiscard]] QString methodTitle(Method method);
/// What it is, one sentence for a tooltip.
[[nodiscard]] QString methodSummary(Method method);
/// The name as data of a menu's or a box's entry, and back. Requires: made by methodKey().
[[nodiscard]] QString methodKey(Method method);
[[nodiscard]] Method methodOfKey(const QVariant& key);
[[nodiscard]] QString scoreTitle(const ScoreChoice& score);
/// "MSP · T 1.60", or "Max-logit" where temperature has no effect.
[[nodiscard]] QString configurationTitle(const Configuration& configuration);
[[nodiscard]] QString protocolTitle(Protocol protocol);
[[nodiscard]] QString protocolKey(Protocol protocol);
[[nodiscard]] Protocol protocolOfKey(const QVariant& key);
/// Why temperature does nothing for a score; empty where it does something.
[[nodiscard]] QString noTemperatureReason(const ScoreChoice& score);

/// Decision counts of the set at a threshold: exact from sorted scores, else read off the curve.
[[nodiscard]] std::optional<DecisionCounts> decisionCounts(const SetNumbers& numbers, const ThresholdCounts* counts,
                                                           float threshold);

/// "10 frames", or "6 of 10 frames" where a number is not of all that it can be of.
[[nodiscard]] QString framesText(const FrameAccount& account);
/// Nothing where the numbers are the set's, " · 6 of 10 frames" otherwise: behind a number's name.
[[nodiscard]] QString partNote(const FrameAccount& account);
/// "10 frames; 2 without an anomaly left out by the protocol; 1 failed": everything that became of a set's frames.
[[nodiscard]] QString accountText(const FrameAccount& account, const PixelMetrics& metrics);
/// Why a set has no curve; empty where it has one.
[[nodiscard]] QString noCurveReason(const SetNumbers& numbers);
/// Where a threshold stands on the set's curves, exactly counted over the frames that the protocol uses; empty where
/// the curves are not defined.
[[nodiscard]] std::optional<CurvePlace> curvePlace(const ThresholdCounts& counts, Protocol protocol, float threshold);

[[nodiscard]] CurveData precisionRecallCurve(const SetNumbers& numbers, CurveRole role, const QString& name);
[[nodiscard]] CurveData rocCurve(const SetNumbers& numbers, CurveRole role, const QString& name);
[[nodiscard]] CurveData f1Curve(const SetNumbers& numbers, CurveRole role, const QString& name);
[[nodiscard]] HistogramData histogramData(const ScoreHistogram& histogram, const QString& axisLabel);
[[nodiscard]] DecisionShares decisionShares(const DecisionCounts& counts);

/// How a set's scores spread under one configuration, in units of the score.
struct SetScales {
  std::vector<float> quantiles;      ///< of all labelled scores at equal steps, ascending
  float trimmedHigh = 0.0F;          ///< the 99.9 % quantile
  std::vector<float> slider;         ///< the same steps with half the weight to each class
  std::vector<double> anomalyShare;  ///< of the pixels between neighbouring steps of the slider
  bool estimated = false;            ///< read off a curve, which does not tell normal scores below all anomalies apart
};
/// For scores of `configuration`: of the details where they are of it, else off the curve of the same method at the
/// nearest temperature that is known. Empty: neither says anything of these scores.
[[nodiscard]] std::optional<SetScales> setScales(const RunDetails* details, const SetNumbers* numbers,
                                                 const Configuration& configuration);

/// Lowest and highest score that the colour map spans.
struct ScaleLimits {
  float low = 0.0F, high = 1.0F;
  double clampedShare = 0.0;  ///< of the frame's pixels
  bool estimated = false;     ///< limits of the set that come from an estimate
};
/// `ordered`: orderedSample(scores), read where limits are of the image. `set`: empty for limits of the image whatever
/// the view asks for.
[[nodiscard]] ScaleLimits scaleLimits(const ViewState& view, const ScoreMap& scores, std::span<const float> ordered,
                                      const std::optional<SetScales>& set);
/// Some `most` finite scores of a map at equal steps, ascending. Cost: a sort of them, 4 ms for the default: not for
/// the GUI thread.
inline constexpr std::size_t kOrderedScores = 65536;
[[nodiscard]] std::vector<float> orderedSample(const ScoreMap& scores, std::size_t most = kOrderedScores);

}  // namespace oodscope
