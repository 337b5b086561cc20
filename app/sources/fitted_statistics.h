// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/features/feature_reference.h"
#include "analysis/scores/class_statistics.h"
#include "analysis/scores/score_function.h"
#include "inference/models/model.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace oodscope {

/// What says in a file that it holds statistics of a set: its value is the format's version.
inline constexpr const char* kStatisticsMember = "oodscope_statistics";
inline constexpr int kStatisticsFormat = 1;

/// What was fitted on a set for a network: what standardised max-logits and distances of features are measured by.
/// Values never change once it was read.
class FittedStatistics {
public:
  /// Of the largest logit by class.
  struct MaxLogits {
    std::vector<int> channels = {};                       ///< that took part, ascending
    std::vector<std::optional<ClassScale>> classes = {};  ///< by channel
    std::optional<ClassScale> pooled = {};                ///< of the pixels of all classes; a published file has none
    friend bool operator==(const MaxLogits&, const MaxLogits&) = default;
  };

  std::filesystem::path file;
  std::string digest;  ///< SHA-256 of all files that were read
  std::string model;   ///< SHA-256 of the network's file; empty: not known
  std::string set;     ///< that it was fitted on; empty: not known
  std::optional<MaxLogits> maxLogits = {};
  std::shared_ptr<const FeatureReference> features = {};

  /// The first of the channels that has no statistics and cannot borrow any; nothing where all do.
  [[nodiscard]] std::optional<int> lacking(std::span<const int> channels) const;
  /// Mean and variance by channel for methods. A class that was predicted for fewer than two pixels, or always with one
  /// value, has those of the pixels of all classes. Empty where channels lack any, and without statistics of logits.
  [[nodiscard]] std::optional<MaxLogitStatistics> scalesOf(std::span<const int> channels) const;
  /// Key and value for provenance: file, digest, set; classes with statistics of all classes.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> facts() const;
  /// Fills in what a source gives by having them, for channels that take part.
  void addTo(ScoreInputs& inputs, std::span<const int> channels) const;
};
/// Of an absent one there is nothing to add.
void addStatistics(const FittedStatistics* statistics, std::span<const int> channels, ScoreInputs& inputs);
void addStatistics(const FittedStatistics* statistics, ScoreParameters& parameters);

/// Reads a file of `oodscope-cli fit`, or the published .npy of pickled means (SET_mean.npy) with SET_var.npy beside
/// it, of which nothing is executed, or SegmentMeIfYouCan's .h5 of the Mahalanobis baseline: `means` (K x D) and
/// `inverse` (K x D x D), the inverse covariances. Throws Error: missing, another kind of file, values out of range, a
/// bank that is not the one the file names.
[[nodiscard]] std::shared_ptr<const FittedStatistics> readStatistics(const std::filesystem::path& file);

/// Whether the file says that it holds statistics as fit writes them; false where it is no JSON at all.
[[nodiscard]] bool isStatisticsFile(const std::filesystem::path& file);

/// Whether the statistics are of that network, as far as they say.
[[nodiscard]] bool fits(const FittedStatistics& statistics, const ModelInfo& model);
/// Throws Error unless they are.
void requireFits(const FittedStatistics& statistics, const ModelInfo& model);

/// Where fit puts them unasked: beside the network's file, net.statistics.json for net.pth.
[[nodiscard]] std::filesystem::path statisticsBeside(const std::filesystem::path& model);

/// What a network is scored with: a file that somebody named, else the one beside it.
struct ChosenStatistics {
  std::shared_ptr<const FittedStatistics> statistics = {};
  std::string warning = {};  ///< why the file beside the network is left alone; empty: it is not
};
/// Throws Error where the file that was named cannot be read or is of another network.
[[nodiscard]] ChosenStatistics chooseStatistics(const std::optional<std::filesystem::path>& named,
                                                const ModelInfo& model);

}  // namespace oodscope
