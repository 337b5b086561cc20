// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/statistics/calibration.h"
#include "analysis/statistics/hygiene.h"
#include "app/live/live_set.h"

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace oodscope {

/// How well softmax(z / T) predicts the class of pixels whose class is known.
struct ClosedSetCalibration {
  std::size_t frames = 0;
  std::size_t pixels = 0;  ///< an even sample of them
  CalibrationAt now;       ///< at the temperature asked for
  BestTemperature best;    ///< of the least NLL
  CalibrationAt atBest;
};

/// State of a run's scores, and what they are worth as probabilities. What is not meaningful is absent, with a reason.
struct CalibrationReport {
  std::optional<ClosedSetCalibration> closedSet;
  std::string closedSetReason;
  std::optional<ReliabilityTally> anomaly;  ///< the score read as the probability of an anomaly
  std::string anomalyReason;
  std::vector<std::size_t> frames;  ///< DataSet indices, of:
  std::vector<FrameHygiene> hygiene;
  SetHygiene set;  ///< findings name places in `frames`
};

/// Logits of pixels of known class of the frames that are ready: every stride-th, at the network's resolution, classes
/// beyond the chosen channels left out. `frames`, where given, is set to the number of frames with classes. Empty where
/// the set has no class labels or the source no logits. Throws Error.
[[nodiscard]] LabelledLogits sampleLabelledLogits(const LiveSet& live, const Configuration& configuration,
                                                  std::size_t wanted, const std::stop_token& stop,
                                                  std::size_t* frames = nullptr);

/// Of the frames that are ready. Empty where stopped. Throws Error. Cost: a sort of each frame's scores, and about 30
/// passes over 200,000 pixels' logits.
[[nodiscard]] std::optional<CalibrationReport> calibrationReport(LiveSet& live, const Configuration& configuration,
                                                                 double temperature, const std::stop_token& stop);

}  // namespace oodscope
