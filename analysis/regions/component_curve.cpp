// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/component_curve.h"

#include "analysis/regions/components.h"
#include "analysis/regions/decision.h"
#include "analysis/regions/threshold_levels.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>

#include <tbb/blocked_range.h>
#include <tbb/parallel_reduce.h>

namespace oodscope {
namespace {

constexpr std::uint32_t kNone = 0xFFFFFFFFU;
constexpr std::size_t kMaxThresholds = 65534;

/// Thresholds ascending, with the places they were given in.
struct Order {
  std::vector<std::size_t> given;  // place of the i-th lowest
  ThresholdLevels levels;
};

Order ordered(std::span<const double> thresholds) {
  require(thresholds.size() <= kMaxThresholds, "componentTallies: too many thresholds");
  require(std::none_of(thresholds.begin(), thresholds.end(), [](double t) { return std::isnan(t); }),
          "componentTallies: a threshold is NaN");
  std::vector<std::size_t> given(thresholds.size());
  std::iota(given.begin(), given.end(), std::size_t{0});
  std::sort(given.begin(), given.end(), [&](std::size_t a, std::size_t b) { return thresholds[a] < thresholds[b]; });
  std::vector<float> ascending;
  ascending.reserve(given.size());
  for (const std::size_t i : given) ascending.push_back(floatAtMost(thresholds[i]));
  return {std::move(given), ThresholdLevels(std::move(ascending))};
}

/// Pixels by falling level, row-major within a level. A pixel of level n is predicted at the n lowest thresholds.
struct SortedPixels {
  std::vector<std::uint32_t> pixels;
  std::vector<std::size_t> firstOfLevel;  // levels from 0; one more than there are levels
};

SortedPixels sortedPixels(const ScoredImage& frame, const ThresholdLevels& levels) {
  const std::size_t count = frame.size.area();
  std::vector<std::uint16_t> level(count);
  SortedPixels out;
  out.firstOfLevel.assign(levels.thresholds().size() + 2, 0);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t n = frame.labels[i] <= kAnomaly ? levels.below(frame.scores[i]) : 0;
    level[i] = static_cast<std::uint16_t>(n);
    ++out.firstOfLevel[n + 1];
  }
  out.firstOfLevel[1] = 0;  // level 0 is never predicted
  std::partial_sum(out.firstOfLevel.begin(), out.firstOfLevel.end(), out.firstOfLevel.begin());
  std::vector<std::size_t> next = out.firstOfLevel;
  out.pixels.resize(out.firstOfLevel.back());
  for (std::size_t i = 0; i < count; ++i)
    if (level[i] != 0) out.pixels[next[level[i]]++] = static_cast<std::uint32_t>(i);
  return out;
}

/// Truth component of each anomaly pixel: an index among those that count, or kNone for one under the minimum.
struct Truth {
  std::vector<std::uint32_t> areas;   // of those that count
  std::vector<std::uint32_t> pixels;  // whole frame; only anomaly pixels mean something
};

Truth truthOf(const ScoredImage& frame, std::uint32_t minArea) {
  std::vector<std::uint8_t> mask(frame.labels.size());
  std::transform(frame.labels.begin(), frame.labels.end(), mask.begin(),
                 [](std::uint8_t label) { return static_cast<std::uint8_t>(label == kAnomaly ? 1 : 0); });
  const Components components = labelComponents(mask, frame.size);
  Truth truth;
  std::vector<std::uint32_t> index(components.count(), kNone);
  for (std::size_t c = 0; c < components.count(); ++c) {
    if (components.areas[c] < minArea) continue;
    index[c] = static_cast<std::uint32_t>(truth.areas.size());
    truth.areas.push_back(components.areas[c]);
  }
  truth.pixels.resize(frame.labels.size());
  for (std::size_t i = 0; i < components.runs.size(); ++i) {
    const Run& run = components.runs[i];
    const std::size_t row = static_cast<std::size_t>(run.y) * static_cast<std::size_t>(frame.size.width);
    std::fill(truth.pixels.begin() + static_cast<std::ptrdiff_t>(row) + run.begin,
              truth.pixels.begin() + static_cast<std::ptrdiff_t>(row) + run.end, index[components.component[i]]);
  }
  return truth;
}

/// Columns and rows of the eight neighbours, in the order of their bits.
constexpr std::array<std::array<int, 2>, 8> kNeighbours{
    {{-1, -1}, {0, -1}, {1, -1}, {-1, 0}, {1, 0}, {-1, 1}, {0, 1}, {1, 1}}};

/// For each set of present neighbours: the first of each group of them that touch one another.
constexpr std::array<std::uint8_t, 256> kGroupFirsts = [] {
  std::array<unsigned, 8> touching{};  // of each neighbour: which others
  for (unsigned a = 0; a < 8; ++a)
    for (unsigned b = 0; b < 8; ++b) {
      const int dx = kNeighbours[a][0] - kNeighbours[b][0];
      const int dy = kNeighbours[a][1] - kNeighbours[b][1];
      if (dx >= -1 && dx <= 1 && dy >= -1 && dy <= 1) touching[a] |= 1U << b;
    }
  std::array<std::uint8_t, 256> firsts{};
  for (unsigned present = 0; present < 256; ++present)
    for (unsigned left = present; left != 0;) {
      unsigned group = left & (~left + 1U);
      firsts[present] = static_cast<std::uint8_t>(firsts[present] | group);
      for (unsigned before = 0; before != group;) {
        before = group;
        for (unsigned a = 0; a < 8; ++a)
          if ((group >> a & 1U) != 0) group |= touching[a] & left;
      }
      left &= ~group;
    }
  return firsts;
}();

/// Predicted components that only ever grow and merge. A component keeps its area, what small truth components take
/// from it, and a list of the truth components it covers with the pixels shared.
class GrowingComponents {
public:
  GrowingComponents(const ScoredImage& frame, const Truth& truth, std::uint32_t minArea)
      : m_frame(frame),
        m_truth(truth),
        m_minArea(std::max(minArea, 1U)),
        m_width(static_cast<std::size_t>(frame.size.width)),
        m_stride(m_width + 2),
        m_ids(m_stride * (static_cast<std::size_t>(frame.size.height) + 2), 0),
        m_shared(truth.areas.size()),
        m_beside(truth.areas.size()) {
    for (std::size_t n = 0; n < kNeighbours.size(); ++n)
      m_offsets[n] = kNeighbours[n][1] * static_cast<std::ptrdiff_t>(m_stride) + kNeighbours[n][0];
    m_nodes.push_back({});  // id 0 means "not predicted"
  }

