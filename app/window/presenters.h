// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/component_metrics.h"
#include "app/figures/plot_data.h"
#include "app/live/live_set.h"
#include "app/live/set_numbers.h"
#include "app/session/session.h"
#include "app/window/live_controller.h"
#include "widgets/panels/cursor_panel.h"
#include "widgets/panels/metrics_panel.h"

#include <QColor>
#include <QString>

#include <optional>
#include <span>
#include <vector>

namespace oodscope {

/// Results as the widgets show them: pure functions from values to values, tested without a window.

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
  std::optional<ShownComponents> components;
  std::optional<ReferenceNumbers> reference;
  QString modelFingerprint, dataName;
  int threads = 0;
};
[[nodiscard]] MetricsView metricsView(const MetricsInput& input);

/// What is under the cursor. `pixel` is a position in the image.
[[nodiscard]] CursorView cursorView(const FramePicture& picture, QPointF pixel, std::optional<float> threshold,
                                    const ThresholdCounts* counts, const std::vector<std::string>& classNames);
/// Cityscapes' colour of a train id; grey for others.
[[nodiscard]] QColor classColour(int trainId);

}  // namespace oodscope
