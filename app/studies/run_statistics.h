// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/statistics/paired.h"
#include "app/live/live_set.h"
#include "app/studies/component_track.h"

#include <memory>
#include <optional>
#include <stop_token>

namespace oodscope {

/// A run with exact numbers, as its statistics need it.
struct MeasuredRun {
  std::shared_ptr<LiveSet> live;
  Configuration configuration;
  Protocol protocol = {};
  PixelMetrics metrics;                           ///< exact, under the protocol: they centre the intervals
  std::shared_ptr<const ThresholdCounts> counts;  ///< of the same configuration
  std::optional<float> threshold;  ///< of the component metrics (decision: score >= threshold); none: no components
};

/// How far the numbers of one run may be trusted.
struct RunStatistics {
  Configuration configuration;
  Protocol protocol = {};
  std::size_t frames = 0;           ///< that the ranking metrics were drawn from: those the protocol uses
  std::size_t componentFrames = 0;  ///< that the component metrics were drawn from: all with ground truth
  std::size_t resamples = 0;        ///< how often
  RankingBootstrap ranking;
  std::optional<ComponentBootstrap> components;
};

struct PairedStatistics {
  RunStatistics a, b;
  PairedRanking ranking;  ///< B minus A
  std::optional<PairedComponents> components;
};

/// Intervals over the frames of the run that its protocol uses; of component metrics over all frames, because one
/// without an anomaly can still hold false alarms (SegmentMeIfYouCan's evaluation keeps them). Metrics are those of
/// pooled pixels: under StreetHazards, a mean over frames, they stand on their own and are not moved onto the
/// protocol's. Empty where stopped or without a frame. Throws Error. Requires: counts. Cost: of bootstrapRanking.
[[nodiscard]] std::optional<RunStatistics> runStatistics(const MeasuredRun& run, const BootstrapOptions& options,
                                                         const std::stop_token& stop);

/// Both runs over the frames that both have, and how they differ. Requires: one set. Cost: three bootstraps.
[[nodiscard]] std::optional<PairedStatistics> pairedStatistics(const MeasuredRun& a, const MeasuredRun& b,
                                                               const BootstrapOptions& options,
                                                               const std::stop_token& stop);

}  // namespace oodscope
