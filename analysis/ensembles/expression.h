// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/filters/filter.h"

#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// One score of an ensemble: a method with its filters, of one of several sources.
struct EnsembleFactor {
  FilteredName score;       ///< whoever scores knows whether there is such a method
  std::string source = {};  ///< label of the source; empty: the one at hand
  friend bool operator==(const EnsembleFactor&, const EnsembleFactor&) = default;
};
/// A weighted product of scores: of one, mostly.
struct EnsembleTerm {
  double weight = 1.0;
  std::vector<EnsembleFactor> factors;
  friend bool operator==(const EnsembleTerm&, const EnsembleTerm&) = default;
};
/// The sum of the terms, and what the sum goes through.
struct EnsembleExpression {
  std::vector<EnsembleTerm> terms;
  FilterChain filters = {};
  friend bool operator==(const EnsembleExpression&, const EnsembleExpression&) = default;
};

/// Whether an item of a list of methods is an ensemble: a '*' outside quotes makes it one.
[[nodiscard]] bool isEnsemble(std::string_view item);
/// Reads "W*TERM+W*TERM", or "(W*TERM+W*TERM)+FILTER+…" for a sum that is filtered as a whole: W a number, TERM a
/// METHOD, or (METHOD+FILTER+…), either with @LABEL behind it. Several TERMs joined by '*' are their product
/// ("0.5*msp*void"); a sum's term without a number weighs 1. A label with one of + * ( ) in it stands in double quotes.
/// Throws Error that names the part that is wrong: an empty one, an unknown filter, a number that is not finite, a
/// bracket or quote that is not closed.
[[nodiscard]] EnsembleExpression parseEnsemble(std::string_view text);
/// A score of a term, as parseEnsemble() reads it: "msp", "(sml+gaussian)@net.pth".
[[nodiscard]] std::string textOf(const EnsembleFactor& factor);
/// What parseEnsemble() reads to the same value.
[[nodiscard]] std::string textOf(const EnsembleExpression& expression);

}  // namespace oodscope
