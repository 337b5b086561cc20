// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/scores/score_function.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace oodscope {

/// Logits of chosen pixels, of one frame or of many, side by side: C x 1 x n, all channels, small enough to be scored
/// at every tick of a slider. score() on view() equals scorePixels() or scoreResizedPixels() bit for bit.
class GatheredLogits {
public:
  enum class Storage { Half, Single };
  GatheredLogits() = default;
  /// Requires: channels > 0.
  GatheredLogits(int channels, std::size_t pixels, Storage storage);

  /// Fills places [first, first + pixels.size()) with logits at `pixels`, row-major indices into `target`; where that
  /// is not the logits' size they are blended as scoreResized() does, and nothing but Single storage can hold them.
  /// Distinct ranges may be filled from several threads. Errors: ContractViolation for another number of channels, a
  /// pixel or range outside, or float32 logits for Half storage. Cost: a random read a channel and pixel (four where
  /// blended).
  void fill(std::size_t first, const LogitsView& logits, Size target, std::span<const std::uint32_t> pixels);

  /// Requires: at least one pixel.
  [[nodiscard]] LogitsView view() const;
  [[nodiscard]] std::size_t pixelCount() const { return m_pixels; }
  [[nodiscard]] std::size_t bytes() const {
    return m_half.size() * sizeof(std::uint16_t) + m_single.size() * sizeof(float);
  }

private:
  int m_channels = 0;
  std::size_t m_pixels = 0;
  std::vector<std::uint16_t> m_half;  // one of the two, channel after channel
  std::vector<float> m_single;
};

}  // namespace oodscope
