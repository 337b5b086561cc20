// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/documents/worst_failures.h"
#include "app/figures/figure_plans.h"
#include "app/live/score_scales.h"
#include "widgets/views/picture.h"

#include <QStringList>

namespace oodscope {

/// One frame as documents show it.
struct FrameValues {
  std::string set;
  std::size_t frame = 0;
  QString name;
  PictureLayers layers;            ///< with scores and threshold of one configuration
  std::optional<float> threshold;  ///< of the run; empty: none is chosen
};

/// Decodes the frame and scores it. The threshold is that of the run. Throws Error.
[[nodiscard]] FrameValues frameValues(SessionResults& results, const RunSpec& run, std::size_t frame);
/// The frame's scale as the view asks for it.
[[nodiscard]] ScaleLimits limitsOf(SessionResults& results, const RunSpec& run, const ScoreMap& scores);
/// "RoadAnomaly21 · erfnet.pth · MSP · T 1.00 · Course protocol".
[[nodiscard]] QString runCaption(const SessionResults& results, const RunSpec& run);
/// The same of something wider than one set.
[[nodiscard]] QString runCaption(const SessionResults& results, const QString& set, const std::string& source,
                                 const Configuration& configuration);
/// The view's colour table.
[[nodiscard]] std::shared_ptr<const ColourTable> tableOf(const ViewState& view);

/// Image, ground truth, heatmap and decision.
[[nodiscard]] FigurePlan planFrame(SessionResults& results, const RunSpec& run, std::size_t frame);
/// Image, true classes, predicted classes and open-set map. Throws Error where neither classes are known.
[[nodiscard]] FigurePlan planClasses(SessionResults& results, const RunSpec& run, std::size_t frame);
/// A qualitative grid by its recipe; what the recipe leaves open stands as completeGrid() fills it in.
[[nodiscard]] FigurePlan planGrid(SessionResults& results, const GridRecipe& recipe);
/// The recipe with rows and scores: of its own, or what stands for them (the frame in view, the set's best, middle and
/// worst frame; the view's score).
[[nodiscard]] GridRecipe completeGrid(SessionResults& results, GridRecipe recipe);
/// What stands above the columns of a complete recipe that captions none.
[[nodiscard]] QStringList usualCaptions(const SessionResults& results, const GridRecipe& complete);
/// The largest anomaly of a frame with some of its surroundings; empty where the frame has none. Throws Error.
[[nodiscard]] std::optional<FrameRectangle> aroundLargestAnomaly(const DataSet& set, const Frame& frame);
/// Worst frames: image with ground truth, heatmap, decision, largest failure outlined.
[[nodiscard]] FigurePlan planFailures(SessionResults& results, const RunSpec& run, std::size_t count);

}  // namespace oodscope
