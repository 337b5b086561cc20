// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/class_scheme.h"
#include "app/live/live_set.h"

#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// The argmax of the channels that are scored, as an index among them, at `size`: logits are upsampled bilinearly
/// first. Of an ensemble those of the score that ScoreSource::classGiver() names. Of finished maps the class map that
/// came with them, by its nearest pixels. Empty where the source gives no classes for the frame. Throws Error where the
/// map cannot be read. Cost: C resized planes.
[[nodiscard]] std::optional<ClassMap> predictedAt(const ScoreSource& source, std::size_t frame,
                                                  const Configuration& configuration, Size size);

/// K of the classes that a source predicts on the set: of the channels that are scored; of finished maps with class
/// maps that of the set's labels. 0 where it gives none. Requires: the frame is ready.
[[nodiscard]] int knownClassesAt(const LiveSet& live, const Configuration& configuration, std::size_t frame);
/// The frame's true classes as a network of `known` classes numbers them, at the label's size, 255 none of them. Empty
/// where the frame has no class labels. Throws Error where they cannot be read.
[[nodiscard]] std::optional<ClassMap> trueClassesAt(const DataSet& set, std::size_t frame, int known);

/// Names of the K known classes as the set's labels have them, "class 19" beyond those.
[[nodiscard]] std::vector<std::string> knownClassNames(const ClassScheme& scheme, int known);

}  // namespace oodscope
