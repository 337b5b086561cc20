// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/figures/figure_plans.h"
#include "app/figures/plot_data.h"
#include "app/live/worst_failures.h"
#include "widgets/views/picture.h"

namespace oodscope {

/// One frame as documents show it.
struct FrameValues {
  std::string set;
  std::size_t frame = 0;
  QString name;
  PictureLayers layers;  ///< with scores and threshold of one configuration
};

/// Decodes the frame and scores it. The threshold is that of the run. Throws Error.
[[nodiscard]] FrameValues frameValues(SessionResults& results, const RunKey& run, std::size_t frame);
/// The frame's scale as the view asks for it.
[[nodiscard]] ScaleLimits limitsOf(SessionResults& results, const RunKey& run, const ScoreMap& scores);
/// "RoadAnomaly21 · erfnet.pth · MSP · T 1.00 · Course protocol".
[[nodiscard]] QString runCaption(const SessionResults& results, const RunKey& run);
/// The view's colour table.
[[nodiscard]] std::shared_ptr<const ColourTable> tableOf(const ViewState& view);

/// Image, ground truth, heatmap and decision.
[[nodiscard]] FigurePlan planFrame(SessionResults& results, const RunKey& run, std::size_t frame);
/// The session's qualitative grid, or what stands for it where the session has no recipe.
[[nodiscard]] FigurePlan planGrid(SessionResults& results);
/// The rows of that grid.
[[nodiscard]] std::vector<GridRecipe::Row> gridRows(SessionResults& results);
/// Worst frames: image with ground truth, heatmap, decision, largest failure outlined.
[[nodiscard]] FigurePlan planFailures(SessionResults& results, const RunKey& run, std::size_t count);

}  // namespace oodscope
