// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/random.h"
#include "inference/training/samples.h"

namespace oodscope {

/// Pastes one to four made-up objects into a picture of a road and makes their pixels void: unions of ovals, boxes and
/// bars, larger the lower they stand, in a plain colour, noise, stripes, or with a piece of `donor` at another scale;
/// four in five stand on class 0, the road, where a few trials find it. Pixels that are not learned from stay so. A
/// function of the generator's state alone. Requires: sizes of at least 16x16. Cost: O(pixels pasted).
void pasteObjects(Sample& sample, const RgbImage& donor, SplitMix& random);

}  // namespace oodscope
