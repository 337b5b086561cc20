// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_function.h"

#include "analysis/imaging/bilinear_taps.h"
#include "analysis/scores/feature_scores.h"
#include "analysis/scores/gathered_logits.h"
#include "analysis/scores/resized_classes.h"
#include "analysis/scores/score_plan.h"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/blocked_range2d.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <memory>

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

/// One array's share of a strip of target columns: its planes at the target's rows, one after another.
class StripPlanes {
public:
  StripPlanes() = default;
  StripPlanes(const StripPlanes&) = delete;
  StripPlanes& operator=(const StripPlanes&) = delete;
  virtual ~StripPlanes() = default;
  /// Brings the planes to target row `y`; walked downwards, each source row is expanded once.
  virtual void moveTo(std::size_t y) = 0;
  [[nodiscard]] const std::vector<const float*>& planes() const { return m_planes; }

protected:
  std::vector<const float*> m_planes;
};

/// Of an array of the target's size: copied.
template <class T>
class SamePlanes final : public StripPlanes {
public:
  SamePlanes(std::vector<const T*> planes, std::size_t sourceWidth, std::size_t first, std::size_t width)
      : m_source(std::move(planes)),
        m_sourceWidth(sourceWidth),
        m_first(first),
        m_width(width),
        m_values(m_source.size() * padded(width)) {
    for (std::size_t c = 0; c < m_source.size(); ++c) m_planes.push_back(m_values.data() + c * padded(width));
  }
  void moveTo(std::size_t y) override {
    for (std::size_t c = 0; c < m_source.size(); ++c) {
      const T* row = m_source[c] + y * m_sourceWidth + m_first;
      float* out = m_values.data() + c * padded(m_width);
      if constexpr (std::is_same_v<T, float>)
        std::copy_n(row, m_width, out);
      else
        kernels::widen(row, m_width, out);
    }
  }

private:
  std::vector<const T*> m_source;
  std::size_t m_sourceWidth, m_first, m_width;
  std::vector<float> m_values;
};

/// Of an array of another size: each source row is expanded to the target's width once, and the two that a target row
/// lies between are kept.
template <class T>
class BlendedPlanes final : public StripPlanes {
public:
  BlendedPlanes(std::vector<const T*> planes, std::size_t sourceWidth, std::span<const BilinearTap> columns,
                std::span<const BilinearTap> rows)
      : m_source(std::move(planes)),
        m_sourceWidth(sourceWidth),
        m_columns(columns),
        m_taps(rows),
        m_width(columns.size()),
        m_stride(padded(m_width)),
        m_blended(m_source.size() * m_stride) {
    for (auto& row : m_rows) row.values.resize(m_source.size() * m_stride);
    for (std::size_t c = 0; c < m_source.size(); ++c) m_planes.push_back(m_blended.data() + c * m_stride);
  }

  void moveTo(std::size_t y) override {
    const BilinearTap& tap = m_taps[y];
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
    for (std::size_t c = 0; c < m_source.size(); ++c)
      kernels::blendRows(upper + c * m_stride, lower + c * m_stride, tap.weight, m_width,
                         m_blended.data() + c * m_stride);
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
      for (std::size_t c = 0; c < m_source.size(); ++c)
        kernels::expandRow(widened(m_source[c] + first, m_columns.sourceCount, m_wide), m_columns.left.data(),
                           m_columns.right.data(), m_columns.weight.data(), m_width, row->values.data() + c * m_stride);
    }
    row->lastUse = ++m_clock;
    return row->values.data();
  }

  std::vector<const T*> m_source;
  std::size_t m_sourceWidth;
  StripColumns m_columns;
  std::span<const BilinearTap> m_taps;
  std::size_t m_width, m_stride;
  Row m_rows[2];
  unsigned m_clock = 0;
  std::vector<float> m_wide, m_blended;
};

/// Where the target's pixels lie in one array; nothing to look up where sizes agree.
struct ArrayTaps {
  const kernels::PlanArray* array = nullptr;
  bool isSame = false;
  std::vector<BilinearTap> columns, rows;

  ArrayTaps(const kernels::PlanArray& of, Size target) : array(&of), isSame(of.view.size() == target) {
    if (isSame) return;
    columns = bilinearTaps(of.view.width, target.width);
    rows = bilinearTaps(of.view.height, target.height);
  }

  /// Columns [first, first + width) of the target.
  [[nodiscard]] std::unique_ptr<StripPlanes> strip(std::size_t first, std::size_t width) const {
    std::unique_ptr<StripPlanes> out;
    const auto sourceWidth = static_cast<std::size_t>(array->view.width);
    kernels::withPlanes(std::span(array, 1), [&]<class T>(std::vector<const T*> planes) {
      if (isSame)
        out = std::make_unique<SamePlanes<T>>(std::move(planes), sourceWidth, first, width);
      else
        out = std::make_unique<BlendedPlanes<T>>(std::move(planes), sourceWidth,
                                                 std::span(columns).subspan(first, width), rows);
    });
    return out;
  }
};

