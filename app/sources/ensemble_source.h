// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"
#include "analysis/ensembles/expression.h"
#include "analysis/ensembles/normalisation.h"
#include "app/sources/score_source.h"

#include <array>
#include <cstdint>
#include <mutex>

namespace oodscope {

/// A score that is a weighted sum of products of others of one set, each at a method and a temperature of its own, and
/// brought to one scale before: published methods add a prior to a likelihood, or a network's scores to somebody's
/// maps. A source of finished maps like any other: exact numbers, estimates and components follow. Its weights are part
/// of a configuration, as a temperature is: scales and terms stay where they change.
///
/// A scale over the set is of all pixels that are not void of the frames that can be scored and have labels, at the
/// resolution that is asked for. The first score at a resolution finds it: a network pass a frame where nothing is
/// stored, and a map a frame and factor (ranks: 4 bytes a pixel of the set besides). A scale over the frame needs that
/// frame's label alone, and is of all its pixels where it has none; so is a set's where no frame of it has one.
class EnsembleSource : public ScoreSource, private WeightedTerms {
public:
  struct Factor {
    std::shared_ptr<ScoreSource> source;
    Configuration configuration;
  };
  struct Term {
    double weight = 1.0;
    std::vector<Factor> factors;
  };
  struct Parts {
    std::string label = {};         ///< what people call it; empty: its text
    std::string base = {};          ///< label of the source that factors without one are of
    EnsembleExpression expression;  ///< what it is written as, of as many terms and factors
    std::vector<Term> terms;
    Normalisation normalisation;
    std::uint64_t memoryBytes = 0;  ///< of terms that stay between uses, for other weights
  };
  /// Requires: one term or more, each of one factor or more, of *set; finite weights. Its maker is openSource().
  EnsembleSource(std::shared_ptr<const DataSet> set, Parts parts);

  [[nodiscard]] std::string name() const override { return m_parts.label; }
  [[nodiscard]] SourceId id() const override;
  /// Those of all factors, in the order of the sum; a term's weight with its first factor.
  [[nodiscard]] std::vector<ScoreTerm> terms(const Configuration& configuration) const override;
  [[nodiscard]] Configuration configurationOf(const std::vector<ScoreTerm>& terms) const override;
  /// The text with the configuration's weights is the method, the source at hand the model.
  [[nodiscard]] RowNames rowNames(const Configuration& configuration) const override;
  [[nodiscard]] bool takesMethods() const override { return false; }
  /// The most that one factor lacks: how many of them are the same is not known before they are prepared.
  [[nodiscard]] std::optional<std::size_t> framesWithoutFile() const override;
  /// The sum alone.
  [[nodiscard]] std::vector<Configuration> configurations(const std::vector<Method>& methods,
                                                          const std::vector<float>& temperatures) const override;
  [[nodiscard]] bool givesClasses() const override { return classFactor() != nullptr; }
  /// The first score's whose source has classes; its own, none, where there is no such score.
  [[nodiscard]] ClassGiver classGiver(const Configuration& configuration) const override;
  [[nodiscard]] const std::vector<std::string>& classNames() const override;
  /// Every factor's: a frame that one of them cannot score is none of the sum's, and the Error is that factor's.
  void prepare(std::size_t frame) override;
  /// The first factor's: the network resolution of a sum. The others are resized to it as they are to a label's.
  [[nodiscard]] Size ownSize(std::size_t frame) const override;
  /// scoreAt() the resolution whose size `target` is; the labels' where it is neither's or both's.
  [[nodiscard]] ScoreMap score(std::size_t frame, const Configuration& configuration, Size target) const override;
  /// weightedSum() of the terms: in double, rounded once; not a number where a term is not whose weight is not 0. A
  /// term is the product of its factors, scaled and rounded to float. Then sumFilters(). Throws Error where a scale is
  /// asked for and no frame can be scored. Cost: the factors' own, one after another, and a pass over the pixels for
  /// each; where the terms are held, that pass alone.
  [[nodiscard]] ScoreMap scoreAt(std::size_t frame, const Configuration& configuration, Size target,
                                 Resolution at) const override;
  [[nodiscard]] const WeightedTerms* weightedTerms() const override { return this; }
  [[nodiscard]] std::string precision() const override;
  [[nodiscard]] std::vector<std::string> warnings() const override;
  [[nodiscard]] std::size_t networkPasses() const override;
  /// Its text and normalisation, and those of the factors, numbered: "term1_weight", "term1_method", …, and from a
  /// product's second factor on "term1_factor2_method", …
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> provenance() const override;

private:
  using Maps = std::shared_ptr<const std::vector<ScoreMap>>;
  using Scales = std::vector<ScoreScale>;  // one a factor, in the order of the sum
  [[nodiscard]] const std::vector<std::string>& texts() const override { return m_texts; }
  [[nodiscard]] std::vector<double> weights(const Configuration& configuration) const override;
  [[nodiscard]] Configuration configuration(const std::vector<double>& weights) const override;
  [[nodiscard]] Maps maps(std::size_t frame, Size target, Resolution at) const override;
  /// Those that it is written with, then the configuration's.
  [[nodiscard]] FilterChain sumFilters(const Configuration& configuration) const override;
  [[nodiscard]] ScoreMap filteredSum(std::size_t frame, const Configuration& configuration,
                                     ScoreMap sum) const override;

  [[nodiscard]] const Factor* classFactor() const;
  [[nodiscard]] std::string textOfFactor(const Factor& factor) const;
  [[nodiscard]] EnsembleExpression weighted(const Configuration& configuration) const;
  template <class Use>
  void eachFactor(const Use& use) const;
  [[nodiscard]] std::vector<ScoreMap> factorMaps(std::size_t frame, Size target) const;
  [[nodiscard]] std::vector<ScoreMap> made(std::size_t frame, Size target, Resolution at) const;
  [[nodiscard]] bool hasLabels() const;
  /// Labels and size by which a frame takes part in the set's scale.
  [[nodiscard]] LabelMap labelForScale(std::size_t frame, Resolution at) const;
  [[nodiscard]] LabelMap labelAt(std::size_t frame, Size target) const;
  [[nodiscard]] std::shared_ptr<const Scales> setScales(Resolution at) const;
  [[nodiscard]] Scales fitted(Resolution at) const;
  void makeReady(std::size_t frame) const;
  [[nodiscard]] bool canPrepare(std::size_t frame) const;
  [[nodiscard]] Maps held(std::size_t frame, Size target, Resolution at) const;
  void hold(std::size_t frame, Resolution at, const Maps& maps) const;

  std::shared_ptr<const DataSet> m_set;
  Parts m_parts;
  std::vector<std::string> m_texts;
  mutable std::mutex m_prepareMutex;  // held while a frame is made ready
  mutable std::vector<char> m_isReady;
  mutable std::mutex m_scalesMutex;  // held while scales are found, and m_prepareMutex within
  mutable std::array<std::shared_ptr<const Scales>, 2> m_scales;  ///< over the set, by resolution
  struct Held {
    Maps maps;
    Resolution at = Resolution::Network;
  };
  mutable std::mutex m_heldMutex;
  mutable std::vector<Held> m_held;  ///< by frame, within Parts::memoryBytes
  mutable std::uint64_t m_heldBytes = 0;
};

}  // namespace oodscope
