// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/protocol_rules.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// The numbers of one set under one protocol, as fractions. Empty where not defined (no positives or no negatives).
struct PixelMetrics {
  Protocol protocol = protocols::kFishyscapes;
  std::optional<double> ap;
  std::optional<double> fpr95;
  std::optional<double> auroc;
  std::optional<double> bestF1;          ///< empty for StreetHazards, which does not define it
  std::optional<float> bestF1Threshold;  ///< the highest threshold that attains bestF1
  std::optional<float> threshold95;      ///< where fpr95 was read; for Course the first threshold with TPR >= 0.95
  std::uint64_t positives = 0;           ///< pixels of the frames used
  std::uint64_t negatives = 0;
  std::size_t framesUsed = 0;
  std::size_t framesSkipped = 0;  ///< left out by the protocol's own rule
  bool exact = true;              ///< false: estimated from a sample
};

/// One decision (score >= threshold) on a set and what it costs.
struct CurvePoint {
  float threshold = 0;  ///< +infinity for the point where nothing is predicted
  double recall = 0;    ///< = TPR
  double precision = 0;
  double fpr = 0;
  double f1 = 0;
  double iou = 0;  ///< TP / (TP + FP + FN)
};

/// For drawing: at most kMaxCurvePoints points, strictest first, recall and fpr never decreasing. The first point
/// predicts nothing (recall 0, precision 1), the last one reaches recall 1. Empty without positives or negatives.
inline constexpr std::size_t kMaxCurvePoints = 2000;
struct SetCurves {
  Protocol protocol = protocols::kFishyscapes;
  std::vector<CurvePoint> points;
  double prevalence = 0;  ///< P / (P + N), the precision of chance
};

/// Scores counted in equal bins over [low, high]; the last bin holds high too.
struct ScoreHistogram {
  float low = 0;
  float high = 0;
  std::vector<std::uint64_t> normal;
  std::vector<std::uint64_t> anomalous;
};

/// Scores that no metric can rank. Counted on labelled pixels only, and left out like void.
struct ScoreHygiene {
  std::uint64_t nan = 0;
  std::uint64_t plusInfinity = 0;
  std::uint64_t minusInfinity = 0;
  std::uint64_t voidPixels = 0;
  [[nodiscard]] std::uint64_t unusable() const { return nan + plusInfinity + minusInfinity; }
  friend bool operator==(const ScoreHygiene&, const ScoreHygiene&) = default;
};

/// One frame's own numbers, ranked within the frame (step-sum AP, first TPR >= 0.95).
struct FrameMetrics {
  std::size_t frame = 0;
  std::optional<double> ap;
  std::optional<double> auroc;
  std::optional<double> fpr95;
  std::optional<double> bestF1;
  std::optional<double> meanScore;  ///< over labelled pixels with finite scores
  std::uint64_t positives = 0;
  std::uint64_t negatives = 0;
};

}  // namespace oodscope
