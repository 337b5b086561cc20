// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/pixel_metrics.h"
#include "analysis/statistics/interval.h"
#include "app/evaluation/score_source.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace oodscope {

/// What is known of a set for one configuration and protocol: estimated from its sample, or exact. Fractions.
struct SetNumbers {
  Configuration configuration;
  Protocol protocol = Protocol::Course;
  bool exact = false;
  bool asIfPooled = false;      ///< an estimate that ignores the protocol's own binning by frames (Smiyc)
  std::size_t framesReady = 0;  ///< with ground truth, of framesTotal
  std::size_t framesTotal = 0;
  std::size_t samplePixels = 0;  ///< of an estimate
  PixelMetrics metrics;
  SetCurves curves;
  std::optional<Interval> ap, fpr95, auroc;         ///< 95 %, of an estimate
  std::vector<double> precisionLow, precisionHigh;  ///< band at curves.points, of an estimate
  std::vector<double> recallLow, recallHigh;        ///< TPR band at the same points, of an estimate
  ScoreHygiene hygiene;                             ///< of exact numbers
};

}  // namespace oodscope
