// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <QPolygonF>

#include <vector>

namespace oodscope {

/// Closed outlines of the pixels of `map` that equal `value`, along pixel edges, the inside on the right: outer
/// outlines run clockwise on the screen, holes the other way. Corners only, no point repeated at the end. 4-connected.
/// Cost: O(pixels), once per map.
[[nodiscard]] std::vector<QPolygonF> outlines(const Grid<std::uint8_t>& map, std::uint8_t value);

/// `outlines` with every point left out that lies within `tolerance` pixels of the line without it (Douglas-Peucker).
/// What shrinks to fewer than three points is dropped.
[[nodiscard]] std::vector<QPolygonF> simplified(const std::vector<QPolygonF>& outlines, double tolerance);

/// A loop of outlines() or simplified() moved off its inside by `distance`, so that a line along it stands beside what
/// it encloses. Corners are mitred, sharp ones cut.
[[nodiscard]] QPolygonF movedOutwards(const QPolygonF& loop, double distance);

}  // namespace oodscope
