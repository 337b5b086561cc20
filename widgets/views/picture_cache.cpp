// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/picture_cache.h"

#include "widgets/views/contours.h"
#include "widgets/views/parallel_rows.h"
#include "widgets/views/pixel_colouring.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace oodscope {
namespace {

constexpr std::size_t kKeptImages = 4;  // the frame shown, both neighbours, one to spare
constexpr std::size_t kKeptOutlines = 8;
constexpr int kFinest = -4;  // thinning below 1/16 pixel changes nothing: corners are whole pixels

std::span<QRgb> rowOf(QImage& image, int y, int length) {
  return {reinterpret_cast<QRgb*>(image.scanLine(y)), static_cast<std::size_t>(length)};
}

std::span<const QRgb> rowOf(const QImage& image, int y, int length) {
  return {reinterpret_cast<const QRgb*>(image.constScanLine(y)), static_cast<std::size_t>(length)};
}

QImage fullLevel(const RgbImage& from, bool grey) {
  QImage to(from.width(), from.height(), QImage::Format_RGB32);
  uchar* bits = to.bits();
  const qsizetype stride = to.bytesPerLine();
  forRows(from.height(), from.width(), [&](int first, int last) {
    for (int y = first; y < last; ++y) {
      auto* out = reinterpret_cast<QRgb*>(bits + y * stride);
      const std::span<const Rgb> row = from.row(y);
      if (grey) {
        for (std::size_t x = 0; x < row.size(); ++x) {
          // Rec. 601 luminance in 1/256, then 72 % of it on a lifted black.
          const int luminance = (77 * row[x].r + 150 * row[x].g + 29 * row[x].b) >> 8;
          const int value = 18 + (luminance * 184 >> 8);
          out[x] = qRgb(value, value, value);
        }
      } else {
        for (std::size_t x = 0; x < row.size(); ++x) out[x] = qRgb(row[x].r, row[x].g, row[x].b);
      }
    }
  });
  return to;
}

QImage halved(const QImage& from) {
  const int width = std::max(1, from.width() / 2);
  const int height = std::max(1, from.height() / 2);
  if (from.width() < 2 || from.height() < 2) return from;
  QImage to(width, height, from.format());
  for (int y = 0; y < height; ++y) {
    halveRows(rowOf(from, 2 * y, 2 * width), rowOf(from, 2 * y + 1, 2 * width), rowOf(to, y, width));
  }
  return to;
}

}  // namespace

QImage PictureCache::level(const std::shared_ptr<const RgbImage>& image, bool grey, int n) {
  auto found = std::find_if(m_levels.begin(), m_levels.end(), [&](const Levels& l) { return l.image == image; });
  if (found == m_levels.end()) {
    if (m_levels.size() >= kKeptImages) m_levels.pop_back();
    found = m_levels.insert(m_levels.begin(), Levels{image, {}, {}});
  } else if (found != m_levels.begin()) {
    std::rotate(m_levels.begin(), found, found + 1);
    found = m_levels.begin();
  }
  std::vector<QImage>& levels = grey ? found->grey : found->colour;
  if (levels.empty()) levels.push_back(fullLevel(*image, grey));
  while (static_cast<int>(levels.size()) <= n) levels.push_back(halved(levels.back()));
  return levels[static_cast<std::size_t>(n)];
}

QPainterPath PictureCache::outline(const std::shared_ptr<const Grid<std::uint8_t>>& map, std::uint8_t value,
                                   double tolerance) {
  auto found = std::find_if(m_outlines.begin(), m_outlines.end(),
                            [&](const Outlines& o) { return o.map == map && o.value == value; });
  if (found == m_outlines.end()) {
    if (m_outlines.size() >= kKeptOutlines) m_outlines.pop_back();
    found = m_outlines.insert(m_outlines.begin(), Outlines{map, value, outlines(*map, value), {}});
  } else if (found != m_outlines.begin()) {
    std::rotate(m_outlines.begin(), found, found + 1);
    found = m_outlines.begin();
  }
  const int exponent = std::max(kFinest, static_cast<int>(std::floor(std::log2(std::max(tolerance, 1e-3)))));
  const auto known = found->thinned.find(exponent);
  if (known != found->thinned.end()) return known->second;
  QPainterPath path;
  const bool exact = exponent <= kFinest;
  const auto add = [&path](const std::vector<QPolygonF>& loops) {
    for (const QPolygonF& loop : loops) {
      path.addPolygon(loop);
      path.closeSubpath();
    }
  };
  if (exact) {
    add(found->exact);
  } else {
    add(simplified(found->exact, std::exp2(exponent)));
  }
  return found->thinned.emplace(exponent, std::move(path)).first->second;
}

}  // namespace oodscope
