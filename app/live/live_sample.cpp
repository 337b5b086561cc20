// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/live/live_sample.h"

#include "analysis/ensembles/weight_search.h"

#include <algorithm>
#include <array>

#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

/// Where each frame's pixels begin in the sample's order.
std::vector<std::size_t> beginnings(const PixelSample& sample) {
  std::vector<std::size_t> out;
  std::size_t next = 0;
  for (const FrameSample& frame : sample.frames) {
    out.push_back(next);
    next += frame.pixels.size();
  }
  return out;
}

/// Whether one gathering can hold both frames' outputs.
bool areAlike(const OutputsView& a, const OutputsView& b) {
  const auto sameRun = [](const FurtherPass& one, const FurtherPass& other) {
    return one.kind == other.kind && areAlike(one.outputs, other.outputs);
  };
  if (!std::ranges::equal(a.further, b.further, sameRun)) return false;
  return std::ranges::all_of(kAllOutputs, [&](Output output) {
    return output == Output::Features || a[output].channels == b[output].channels;
  });
}

}  // namespace

LiveSample::LiveSample(PixelSample sample, std::vector<std::size_t> frames, std::vector<Size> sizes,
                       const ScoreSource& source, Resolution resolution)
    : m_pixels(std::move(sample)), m_frames(std::move(frames)) {
  if (m_pixels.frames.empty()) return;
  if (const WeightedTerms* terms = source.weightedTerms()) {
    gatherTerms(*terms, sizes, resolution);
    return;
  }
  const auto first = source.frameOutputs(m_frames[m_pixels.frames.front().frame]);
  if (!first) return;
  std::array<bool, kOutputCount> asTheyAre{};  // half arrays of the evaluation's size: copied, otherwise widened
  asTheyAre.fill(true);
  std::vector<std::size_t> counts;
  for (const FrameSample& frame : m_pixels.frames) {
    const auto outputs = source.frameOutputs(m_frames[frame.frame]);
    if (!outputs || !areAlike(outputs->view, first->view)) return;  // a mixture: scored map by map
    const auto look = [&](const OutputsView& view) {
      for (const Output output : kAllOutputs)
        asTheyAre[indexOf(output)] &= view[output].half != nullptr && view[output].size() == sizes[frame.frame];
    };
    look(outputs->view);
    for (const FurtherPass& run : outputs->view.further) look(run.outputs);
    counts.push_back(frame.pixels.size());
  }
  GatheredOutputs gathered(first->view, counts, asTheyAre);
  tbb::parallel_for(std::size_t{0}, m_pixels.frames.size(), [&](std::size_t i) {
    const FrameSample& frame = m_pixels.frames[i];
    readOutputs(source, m_frames[frame.frame],
                [&](const FrameOutputs& outputs) { gathered.fill(i, outputs.view, sizes[frame.frame], frame.pixels); });
  });
  m_outputs = std::move(gathered);
}

void LiveSample::gatherTerms(const WeightedTerms& terms, const std::vector<Size>& sizes, Resolution resolution) {
  m_terms.assign(terms.texts().size(), std::vector<float>(m_pixels.pixelCount()));
  const std::vector<std::size_t> begin = beginnings(m_pixels);
  tbb::parallel_for(std::size_t{0}, m_pixels.frames.size(), [&](std::size_t i) {
    const FrameSample& frame = m_pixels.frames[i];
    const auto maps = terms.maps(m_frames[frame.frame], sizes[frame.frame], resolution);
    for (std::size_t t = 0; t < maps->size(); ++t)
      std::ranges::transform(frame.pixels, m_terms[t].begin() + static_cast<std::ptrdiff_t>(begin[i]),
                             [&](std::uint32_t pixel) { return (*maps)[t].values()[pixel]; });
  });
}

std::size_t LiveSample::bytes() const {
  return m_pixels.pixelCount() * (sizeof(std::uint32_t) + m_terms.size() * sizeof(float)) +
         (m_outputs ? m_outputs->bytes() : 0);
}

std::optional<std::vector<float>> LiveSample::scores(const Configuration& configuration, const ScoreSource& source,
                                                     const MapProvider& maps, const std::stop_token& stop) const {
  std::vector<float> out(m_pixels.pixelCount());
  if (out.empty()) return out;
  const WeightedTerms* terms = m_terms.empty() ? nullptr : source.weightedTerms();
  if (terms != nullptr && terms->sumFilters(configuration).empty()) {
    EnsembleFrame all;
    all.terms.assign(m_terms.begin(), m_terms.end());
    return weightedSum(all, terms->weights(configuration));
  }
  if (m_outputs && configuration.method && configuration.method->kind().isPointwise() &&
      configuration.filters.empty()) {
    m_outputs->score(source.scoreParameters(configuration, m_outputs->view()), out);
    return out;
  }
  const std::vector<std::size_t> begin = beginnings(m_pixels);
  tbb::parallel_for(std::size_t{0}, m_pixels.frames.size(), [&](std::size_t i) {
    if (stop.stop_requested()) return;
    const FrameSample& frame = m_pixels.frames[i];
    const auto map = maps(m_frames[frame.frame], configuration);
    const std::span<const float> values = map->values();
    std::ranges::transform(frame.pixels, out.begin() + static_cast<std::ptrdiff_t>(begin[i]),
                           [&](std::uint32_t pixel) { return values[pixel]; });
  });
  if (stop.stop_requested()) return std::nullopt;
  return out;
}

}  // namespace oodscope
