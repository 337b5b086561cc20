// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/sorted_scores.h"
#include "analysis/regions/components.h"
#include "analysis/regions/scored_image.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace oodscope {

/// Smallest box around a region, in pixels.
struct Box {
  int x = 0, y = 0, width = 0, height = 0;
  friend bool operator==(const Box&, const Box&) = default;
};

/// A pixel's column and row.
struct PixelPosition {
  int x = 0, y = 0;
  friend bool operator==(const PixelPosition&, const PixelPosition&) = default;
};

enum class FailureKind { FalsePositive, Missed };

/// One false-positive region or one missed object of a frame.
struct FailureRegion {
  FailureKind kind = FailureKind::FalsePositive;
  std::uint64_t area = 0;  ///< pixels
  Box box;
  double centreX = 0.0, centreY = 0.0;  ///< mean of pixel positions
  PixelPosition peakAt;                 ///< the first pixel, row-major, that has the peak score
  double peakScore = 0.0;
  double meanScore = 0.0;
  double margin = 0.0;                        ///< peak minus threshold; negative: no pixel of the object was found
  std::optional<std::uint8_t> majorityClass;  ///< of the predicted classes; the lowest of equals
  double classShare = 0.0;                    ///< of the region's pixels, in [0, 1]; 0 without classes
  std::optional<double> distance;             ///< median in metres over pixels where it is known (lower one of two)
  double recall = 0.0;                        ///< share of the object that was found; 0 for a false positive
  std::vector<PixelPosition> outline;         ///< closed, through the outermost pixels' centres; if asked for
  std::vector<Run> runs;                      ///< the region's pixels, row-major
};

struct FailureOptions {
  double threshold = 0.0;    ///< decision: score >= threshold
  int minArea = 50;          ///< smaller false-positive regions are counted, not listed; pixels
  int minTruth = 0;          ///< smaller truth components are counted, not listed and no objects; pixels
  double missedBelow = 0.5;  ///< an object is missed where less than this share of it is found
  bool opening = false;      ///< 5x5 morphological opening of the false positives first: separates thin bridges
  bool outlines = true;      ///< trace FailureRegion::outline
};

/// What may be known of a frame besides; null where it is not. Sizes are the frame's.
struct FailureContext {
  const ClassMap* predictedClasses = nullptr;
  const ClassMap* trueClasses = nullptr;  ///< 255 void
  const Grid<float>* distance = nullptr;  ///< metres, 0 unknown
};

/// Failures of one frame. The areas of falsePositives, smallPixels and openedPixels sum to counts.fp.
struct FrameFailures {
  Size size;
  double threshold = 0.0;
  ConfusionCounts counts;
  std::vector<FailureRegion> falsePositives;  ///< largest first, then by first pixel
  std::vector<FailureRegion> missed;          ///< lowest recall first, then largest, then by first pixel
  std::uint64_t smallPixels = 0;              ///< false positives in regions under the minimum
  std::uint64_t openedPixels = 0;             ///< false positives that the opening removed
  std::uint64_t objects = 0;                  ///< truth components of minTruth or more, missed or not
  std::uint64_t smallObjects = 0;             ///< the others
};

/// Finds them. Regions are 8-connected and lie outside void; pixels whose score is NaN or infinite count as void, as
/// they do in the pixel metrics, so that counts agree with countsAt of sorted_scores.h. Pure.
/// Errors: ContractViolation where sizes differ. Cost: about 10 ms on 1024x512 with classes, at a threshold that
/// predicts a fifth of the pixels.
[[nodiscard]] FrameFailures findFailures(const ScoredImage& frame, const FailureOptions& options,
                                         const FailureContext& context = {});

/// Mask of one region: 1 inside, 0 outside.
[[nodiscard]] Grid<std::uint8_t> regionMask(const FailureRegion& region, Size size);

/// Image of regions: index + 1 into `regions` inside each, 0 elsewhere.
[[nodiscard]] Grid<std::uint32_t> regionImage(std::span<const FailureRegion> regions, Size size);

/// Scores whose one threshold acts as `threshold + offset of the predicted class` did: score - offsets[class]; classes
/// without an offset keep their score. Errors: ContractViolation where sizes differ.
[[nodiscard]] ScoreMap withClassOffsets(const ScoreMap& scores, const ClassMap& predictedClasses,
                                        std::span<const float> offsets);

}  // namespace oodscope
