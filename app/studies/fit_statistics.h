// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/features/feature_statistics.h"
#include "analysis/features/reference_bank.h"
#include "analysis/scores/class_statistics.h"
#include "app/sources/progress.h"
#include "app/sources/score_source.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace oodscope {

struct FitOptions {
  std::size_t bank = 100'000;  ///< reference features at most
  std::uint64_t seed = 0;      ///< which of them are drawn
  int neighbours = 3;          ///< k of the distance to the nearest of them
  double ridge = 1e-6;         ///< times the mean variance, added to the diagonal of each covariance
};

/// What was fitted for a network's features: means, inverse covariances and reference features.
struct FittedFeatures {
  int dimensions = 0;
  std::uint64_t pixels = 0;                ///< of all frames, at the features' own resolution
  std::vector<int> classes = {};           ///< channels of the logits whose Gaussians follow; {-1}: of all pixels
  std::vector<std::uint64_t> counts = {};  ///< of each of these classes
  std::vector<FeatureClass> gaussians = {};
  std::vector<int> leftOut = {};  ///< classes of no more features than dimensions, or of one value alone
  ReferenceBank bank = {};
};

/// What a set's frames say of a source, all pixels of all frames, whatever their labels.
struct FittedSet {
  std::optional<ClassStatistics> logits = {};  ///< of the largest logit by predicted class
  std::vector<int> channels = {};              ///< that took part
  std::optional<FittedFeatures> features = {};
  std::size_t frames = 0;
  std::uint64_t pixels = 0;     ///< of the logits
  std::string resolution = {};  ///< of the logits, "1024x512"; "several": not one
  std::vector<FailedFrame> failures = {};
  bool cancelled = false;
};

/// Streams all frames of *set through the source, which opens features where it has them. A class is what the largest
/// logit says; a feature's is that of the nearest pixel of the logits (PIL's nearest), and without logits all features
/// are one class. A frame that cannot be read is a failure and takes no part. Memory: one frame, 8 C D^2 bytes and the
/// bank. The same bits for any number of threads. Throws Error where the source gives neither logits nor features, and
/// where a file changed while it was read.
/// Sources: Jung et al., ICCV 2021 (calculate_statistics.py); Lee et al., NeurIPS 2018; Galesso et al., dense-ood-knns.
[[nodiscard]] FittedSet fitStatistics(const DataSet& set, ScoreSource& source, const FitOptions& options,
                                      const ProgressSink& progress, const std::stop_token& stop);

/// Where a fit is from.
struct FitOrigin {
  std::string set;
  std::string model = {};  ///< SHA-256 of the network's file; empty: somebody's files
  std::vector<std::pair<std::string, std::string>> facts = {};
};
/// Writes FILE.json, which readStatistics() reads, and for features FILE.features.npz beside it (means, inverse, bank),
/// which the JSON names with its SHA-256. Throws Error where it cannot be written.
void writeStatistics(const std::filesystem::path& file, const FittedSet& fitted, const FitOrigin& origin,
                     const FitOptions& options);

}  // namespace oodscope
