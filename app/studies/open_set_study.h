// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/open_set.h"
#include "app/live/live_set.h"
#include "app/studies/class_maps.h"

#include <functional>
#include <optional>
#include <span>
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
/// scored, logits upsampled bilinearly; of finished maps the class maps that came with them, whose K is that of the
/// set's labels. Throws Error where the source gives no classes, no frame has class labels, or the two are of different
/// classes.
[[nodiscard]] OpenSetClasses openSetClassesOf(const LiveSet& live, const Configuration& configuration);

/// The same classes, each frame's maps kept once they are made, within a budget of bytes. Thread-safe.
[[nodiscard]] OpenSetClasses keptClasses(const OpenSetClasses& classes, std::uint64_t budget);

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

/// The confusions of the folds that have a threshold, added up.
[[nodiscard]] OpenSetConfusion pooledFolds(const OpenSetReport& report, int known);

/// Groups of frames: by the first folder in their names ("t5/0012"); where that is one group, frames of even and odd
/// place. Each with its frames in order.
struct FrameGroup {
  std::string name;
  std::vector<std::size_t> frames;
};
[[nodiscard]] std::vector<FrameGroup> openSetGroups(const DataSet& set, const std::vector<std::size_t>& frames);

/// Open and closed confusion of the frames that are ready and have class labels, one a threshold (score > threshold).
struct OpenSetAt {
  std::vector<OpenSetConfusion> confusions;
  std::vector<FrameFailure> failures;  ///< by DataSet index
};
/// Empty where stopped. Throws Error. Cost: a pass over scores and classes, whatever the number of thresholds.
[[nodiscard]] std::optional<OpenSetAt> openSetAt(LiveSet& live, const Configuration& configuration,
                                                 const OpenSetClasses& classes, std::span<const float> thresholds,
                                                 const std::stop_token& stop);

/// ISSU's numbers of the labelled frames that are ready.
struct IssuNumbers {
  std::optional<double> tprAtFpr05;    ///< at the first FPR of 5 % or more
  IssuThresholds thresholds;           ///< of all those frames
  MeanIous tpr95, fpr05, bestF1;       ///< of the open-set map at each; oIoU is `all`, the sum of IoUs by K
  std::vector<FrameFailure> failures;  ///< by DataSet index
};
/// `classes`: none where only tprAtFpr05 can be given. Empty where stopped. Throws Error. Cost: a sort of the scores,
/// and openSetAt(). Source: ISSU, CVPR 2025,
/// benchmark_issu.
[[nodiscard]] std::optional<IssuNumbers> issuNumbers(LiveSet& live, const Configuration& configuration,
                                                     const OpenSetClasses* classes, const std::stop_token& stop);

/// Open-set recognition of the frames that are ready and have class labels: each group at the threshold that TPR 95 %
/// asks for on all others, scores halved bilinearly and labels by their even pixels there. Empty where stopped. Throws
/// Error where no frame can be used. Cost: a pass over the scores and one over classes. Source: Grcić et al.,
/// DenseHybrid, ECCV 2022, section 4 and evaluate_osr.py.
[[nodiscard]] std::optional<OpenSetReport> openSetRecognition(LiveSet& live, const Configuration& configuration,
                                                              const OpenSetClasses& classes,
                                                              const std::stop_token& stop);

}  // namespace oodscope
