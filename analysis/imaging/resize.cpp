// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/imaging/resize.h"

#include "analysis/imaging/bilinear_taps.h"
#include "analysis/imaging/resize_kernels.h"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace oodscope {
namespace {

using Rows = oneapi::tbb::blocked_range<int>;

void requireSizes(Size source, Size target) {
  require(source.width > 0 && source.height > 0, "resize: the source is empty");
  require(target.width > 0 && target.height > 0, "resize: the target is empty");
}

/// The whole number nearest to `value` where that is 0 or more; halves go up. Pillow's arithmetic, to the last bit.
template <class Float>
int roundHalfUp(Float value) {
  constexpr Float kHalf{0.5};
  return static_cast<int>(value + kHalf);
}

/// A triangle filter for each target position, in fixed point.
struct Filter {
  std::vector<kernels::Window> windows;
  std::vector<std::int32_t> weights;

  Filter(int source, int target) {
    const double scale = static_cast<double>(source) / target;
    const double support = std::max(scale, 1.0);
    std::vector<double> exact;
    for (int i = 0; i < target; ++i) {
      const double centre = (i + 0.5) * scale;
      const int first = std::max(roundHalfUp(centre - support), 0);
      const int end = std::min(roundHalfUp(centre + support), source);
      exact.clear();
      double sum = 0.0;
      for (int k = first; k < end; ++k) {
        // Multiplied by the reciprocal, not divided, as Pillow does: the last bit of a weight depends on it.
        exact.push_back(std::max(1.0 - std::abs((k - centre + 0.5) * (1.0 / support)), 0.0));
        sum += exact.back();
      }
      windows.push_back({first, end - first, weights.size()});
      for (const double weight : exact) weights.push_back(roundHalfUp(weight / sum * (1 << kernels::kWeightBits)));
    }
  }
};

constexpr int kBandRows = 32;  ///< target rows a task takes: the rows that two bands share are few beside them

const std::uint8_t* bytesOf(std::span<const Rgb> row) { return reinterpret_cast<const std::uint8_t*>(row.data()); }
std::uint8_t* bytesOf(std::span<Rgb> row) { return reinterpret_cast<std::uint8_t*>(row.data()); }

/// The source rows that a band of target rows needs, at the target's width.
class WidthResized {
public:
  WidthResized(const RgbImage& image, const Filter& filter, int firstRow, int endRow, int width)
      : m_image(image), m_firstRow(firstRow), m_stride(3 * static_cast<std::size_t>(width) + 1) {
    if (width == image.width()) return;
    m_values.resize(m_stride * static_cast<std::size_t>(endRow - firstRow));
    std::vector<std::uint8_t> padded(3 * static_cast<std::size_t>(image.width()) + 1);
    for (int y = firstRow; y < endRow; ++y) {
      std::memcpy(padded.data(), bytesOf(image.row(y)), padded.size() - 1);
      kernels::resampleRow(padded.data(), filter.windows.data(), filter.weights.data(), static_cast<std::size_t>(width),
                           m_values.data() + at(y));
    }
  }
  [[nodiscard]] const std::uint8_t* row(int y) const {
    return m_values.empty() ? bytesOf(m_image.row(y)) : m_values.data() + at(y);
  }

private:
  [[nodiscard]] std::size_t at(int y) const { return m_stride * static_cast<std::size_t>(y - m_firstRow); }
  const RgbImage& m_image;
  int m_firstRow;
  std::size_t m_stride;
  std::vector<std::uint8_t> m_values;
};

/// Nearest source index of each target index along one axis, stepped as Pillow steps.
std::vector<int> nearestOf(int source, int target) {
  std::vector<int> indices;
  const double step = static_cast<double>(source) / target;
  double at = step * 0.5;
  for (int i = 0; i < target; ++i, at += step) indices.push_back(std::min(static_cast<int>(at), source - 1));
  return indices;
}

float mix(float a, float b, float weight) { return (1.0F - weight) * a + weight * b; }

/// Where a target pixel's value comes from along one axis, in double.
struct DoubleTap {
  int left = 0, right = 0;
  double weight = 0.0;
};

std::vector<DoubleTap> doubleTaps(int source, int target) {
  constexpr double kHalf = 0.5;
  const double step = static_cast<double>(source) / target;
  std::vector<DoubleTap> taps;
  for (int i = 0; i < target; ++i) {
    const double at = std::max((i + kHalf) * step - kHalf, 0.0);
    const int left = std::min(static_cast<int>(at), source - 1);
    taps.push_back({left, std::min(left + 1, source - 1), at - left});
  }
  return taps;
}

double mix(double a, double b, double weight) { return (1.0 - weight) * a + weight * b; }

/// Calls blend(source pixels a, b, c, d, weights x, y) for each target pixel: a b above, c d below.
template <class T, class Blend>
Grid<T> bilinear(const Grid<T>& source, Size target, Blend&& blend) {
  requireSizes(source.size(), target);
  const std::vector<BilinearTap> columns = bilinearTaps(source.width(), target.width);
  const std::vector<BilinearTap> rows = bilinearTaps(source.height(), target.height);
  Grid<T> out(target);
  oneapi::tbb::parallel_for(Rows(0, target.height, kBandRows), [&](const Rows& band) {
    for (int y = band.begin(); y < band.end(); ++y) {
      const BilinearTap& v = rows[static_cast<std::size_t>(y)];
      const T* upper = source.row(v.left).data();
      const T* lower = source.row(v.right).data();
      T* to = out.row(y).data();
      for (const BilinearTap& h : columns)
        *to++ = blend(upper[h.left], upper[h.right], lower[h.left], lower[h.right], h.weight, v.weight);
    }
  });
  return out;
}

}  // namespace

