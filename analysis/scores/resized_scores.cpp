// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_function.h"

#include "analysis/imaging/bilinear_taps.h"
#include "analysis/scores/gathered_logits.h"
#include "analysis/scores/score_plan.h"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/blocked_range2d.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>

namespace oodscope {
namespace {

constexpr std::size_t kStripWidth = 256;  ///< target pixels: two expanded rows of 20 channels take 40 KB
constexpr int kBandHeight = 64;           ///< target rows a task takes at least: few source rows are expanded twice

/// Kernels run over whole vectors: room for the last one.
std::size_t padded(std::size_t count) {
  return (count + kernels::kMaxGroup - 1) / kernels::kMaxGroup * kernels::kMaxGroup;
}

/// The columns of one strip, relative to the first source column that it needs.
struct StripColumns {
  std::size_t sourceFirst = 0;
  std::size_t sourceCount = 0;
  std::vector<std::int32_t> left, right;
  std::vector<float> weight;

  explicit StripColumns(std::span<const BilinearTap> taps)
      : sourceFirst(static_cast<std::size_t>(taps.front().left)),
        sourceCount(static_cast<std::size_t>(taps.back().right) + 1 - sourceFirst),
        left(padded(taps.size())),
        right(padded(taps.size())),
        weight(padded(taps.size())) {
    for (std::size_t i = 0; i < taps.size(); ++i) {
      left[i] = taps[i].left - taps.front().left;
      right[i] = taps[i].right - taps.front().left;
      weight[i] = taps[i].weight;
    }
  }
};

const float* widened(const float* row, std::size_t, std::vector<float>&) { return row; }
const float* widened(const std::uint16_t* row, std::size_t count, std::vector<float>& buffer) {
  buffer.resize(count);
  kernels::widen(row, count, buffer.data());
  return buffer.data();
}

/// A strip of target columns walked downwards: each source row is expanded to the target's width once, and the two that
/// a target row lies between are kept.
template <class T>
class StripScorer {
public:
  StripScorer(std::span<const T* const> planes, int sourceWidth, std::span<const BilinearTap> columns)
      : m_planes(planes),
        m_sourceWidth(static_cast<std::size_t>(sourceWidth)),
        m_columns(columns),
        m_width(columns.size()),
        m_stride(padded(m_width)),
        m_blended(planes.size() * m_stride) {
    for (auto& row : m_rows) row.values.resize(planes.size() * m_stride);
    for (std::size_t c = 0; c < planes.size(); ++c) m_blendedPlanes.push_back(m_blended.data() + c * m_stride);
  }

  void scoreRow(const BilinearTap& tap, const kernels::Recipe& recipe, float* out) {
    // Ask for the row already held last, so that it is not the one replaced.
    const float* upper = nullptr;
    const float* lower = nullptr;
    if (holds(tap.right)) {
      lower = expanded(tap.right);
      upper = expanded(tap.left);
      lower = expanded(tap.right);
    } else {
      upper = expanded(tap.left);
      lower = expanded(tap.right);
    }
    for (std::size_t c = 0; c < m_planes.size(); ++c)
      kernels::blendRows(upper + c * m_stride, lower + c * m_stride, tap.weight, m_width,
                         m_blended.data() + c * m_stride);
    kernels::scoreSpan(m_blendedPlanes.data(), static_cast<int>(m_planes.size()), 0, m_width, std::span(&recipe, 1),
                       &out);
  }

private:
  struct Row {
    int source = -1;
    unsigned lastUse = 0;
    std::vector<float> values;
  };

  [[nodiscard]] bool holds(int source) const { return m_rows[0].source == source || m_rows[1].source == source; }

  const float* expanded(int source) {
    Row* row = m_rows[0].source == source ? &m_rows[0] : m_rows[1].source == source ? &m_rows[1] : nullptr;
    if (row == nullptr) {
      row = m_rows[0].lastUse <= m_rows[1].lastUse ? &m_rows[0] : &m_rows[1];
      row->source = source;
      const std::size_t first = static_cast<std::size_t>(source) * m_sourceWidth + m_columns.sourceFirst;
      for (std::size_t c = 0; c < m_planes.size(); ++c)
        kernels::expandRow(widened(m_planes[c] + first, m_columns.sourceCount, m_wide), m_columns.left.data(),
                           m_columns.right.data(), m_columns.weight.data(), m_width, row->values.data() + c * m_stride);
    }
    row->lastUse = ++m_clock;
    return row->values.data();
  }

  std::span<const T* const> m_planes;
  std::size_t m_sourceWidth;
  StripColumns m_columns;
  std::size_t m_width, m_stride;
  Row m_rows[2];
  unsigned m_clock = 0;
  std::vector<float> m_wide, m_blended;
  std::vector<const float*> m_blendedPlanes;
};

}  // namespace

void scoreResized(const LogitsView& logits, const ScoreParameters& parameters, Size target, std::span<float> out) {
  kernels::requireLogits(logits);
  require(target.width > 0 && target.height > 0, "scoreResized: the target is empty");
  require(out.size() == target.area(), "scores: the output does not have the target's size");
  if (target == logits.size()) return score(logits, parameters, out);
  const kernels::Recipe recipe = kernels::recipeOf(logits, parameters);
  const std::vector<BilinearTap> columns = bilinearTaps(logits.width, target.width);
  const std::vector<BilinearTap> rows = bilinearTaps(logits.height, target.height);
  const std::size_t width = columns.size();
  const std::size_t strips = (width + kStripWidth - 1) / kStripWidth;
  kernels::withPlanes(logits, kernels::channelsOf(logits, parameters), [&](const auto& planes) {
    using T = std::remove_const_t<std::remove_pointer_t<typename std::decay_t<decltype(planes)>::value_type>>;
    using Range = oneapi::tbb::blocked_range2d<std::size_t>;
    oneapi::tbb::parallel_for(Range(0, rows.size(), kBandHeight, 0, strips, 1), [&](const Range& range) {
      for (std::size_t strip = range.cols().begin(); strip < range.cols().end(); ++strip) {
        const std::size_t first = strip * kStripWidth;
        const std::span<const BilinearTap> stripColumns =
            std::span(columns).subspan(first, std::min(kStripWidth, width - first));
        StripScorer<T> scorer(planes, logits.width, stripColumns);
        for (std::size_t y = range.rows().begin(); y < range.rows().end(); ++y)
          scorer.scoreRow(rows[y], recipe, out.data() + y * width + first);
      }
    });
  });
}

void scoreResizedPixels(const LogitsView& logits, const ScoreParameters& parameters, Size target,
                        std::span<const std::uint32_t> pixels, std::span<float> out) {
  kernels::requireLogits(logits);
  require(target.width > 0 && target.height > 0, "scoreResizedPixels: the target is empty");
  if (target == logits.size()) return scorePixels(logits, parameters, pixels, out);
  require(out.size() == pixels.size(), "scoreResizedPixels: one output for each pixel");
  require(std::all_of(pixels.begin(), pixels.end(), [&](std::uint32_t pixel) { return pixel < target.area(); }),
          "scoreResizedPixels: a pixel is outside the target");
  if (pixels.empty()) return;
  GatheredLogits gathered(logits.channels, pixels.size(), GatheredLogits::Storage::Single);
  gathered.fill(0, logits, target, pixels);
  score(gathered.view(), parameters, out);
}

}  // namespace oodscope
