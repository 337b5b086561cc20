// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/scores/gathered_logits.h"

#include <array>
#include <optional>
#include <vector>

namespace oodscope {

/// Outputs of chosen pixels of many frames, small enough to be scored at every tick of a slider. Where there are mask
/// queries each frame keeps its own, for its class logits are its own; all others lie side by side.
class GatheredOutputs {
public:
  /// What is to be filled: the arrays of `like` but for features, those of its further passes too, for `pixels[f]`
  /// pixels of each frame f. areHalf: by Output, which arrays are kept in float16 as they are. Requires: an array, a
  /// pixel.
  GatheredOutputs(const OutputsView& like, const std::vector<std::size_t>& pixels,
                  const std::array<bool, kOutputCount>& areHalf);

  /// The arrays of frame `frame` at `pixels`, row-major indices into `target`. Distinct frames may be filled from
  /// several threads. Errors: ContractViolation for another shape than `like`'s, as GatheredLogits::fill().
  void fill(std::size_t frame, const OutputsView& outputs, Size target, std::span<const std::uint32_t> pixels);

  /// One score a pixel, frame after frame, equal to scoreResizedPixels() bit for bit. Shapes: out has a value a pixel.
  /// Errors: as score().
  void score(const ScoreParameters& parameters, std::span<float> out) const;
  /// Of the first frame, or of all: what scoring depends on but for the values.
  [[nodiscard]] OutputsView view() const;
  [[nodiscard]] std::size_t bytes() const;

private:
  struct Part {
    std::size_t first = 0, pixels = 0;
    std::array<std::optional<GatheredLogits>, kOutputCount> arrays{};
    std::vector<float> classLogits = {};
  };
  [[nodiscard]] OutputsView viewOf(const Part& part) const;
  /// With the further passes.
  [[nodiscard]] OutputsView viewOf(std::size_t part) const;

  int m_queries = 0, m_columns = 0, m_knownClasses = 0;
  std::vector<std::size_t> m_first;        ///< of each frame's pixels
  std::vector<Part> m_parts;               ///< one, or one a frame
  std::vector<const PassKind*> m_passes;   ///< of each further run
  std::vector<GatheredOutputs> m_further;  ///< the same parts of each
};

}  // namespace oodscope
