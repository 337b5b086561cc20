// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/label_index.h"
#include "analysis/metrics/pixel_metrics.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace oodscope {

struct SampleOptions {
  std::size_t positivesCap = 40'000;  ///< all positives of the set up to this many, then a stratified random subset
  std::size_t negatives = 80'000;     ///< stratified over frames in proportion to their negatives
  std::uint64_t seed = 1;             ///< the same seed chooses the same pixels
};

/// Pixels chosen in one frame, at random without replacement within each class. The first `positives` of `pixels` are
/// anomalous, the others normal, each part ascending.
struct FrameSample {
  std::size_t frame = 0;
  std::vector<std::uint32_t> pixels;  ///< row-major indices
  std::size_t positives = 0;
  std::uint64_t allPositives = 0;  ///< in the frame
  std::uint64_t allNegatives = 0;
  [[nodiscard]] std::size_t negatives() const { return pixels.size() - positives; }
};

/// A set's pixels from which its curves are estimated while a parameter moves.
struct PixelSample {
  std::vector<FrameSample> frames;  ///< ascending by frame; frames without a labelled pixel are absent
  [[nodiscard]] std::size_t pixelCount() const;
};

/// Chooses the pixels: frames[i] says where frame i's labels are what. Each subset of a class's pixels in a frame is
/// equally likely. Cost: O(sample log sample + runs), so that it can be drawn again as frames come in.
[[nodiscard]] PixelSample drawSample(std::span<const LabelIndex* const> frames, const SampleOptions& options);

/// A value with its 95 % interval; low = value = high where nothing was left out of the sample.
struct Estimate {
  double value = 0;
  double low = 0;
  double high = 0;
};

struct SampleEstimate {
  std::optional<Estimate> ap;
  std::optional<Estimate> fpr95;
  std::optional<Estimate> auroc;
  SetCurves curves;
  std::vector<double> precisionLow, precisionHigh;  ///< pointwise 95 % bands at curves.points
  std::vector<double> recallLow, recallHigh;        ///< of the TPR at the same thresholds
  std::uint64_t positives = 0, negatives = 0;       ///< true counts of the set, of the frames that take part
  std::size_t framesUsed = 0, framesSkipped = 0;    ///< of the sample's frames, by the protocol's own rule
  std::uint64_t unusable = 0;                       ///< sampled pixels with NaN or infinite scores, left out
};

/// Estimates from the scores of the sample's pixels, in its order. Each pixel stands for its class's pixels of its
/// frame. AP is freed of the bias that a quotient of estimated counts has. Intervals: linearised variance over strata
/// (frame, class) with finite-population correction, on the logit scale; for FPR95 Woodruff's, which follows the steps
/// of tied scores. Frames without anomalies are left out where the protocol skips them. The Smiyc protocols are
/// estimated as if pooled; StreetHazards, a mean over frames, is not estimated: all empty. Requires: one score per
/// pixel. Cost: O(n), one thread. Source: Särndal, Swensson, Wretman, Model Assisted Survey Sampling, sections 5.5
/// and 5.11.
[[nodiscard]] SampleEstimate estimateFromSample(const PixelSample& sample, std::span<const float> scores,
                                                Protocol protocol);

}  // namespace oodscope
