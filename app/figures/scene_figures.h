// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/failures.h"
#include "app/figures/figure_plans.h"
#include "app/studies/landscape.h"
#include "widgets/scene3d/point_cloud_scene.h"

namespace oodscope {

/// The relief of a frame. The plan throws Error where no OpenGL is to be had.
[[nodiscard]] FigurePlan planRelief(SessionResults& results, const RunSpec& run, std::size_t frame);
/// F1 over temperature and threshold of the view's run. The same.
[[nodiscard]] FigurePlan planLandscape(SessionResults& results);

/// Points of a frame in the camera's coordinates, at most some 300,000: every n-th pixel whose distance is known.
/// Throws Error where the frame has no disparity or camera, or scores are missing.
[[nodiscard]] std::vector<CloudPoint> cloudPoints(const DataSet& set, std::size_t frame, const ScoreMap& scores);

/// Boxes around the points of regions, 5 to 95 % of them along each axis. Points at stray depths are left out first: of
/// the background that shows at a region's edge, and beyond 80 m, where stereo cannot place a point. Regions with few
/// points have none. `map` is the size that the regions' runs are of, `picture` that of the points' pixels.
[[nodiscard]] std::vector<CloudBox> regionBoxes(const std::vector<CloudPoint>& points,
                                                const std::vector<const FailureRegion*>& regions, Size map,
                                                Size picture);

}  // namespace oodscope
