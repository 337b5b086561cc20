// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session/labels.h"
#include "app/sources/open_source.h"

#include <algorithm>

namespace oodscope {
namespace {

constexpr std::size_t kMostEnsembleTerms = 8;  // of weightGrid(), and of a session

/// The item that a label in an ensemble means; nullptr: none.
const SourceItem* itemOfLabel(const std::string& label, std::span<const SourceItem> items) {
  std::vector<NamedItem> named;
  std::vector<std::string> labels;
  for (const SourceItem& item : items) {
    named.push_back(namedItem(item.model ? item.model->info().file : item.folder));
    labels.push_back(item.label);
  }
  const auto found = itemCalled(label, named, labels);
  return found ? &items[*found] : nullptr;
}

const SourceItem& sourceOfFactor(const EnsembleFactor& factor, std::span<const SourceItem> items,
                                 const SourceItem* base) {
  const SourceItem* item = factor.source.empty() ? base : itemOfLabel(factor.source, items);
  if (item != nullptr) return *item;
  std::string labels;
  for (const SourceItem& open : items) labels.append(labels.empty() ? "" : ", ").append(open.label);
  throw Error(ErrorParts{.what = "no source of an ensemble's score '" + textOf(factor) + "' is open",
                         .expected = labels.empty() ? "a source" : "one of " + labels,
                         .found = factor.source.empty() ? "none at hand" : "'" + factor.source + "'"});
}

}  // namespace

EnsemblePlan ensemblePlan(const EnsembleExpression& expression, const Normalisation& normalisation,
                          std::span<const SourceItem> items, const SourceItem* base, float temperature,
                          const ChannelChoice& channels) {
  if (expression.terms.size() > kMostEnsembleTerms)
    throw Error(ErrorParts{.what = "an ensemble has too many terms",
                           .expected = "1 to " + std::to_string(kMostEnsembleTerms),
                           .found = std::to_string(expression.terms.size())});
  EnsemblePlan out{.expression = expression, .terms = {}, .normalisation = normalisation};
  if (needsBase(expression) && base != nullptr) out.base = base->label;
  for (const EnsembleTerm& term : expression.terms) {
    EnsembleProduct& product = out.terms.emplace_back(EnsembleProduct{term.weight, {}});
    for (const EnsembleFactor& factor : term.factors) {
      const auto method = Method::named(factor.score.base);
      if (!method && factor.score.base != kFinishedMaps)
        throw Error(ErrorParts{.what = "an ensemble's score is not known",
                               .expected = methodNames() + ", or score for finished maps",
                               .found = "'" + factor.score.base + "'"});
      product.scores.push_back({.item = sourceOfFactor(factor, items, base),
                                .method = method,
                                .temperature = temperature,
                                .channels = channels,
                                .filters = factor.score.filters});
    }
  }
  return out;
}

bool needsBase(const EnsembleExpression& expression) {
  return std::ranges::any_of(expression.terms, [](const EnsembleTerm& term) {
    return std::ranges::any_of(term.factors, [](const EnsembleFactor& factor) { return factor.source.empty(); });
  });
}

bool namesSource(const EnsembleExpression& expression, const SourceItem& item, std::span<const SourceItem> items) {
  return std::ranges::any_of(expression.terms, [&](const EnsembleTerm& term) {
    return std::ranges::any_of(term.factors, [&](const EnsembleFactor& factor) {
      if (factor.source.empty()) return false;
      const SourceItem* named = itemOfLabel(factor.source, items);
      return named != nullptr && named->label == item.label;
    });
  });
}

}  // namespace oodscope
