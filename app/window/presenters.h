// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/component_metrics.h"
#include "app/live/live_set.h"
#include "app/live/set_numbers.h"
#include "app/session/session.h"
#include "app/window/live_controller.h"
#include "widgets/panels/cursor_panel.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/plots/curve_plot.h"
#include "widgets/plots/histogram_plot.h"

#include <QColor>
#include <QString>

#include <optional>
#include <span>
#include <vector>

namespace oodscope {

/// Results as the widgets show them: pure functions from values to values, tested without a window.

/// "MSP", "Max-logit", …: as menus and plots say it.
[[nodiscard]] QString methodTitle(Method method);
[[nodiscard]] QString scoreTitle(const ScoreChoice& score);
/// "MSP · T 1.60", or "Max-logit" where temperature has no effect.
[[nodiscard]] QString configurationTitle(const Configuration& configuration);
[[nodiscard]] QString protocolTitle(Protocol protocol);
/// Why temperature does nothing for a score; empty where it does something.
[[nodiscard]] QString noTemperatureReason(const ScoreChoice& score);

/// The reference column of the metrics: earlier numbers kept, or published ones.
struct ReferenceNumbers {
  QString name;                                    ///< "T 1.00", "published"
  std::optional<double> ap, fpr95, auroc, bestF1;  ///< fractions
  QString source = {};                             ///< where published numbers stand
  QString reason = {};                             ///< why a number is not there
};

struct MetricsInput {
  const SetNumbers* numbers = nullptr;
  const RunDetails* details = nullptr;
  const ThresholdCounts* counts = nullptr;
  std::optional<std::size_t> frame;
  QString frameName;
  std::optional<float> threshold;
  std::optional<ComponentMetrics> components;
  std::optional<ReferenceNumbers> reference;
  QString modelFingerprint, dataName;
  int threads = 0;
};
[[nodiscard]] MetricsView metricsView(const MetricsInput& input);

/// Decision counts of the set at a threshold: exact from sorted scores, else read off the curve.
[[nodiscard]] std::optional<DecisionCounts> decisionCounts(const SetNumbers& numbers, const ThresholdCounts* counts,
                                                           float threshold);

[[nodiscard]] CurveData precisionRecallCurve(const SetNumbers& numbers, CurveRole role, const QString& name);
[[nodiscard]] CurveData rocCurve(const SetNumbers& numbers, CurveRole role, const QString& name);
[[nodiscard]] CurveData f1Curve(const SetNumbers& numbers, CurveRole role, const QString& name);
[[nodiscard]] HistogramData histogramData(const ScoreHistogram& histogram, const QString& axisLabel);
[[nodiscard]] DecisionShares decisionShares(const DecisionCounts& counts);

/// What is under the cursor. `pixel` is a position in the image.
[[nodiscard]] CursorView cursorView(const FramePicture& picture, QPointF pixel, std::optional<float> threshold,
                                    const ThresholdCounts* counts, const std::vector<std::string>& classNames);
/// Cityscapes' colour of a train id; grey for others.
[[nodiscard]] QColor classColour(int trainId);

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
