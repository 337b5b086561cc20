// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/pixel_metrics.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
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

struct FrameLabels {
  std::span<const std::uint8_t> labels;
  std::shared_ptr<const void> owner;
};
using LabelProvider = std::function<FrameLabels(std::size_t frame)>;

/// Chooses the pixels. The provider is asked twice per frame. Errors: what the provider throws. Cost: O(pixels) of
/// labels.
[[nodiscard]] PixelSample drawSample(std::size_t frames, const LabelProvider& provider, const SampleOptions& options);

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
/// frame. Intervals: linearised variance over strata (frame, class) with finite-population correction, on the logit
/// scale. Frames without anomalies are left out where the protocol skips them. The Smiyc protocols are estimated as if
/// pooled exactly; StreetHazards, a mean over frames, is not estimated: all empty. Requires: one score per pixel. Cost:
/// O(n log n), one thread. Source: Särndal, Swensson, Wretman, Model Assisted Survey Sampling, section 5.5.
[[nodiscard]] SampleEstimate estimateFromSample(const PixelSample& sample, std::span<const float> scores,
                                                Protocol protocol);

}  // namespace oodscope
