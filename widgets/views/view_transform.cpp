// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/view_transform.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

double heldCentre(double centre, double pictureSide, double viewportSide, double scale) {
  const double visible = viewportSide / scale;
  if (visible >= pictureSide) return pictureSide / 2;
  return std::clamp(centre, visible / 2, pictureSide - visible / 2);
}

}  // namespace

double fitScale(Size picture, QSizeF viewport) {
  if (picture.width <= 0 || picture.height <= 0 || viewport.width() <= 0 || viewport.height() <= 0) return 1.0;
  const double scale = std::min(viewport.width() / picture.width, viewport.height() / picture.height);
  return std::clamp(scale, kMinScale, kMaxScale);
}

ViewTransform resolve(const ViewTransform& wanted, Size picture, QSizeF viewport) {
  ViewTransform held = wanted;
  if (wanted.fit) {
    held.scale = fitScale(picture, viewport);
    held.centre = QPointF(picture.width / 2.0, picture.height / 2.0);
    return held;
  }
  held.scale = std::clamp(wanted.scale, kMinScale, kMaxScale);
  held.centre.setX(heldCentre(wanted.centre.x(), picture.width, viewport.width(), held.scale));
  held.centre.setY(heldCentre(wanted.centre.y(), picture.height, viewport.height(), held.scale));
  return held;
}

QPointF origin(const ViewTransform& transform, QSizeF viewport) {
  return {std::round(viewport.width() / 2 - transform.centre.x() * transform.scale),
          std::round(viewport.height() / 2 - transform.centre.y() * transform.scale)};
}

QPointF toViewport(const ViewTransform& transform, QSizeF viewport, QPointF picturePoint) {
  return origin(transform, viewport) + picturePoint * transform.scale;
}

QPointF toPicture(const ViewTransform& transform, QSizeF viewport, QPointF viewportPoint) {
  return (viewportPoint - origin(transform, viewport)) / transform.scale;
}

QRectF pictureRect(const ViewTransform& transform, QSizeF viewport, Size picture) {
  return {origin(transform, viewport), QSizeF(picture.width * transform.scale, picture.height * transform.scale)};
}

ViewTransform zoomedAt(const ViewTransform& from, QSizeF viewport, QPointF viewportPoint, double factor) {
  const QPointF held = toPicture(from, viewport, viewportPoint);
  ViewTransform to = from;
  to.fit = false;
  to.scale = std::clamp(from.scale * factor, kMinScale, kMaxScale);
  const QPointF fromMiddle = viewportPoint - QPointF(viewport.width() / 2, viewport.height() / 2);
  to.centre = held - fromMiddle / to.scale;
  return to;
}

ViewTransform panned(const ViewTransform& from, QPointF delta) {
  ViewTransform to = from;
  to.fit = false;
  to.centre -= delta / from.scale;
  return to;
}

ViewTransform zoomedTo(QRectF region, QSizeF viewport, double margin) {
  const double share = std::max(0.05, 1.0 - 2 * margin);
  const double width = std::max(1.0, region.width());
  const double height = std::max(1.0, region.height());
  const double scale = std::min(viewport.width() * share / width, viewport.height() * share / height);
  return {std::clamp(scale, kMinScale, kMaxScale), region.center(), false};
}

ViewTransform oneToOne(const ViewTransform& from) { return {1.0, from.centre, false}; }

}  // namespace oodscope
