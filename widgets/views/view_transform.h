// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <QPointF>
#include <QRectF>
#include <QSizeF>

namespace oodscope {

/// Where a picture stands in a viewport. All lengths are device pixels on the screen side and picture pixels on the
/// other; a picture pixel covers [x, x + 1). `fit` keeps the whole picture in sight whatever the viewport's size: scale
/// and centre are then those of the last resolve().
struct ViewTransform {
  double scale = 1.0;  ///< device pixels per picture pixel
  QPointF centre;      ///< the picture point in the middle of the viewport
  bool fit = true;
  friend bool operator==(const ViewTransform&, const ViewTransform&) = default;
};

inline constexpr double kMinScale = 1.0 / 64;
inline constexpr double kMaxScale = 64.0;
inline constexpr double kZoomStep = 1.189207115002721;  ///< fourth root of 2: four wheel notches double

/// The scale at which `picture` just fits into `viewport`; 1 where either is empty.
[[nodiscard]] double fitScale(Size picture, QSizeF viewport);

/// `wanted` made concrete: fitted where it asks to be, otherwise limited so that the picture never leaves the viewport
/// (a side that is smaller than the viewport is centred).
[[nodiscard]] ViewTransform resolve(const ViewTransform& wanted, Size picture, QSizeF viewport);

/// Viewport position of picture point (0, 0). Rounded to whole device pixels so that 1:1 is pixel-exact.
[[nodiscard]] QPointF origin(const ViewTransform& transform, QSizeF viewport);
[[nodiscard]] QPointF toViewport(const ViewTransform& transform, QSizeF viewport, QPointF picturePoint);
[[nodiscard]] QPointF toPicture(const ViewTransform& transform, QSizeF viewport, QPointF viewportPoint);
[[nodiscard]] QRectF pictureRect(const ViewTransform& transform, QSizeF viewport, Size picture);

/// Zooms by `factor` and keeps the picture point under `viewportPoint` where it is.
[[nodiscard]] ViewTransform zoomedAt(const ViewTransform& from, QSizeF viewport, QPointF viewportPoint, double factor);

/// Moves the picture by `delta` device pixels.
[[nodiscard]] ViewTransform panned(const ViewTransform& from, QPointF delta);

/// Shows `region` (picture pixels) as large as it goes with `margin` (share of the viewport) left free on every side.
[[nodiscard]] ViewTransform zoomedTo(QRectF region, QSizeF viewport, double margin = 0.1);

/// Picture pixels shown one to one, the middle staying where it is.
[[nodiscard]] ViewTransform oneToOne(const ViewTransform& from);

}  // namespace oodscope
