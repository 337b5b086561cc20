// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/region_facts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace oodscope {
namespace {

/// The map's pixel under the centre of a picture's pixel.
int sourceOf(int target, int targetLength, int sourceLength) {
  const double at = (static_cast<double>(target) + 0.5) * static_cast<double>(sourceLength) / targetLength;
  return std::clamp(static_cast<int>(std::floor(at)), 0, sourceLength - 1);
}

/// Picture pixels [begin, end) whose centres lie in map pixels [from, to); where there are none, the one that the
/// middle of the map's pixels falls on.
std::pair<int, int> spanOn(int from, int to, int mapLength, int pictureLength) {
  const double scale = static_cast<double>(pictureLength) / mapLength;
  const int begin = std::max(0, static_cast<int>(std::ceil(from * scale - 0.5)));
  const int end = std::min(pictureLength, static_cast<int>(std::ceil(to * scale - 0.5)));
  if (begin < end) return {begin, end};
  const int middle = std::clamp(static_cast<int>(0.5 * (from + to) * scale), 0, pictureLength - 1);
  return {middle, middle + 1};
}

void requireInside(const FailureRegion& region, Size size) {
  require(region.box.x >= 0 && region.box.y >= 0 && region.box.x + region.box.width <= size.width &&
              region.box.y + region.box.height <= size.height,
          "region facts: the region leaves the map");
}

}  // namespace

Box placeOnPicture(const Box& box, Size map, Size picture) {
  require(map.area() > 0 && picture.area() > 0, "placeOnPicture: an empty size");
  const auto [left, right] = spanOn(box.x, box.x + box.width, map.width, picture.width);
  const auto [top, bottom] = spanOn(box.y, box.y + box.height, map.height, picture.height);
  return {left, top, right - left, bottom - top};
}

PlacedRegion placeOnPicture(const FailureRegion& region, Size map, Size picture) {
  requireInside(region, map);
  PlacedRegion placed;
  placed.box = placeOnPicture(region.box, map, picture);
  placed.mask = Grid<std::uint8_t>({placed.box.width, placed.box.height});
  // Rows of the region as masks of its box's width, looked up for each of the picture's rows.
  Grid<std::uint8_t> own({region.box.width, region.box.height});
  for (const Run& run : region.runs) {
    const auto row = own.row(run.y - region.box.y);
    std::fill(row.begin() + (run.begin - region.box.x), row.begin() + (run.end - region.box.x), std::uint8_t{1});
  }
  bool any = false;
  for (int y = 0; y < placed.box.height; ++y) {
    const int fromY =
        std::clamp(sourceOf(placed.box.y + y, picture.height, map.height) - region.box.y, 0, region.box.height - 1);
    const auto to = placed.mask.row(y);
    for (int x = 0; x < placed.box.width; ++x) {
      const int fromX =
          std::clamp(sourceOf(placed.box.x + x, picture.width, map.width) - region.box.x, 0, region.box.width - 1);
      const std::uint8_t value = own.at(fromX, fromY);
      to[static_cast<std::size_t>(x)] = value;
      any = any || value != 0;
    }
  }
  if (!any) std::fill(placed.mask.values().begin(), placed.mask.values().end(), std::uint8_t{1});
  return placed;
}

std::vector<ClassPixels> classesOf(const FailureRegion& region, const ClassMap& predicted) {
  requireInside(region, predicted.size());
  std::array<std::uint64_t, 256> pixels{};
  for (const Run& run : region.runs)
    for (const std::uint8_t c :
         predicted.row(run.y).subspan(static_cast<std::size_t>(run.begin), static_cast<std::size_t>(run.length())))
      ++pixels[c];
  std::vector<ClassPixels> out;
  for (std::size_t c = 0; c < pixels.size(); ++c)
    if (pixels[c] > 0) out.push_back({static_cast<std::uint8_t>(c), pixels[c]});
  std::stable_sort(out.begin(), out.end(),
                   [](const ClassPixels& a, const ClassPixels& b) { return a.pixels > b.pixels; });
  return out;
}

bool touchesTruth(const FailureRegion& region, const LabelMap& labels) {
  requireInside(region, labels.size());
  for (const Run& run : region.runs) {
    const int left = std::max(0, run.begin - 1), right = std::min(labels.width(), run.end + 1);
    for (int y = std::max(0, run.y - 1); y <= std::min(labels.height() - 1, run.y + 1); ++y) {
      const auto row = labels.row(y).subspan(static_cast<std::size_t>(left), static_cast<std::size_t>(right - left));
      if (std::find(row.begin(), row.end(), kAnomaly) != row.end()) return true;
    }
  }
  return false;
}

float goneAt(const FailureRegion& region) {
  return std::nextafter(static_cast<float>(region.peakScore), std::numeric_limits<float>::infinity());
}

bool holds(const FailureRegion& region, PixelPosition pixel) {
  return std::any_of(region.runs.begin(), region.runs.end(),
                     [&](const Run& run) { return run.y == pixel.y && run.begin <= pixel.x && pixel.x < run.end; });
}

double boxOverlap(const Box& a, const Box& b) {
  const auto area = [](const Box& box) { return static_cast<double>(box.width) * box.height; };
  const int width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const int height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  const double shared = width > 0 && height > 0 ? static_cast<double>(width) * height : 0.0;
  const double all = area(a) + area(b) - shared;
  return all > 0.0 ? shared / all : 0.0;
}

}  // namespace oodscope
