// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/live/sample.h"
#include "analysis/scores/gathered_outputs.h"
#include "app/sources/score_source.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace oodscope {

/// Gives a frame's scores at the evaluation size; for sources that hold no logits.
using MapProvider = std::function<std::shared_ptr<const ScoreMap>(std::size_t frame, const Configuration&)>;

/// A set's sample with what scores it: the logits at its pixels, gathered once, so that a tick of the temperature reads
/// a few megabytes. Immutable: any thread may ask.
class LiveSample {
public:
  /// frames[i] and sizes[i]: DataSet index and evaluation size of the sample's frame i. Throws Error as the source
  /// does. Cost: a random read a pixel and channel; of an ensemble, all its terms of every frame.
  LiveSample(PixelSample sample, std::vector<std::size_t> frames, std::vector<Size> sizes, const ScoreSource& source,
             Resolution resolution);

  [[nodiscard]] const PixelSample& pixels() const { return m_pixels; }
  [[nodiscard]] const std::vector<std::size_t>& frames() const { return m_frames; }
  [[nodiscard]] std::size_t bytes() const;
  /// One score a sampled pixel, in the sample's order, equal to the maps' values there. Empty where stopped. Throws
  /// Error.
  [[nodiscard]] std::optional<std::vector<float>> scores(const Configuration& configuration, const ScoreSource& source,
                                                         const MapProvider& maps, const std::stop_token& stop) const;

private:
  void gatherTerms(const WeightedTerms& terms, const std::vector<Size>& sizes, Resolution resolution);

  PixelSample m_pixels;
  std::vector<std::size_t> m_frames;         ///< DataSet index of the frame numbers that drawSample() saw
  std::optional<GatheredOutputs> m_outputs;  ///< none: the source gives finished maps
  std::vector<std::vector<float>> m_terms;   ///< of an ensemble, one value a pixel each: it gives no outputs
};

}  // namespace oodscope
