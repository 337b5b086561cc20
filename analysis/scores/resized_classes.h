// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/scores/outputs.h"

#include <cstdint>
#include <span>

namespace oodscope {

/// predictedClasses() at another resolution: argmax over the chosen channels of the upsampled logits (else of S), as
/// scoreResized() upsamples them. Equal to predictedClasses() where `target` is that array's size. Requires: at most
/// 255 channels, a target, out.size() its area. Cost: as one score.
void predictedClassesResized(const OutputsView& outputs, std::span<const int> channels, Size target,
                             std::span<std::uint8_t> out);

}  // namespace oodscope
