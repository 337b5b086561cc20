// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/sorted_scores.h"
#include "analysis/regions/scored_image.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace oodscope {

/// Edges between bins at pooled quantiles of a set's scores, ascending, bins - 1 of them, equal ones kept: half of the
/// quantiles are evenly spaced, half crowd geometrically towards the highest scores, where precision is decided. Two
/// runs over the same frames get comparable bins: bin i holds the same share of the pixels in both, up to ties.
/// Quantiles are read from an even sample of about a million labelled pixels, so edges are approximate; counts on them
/// are not. Requires: bins >= 2. Cost: one pass and a sort of the sample.
[[nodiscard]] std::vector<float> quantileEdges(std::span<const ScoredImage> frames, std::size_t bins = 4096);
/// The same from sorted scores: another sample of the same size. Cost: a sort of it.
[[nodiscard]] std::vector<float> quantileEdges(std::span<const SortedScores* const> frames, std::size_t bins = 4096);

/// Anomalous and normal pixels of each frame on one grid of thresholds, strictest bin first. Pixels whose score is NaN
/// or infinite are left out, as in the pixel metrics.
class FrameHistograms {
public:
  FrameHistograms(std::size_t frames, std::size_t bins);
  /// Counts frames on a grid, in parallel. Cost: about 5 ns a pixel.
  FrameHistograms(std::span<const ScoredImage> frames, std::span<const float> edges);
  /// The same counts from sorted scores. Cost: bins binary searches in short stretches a frame.
  FrameHistograms(std::span<const SortedScores* const> frames, std::span<const float> edges);

  [[nodiscard]] std::size_t frames() const { return m_frames; }
  [[nodiscard]] std::size_t bins() const { return m_bins; }
  /// Counts of one frame: `bins` of anomalous, then `bins` of normal pixels.
  [[nodiscard]] std::span<const std::uint32_t> frame(std::size_t f) const {
    return std::span(m_counts).subspan(2 * m_bins * f, 2 * m_bins);
  }
  /// Replaces one frame's counts, laid out as frame() gives them.
  void setFrame(std::size_t f, std::span<const std::uint32_t> counts);
  /// The largest single count.
  [[nodiscard]] std::uint32_t largest() const { return m_largest; }

private:
  std::size_t m_frames;
  std::size_t m_bins;
  std::uint32_t m_largest = 0;
  std::vector<std::uint32_t> m_counts;
};

}  // namespace oodscope
