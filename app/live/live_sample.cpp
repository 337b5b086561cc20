// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/live/live_sample.h"

#include <algorithm>

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

}  // namespace

LiveSample::LiveSample(PixelSample sample, std::vector<std::size_t> frames, std::vector<Size> sizes,
                       const ScoreSource& source)
    : m_pixels(std::move(sample)), m_frames(std::move(frames)) {
  if (m_pixels.frames.empty()) return;
  const auto first = source.frameLogits(m_frames[m_pixels.frames.front().frame]);
  if (!first) return;
  const int channels = first->view.channels;
  bool asTheyAre = true;  // half logits of the evaluation's size: copied, otherwise widened
  for (const FrameSample& frame : m_pixels.frames) {
    const auto logits = source.frameLogits(m_frames[frame.frame]);
    if (!logits || logits->view.channels != channels) return;  // a mixture: scored map by map
    asTheyAre = asTheyAre && logits->view.half != nullptr && logits->view.size() == sizes[frame.frame];
  }
  GatheredLogits gathered(channels, m_pixels.pixelCount(),
                          asTheyAre ? GatheredLogits::Storage::Half : GatheredLogits::Storage::Single);
  const std::vector<std::size_t> begin = beginnings(m_pixels);
  tbb::parallel_for(std::size_t{0}, m_pixels.frames.size(), [&](std::size_t i) {
    const FrameSample& frame = m_pixels.frames[i];
    readLogits(source, m_frames[frame.frame], [&](const FrameLogits& logits) {
      gathered.fill(begin[i], logits.view, sizes[frame.frame], frame.pixels);
    });
  });
  m_logits = std::move(gathered);
}

std::size_t LiveSample::bytes() const {
  return m_pixels.pixelCount() * sizeof(std::uint32_t) + (m_logits ? m_logits->bytes() : 0);
}

std::optional<std::vector<float>> LiveSample::scores(const Configuration& configuration, const ScoreSource& source,
                                                     const MapProvider& maps, const std::stop_token& stop) const {
  std::vector<float> out(m_pixels.pixelCount());
  if (out.empty()) return out;
  if (m_logits && configuration.method) {
    const LogitsView view = m_logits->view();
    score(view, source.scoreParameters(configuration, view.channels), out);
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
