// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/brush.h"

#include "analysis/regions/decision.h"

#include <algorithm>
#include <limits>

namespace oodscope {
namespace {

/// Calls visit(pixel, label) for each pixel of the stretch.
template <class Visit>
void forEachBrushed(const ScoredImage& frame, const ScoreStretch& stretch, Visit visit) {
  require(frame.scores.size() == frame.size.area() && frame.labels.size() == frame.size.area(),
          "brush: scores or labels do not fill the size");
  const float low = std::max(floatAtLeast(stretch.low), std::numeric_limits<float>::lowest());
  const float high = stretch.high ? floatAtLeast(*stretch.high) : std::numeric_limits<float>::infinity();
  for (std::size_t i = 0; i < frame.scores.size(); ++i)
    if (frame.scores[i] >= low && frame.scores[i] < high) visit(i, frame.labels[i]);
}

void count(BrushCounts& counts, std::uint8_t label) {
  if (label == kNormal)
    ++counts.normal;
  else if (label == kAnomaly)
    ++counts.anomaly;
  else
    ++counts.ignored;
}

}  // namespace

BrushCounts& BrushCounts::operator+=(const BrushCounts& other) {
  normal += other.normal;
  anomaly += other.anomaly;
  ignored += other.ignored;
  return *this;
}

BrushCounts countBrushed(const ScoredImage& frame, const ScoreStretch& stretch) {
  BrushCounts counts;
  forEachBrushed(frame, stretch, [&](std::size_t, std::uint8_t label) { count(counts, label); });
  return counts;
}

std::uint64_t countBrushed(const ScoredImage& frame, const FailureRegion& region, const ScoreStretch& stretch) {
  const float low = std::max(floatAtLeast(stretch.low), std::numeric_limits<float>::lowest());
  const float high = stretch.high ? floatAtLeast(*stretch.high) : std::numeric_limits<float>::infinity();
  std::uint64_t pixels = 0;
  for (const Run& run : region.runs) {
    const std::size_t row = static_cast<std::size_t>(run.y) * static_cast<std::size_t>(frame.size.width);
    for (int x = run.begin; x < run.end; ++x) {
      const float s = frame.scores[row + static_cast<std::size_t>(x)];
      pixels += s >= low && s < high ? 1 : 0;
    }
  }
  return pixels;
}

BrushedFrame brush(const ScoredImage& frame, const ScoreStretch& stretch) {
  BrushedFrame out{Grid<std::uint8_t>(frame.size), {}};
  const auto mask = out.mask.values();
  forEachBrushed(frame, stretch, [&](std::size_t i, std::uint8_t label) {
    count(out.counts, label);
    if (label == kNormal) mask[i] = kBrushedNormal;
    if (label == kAnomaly) mask[i] = kBrushedAnomaly;
  });
  return out;
}

}  // namespace oodscope
