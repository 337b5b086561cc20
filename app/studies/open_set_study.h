// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/open_set.h"
#include "app/live/live_set.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace oodscope {

/// Where open-set recognition takes its classes from: of each frame the true ones (0..K-1, 255 none of them), at any
/// size, and the predicted ones at the evaluation size.
struct OpenSetClasses {
  int known = 0;                                                    ///< K
  std::function<std::optional<ClassMap>(std::size_t frame)> truth;  ///< empty: the frame has none
  std::function<std::optional<ClassMap>(std::size_t frame, Size size)> predicted;
};
/// The usual ones of a live set: class labels of the set's files, and the best of the source's channels that are
/// scored, logits upsampled bilinearly. Throws Error where the source gives no logits or no frame has class labels.
[[nodiscard]] OpenSetClasses openSetClassesOf(const LiveSet& live, const Configuration& configuration);

/// The argmax of the channels that are scored, as an index among them, at `size`: logits are upsampled bilinearly
/// first. Empty where the source gives no logits for the frame. Cost: C resized planes.
[[nodiscard]] std::optional<ClassMap> predictedAt(const ScoreSource& source, std::size_t frame,
                                                  const Configuration& configuration, Size size);

/// One group of frames, evaluated at a threshold that was calibrated on other frames.
struct OpenSetFold {
  std::string name;                ///< "t5"
  std::string calibratedOn;        ///< "t6"
  std::optional<float> threshold;  ///< decision: score > threshold; none: the other frames lack one kind of pixel
  OpenSetConfusion confusion;
};
struct OpenSetReport {
  std::vector<OpenSetFold> folds;
  OpenSetMeans means;                  ///< of the folds that have a threshold, weighted by their frames
  std::vector<FrameFailure> failures;  ///< by DataSet index
};

/// Groups of frames: by the first folder in their names ("t5/0012"); where that is one group, frames of even and odd
/// place. Each with its frames in order.
struct FrameGroup {
  std::string name;
  std::vector<std::size_t> frames;
};
[[nodiscard]] std::vector<FrameGroup> openSetGroups(const DataSet& set, const std::vector<std::size_t>& frames);

/// Open-set recognition of the frames that are ready and have class labels: each group at the threshold that TPR 95 %
/// asks for on all others, scores halved bilinearly and labels by their even pixels there. Empty where stopped. Throws
/// Error where no frame can be used. Cost: a pass over the scores and one over classes. Source: Grcić et al.,
/// DenseHybrid, ECCV 2022, section 4 and evaluate_osr.py.
[[nodiscard]] std::optional<OpenSetReport> openSetRecognition(LiveSet& live, const Configuration& configuration,
                                                              const OpenSetClasses& classes,
                                                              const std::stop_token& stop);

}  // namespace oodscope
