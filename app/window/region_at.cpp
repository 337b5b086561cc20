// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/region_at.h"

#include "analysis/regions/components.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace oodscope {
namespace {

/// The pixel of a map that is stretched over the picture.
std::optional<QPoint> mapPixel(Size picture, Size map, QPointF at) {
  if (picture.area() == 0 || map.area() == 0 || !QRectF(0, 0, picture.width, picture.height).contains(at))
    return std::nullopt;
  const auto place = [](double value, int from, int to) {
    return std::clamp(static_cast<int>(value * to / from), 0, to - 1);
  };
  return QPoint(place(at.x(), picture.width, map.width), place(at.y(), picture.height, map.height));
}

QRect boxOf(const Components& found, std::uint32_t wanted) {
  QRect box;
  for (std::size_t i = 0; i < found.runs.size(); ++i)
    if (found.component[i] == wanted) box |= QRect(found.runs[i].begin, found.runs[i].y, found.runs[i].length(), 1);
  return box;
}

std::optional<QRect> boxAround(const std::vector<std::uint8_t>& mask, Size size, QPoint pixel) {
  const Components found = labelComponents(mask, size);
  for (std::size_t i = 0; i < found.runs.size(); ++i) {
    const Run& run = found.runs[i];
    if (run.y == pixel.y() && run.begin <= pixel.x() && pixel.x() < run.end) return boxOf(found, found.component[i]);
  }
  return std::nullopt;
}

QRect stretched(const QRect& box, Size map, Size picture) {
  const double x = static_cast<double>(picture.width) / map.width, y = static_cast<double>(picture.height) / map.height;
  return QRectF(box.x() * x, box.y() * y, box.width() * x, box.height() * y).toAlignedRect() &
         QRect(0, 0, picture.width, picture.height);
}

Size sizeOf(const FramePicture& picture) { return picture.decoded.image ? picture.decoded.image->size() : Size{}; }

}  // namespace

std::optional<float> scoreAt(const FramePicture& picture, QPointF at) {
  if (!picture.scores) return std::nullopt;
  const auto pixel = mapPixel(sizeOf(picture), picture.scores->size(), at);
  if (!pixel) return std::nullopt;
  const float score = picture.scores->at(pixel->x(), pixel->y());
  return std::isfinite(score) ? std::optional(score) : std::nullopt;
}

std::optional<QRect> regionAt(const FramePicture& picture, std::optional<float> threshold, QPointF at) {
  const Size size = sizeOf(picture);
  if (const auto& label = picture.decoded.label) {
    const auto pixel = mapPixel(size, label->size(), at);
    if (pixel && label->at(pixel->x(), pixel->y()) == kAnomaly) {
      std::vector<std::uint8_t> mask(label->values().size());
      std::ranges::transform(label->values(), mask.begin(),
                             [](std::uint8_t value) { return static_cast<std::uint8_t>(value == kAnomaly); });
      const auto box = boxAround(mask, label->size(), *pixel);
      return box ? std::optional(stretched(*box, label->size(), size)) : std::nullopt;
    }
  }
  if (!picture.scores || !threshold) return std::nullopt;
  const auto pixel = mapPixel(size, picture.scores->size(), at);
  if (!pixel || !(picture.scores->at(pixel->x(), pixel->y()) >= *threshold)) return std::nullopt;
  std::vector<std::uint8_t> mask(picture.scores->values().size());
  std::ranges::transform(picture.scores->values(), mask.begin(),
                         [&](float score) { return static_cast<std::uint8_t>(score >= *threshold); });
  const auto box = boxAround(mask, picture.scores->size(), *pixel);
  return box ? std::optional(stretched(*box, picture.scores->size(), size)) : std::nullopt;
}

}  // namespace oodscope