RgbImage resizePilBilinear(const RgbImage& image, Size target) {
  requireSizes(image.size(), target);
  if (image.size() == target) return image;
  const Filter columns(image.width(), target.width);
  const Filter rows(image.height(), target.height);
  RgbImage out(target);
  oneapi::tbb::parallel_for(Rows(0, target.height, kBandRows), [&](const Rows& band) {
    const kernels::Window& top = rows.windows[static_cast<std::size_t>(band.begin())];
    const kernels::Window& bottom = rows.windows[static_cast<std::size_t>(band.end() - 1)];
    const bool sameHeight = image.height() == target.height;  // then PIL leaves the vertical pass out
    const WidthResized resized(image, columns, sameHeight ? band.begin() : top.first,
                               sameHeight ? band.end() : bottom.first + bottom.count, target.width);
    std::vector<const std::uint8_t*> sources;
    for (int y = band.begin(); y < band.end(); ++y) {
      const std::span<Rgb> to = out.row(y);
      if (sameHeight) {
        std::memcpy(bytesOf(to), resized.row(y), to.size_bytes());
        continue;
      }
      const kernels::Window& window = rows.windows[static_cast<std::size_t>(y)];
      sources.clear();
      for (int k = 0; k < window.count; ++k) sources.push_back(resized.row(window.first + k));
      kernels::combineRows(sources.data(), rows.weights.data() + window.weights, window.count, to.size_bytes(),
                           bytesOf(to));
    }
  });
  return out;
}

Grid<std::uint8_t> resizePilNearest(const Grid<std::uint8_t>& values, Size target) {
  requireSizes(values.size(), target);
  const std::vector<int> columns = nearestOf(values.width(), target.width);
  const std::vector<int> rows = nearestOf(values.height(), target.height);
  Grid<std::uint8_t> out(target);
  oneapi::tbb::parallel_for(Rows(0, target.height, kBandRows), [&](const Rows& band) {
    for (int y = band.begin(); y < band.end(); ++y) {
      const std::uint8_t* from = values.row(rows[static_cast<std::size_t>(y)]).data();
      std::uint8_t* to = out.row(y).data();
      for (const int column : columns) *to++ = from[column];
    }
  });
  return out;
}

RgbImage resizeBilinear(const RgbImage& image, Size target) {
  return bilinear(image, target, [](Rgb a, Rgb b, Rgb c, Rgb d, float x, float y) {
    const auto channel = [&](std::uint8_t Rgb::*value) {
      const float upper = mix(static_cast<float>(a.*value), static_cast<float>(b.*value), x);
      const float lower = mix(static_cast<float>(c.*value), static_cast<float>(d.*value), x);
      return static_cast<std::uint8_t>(roundHalfUp(mix(upper, lower, y)));
    };
    return Rgb{channel(&Rgb::r), channel(&Rgb::g), channel(&Rgb::b)};
  });
}

ScoreMap resizeBilinear(const ScoreMap& scores, Size target) {
  return bilinear(scores, target, [](float a, float b, float c, float d, float x, float y) {
    return mix(mix(a, b, x), mix(c, d, x), y);
  });
}

Grid<double> resizeBilinear(const Grid<double>& scores, Size target) {
  requireSizes(scores.size(), target);
  const auto columns = doubleTaps(scores.width(), target.width), rows = doubleTaps(scores.height(), target.height);
  Grid<double> out(target);
  oneapi::tbb::parallel_for(Rows(0, target.height, kBandRows), [&](const Rows& band) {
    for (int y = band.begin(); y < band.end(); ++y) {
      const DoubleTap& v = rows[static_cast<std::size_t>(y)];
      for (int x = 0; x < target.width; ++x) {
        const DoubleTap& h = columns[static_cast<std::size_t>(x)];
        const double upper = mix(scores.at(h.left, v.left), scores.at(h.right, v.left), h.weight);
        const double lower = mix(scores.at(h.left, v.right), scores.at(h.right, v.right), h.weight);
        out.at(x, y) = mix(upper, lower, v.weight);
      }
    }
  });
  return out;
}

}  // namespace oodscope
