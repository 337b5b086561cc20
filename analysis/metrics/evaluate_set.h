// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/label_index.h"
#include "analysis/metrics/pixel_metrics.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace oodscope {

/// Scores and labels (kNormal, kAnomaly; all else is void) of one frame, of equal length. `owner` keeps all alive.
struct ScoredFrame {
  std::span<const float> scores;
  std::span<const std::uint8_t> labels;
  std::shared_ptr<const void> owner;
  const LabelIndex* index = nullptr;  ///< of the labels, where the caller keeps it from one score map to the next
};

/// Gives frame i. Called from several threads at once and, in low memory, more than once per frame with equal results.
/// May throw Error: the frame is then left out and listed in SetResult::failures.
using FrameProvider = std::function<ScoredFrame(std::size_t frame)>;

enum class MemoryUse {
  Fast,  ///< every ScoredFrame is asked for once and kept until the end
  Low    ///< frames are asked for again in each pass (two, three with histograms); about 20 bytes per
         ///< anomalous pixel and a few megabytes beside the frames in work
};

struct EvaluateOptions {
  MemoryUse memory = MemoryUse::Fast;
  bool asFloat16 = false;         ///< Smiyc2023/2021 only: round scores to float16 first, as submitted files are
  bool curves = true;             ///< SetResult::curves, one per pooled protocol
  bool perFrame = false;          ///< SetResult::frames; about doubles the time
  std::size_t histogramBins = 0;  ///< 0: no histogram; one more pass over the scores otherwise
  int threads = 0;                ///< 0: as many as the caller's oneTBB arena has
};

struct FrameFailure {
  std::size_t frame = 0;
  std::string message;
};

struct SetResult {
  bool cancelled = false;             ///< stopped through the token: nothing below is filled
  std::vector<PixelMetrics> metrics;  ///< one per protocol asked for, in that order
  std::vector<SetCurves> curves;      ///< one per protocol asked for (empty points for StreetHazards), if asked for
  std::vector<FrameMetrics> frames;   ///< ascending by frame, failed frames absent; if asked for
  ScoreHistogram histogram;           ///< empty bins unless asked for
  ScoreHygiene hygiene;
  std::vector<FrameFailure> failures;

  /// The numbers under `protocol`, or nullptr where it was not asked for.
  [[nodiscard]] const PixelMetrics* find(Protocol protocol) const;
};

/// Metrics of a set under each of `protocols`, exactly as their owners compute them, without sorting the negatives.
/// Decision: score >= threshold. Pixels with NaN or infinite scores are left out and counted in `hygiene`.
/// Results are identical for any number of threads.
/// Errors: ContractViolation where a frame's scores and labels differ in length; Error where a provider fails in a
/// later pass on a frame it gave before. Cost: O(pixels + P log P), one to two reads of the scores. Source: reference
/// code of each protocol, see README.md of this folder.
[[nodiscard]] SetResult evaluateSet(std::size_t frames, const FrameProvider& provider,
                                    std::span<const Protocol> protocols, const EvaluateOptions& options = {},
                                    std::stop_token stop = {});

}  // namespace oodscope
