// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <QImage>
#include <QPainterPath>

#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace oodscope {

/// What is derived once from a frame's values and used by every view of it: halved levels of the image in colour and
/// grey, and the outlines of masks, thinned for the zoom. Keeps the last few of each. Any thread may ask.
class PictureCache {
public:
  /// Level n is `image` halved n times (RGB32); level 0 is the image itself. `grey`: dimmed luminance, so that colours
  /// laid over it stand out.
  QImage level(const std::shared_ptr<const RgbImage>& image, bool grey, int n);

  /// Outlines of the pixels of `map` equal to `value`, thinned to within `tolerance` map pixels rounded down to a power
  /// of two.
  QPainterPath outline(const std::shared_ptr<const Grid<std::uint8_t>>& map, std::uint8_t value, double tolerance);

  /// Derives, in the caller's thread, what the views of a frame will ask for first, so that showing it is drawing
  /// alone: for a worker, before the frame is handed to the views. `label` may be null.
  void prepare(const std::shared_ptr<const RgbImage>& image, const std::shared_ptr<const Grid<std::uint8_t>>& label);

private:
  struct Levels {
    std::shared_ptr<const RgbImage> image;
    std::vector<QImage> colour, grey;
  };
  struct Outlines {
    std::shared_ptr<const Grid<std::uint8_t>> map;
    std::uint8_t value = 0;
    std::vector<QPolygonF> exact;
    std::map<int, QPainterPath> thinned;  // by exponent of the tolerance
  };
  [[nodiscard]] Levels* findLevels(const std::shared_ptr<const RgbImage>& image);
  [[nodiscard]] Outlines* findOutlines(const std::shared_ptr<const Grid<std::uint8_t>>& map, std::uint8_t value);
  Levels& keep(Levels levels);
  Outlines& keep(Outlines outlines);
  static void extend(std::vector<QImage>& levels, const RgbImage& image, bool grey, int n);
  static QPainterPath thinned(const Outlines& outlines, int exponent);

  std::mutex m_mutex;  ///< of what follows; not held while a worker derives
  std::vector<Levels> m_levels;
  std::vector<Outlines> m_outlines;
};

}  // namespace oodscope
