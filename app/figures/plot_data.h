// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/live/live_set.h"
#include "app/live/set_numbers.h"
#include "app/session/session.h"
#include "widgets/panels/decision_bar.h"
#include "widgets/plots/curve_plot.h"
#include "widgets/plots/histogram_plot.h"

#include <QString>
#include <QVariant>

#include <optional>

namespace oodscope {

/// Results as plots and views show them, in the window and in documents alike: pure functions from values to values.

/// "MSP", "Max-logit", …: as menus and plots say it.
[[nodiscard]] QString methodTitle(Method method);
/// What it is, one sentence for a tooltip.
[[nodiscard]] QString methodSummary(Method method);
/// The name as data of a menu's or a box's entry, and back. Requires: made by methodKey().
[[nodiscard]] QString methodKey(Method method);
[[nodiscard]] Method methodOfKey(const QVariant& key);
/// "Energy + Gaussian blur": with what its maps go through.
[[nodiscard]] QString filteredTitle(const FilteredMethod& method);
[[nodiscard]] QString filterTitle(Filter filter);
/// What a filter does and who published it, one sentence or two for a tooltip.
[[nodiscard]] QString filterSummary(Filter filter);
[[nodiscard]] QString scoreTitle(const ScoreChoice& score);
/// The method with its filters, whatever the temperature; of finished maps their name.
[[nodiscard]] QString methodTitle(const Configuration& configuration);
/// "MSP · T 1.60", or "Max-logit" where temperature has no effect.
[[nodiscard]] QString configurationTitle(const Configuration& configuration);
[[nodiscard]] QString protocolTitle(Protocol protocol);
/// What it counts, whose numbers it reproduces and where scores and labels meet: sentences for a tool tip.
[[nodiscard]] QString protocolSummary(Protocol protocol);
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

}  // namespace oodscope
