// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/method_kinds.h"

#include <algorithm>

namespace oodscope {
namespace {

/// The largest probability among the classes that take part.
double mostProbable(const QueryProbabilities& of, int query) {
  double out = 0.0;
  for (const int k : of.classes) out = std::max(out, of.row(query)[static_cast<std::size_t>(k)]);
  return out;
}

}  // namespace

std::vector<float> membershipWeights(const QueryProbabilities& of) {
  std::vector<float> out;
  for (const int k : of.classes)
    for (int q = 0; q < of.queries; ++q) out.push_back(static_cast<float>(of.row(q)[static_cast<std::size_t>(k)]));
  return out;
}

std::vector<float> acceptanceWeights(const QueryProbabilities& of) {
  std::vector<float> out;
  out.reserve(static_cast<std::size_t>(of.queries));
  for (int q = 0; q < of.queries; ++q) out.push_back(static_cast<float>(mostProbable(of, q)));
  return out;
}

std::vector<float> rejectionWeights(const QueryProbabilities& of) {
  std::vector<float> out;
  out.reserve(static_cast<std::size_t>(of.queries));
  const auto negative = static_cast<std::size_t>(of.known);
  for (int q = 0; q < of.queries; ++q) out.push_back(static_cast<float>(mostProbable(of, q) - of.row(q)[negative]));
  return out;
}

}  // namespace oodscope
