// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/components.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace oodscope {
namespace {

constexpr std::uint64_t kAllOnes = 0x0101010101010101ULL;  // eight mask bytes that are 1

/// First column >= x whose mask is not `value`, or width. Eight bytes a step: masks are mostly long equal stretches.
int endOfStretch(const std::uint8_t* mask, int x, int width, std::uint8_t value) {
  const std::uint64_t same = value == 0 ? 0 : kAllOnes;
  while (x + 8 <= width) {
    std::uint64_t word = 0;
    std::memcpy(&word, mask + x, sizeof word);
    if (word != same) {
      if constexpr (std::endian::native == std::endian::little) return x + std::countr_zero(word ^ same) / 8;
      break;
    }
    x += 8;
  }
  while (x < width && mask[x] == value) ++x;
  return x;
}

}  // namespace

std::span<const Run> Components::rowRuns(int y) const {
  const std::size_t row = static_cast<std::size_t>(y);
  return std::span(runs).subspan(firstRun[row], firstRun[row + 1] - firstRun[row]);
}

ComponentBuilder::ComponentBuilder(Size size) {
  require(size.width >= 0 && size.height >= 0, "ComponentBuilder: negative size");
  m_found.size = size;
  m_found.firstRun.reserve(static_cast<std::size_t>(size.height) + 1);
  m_found.firstRun.push_back(0);
}

std::uint32_t ComponentBuilder::root(std::uint32_t run) {
  while (m_parent[run] != run) {
    m_parent[run] = m_parent[m_parent[run]];
    run = m_parent[run];
  }
  return run;
}

void ComponentBuilder::addRow(const std::uint8_t* mask) {
  require(m_row < m_found.size.height, "ComponentBuilder: more rows than the size has");
  const int width = m_found.size.width;
  int x = endOfStretch(mask, 0, width, 0);
  while (x < width) {
    const int end = endOfStretch(mask, x, width, 1);
    m_parent.push_back(static_cast<std::uint32_t>(m_found.runs.size()));
    m_found.runs.push_back({m_row, x, end});
    x = endOfStretch(mask, end, width, 0);
  }
  m_found.firstRun.push_back(static_cast<std::uint32_t>(m_found.runs.size()));
  ++m_row;
  if (m_row >= 2) joinWithRowAbove();
}

void ComponentBuilder::joinWithRowAbove() {
  const std::size_t row = static_cast<std::size_t>(m_row);
  std::uint32_t above = m_found.firstRun[row - 2];
  std::uint32_t here = m_found.firstRun[row - 1];
  const std::uint32_t aboveEnd = here;
  const std::uint32_t hereEnd = m_found.firstRun[row];
  while (above < aboveEnd && here < hereEnd) {
    const Run& a = m_found.runs[above];
    const Run& b = m_found.runs[here];
    if (a.begin <= b.end && b.begin <= a.end) {  // half-open ends: equality is a shared corner
      const std::uint32_t ra = root(above);
      const std::uint32_t rb = root(here);
      m_parent[std::max(ra, rb)] = std::min(ra, rb);  // the first run stays root: components number by first pixel
    }
    if (a.end < b.end)
      ++above;
    else
      ++here;
  }
}

Components ComponentBuilder::finish() {
  require(m_row == m_found.size.height, "ComponentBuilder: fewer rows than the size has");
  m_found.component.resize(m_found.runs.size());
  for (std::uint32_t i = 0; i < m_found.runs.size(); ++i) {
    const std::uint32_t first = root(i);
    if (first == i) {
      m_found.component[i] = static_cast<std::uint32_t>(m_found.areas.size());
      m_found.areas.push_back(0);
    } else {
      m_found.component[i] = m_found.component[first];
    }
    m_found.areas[m_found.component[i]] += static_cast<std::uint32_t>(m_found.runs[i].length());
  }
  return std::move(m_found);
}

Components labelComponents(std::span<const std::uint8_t> mask, Size size) {
  require(mask.size() == size.area(), "labelComponents: the mask does not fill the size");
  ComponentBuilder builder(size);
  const std::size_t width = static_cast<std::size_t>(size.width);
  std::vector<std::uint8_t> row(width);
  for (std::size_t y = 0; y < static_cast<std::size_t>(size.height); ++y) {
    const std::uint8_t* in = mask.data() + y * width;
    for (std::size_t x = 0; x < width; ++x) row[x] = in[x] != 0 ? 1 : 0;
    builder.addRow(row.data());
  }
  return builder.finish();
}

Grid<std::uint32_t> labelImage(const Components& components) {
  Grid<std::uint32_t> image(components.size);
  for (std::size_t i = 0; i < components.runs.size(); ++i) {
    const Run& run = components.runs[i];
    const auto row = image.row(run.y);
    std::fill(row.begin() + run.begin, row.begin() + run.end, components.component[i] + 1);
  }
  return image;
}

}  // namespace oodscope
