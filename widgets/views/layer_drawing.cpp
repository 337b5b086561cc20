// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/layer_drawing.h"

#include "widgets/views/pixel_colouring.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

struct Extent {
  int first, last;  // [first, last)
};

// Map pixels that a device interval [0, deviceSide) shows, plus one on each side for the filter.
Extent visiblePixels(double start, double length, int pixels, int deviceSide) {
  const double scale = length / pixels;
  const int first = std::clamp(static_cast<int>(std::floor((0 - start) / scale)) - 1, 0, pixels);
  const int last = std::clamp(static_cast<int>(std::ceil((deviceSide - start) / scale)) + 1, 0, pixels);
  return {first, std::max(first, last)};
}

// Rows [first, last) of the level that is `region` halved `halvings` times.
void colourLevel(const RowColourer& colourer, QPoint corner, int halvings, QImage& level) {
  uchar* bits = level.bits();
  const qsizetype stride = level.bytesPerLine();
  const auto width = static_cast<std::size_t>(level.width());
  forRows(level.height(), level.width() << (2 * halvings), [&](int first, int last) {
    // One pair of rows per step of halving: nothing larger than a few rows is ever in flight.
    std::vector<std::vector<QRgb>> upper(static_cast<std::size_t>(halvings) + 1), lower = upper;
    for (int h = 0; h <= halvings; ++h) {
      upper[static_cast<std::size_t>(h)].resize(width << (halvings - h));
      lower[static_cast<std::size_t>(h)].resize(width << (halvings - h));
    }
    const std::function<void(int, int, std::span<QRgb>)> make = [&](int h, int y, std::span<QRgb> out) {
      if (h == 0) {
        colourer(corner.y() + y, corner.x(), out);
        return;
      }
      const auto below = static_cast<std::size_t>(h - 1);
      make(h - 1, 2 * y, upper[below]);
      make(h - 1, 2 * y + 1, lower[below]);
      halveRows(upper[below], lower[below], out);
    };
    for (int y = first; y < last; ++y) {
      make(halvings, y, {reinterpret_cast<QRgb*>(bits + y * stride), width});
    }
  });
}

}  // namespace

int halvingsFor(double scale) {
  int n = 0;
  while (scale > 0 && scale <= 0.5 && n < 12) {
    scale *= 2;
    ++n;
  }
  return n;
}

void drawMap(QImage& device, const MapDrawing& drawing, const RowColourer& colourer) {
  const QRectF target = drawing.target;
  const double scaleX = target.width() / drawing.map.width;
  const double scaleY = target.height() / drawing.map.height;
  Extent xs = visiblePixels(target.x(), target.width(), drawing.map.width, device.width());
  Extent ys = visiblePixels(target.y(), target.height(), drawing.map.height, device.height());
  if (xs.first >= xs.last || ys.first >= ys.last) return;
  const bool nearest = std::min(scaleX, scaleY) >= 1;
  int halvings = nearest ? 0 : halvingsFor(std::max(scaleX, scaleY));
  while (halvings > 0 && ((drawing.map.width >> halvings) == 0 || (drawing.map.height >> halvings) == 0)) --halvings;
  const int step = 1 << halvings;
  xs.first -= xs.first % step;
  ys.first -= ys.first % step;
  const int width = (xs.last - xs.first) / step;  // a last odd column or row is less than one device pixel
  const int height = (ys.last - ys.first) / step;
  if (width <= 0 || height <= 0) return;
  QImage level(width, height, drawing.opaque ? QImage::Format_RGB32 : QImage::Format_ARGB32_Premultiplied);
  colourLevel(colourer, {xs.first, ys.first}, halvings, level);
  if (nearest) {
    drawNearest(device, level, target, {xs.first, ys.first}, drawing.map, drawing.opacity);
    return;
  }
  const QRectF place(target.x() + xs.first * scaleX, target.y() + ys.first * scaleY, (xs.last - xs.first) * scaleX,
                     (ys.last - ys.first) * scaleY);
  QPainter painter(&device);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  painter.setOpacity(drawing.opacity);
  painter.drawImage(place, level, QRectF(level.rect()));
}

void drawNearest(QImage& device, const QImage& part, const QRectF& target, QPoint offset, Size whole, double opacity) {
  const QRect visible = target.toAlignedRect() & device.rect();
  if (visible.isEmpty()) return;
  const DeviceIndex index(target, whole, visible);
  uchar* bits = device.bits();
  const qsizetype stride = device.bytesPerLine();
  const bool blend = part.format() == QImage::Format_ARGB32_Premultiplied || opacity < 1;
  const int strength = static_cast<int>(std::lround(opacity * 256));
  const auto inside = [](int i, int side) { return std::clamp(i, 0, side - 1); };
  forRows(visible.height(), visible.width(), [&](int first, int last) {
    for (int y = visible.top() + first; y < visible.top() + last; ++y) {
      const auto* from =
          reinterpret_cast<const QRgb*>(part.constScanLine(inside(index.y(y) - offset.y(), part.height())));
      auto* to = reinterpret_cast<QRgb*>(bits + y * stride);
      for (int x = visible.left(); x <= visible.right(); ++x) {
        const QRgb c = from[inside(index.x(x) - offset.x(), part.width())];
        if (!blend) {
          to[x] = c;
        } else if (part.format() == QImage::Format_RGB32) {
          to[x] = mixed(c, to[x], strength);
        } else {
          const int left = 255 - qAlpha(c);
          const auto over = [left](int below, int above) { return above + (below * left + 127) / 255; };
          to[x] = qRgb(over(qRed(to[x]), qRed(c)), over(qGreen(to[x]), qGreen(c)), over(qBlue(to[x]), qBlue(c)));
        }
      }
    }
  });
}

DeviceIndex::DeviceIndex(const QRectF& target, Size map, const QRect& visible)
    : m_left(visible.left()), m_top(visible.top()) {
  const auto fill = [](std::vector<int>& index, int first, int count, double start, double length, int pixels) {
    index.resize(static_cast<std::size_t>(std::max(0, count)));
    for (int i = 0; i < count; ++i) {
      const double at = (first + i + 0.5 - start) / length * pixels;
      index[static_cast<std::size_t>(i)] = std::clamp(static_cast<int>(std::floor(at)), 0, pixels - 1);
    }
  };
  fill(m_x, visible.left(), visible.width(), target.x(), target.width(), map.width);
  fill(m_y, visible.top(), visible.height(), target.y(), target.height(), map.height);
}

}  // namespace oodscope
