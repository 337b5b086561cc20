// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/sources/score_source.h"

namespace oodscope {

/// A score that is a weighted sum of others of one set, each at a method and a temperature of its own: published
/// methods add a prior to a likelihood, or a network's scores to somebody's maps. A source of finished maps like any
/// other: exact numbers, estimates and components follow. Sums are of the scores as they are, nothing is normalised;
/// give weights that bring them to one scale.
class WeightedSource : public ScoreSource {
public:
  struct Part {
    std::shared_ptr<ScoreSource> source;
    Configuration configuration;
    double weight = 1.0;
  };
  /// Requires: two parts or more, of one set; finite weights. Its maker is openSource().
  explicit WeightedSource(std::vector<Part> parts);

  /// "0.5 msp of net.pth + 0.5 maps".
  [[nodiscard]] std::string name() const override { return m_name; }
  [[nodiscard]] SourceId id() const override;
  /// Those of all parts with their weights, in the order of the sum.
  [[nodiscard]] std::vector<ScoreTerm> terms(const Configuration& configuration) const override;
  [[nodiscard]] bool takesMethods() const override { return false; }
  /// The most that one part lacks: how many of them are the same is not known before they are prepared.
  [[nodiscard]] std::optional<std::size_t> framesWithoutFile() const override;
  /// The sum alone.
  [[nodiscard]] std::vector<Configuration> configurations(const std::vector<Method>& methods,
                                                          const std::vector<float>& temperatures) const override;
  /// Every part's: a frame that one part cannot score is none of the sum's, and the Error is that part's.
  void prepare(std::size_t frame) override;
  /// The first part's: the network resolution of a sum. The others are resized to it as they are to a label's.
  [[nodiscard]] Size ownSize(std::size_t frame) const override { return m_parts.front().source->ownSize(frame); }
  /// w1 * s1 + w2 * s2 + ... in float, added from the left; not a number where one of them is not. Cost: the parts'
  /// own, one after another, and a pass over the pixels for each; two maps are held at a time.
  [[nodiscard]] ScoreMap score(std::size_t frame, const Configuration& configuration, Size target) const override;
  [[nodiscard]] std::string precision() const override;
  [[nodiscard]] std::vector<std::string> warnings() const override;
  /// Those of the parts, numbered: "term1_weight", "term1_method", "term1_model", …
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> provenance() const override;

private:
  std::vector<Part> m_parts;
  std::string m_name;
};

}  // namespace oodscope
