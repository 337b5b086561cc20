// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/component_metrics.h"
#include "app/desk/single_run.h"
#include "app/figures/plot_data.h"
#include "app/live/live_set.h"
#include "app/live/set_numbers.h"
#include "app/session/session.h"
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
  QString noDelta = {};                            ///< why no difference to it is given; empty: it is
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
  QString scored;                         ///< precisionText() of the source
  std::optional<std::size_t> withoutMap;  ///< frames that imported scores have no file for
  int threads = 0;
};
[[nodiscard]] MetricsView metricsView(const MetricsInput& input);
/// What the source's scores are read from: "float16 logits", "uint8 maps"; empty where it is not known.
[[nodiscard]] QString precisionText(const ScoreSource& source);
/// Whether numbers are exact and the set's: "= exact on float16 logits"; "6 of 10 frames" or "5 of 10 frames have a
/// map" where frames are missing, with "≈" before it where they are an estimate besides.
[[nodiscard]] QString exactnessText(const SetNumbers& numbers, const QString& scored,
                                    std::optional<std::size_t> withoutMap = {});

/// What is under the cursor. `pixel` is a position in the image.
[[nodiscard]] CursorView cursorView(const FramePicture& picture, QPointF pixel, std::optional<float> threshold,
                                    const ThresholdCounts* counts, const std::vector<std::string>& classNames);
/// Cityscapes' colour of a train id; grey for others.
[[nodiscard]] QColor classColour(int trainId);

}  // namespace oodscope
