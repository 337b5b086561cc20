// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/scored_image.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace oodscope {

/// The state of one frame's scores, over labelled pixels (kNormal and kAnomaly; all pixels where there are no labels).
/// Ranges, ties and float16 figures are over the finite ones.
struct FrameHygiene {
  std::uint64_t pixels = 0;
  std::uint64_t nan = 0, plusInfinity = 0, minusInfinity = 0;
  std::optional<float> lowest, highest, median;  ///< empty without a finite score
  std::uint64_t distinct = 0;                    ///< different values; -0 and +0 are one
  std::uint64_t tied = 0;                        ///< pixels that share their value with another
  std::uint64_t largestTie = 0;                  ///< pixels at the most frequent value
  std::optional<float> largestTieScore;          ///< the lowest of equally frequent values
  std::uint64_t float16Overflow = 0;             ///< would be infinite as float16 (beyond 65504)
  std::uint64_t float16Underflow = 0;            ///< not 0, but would be 0 as float16
  std::uint64_t float16Distinct = 0;             ///< different values left as float16
  std::uint64_t saturatedLogits = 0;  ///< beyond float16's range, stored as its largest; set by who knows the logits
  [[nodiscard]] std::uint64_t finite() const { return pixels - nan - plusInfinity - minusInfinity; }
  /// One value everywhere.
  [[nodiscard]] bool isConstant() const { return distinct == 1; }
};

/// Cost: a sort of the frame, about 30 ms for two million pixels.
[[nodiscard]] FrameHygiene inspectScores(const ScoredImage& frame);
/// The same where no labels are known.
[[nodiscard]] FrameHygiene inspectScores(std::span<const float> scores);

enum class HygieneIssue {
  NotFinite,        ///< NaN or infinite scores: no metric can rank them
  Constant,         ///< one value over the frame
  NoFiniteScore,    ///< nothing left to rank
  ManyTies,         ///< more than a tenth of the pixels at one value
  Float16Loss,      ///< as float16 some scores would become infinite or zero
  SaturatedLogits,  ///< logits beyond float16's range were stored as its largest: their scores are wrong
  RangeUnlikeSet,   ///< the frame's median lies outside the middle half of the set's medians by more than three of its
                    ///< widths
};
[[nodiscard]] std::string hygieneIssueText(HygieneIssue issue);

struct HygieneFinding {
  std::size_t frame = 0;
  HygieneIssue issue = HygieneIssue::NotFinite;
};

/// A set's frames together.
struct SetHygiene {
  std::uint64_t pixels = 0, nan = 0, plusInfinity = 0, minusInfinity = 0;
  std::uint64_t float16Overflow = 0, float16Underflow = 0, saturatedLogits = 0;
  std::optional<float> lowest, highest;
  std::optional<double> medianOfMedians;
  std::size_t constantFrames = 0;
  std::vector<HygieneFinding> findings;  ///< by frame, then in the order of HygieneIssue
};
[[nodiscard]] SetHygiene summarise(std::span<const FrameHygiene> frames);

/// Frames inspected in parallel, in the order given.
[[nodiscard]] std::vector<FrameHygiene> inspectScores(std::span<const ScoredImage> frames);

}  // namespace oodscope
