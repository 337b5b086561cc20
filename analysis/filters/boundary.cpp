// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/filters/filter.h"

#include <algorithm>
#include <array>

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>

namespace oodscope::filters {
namespace {

constexpr std::uint8_t kWidest = 3;  // L1 distance from a boundary within which the first step replaces
constexpr int kRowsOfATask = 16;

/// The row `y` of a map with its ends repeated once; rows beyond the map repeat its first and last.
void padRow(const std::vector<std::uint8_t>& map, Size size, int y, std::vector<std::uint8_t>& out) {
  const auto width = static_cast<std::size_t>(size.width);
  const std::uint8_t* row = map.data() + static_cast<std::size_t>(std::clamp(y, 0, size.height - 1)) * width;
  out.resize(width + 2);
  out.front() = row[0];
  std::copy_n(row, width, out.begin() + 1);
  out.back() = row[width - 1];
}

/// Calls visit(y, rows) for every row with the three padded rows around it, rows in parallel.
template <class Visit>
void forEachRow(const std::vector<std::uint8_t>& map, Size size, const Visit& visit) {
  tbb::parallel_for(tbb::blocked_range<int>(0, size.height, kRowsOfATask), [&](const tbb::blocked_range<int>& range) {
    std::array<std::vector<std::uint8_t>, 3> rows;
    for (int y = range.begin(); y < range.end(); ++y) {
      for (int i = 0; i < 3; ++i) padRow(map, size, y + i - 1, rows[static_cast<std::size_t>(i)]);
      visit(y, rows);
    }
  });
}

/// 0 on a boundary of the classes, kWidest + 1 elsewhere. A boundary is where the largest class among the four
/// neighbours and the pixel is not the smallest among all eight and the pixel; what is beyond the map has no class.
std::vector<std::uint8_t> boundariesOf(const std::vector<std::uint8_t>& classes, Size size) {
  std::vector<std::uint8_t> out(classes.size());
  const auto width = static_cast<std::size_t>(size.width);
  forEachRow(classes, size, [&](int y, const std::array<std::vector<std::uint8_t>, 3>& rows) {
    const std::uint8_t *above = rows[0].data(), *here = rows[1].data(), *below = rows[2].data();
    std::uint8_t* to = out.data() + static_cast<std::size_t>(y) * width;
    for (std::size_t x = 0; x < width; ++x) {
      const std::uint8_t largest =
          std::max(std::max(std::max(here[x], here[x + 2]), std::max(above[x + 1], below[x + 1])), here[x + 1]);
      const std::uint8_t first = std::min(std::min(above[x], above[x + 1]), above[x + 2]);
      const std::uint8_t second = std::min(std::min(here[x], here[x + 1]), here[x + 2]);
      const std::uint8_t third = std::min(std::min(below[x], below[x + 1]), below[x + 2]);
      const std::uint8_t smallest = std::min(std::min(first, second), third);
      to[x] = static_cast<std::uint8_t>(largest != smallest ? 0 : kWidest + 1);
    }
  });
  return out;
}

/// One step of the L1 distance: what is nearer to a neighbour than it was known to be.
std::vector<std::uint8_t> relaxed(const std::vector<std::uint8_t>& distance, Size size) {
  std::vector<std::uint8_t> out(distance.size());
  const auto width = static_cast<std::size_t>(size.width);
  forEachRow(distance, size, [&](int y, const std::array<std::vector<std::uint8_t>, 3>& rows) {
    const std::uint8_t *above = rows[0].data() + 1, *here = rows[1].data(), *below = rows[2].data() + 1;
    std::uint8_t* to = out.data() + static_cast<std::size_t>(y) * width;
    for (std::size_t x = 0; x < width; ++x) {
      const std::uint8_t nearest = std::min(std::min(here[x], here[x + 2]), std::min(above[x], below[x]));
      to[x] = std::min(here[x + 1], static_cast<std::uint8_t>(nearest + 1));
    }
  });
  return out;
}

/// The mean of the eight neighbours that lie further than `radius` from a boundary, the map's border repeated; the
/// pixel's own score where there are none.
float meanBeside(const ScoreMap& scores, const std::vector<std::uint8_t>& distance, std::uint8_t radius, int x, int y) {
  const int width = scores.width(), height = scores.height();
  float sum = 0;
  int count = 0;
  for (int dy = -1; dy <= 1; ++dy) {
    const std::size_t row =
        static_cast<std::size_t>(std::clamp(y + dy, 0, height - 1)) * static_cast<std::size_t>(width);
    for (int dx = -1; dx <= 1; ++dx) {
      const std::size_t at = row + static_cast<std::size_t>(std::clamp(x + dx, 0, width - 1));
      if (distance[at] <= radius) continue;
      sum += scores.values()[at];
      ++count;
    }
  }
  return count == 0 ? scores.at(x, y) : sum / static_cast<float>(count);
}

/// Replaces the scores within `radius` of a boundary. What is written is not read: rows need no order.
void suppress(ScoreMap& scores, const std::vector<std::uint8_t>& distance, std::uint8_t radius) {
  const auto width = static_cast<std::size_t>(scores.width());
  tbb::parallel_for(tbb::blocked_range<int>(0, scores.height(), kRowsOfATask),
                    [&](const tbb::blocked_range<int>& range) {
                      for (int y = range.begin(); y < range.end(); ++y) {
                        const std::uint8_t* near = distance.data() + static_cast<std::size_t>(y) * width;
                        for (int x = 0; x < scores.width(); ++x)
                          if (near[x] <= radius) scores.at(x, y) = meanBeside(scores, distance, radius, x, y);
                      }
                    });
}

template <class T>
std::vector<T> valuesWithin(std::span<const T> values, const Window& known, const Window& inner) {
  std::vector<T> out(inner.size().area());
  for (int y = 0; y < inner.height; ++y)
    std::copy_n(values.data() +
                    static_cast<std::size_t>(inner.y + y - known.y) * static_cast<std::size_t>(known.width) +
                    static_cast<std::size_t>(inner.x - known.x),
                inner.width, out.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(inner.width));
  return out;
}

}  // namespace

void suppressBoundaries(const MapPart& in, const Window& wanted, std::span<float> out) {
  if (wanted.size().area() == 0) return;
  // Within the window the outermost pixels are wrong where the map goes on; each step carries that one pixel inwards,
  // eight in all: one for the boundaries, three for their distance, four for the replacements.
  const Window work = grownWindow(wanted, kBoundaryHalo, in.whole);
  const Size size = work.size();
  std::vector<std::uint8_t> distance = boundariesOf(valuesWithin(in.classes, in.window, work), size);
  for (int step = 0; step < kWidest; ++step) distance = relaxed(distance, size);
  ScoreMap scores(size, valuesWithin(in.scores, in.window, work));
  for (int radius = kWidest; radius >= 0; --radius) suppress(scores, distance, static_cast<std::uint8_t>(radius));
  for (int y = 0; y < wanted.height; ++y)
    std::copy_n(scores.row(wanted.y + y - work.y).data() + (wanted.x - work.x), wanted.width,
                out.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(wanted.width));
}

}  // namespace oodscope::filters
