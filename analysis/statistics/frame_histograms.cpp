// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/statistics/frame_histograms.h"

#include "analysis/metrics/score_key.h"
#include "analysis/regions/threshold_levels.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

constexpr std::size_t kSample = std::size_t{1} << 20U;  // pixels: the highest geometric quantile is one of them

bool takesPart(const ScoredImage& frame, std::size_t i) {
  return frame.labels[i] <= kAnomaly && isFiniteScore(frame.scores[i]);
}

std::vector<float> sortedSample(std::span<const ScoredImage> frames) {
  std::size_t pixels = 0;
  for (const ScoredImage& frame : frames) pixels += frame.scores.size();
  // Odd, so that it does not walk down the columns of images whose width is a power of two.
  const std::size_t stride = (pixels / kSample) | 1U;
  std::vector<float> sample;
  sample.reserve(pixels / stride + frames.size());
  std::size_t at = 0;  // runs on across frames, so that small frames are sampled as densely as large ones
  for (const ScoredImage& frame : frames) {
    for (; at < frame.scores.size(); at += stride)
      if (takesPart(frame, at)) sample.push_back(frame.scores[at]);
    at -= frame.scores.size();
  }
  std::sort(sample.begin(), sample.end());
  return sample;
}

std::vector<float> sortedSample(std::span<const SortedScores* const> frames) {
  std::size_t pixels = 0;
  for (const SortedScores* frame : frames) pixels += frame->positives() + frame->negatives();
  const std::size_t stride = (pixels / kSample) | 1U;
  std::vector<std::int32_t> keys;
  keys.reserve(pixels / stride + frames.size());
  std::size_t at = 0;
  for (const SortedScores* frame : frames)
    for (const std::span<const std::int32_t> list : {frame->positiveKeys(), frame->negativeKeys()}) {
      for (; at < list.size(); at += stride) keys.push_back(list[at]);
      at -= list.size();
    }
  std::sort(keys.begin(), keys.end());
  std::vector<float> sample(keys.size());
  std::transform(keys.begin(), keys.end(), sample.begin(), scoreOfKey);
  return sample;
}

std::vector<float> edgesOf(const std::vector<float>& sample, std::size_t bins) {
  require(bins >= 2, "quantileEdges: fewer than two bins");
  std::vector<float> edges(bins - 1, 0.0F);
  if (sample.empty()) return edges;
  const double last = static_cast<double>(sample.size() - 1);
  const std::size_t geometric = (bins - 1) / 2;
  const std::size_t even = bins - 1 - geometric;
  for (std::size_t i = 0; i < bins - 1; ++i) {
    // Share of the pixels at or above the edge.
    const double share =
        i < even ? static_cast<double>(i + 1) / static_cast<double>(even + 1)
                 : std::pow(last + 1.0, -static_cast<double>(i - even + 1) / static_cast<double>(geometric));
    edges[i] = sample[static_cast<std::size_t>(std::lround((1.0 - share) * last))];
  }
  std::sort(edges.begin(), edges.end());
  return edges;
}

}  // namespace

std::vector<float> quantileEdges(std::span<const ScoredImage> frames, std::size_t bins) {
  return edgesOf(sortedSample(frames), bins);
}

std::vector<float> quantileEdges(std::span<const SortedScores* const> frames, std::size_t bins) {
  return edgesOf(sortedSample(frames), bins);
}

FrameHistograms::FrameHistograms(std::size_t frames, std::size_t bins)
    : m_frames(frames), m_bins(bins), m_counts(2 * frames * bins, 0) {}

FrameHistograms::FrameHistograms(std::span<const ScoredImage> frames, std::span<const float> edges)
    : FrameHistograms(frames.size(), edges.size() + 1) {
  // An edge belongs to the bin above it: s >= edge exactly where s > the float before the edge.
  std::vector<float> before(edges.begin(), edges.end());
  for (float& edge : before) edge = std::nextafter(edge, -std::numeric_limits<float>::infinity());
  const ThresholdLevels levels(std::move(before));
  tbb::parallel_for(std::size_t{0}, frames.size(), [&](std::size_t f) {
    const ScoredImage& image = frames[f];
    require(image.scores.size() == image.labels.size(), "FrameHistograms: scores and labels differ in size");
    const std::span<std::uint32_t> counts = std::span(m_counts).subspan(2 * m_bins * f, 2 * m_bins);
    for (std::size_t i = 0; i < image.scores.size(); ++i) {
      if (!takesPart(image, i)) continue;
      const std::size_t bin = m_bins - 1 - levels.below(image.scores[i]);
      ++counts[image.labels[i] == kAnomaly ? bin : m_bins + bin];
    }
  });
  if (!m_counts.empty()) m_largest = *std::max_element(m_counts.begin(), m_counts.end());
}

FrameHistograms::FrameHistograms(std::span<const SortedScores* const> frames, std::span<const float> edges)
    : FrameHistograms(frames.size(), edges.size() + 1) {
  std::vector<std::int32_t> keys(edges.size());
  std::transform(edges.begin(), edges.end(), keys.begin(), keyOfScore);
  tbb::parallel_for(std::size_t{0}, frames.size(), [&](std::size_t f) {
    const std::span<std::uint32_t> counts = std::span(m_counts).subspan(2 * m_bins * f, 2 * m_bins);
    const std::span<const std::int32_t> lists[2] = {frames[f]->positiveKeys(), frames[f]->negativeKeys()};
    for (std::size_t list = 0; list < 2; ++list) {
      auto from = lists[list].begin();
      for (std::size_t e = 0; e <= keys.size(); ++e) {
        const auto to = e == keys.size() ? lists[list].end() : std::lower_bound(from, lists[list].end(), keys[e]);
        counts[list * m_bins + m_bins - 1 - e] = static_cast<std::uint32_t>(to - from);
        from = to;
      }
    }
  });
  if (!m_counts.empty()) m_largest = *std::max_element(m_counts.begin(), m_counts.end());
}

void FrameHistograms::setFrame(std::size_t f, std::span<const std::uint32_t> counts) {
  require(f < m_frames && counts.size() == 2 * m_bins, "FrameHistograms: no such frame, or counts of other bins");
  std::copy(counts.begin(), counts.end(), m_counts.begin() + static_cast<std::ptrdiff_t>(2 * m_bins * f));
  m_largest = std::max(m_largest, *std::max_element(counts.begin(), counts.end()));
}

}  // namespace oodscope