  void add(std::uint32_t pixel) {
    const std::size_t y = pixel / m_width;
    const std::size_t x = pixel - y * m_width;
    std::uint32_t* here = m_ids.data() + (y + 1) * m_stride + x + 1;
    // Branches on single neighbours would be guessed wrong half of the time: collect all eight, then visit one of each
    // group that is joined already.
    unsigned present = 0;
    for (unsigned n = 0; n < 8; ++n) present |= static_cast<unsigned>(here[m_offsets[n]] != 0) << n;
    std::uint32_t root = 0;
    for (unsigned left = kGroupFirsts[present]; left != 0; left &= left - 1) {
      const std::uint32_t other = find(here[m_offsets[static_cast<unsigned>(std::countr_zero(left))]]);
      root = root == 0 || root == other ? other : join(root, other);
    }
    if (root == 0) {
      root = static_cast<std::uint32_t>(m_nodes.size());
      m_nodes.push_back({.parent = root});
    }
    *here = root;
    Node& node = m_nodes[root];
    ++node.area;
    if (m_frame.labels[pixel] == kAnomaly) addTruthPixel(node, m_truth.pixels[pixel]);
    if (node.area == m_minArea) m_large.push_back(root);
  }

  [[nodiscard]] ComponentTally tally() {
    ComponentTally out;
    std::fill(m_shared.begin(), m_shared.end(), 0);
    std::fill(m_beside.begin(), m_beside.end(), 0);
    std::erase_if(m_large, [&](std::uint32_t id) { return m_nodes[id].parent != id; });
    for (const std::uint32_t id : m_large) {
      const Node& node = m_nodes[id];
      const std::uint32_t area = node.area - node.lost;
      if (area == 0) continue;
      out.addPredicted(static_cast<double>(node.onTruth) / static_cast<double>(area));
      for (std::uint32_t e = node.covered; e != kNone; e = m_covers[e].next) {
        m_shared[m_covers[e].truth] += m_covers[e].pixels;
        m_beside[m_covers[e].truth] += area - node.onTruth;
      }
    }
    for (std::size_t k = 0; k < m_shared.size(); ++k)
      out.addTruth(static_cast<double>(m_shared[k]) / static_cast<double>(m_truth.areas[k] + m_beside[k]));
    return out;
  }

private:
  struct Node {
    std::uint32_t parent = 0;
    std::uint32_t area = 0;
    std::uint32_t lost = 0;         // pixels on truth components under the minimum
    std::uint32_t onTruth = 0;      // pixels on the others
    std::uint32_t covered = kNone;  // first of its covers
  };
  struct Cover {
    std::uint32_t truth = 0, pixels = 0, next = kNone;
  };

  std::uint32_t find(std::uint32_t id) {
    while (m_nodes[id].parent != id) {
      m_nodes[id].parent = m_nodes[m_nodes[id].parent].parent;
      id = m_nodes[id].parent;
    }
    return id;
  }

  std::uint32_t join(std::uint32_t a, std::uint32_t b) {
    if (m_nodes[a].area < m_nodes[b].area) std::swap(a, b);
    Node& winner = m_nodes[a];
    Node& loser = m_nodes[b];
    const bool wasLarge = winner.area >= m_minArea;
    loser.parent = a;
    winner.area += loser.area;
    winner.lost += loser.lost;
    winner.onTruth += loser.onTruth;
    for (std::uint32_t e = loser.covered; e != kNone;) {
      const std::uint32_t next = m_covers[e].next;
      const std::uint32_t same = coverOf(winner, m_covers[e].truth);
      if (same != kNone) {
        m_covers[same].pixels += m_covers[e].pixels;
      } else {
        m_covers[e].next = winner.covered;
        winner.covered = e;
      }
      e = next;
    }
    if (!wasLarge && winner.area >= m_minArea) m_large.push_back(a);
    return a;
  }

