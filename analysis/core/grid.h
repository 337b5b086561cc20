// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/error.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace oodscope {

/// Width and height in pixels.
struct Size {
  int width = 0;
  int height = 0;
  [[nodiscard]] std::size_t area() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(height); }
  friend bool operator==(const Size&, const Size&) = default;
};

/// A dense row-major image of one value per pixel that owns its memory. Moves are cheap.
template <class T>
class Grid {
public:
  Grid() = default;
  explicit Grid(Size size, T fill = T{}) : m_size(size), m_values(size.area(), fill) {}
  Grid(Size size, std::vector<T> values) : m_size(size), m_values(std::move(values)) {
    require(m_values.size() == m_size.area(), "Grid: values do not fill the size");
  }

  [[nodiscard]] Size size() const { return m_size; }
  [[nodiscard]] int width() const { return m_size.width; }
  [[nodiscard]] int height() const { return m_size.height; }
  [[nodiscard]] bool empty() const { return m_values.empty(); }

  [[nodiscard]] T& at(int x, int y) { return m_values[index(x, y)]; }
  [[nodiscard]] const T& at(int x, int y) const { return m_values[index(x, y)]; }
  [[nodiscard]] std::span<T> values() { return m_values; }
  [[nodiscard]] std::span<const T> values() const { return m_values; }
  [[nodiscard]] std::span<const T> row(int y) const {
    return std::span<const T>(m_values).subspan(index(0, y), static_cast<std::size_t>(m_size.width));
  }
  [[nodiscard]] std::span<T> row(int y) {
    return std::span<T>(m_values).subspan(index(0, y), static_cast<std::size_t>(m_size.width));
  }
  friend bool operator==(const Grid&, const Grid&) = default;

private:
  [[nodiscard]] std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(m_size.width) + static_cast<std::size_t>(x);
  }
  Size m_size;
  std::vector<T> m_values;
};

/// Three 8-bit channels in the order red, green, blue.
struct Rgb {
  std::uint8_t r = 0, g = 0, b = 0;
  friend bool operator==(const Rgb&, const Rgb&) = default;
};
static_assert(sizeof(Rgb) == 3);

using RgbImage = Grid<Rgb>;

/// Ground truth per pixel: kNormal, kAnomaly or kVoid, whatever the file encoded.
using LabelMap = Grid<std::uint8_t>;
inline constexpr std::uint8_t kNormal = 0;
inline constexpr std::uint8_t kAnomaly = 1;
inline constexpr std::uint8_t kVoid = 255;

/// Anomaly score per pixel: float, any range, higher is more anomalous.
using ScoreMap = Grid<float>;

/// Class index per pixel; 255 is void (Cityscapes train ids).
using ClassMap = Grid<std::uint8_t>;

}  // namespace oodscope
