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
constexpr int kPreparedLevels = 2;                     // down to a quarter: small views of large frames
constexpr int kFirstPrepared = -1, kLastPrepared = 2;  // tolerances of views from 1:1 down to 1:4
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

void PictureCache::extend(std::vector<QImage>& levels, const RgbImage& image, bool grey, int n) {
  if (levels.empty()) levels.push_back(fullLevel(image, grey));
  while (static_cast<int>(levels.size()) <= n) levels.push_back(halved(levels.back()));
}

QPainterPath PictureCache::thinned(const Outlines& outlines, int exponent) {
  QPainterPath path;
  const auto add = [&path](const std::vector<QPolygonF>& loops) {
    for (const QPolygonF& loop : loops) {
      path.addPolygon(loop);
      path.closeSubpath();
    }
  };
  if (exponent <= kFinest)
    add(outlines.exact);
  else
    add(simplified(outlines.exact, std::exp2(exponent)));
  return path;
}

// The newest is first.
PictureCache::Levels* PictureCache::findLevels(const std::shared_ptr<const RgbImage>& image) {
  const auto found = std::find_if(m_levels.begin(), m_levels.end(), [&](const Levels& l) { return l.image == image; });
  if (found == m_levels.end()) return nullptr;
  std::rotate(m_levels.begin(), found, found + 1);
  return &m_levels.front();
}

PictureCache::Outlines* PictureCache::findOutlines(const std::shared_ptr<const Grid<std::uint8_t>>& map,
                                                   std::uint8_t value) {
  const auto found = std::find_if(m_outlines.begin(), m_outlines.end(),
                                  [&](const Outlines& o) { return o.map == map && o.value == value; });
  if (found == m_outlines.end()) return nullptr;
  std::rotate(m_outlines.begin(), found, found + 1);
  return &m_outlines.front();
}

PictureCache::Levels& PictureCache::keep(Levels levels) {
  if (m_levels.size() >= kKeptImages) m_levels.pop_back();
  return *m_levels.insert(m_levels.begin(), std::move(levels));
}

PictureCache::Outlines& PictureCache::keep(Outlines outlines) {
  if (m_outlines.size() >= kKeptOutlines) m_outlines.pop_back();
  return *m_outlines.insert(m_outlines.begin(), std::move(outlines));
}

QImage PictureCache::level(const std::shared_ptr<const RgbImage>& image, bool grey, int n) {
  const std::scoped_lock lock(m_mutex);
  Levels* known = findLevels(image);
  Levels& held = known != nullptr ? *known : keep({image, {}, {}});
  std::vector<QImage>& levels = grey ? held.grey : held.colour;
  extend(levels, *image, grey, n);
  return levels[static_cast<std::size_t>(n)];
}

QPainterPath PictureCache::outline(const std::shared_ptr<const Grid<std::uint8_t>>& map, std::uint8_t value,
                                   double tolerance) {
  const std::scoped_lock lock(m_mutex);
  Outlines* known = findOutlines(map, value);
  Outlines& held = known != nullptr ? *known : keep({map, value, outlines(*map, value), {}});
  const int exponent = std::max(kFinest, static_cast<int>(std::floor(std::log2(std::max(tolerance, 1e-3)))));
  const auto found = held.thinned.find(exponent);
  if (found != held.thinned.end()) return found->second;
  return held.thinned.emplace(exponent, thinned(held, exponent)).first->second;
}

void PictureCache::prepare(const std::shared_ptr<const RgbImage>& image,
                           const std::shared_ptr<const Grid<std::uint8_t>>& label) {
  bool wantsLevels = false, wantsOutlines = false;
  {
    const std::scoped_lock lock(m_mutex);
    wantsLevels = image && !image->empty() && findLevels(image) == nullptr;
    wantsOutlines = label && !label->empty() && findOutlines(label, kAnomaly) == nullptr;
  }
  if (wantsLevels) {
    Levels levels{image, {}, {}};
    extend(levels.colour, *image, false, kPreparedLevels);
    extend(levels.grey, *image, true, kPreparedLevels);
    const std::scoped_lock lock(m_mutex);
    if (findLevels(image) == nullptr) keep(std::move(levels));
  }
  if (wantsOutlines) {
    Outlines derived{label, kAnomaly, outlines(*label, kAnomaly), {}};
    for (int exponent = kFirstPrepared; exponent <= kLastPrepared; ++exponent)
      derived.thinned.emplace(exponent, thinned(derived, exponent));
    const std::scoped_lock lock(m_mutex);
    if (findOutlines(label, kAnomaly) == nullptr) keep(std::move(derived));
  }
}

}  // namespace oodscope
