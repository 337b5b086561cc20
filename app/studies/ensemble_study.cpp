// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/ensemble_study.h"

namespace oodscope {

EnsembleSet ensembleSetOf(const std::shared_ptr<LiveSet>& live, const Configuration& shown) {
  const WeightedTerms* terms = live->source().weightedTerms();
  require(terms != nullptr, "ensembleSetOf: the source is no ensemble");
  const std::vector<std::size_t> frames = live->labelledFrames();
  return {
      .frames = frames.size(), .terms = terms->texts().size(), .provide = [live, terms, frames, shown](std::size_t i) {
        struct Both {
          std::shared_ptr<const std::vector<ScoreMap>> maps;
          std::shared_ptr<const LabelMap> label;
        };
        const std::size_t frame = frames[i];
        const auto both = std::make_shared<const Both>(
            Both{terms->maps(frame, live->evaluationSize(frame), live->resolution()), live->label(frame)});
        EnsembleFrame out{.terms = {}, .labels = both->label->values(), .owner = both};
        for (const ScoreMap& map : *both->maps) out.terms.push_back(map.values());
        if (!terms->sumFilters(shown).empty())
          out.finish = [terms, frame, shown, size = live->evaluationSize(frame)](std::vector<float> sum) {
            const ScoreMap map = terms->filteredSum(frame, shown, {size, std::move(sum)});
            return std::vector<float>(map.values().begin(), map.values().end());
          };
        return out;
      }};
}

std::optional<CrossedWeights> crossedWeights(const std::vector<std::shared_ptr<LiveSet>>& sets,
                                             const WeightQuestion& question, const std::stop_token& stop) {
  std::vector<EnsembleSet> all;
  all.reserve(sets.size());
  for (const auto& live : sets) all.push_back(ensembleSetOf(live));
  CrossedWeights out;
  for (const EnsembleSet& set : all) {
    const auto search = searchWeights(set, question.choices, question.criterion, question.protocol, stop);
    if (!search) return std::nullopt;
    out.found.push_back(search->best ? std::optional(search->trials[*search->best].weights) : std::nullopt);
  }
  out.metrics = crossWeights(all, out.found, question.protocol);
  return out;
}

std::string ablationName(const Ablation& row, const std::vector<std::string>& texts) {
  return row.without ? "without " + texts.at(*row.without) : "all terms";
}

}  // namespace oodscope
