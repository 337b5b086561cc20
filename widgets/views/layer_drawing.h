// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "widgets/views/parallel_rows.h"

#include <QColor>
#include <QImage>
#include <QRectF>

#include <algorithm>
#include <functional>
#include <span>
#include <vector>

namespace oodscope {

/// Fills `out` with the premultiplied colours of map pixels (x, y) … (x + out.size() - 1, y). Called from two threads.
using RowColourer = std::function<void(int y, int x, std::span<QRgb> out)>;

struct MapDrawing {
  Size map;
  QRectF target;         ///< where the whole map lies on the device
  bool opaque = false;   ///< all colours are
  double opacity = 1.0;  ///< of the whole
};

/// Colours the visible part of a map and lays it over `device`: nearest at 1:1 and above, else halved while at most
/// half the pixels are needed, then bilinear: the mean of the *colours*, so that small things fade instead of
/// flickering.
void drawMap(QImage& device, const MapDrawing& drawing, const RowColourer& colourer);

/// `part` holds the pixels from `offset` on of a map of size `whole`, which lies on `target`.
void drawNearest(QImage& device, const QImage& part, const QRectF& target, QPoint offset, Size whole,
                 double opacity = 1.0);

/// How often to halve before `scale` times that is above one half.
[[nodiscard]] int halvingsFor(double scale);

/// Map indices of the device pixels of `visible`, by their middles.
class DeviceIndex {
public:
  DeviceIndex(const QRectF& target, Size map, const QRect& visible);
  [[nodiscard]] int x(int deviceX) const { return m_x[static_cast<std::size_t>(deviceX - m_left)]; }
  [[nodiscard]] int y(int deviceY) const { return m_y[static_cast<std::size_t>(deviceY - m_top)]; }

private:
  int m_left, m_top;
  std::vector<int> m_x, m_y;
};

/// Each channel times parts / 256.
[[nodiscard]] inline QRgb scaled(QRgb c, int parts) {
  return qRgb(qRed(c) * parts >> 8, qGreen(c) * parts >> 8, qBlue(c) * parts >> 8);
}
/// `parts` / 256 of `c`, the rest of `other`.
[[nodiscard]] inline QRgb mixed(QRgb c, QRgb other, int parts) {
  const auto mix = [parts](int a, int b) { return (a * parts + b * (256 - parts)) >> 8; };
  return qRgb(mix(qRed(c), qRed(other)), mix(qGreen(c), qGreen(other)), mix(qBlue(c), qBlue(other)));
}

enum class Hatch { None, Dark, White };
/// Diagonals (bottom left to top right) of device pixels: those where (x + y + phase) mod period < width.
struct HatchPattern {
  int period = 8;
  int width = 2;
  int phase = 0;
};
/// `rows(y)` gives what says of a device column of that row how it is hatched.
template <class Rows>
void hatch(QImage& device, const QRect& visible, const HatchPattern& pattern, const Rows& rows) {
  uchar* bits = device.bits();
  const qsizetype stride = device.bytesPerLine();
  const auto positive = [&](int v) { return ((v % pattern.period) + pattern.period) % pattern.period; };
  forRows(visible.height(), visible.width(), [&](int first, int last) {
    for (int y = visible.top() + first; y < visible.top() + last; ++y) {
      auto* row = reinterpret_cast<QRgb*>(bits + y * stride);
      const auto at = rows(y);
      const int begin = visible.left() - positive(visible.left() + y + pattern.phase);
      for (int start = begin; start <= visible.right(); start += pattern.period) {
        const int end = std::min(start + pattern.width, visible.right() + 1);
        for (int x = std::max(start, visible.left()); x < end; ++x) {
          const Hatch kind = at(x);
          if (kind == Hatch::Dark) row[x] = mixed(row[x], qRgb(24, 25, 27), 96);
          if (kind == Hatch::White) row[x] = mixed(row[x], qRgb(255, 255, 255), 110);
        }
      }
    }
  });
}

template <class F>
void shade(QImage& device, const QRect& visible, F colour) {
  for (int y = visible.top(); y <= visible.bottom(); ++y) {
    auto* row = reinterpret_cast<QRgb*>(device.scanLine(y));
    for (int x = visible.left(); x <= visible.right(); ++x) row[x] = colour(x, y, row[x]);
  }
}

}  // namespace oodscope
