// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/metrics/operating_point.h"
#include "app/documents/session_results.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// Thresholds of a list, the one at which nothing is flagged among them: levels of a list fit into 8 bits.
inline constexpr std::size_t kListedThresholds = 256;

/// One frame's own exact counts at a list's thresholds.
struct FrameDecisions {
  std::size_t frame = 0;  ///< DataSet index
  std::uint64_t positives = 0, negatives = 0;
  std::vector<std::uint64_t> tp = {}, fp = {};
};

/// A run's exact counts at a bounded list of thresholds: what a document can offer to a reader who has no pixels.
struct ThresholdList {
  struct Mark {
    std::string rule;  ///< as ThresholdEffect::rule has it
    std::size_t at = 0;
  };
  std::vector<OperatingPoint> points;  ///< strictest first; the first is at +infinity, where nothing is flagged
  std::vector<Mark> marks;             ///< thresholds that a rule chooses, each listed
  std::optional<std::size_t> saved;    ///< where the session's threshold stands, else best F1; empty: neither exists
  std::vector<FrameDecisions> frames;  ///< of the frames that were asked for
};

/// At most `count` finite thresholds, strictest first: all of `wanted`, the rest scores at equal steps along the PR,
/// ROC and F1 curves; where the protocol defines no curve, at equal steps of the TPR and FPR of `used`.
[[nodiscard]] std::vector<float> listedThresholds(const SetCurves& curves, const SetScores& used,
                                                  const std::vector<float>& wanted, std::size_t count);

/// The run's list, with the counts of `frames` apart. Counts are of the frames that the protocol uses. A threshold set
/// by hand is in units of the view's score: runs of other scores stand at their best F1. Throws Error. Cost: the run's
/// scores, sorted.
[[nodiscard]] ThresholdList thresholdList(SessionResults& results, const RunSpec& run,
                                          const std::vector<std::size_t>& frames);

/// How many of the list's finite thresholds each score reaches, sampled at the centres of `size` pixels: a pixel is
/// flagged at points[i] where its level is at least points.size() - i. NaN reaches none.
[[nodiscard]] Grid<std::uint8_t> levelsOf(const ThresholdList& list, const ScoreMap& scores, Size size);
/// The label at the same places.
[[nodiscard]] LabelMap sampledLabel(const LabelMap& label, Size size);

}  // namespace oodscope