/// Calls row(planes, y, first, count) for each part of a row of `target` in [firstRow, firstRow + rows): the plan's
/// planes there, brought to the target, for the pixels [first, first + count).
template <class Row>
void forEachStripRow(const kernels::ScorePlan& plan, Size target, int firstRow, int rows, const Row& row) {
  std::vector<ArrayTaps> taps;
  for (const kernels::PlanArray& array : plan.arrays) taps.emplace_back(array, target);
  const auto width = static_cast<std::size_t>(target.width);
  const auto above = static_cast<std::size_t>(firstRow);
  const std::size_t strips = (width + kStripWidth - 1) / kStripWidth;
  using Range = oneapi::tbb::blocked_range2d<std::size_t>;
  const Range all(above, above + static_cast<std::size_t>(rows), kBandHeight, 0, strips, 1);
  oneapi::tbb::parallel_for(all, [&](const Range& range) {
    for (std::size_t strip = range.cols().begin(); strip < range.cols().end(); ++strip) {
      const std::size_t first = strip * kStripWidth;
      const std::size_t count = std::min(kStripWidth, width - first);
      std::vector<std::unique_ptr<StripPlanes>> parts;
      std::vector<const float*> planes;
      for (const ArrayTaps& each : taps) {
        parts.push_back(each.strip(first, count));
        planes.insert(planes.end(), parts.back()->planes().begin(), parts.back()->planes().end());
      }
      for (std::size_t y = range.rows().begin(); y < range.rows().end(); ++y) {
        for (const auto& part : parts) part->moveTo(y);
        row(std::span<const float* const>(planes), y - above, first, count);
      }
    }
  });
}

}  // namespace

void kernels::scoreStrips(const ScorePlan& plan, Size target, int firstRow, int rows, std::span<float> out) {
  const auto width = static_cast<std::size_t>(target.width);
  forEachStripRow(plan, target, firstRow, rows,
                  [&](std::span<const float* const> planes, std::size_t y, std::size_t first, std::size_t count) {
                    float* row = out.data() + y * width + first;
                    planSpan<float>(plan.mix, planes, 0, count, std::span(&plan.recipe, 1), &row);
                  });
}

void predictedClassesResized(const OutputsView& outputs, std::span<const int> channels, Size target,
                             std::span<std::uint8_t> out) {
  require(target.width > 0 && target.height > 0, "predictedClassesResized: the target is empty");
  require(out.size() == target.area(), "predictedClassesResized: the output does not have the target's size");
  const kernels::ScorePlan plan = kernels::classPlanOf(outputs, channels);
  const kernels::PlanClasses chosen = kernels::planClassesOf(plan, channels);
  const auto width = static_cast<std::size_t>(target.width);
  forEachStripRow(plan, target, 0, target.height,
                  [&](std::span<const float* const> planes, std::size_t y, std::size_t first, std::size_t count) {
                    kernels::classSpan<float>(plan, chosen, planes, 0, out.subspan(y * width + first, count));
                  });
}

void scoreResized(const OutputsView& outputs, const ScoreParameters& parameters, Size target, std::span<float> out) {
  require(target.width > 0 && target.height > 0, "scoreResized: the target is empty");
  require(out.size() == target.area(), "scores: the output does not have the target's size");
  if (!parameters.method.kind().isPointwise()) {
    std::ranges::copy(kernels::featureScores(outputs, parameters, target).values(), out.begin());
    return;
  }
  if (target == outputs.size()) return score(outputs, parameters, out);
  if (kernels::scoredAsMean(outputs, parameters, out, [&](const OutputsView& of, std::span<float> to) {
        scoreResized(of, parameters, target, to);
      }))
    return;
  kernels::scoreStrips(kernels::planOf(outputs, parameters), target, 0, target.height, out);
}

void scoreResizedPixels(const OutputsView& outputs, const ScoreParameters& parameters, Size target,
                        std::span<const std::uint32_t> pixels, std::span<float> out) {
  require(target.width > 0 && target.height > 0, "scoreResizedPixels: the target is empty");
  require(out.size() == pixels.size(), "scoreResizedPixels: one output for each pixel");
  if (kernels::scoredAsMean(outputs, parameters, out, [&](const OutputsView& of, std::span<float> to) {
        scoreResizedPixels(of, parameters, target, pixels, to);
      }))
    return;
  require(std::all_of(pixels.begin(), pixels.end(), [&](std::uint32_t pixel) { return pixel < target.area(); }),
          "scoreResizedPixels: a pixel is outside the target");
  if (!parameters.method.kind().isPointwise()) {
    const ScoreMap all = kernels::featureScores(outputs, parameters, target);
    std::ranges::transform(pixels, out.begin(), [&](std::uint32_t pixel) { return all.values()[pixel]; });
    return;
  }
  const kernels::ScorePlan plan = kernels::planOf(outputs, parameters);
  if (target == plan.own && plan.isDirect) return scorePixels(outputs, parameters, pixels, out);
  if (pixels.empty()) return;
  std::vector<GatheredLogits> gathered;
  gathered.reserve(plan.arrays.size());
  OutputsView there;
  there.knownClasses = outputs.knownClasses;
  there[Output::ClassLogits] = outputs[Output::ClassLogits];
  there.further.resize(outputs.further.size());
  for (std::size_t run = 0; run < outputs.further.size(); ++run) there.further[run].kind = outputs.further[run].kind;
  for (const kernels::PlanArray& array : plan.arrays) {
    gathered.emplace_back(array.view.channels, pixels.size(), GatheredLogits::Storage::Single);
    gathered.back().fill(0, array.view, target, pixels);
    OutputsView& of = array.run < 0 ? there : there.further[static_cast<std::size_t>(array.run)].outputs;
    of[array.output] = gathered.back().view();
  }
  // What was not read has no arrays.
  std::erase_if(there.further, [](const FurtherPass& pass) { return pass.outputs.size().area() == 0; });
  score(there, parameters, out);
}

}  // namespace oodscope
