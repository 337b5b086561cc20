// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/evaluate_set.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

namespace oodscope {

/// The normalised scores of one frame, a map a term, and its labels. `owner` keeps all alive.
struct EnsembleFrame {
  std::vector<std::span<const float>> terms;
  std::span<const std::uint8_t> labels;
  std::shared_ptr<const void> owner;
  /// What becomes of their weighted sum where the sum is filtered; empty: it stays what it is.
  std::function<std::vector<float>(std::vector<float> sum)> finish = {};
};
/// A set as weights are tried on it. The provider is asked for each frame once for every choice of weights, from
/// several threads.
struct EnsembleSet {
  std::size_t frames = 0;
  std::size_t terms = 0;
  std::function<EnsembleFrame(std::size_t frame)> provide;
};

using TermWeights = std::vector<double>;

/// By what weights are chosen.
enum class WeightCriterion {
  Ap,           ///< highest AP
  Fpr95,        ///< lowest FPR95
  ApLessFpr95,  ///< highest AP - FPR95
};
/// Reads "ap", "fpr95", "ap-fpr95". Throws Error.
[[nodiscard]] WeightCriterion parseWeightCriterion(std::string_view text);
/// The larger the better; empty where AP or FPR95, as far as it is asked for, is not defined.
[[nodiscard]] std::optional<double> criterionOf(WeightCriterion criterion, const PixelMetrics& metrics);

/// TermWeights from integers 0..most of `terms` terms, without all zeros, of sum 1, those of equal proportions once; in
/// the order of the integers, the first term slowest. Source: SynBoost's grid search (most = 3). Requires: 1 to 8
/// terms, most of 1 to 10.
[[nodiscard]] std::vector<TermWeights> weightGrid(std::size_t terms, int most = 3);

/// sum of w_i s_i, in double, added from the left; `finish` is left to whoever asks. Requires: as many weights as
/// terms.
[[nodiscard]] std::vector<float> weightedSum(const EnsembleFrame& frame, std::span<const double> weights);

/// One choice of weights and what it gives.
struct WeightTrial {
  TermWeights weights;
  PixelMetrics metrics;
};
/// Exact numbers of the set under one choice. Throws Error where a frame cannot be given.
[[nodiscard]] WeightTrial tryWeights(const EnsembleSet& set, const TermWeights& weights, Protocol protocol);

struct WeightSearch {
  std::vector<WeightTrial> trials;  ///< of every choice, in the order given
  std::optional<std::size_t> best;  ///< of equal ones the first; none where the criterion is nowhere defined
};
/// Every choice tried. Empty where stopped. Throws as tryWeights().
[[nodiscard]] std::optional<WeightSearch> searchWeights(const EnsembleSet& set, std::span<const TermWeights> choices,
                                                        WeightCriterion criterion, Protocol protocol,
                                                        const std::stop_token& stop);

/// TermWeights found on each set, measured on all: [found on][measured on]; empty where none were found. Requires: as
/// many choices as sets, all of the same terms.
[[nodiscard]] std::vector<std::vector<std::optional<PixelMetrics>>> crossWeights(
    std::span<const EnsembleSet> sets, std::span<const std::optional<TermWeights>> found, Protocol protocol);

/// The ensemble without each of its terms in turn: nothing is trained anew. First all terms, then without the first, …;
/// a term of weight 0 is left in its place. TermWeights keep their proportions. Empty metrics where nothing is left.
struct Ablation {
  std::optional<std::size_t> without;  ///< none: all terms
  TermWeights weights;                 ///< of sum 1
  std::optional<PixelMetrics> metrics;
};
[[nodiscard]] std::vector<Ablation> leaveOneOut(const EnsembleSet& set, const TermWeights& weights, Protocol protocol);

}  // namespace oodscope
