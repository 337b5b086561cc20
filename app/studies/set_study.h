// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/attribution.h"
#include "analysis/regions/brush.h"
#include "app/live/live_set.h"
#include "app/studies/frame_contexts.h"

#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace oodscope {

/// The failures of one frame of a set at one threshold.
struct StudiedFrame {
  std::size_t frame = 0;  ///< DataSet index
  Size picture;           ///< of its image
  FrameStudy study;
};

/// The failures of a set at one threshold: every frame that was ready and has ground truth. Lists and `attribution` are
/// of all of them, those without an anomaly too; what stands beside a protocol's metrics is of that protocol's frames:
/// attributionOf(), countsOf().
struct SetStudy {
  Configuration configuration;
  FailureOptions options;
  std::vector<std::size_t> frames;  ///< DataSet indices that took part
  std::vector<Size> sizes;          ///< of their maps
  std::vector<Size> pictures;       ///< of their images
  SetFailures failures;             ///< ListedFailure::frame is a DataSet index
  Attribution attribution;          ///< of all frames; Attribution::frames in the order of `frames`
  Attribution withAnomaly;          ///< of the frames that hold an anomaly
  bool hasClasses = false, hasTrueClasses = false, hasDistances = false;
  double elapsedMs = 0.0;
  /// Of the frames that the protocol's pixel metrics are of (Protocol::skipsFramesWithoutAnomaly()).
  [[nodiscard]] const Attribution& attributionOf(Protocol protocol) const;
  [[nodiscard]] ConfusionCounts countsOf(Protocol protocol) const;
  [[nodiscard]] Size sizeOf(std::size_t frame) const;  ///< by DataSet index; empty where it took no part
  [[nodiscard]] Size pictureOf(std::size_t frame) const;
};

/// Requires: the frame is ready and labelled. Throws Error. Cost: about 12 ms on 1024x512.
[[nodiscard]] StudiedFrame studyFrame(const FrameContexts& contexts, const Configuration& configuration,
                                      std::size_t frame, const FailureOptions& options);
/// All frames, in parallel; the same for any number of threads. Outlines are not traced. nullptr where stopped.
[[nodiscard]] std::shared_ptr<const SetStudy> studySet(const FrameContexts& contexts,
                                                       const Configuration& configuration, FailureOptions options,
                                                       const std::stop_token& stop);

/// A set's lists with one frame's taken from a newer look; totals and attribution stay those of the set. What is shown
/// while a threshold moves.
[[nodiscard]] SetStudy withFrame(const SetStudy& study, const StudiedFrame& frame);

/// The pixels of a stretch of scores in a set, by frame and by listed region.
struct BrushedSet {
  ScoreStretch stretch;
  Configuration configuration;
  BrushCounts total;
  std::map<std::size_t, BrushCounts> frames;          ///< by DataSet index, those that hold any
  std::vector<std::uint64_t> falsePositives, missed;  ///< pixels of each region of the study, in its order
};
/// `study`: whose regions are counted; may be null. Empty where stopped. Cost: one pass over the scores.
[[nodiscard]] std::optional<BrushedSet> brushSet(LiveSet& set, const Configuration& configuration,
                                                 const ScoreStretch& stretch, const SetStudy* study,
                                                 const std::stop_token& stop);

/// Metrics and curves of chosen frames alone. Empty where stopped. Throws Error.
struct PartNumbers {
  std::vector<std::size_t> frames;
  PixelMetrics metrics;
  SetCurves curves;
};
[[nodiscard]] std::optional<PartNumbers> partOf(LiveSet& set, const Configuration& configuration, Protocol protocol,
                                                std::vector<std::size_t> frames, const std::stop_token& stop);

/// The set's exact numbers if each predicted class had its own threshold: `threshold + offsets[class]`. `decision` are
/// the counts at `threshold` over the frames that the protocol's metrics are of. Empty where stopped or where the set
/// has no predicted classes. Throws Error.
struct WhatIf {
  PixelMetrics metrics;
  ConfusionCounts decision;
};
[[nodiscard]] std::optional<WhatIf> whatIf(const FrameContexts& contexts, const Configuration& configuration,
                                           Protocol protocol, float threshold, const std::vector<float>& offsets,
                                           const std::stop_token& stop);

}  // namespace oodscope