  [[nodiscard]] std::uint32_t coverOf(const Node& node, std::uint32_t truth) const {
    std::uint32_t e = node.covered;
    while (e != kNone && m_covers[e].truth != truth) e = m_covers[e].next;
    return e;
  }

  void addTruthPixel(Node& node, std::uint32_t truth) {
    if (truth == kNone) {
      ++node.lost;
      return;
    }
    ++node.onTruth;
    const std::uint32_t e = coverOf(node, truth);
    if (e != kNone) {
      ++m_covers[e].pixels;
    } else {
      m_covers.push_back({truth, 1, node.covered});
      node.covered = static_cast<std::uint32_t>(m_covers.size() - 1);
    }
  }

  const ScoredImage& m_frame;
  const Truth& m_truth;
  std::uint32_t m_minArea;
  std::size_t m_width;
  std::size_t m_stride;
  std::array<std::ptrdiff_t, 8> m_offsets{};  // of the neighbours in m_ids
  std::vector<std::uint32_t> m_ids;           // node of each pixel when it was added, with a border of zeros
  std::vector<Node> m_nodes;
  std::vector<Cover> m_covers;
  std::vector<std::uint32_t> m_large;  // roots of the least size or more, with former roots until the next tally
  std::vector<std::uint64_t> m_shared;
  std::vector<std::uint64_t> m_beside;
};

std::vector<ComponentTally> talliesOf(const ScoredImage& frame, const Order& order, const ComponentTrack& track) {
  require(frame.scores.size() == frame.size.area() && frame.labels.size() == frame.size.area(),
          "componentTallies: scores or labels do not fill the size");
  require(track.minPredicted >= 0 && track.minTruth >= 0, "componentTallies: negative component size");
  const SortedPixels sorted = sortedPixels(frame, order.levels);
  const Truth truth = truthOf(frame, static_cast<std::uint32_t>(track.minTruth));
  GrowingComponents growing(frame, truth, static_cast<std::uint32_t>(track.minPredicted));
  std::vector<ComponentTally> tallies(order.given.size());
  ComponentTally last = growing.tally();
  for (std::size_t level = order.given.size(); level > 0; --level) {
    const std::size_t first = sorted.firstOfLevel[level];
    const std::size_t end = sorted.firstOfLevel[level + 1];
    for (std::size_t i = first; i < end; ++i) growing.add(sorted.pixels[i]);
    if (end > first) last = growing.tally();
    tallies[order.given[level - 1]] = last;
  }
  return tallies;
}

void addAll(std::vector<ComponentTally>& to, const std::vector<ComponentTally>& from) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
}

}  // namespace

std::vector<ComponentTally> componentTallies(const ScoredImage& frame, std::span<const double> thresholds,
                                             const ComponentTrack& track) {
  return talliesOf(frame, ordered(thresholds), track);
}

ComponentCurve& ComponentCurve::operator+=(const ComponentCurve& other) {
  require(thresholds == other.thresholds, "ComponentCurve: the thresholds differ");
  addAll(tallies, other.tallies);
  return *this;
}

std::vector<ComponentMetrics> ComponentCurve::metrics() const {
  std::vector<ComponentMetrics> out;
  out.reserve(tallies.size());
  for (std::size_t i = 0; i < tallies.size(); ++i) out.push_back(summary(tallies[i], thresholds[i]));
  return out;
}

std::optional<std::size_t> ComponentCurve::bestF1Star() const {
  std::optional<std::size_t> best;
  double highest = -1.0;
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    const std::optional<double> f1 = tallies[i].f1Star();
    if (f1 && *f1 > highest) {
      highest = *f1;
      best = i;
    }
  }
  return best;
}

ComponentCurve componentCurve(std::span<const ScoredImage> frames, std::span<const double> thresholds,
                              const ComponentTrack& track) {
  const Order order = ordered(thresholds);
  // Tallies are sums of integers, so however the frames are grouped the result is the same.
  std::vector<ComponentTally> tallies = tbb::parallel_reduce(
      tbb::blocked_range<std::size_t>(0, frames.size(), 1), std::vector<ComponentTally>(thresholds.size()),
      [&](const tbb::blocked_range<std::size_t>& range, std::vector<ComponentTally> sum) {
        for (std::size_t f = range.begin(); f < range.end(); ++f) addAll(sum, talliesOf(frames[f], order, track));
        return sum;
      },
      [](std::vector<ComponentTally> a, const std::vector<ComponentTally>& b) {
        addAll(a, b);
        return a;
      });
  return {std::vector(thresholds.begin(), thresholds.end()), std::move(tallies)};
}

}  // namespace oodscope
