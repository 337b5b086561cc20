// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/operating_point.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <vector>

namespace oodscope::testing {

struct Set {
  std::vector<float> scores;
  std::vector<std::uint8_t> labels;
  std::vector<SortedScores> frames;
  [[nodiscard]] SetScores view() const {
    SetScores out;
    for (const SortedScores& frame : frames) out.push_back(&frame);
    return out;
  }
};

/// Heavy ties, negative scores, three frames.
inline Set randomSet(std::uint32_t seed, int positives = 30) {
  std::mt19937 random(seed);
  Set set;
  for (int i = 0; i < 200; ++i) {
    set.labels.push_back(i < positives ? 1 : 0);
    set.scores.push_back(0.25F * static_cast<float>(static_cast<int>(random() % 20) + (i < positives ? 6 : 0)) - 2.0F);
  }
  for (std::size_t f = 0; f < 3; ++f) {
    std::vector<float> scores;
    std::vector<std::uint8_t> labels;
    for (std::size_t i = f; i < set.scores.size(); i += 3) {
      scores.push_back(set.scores[i]);
      labels.push_back(set.labels[i]);
    }
    set.frames.emplace_back(scores, labels);
  }
  return set;
}

inline ConfusionCounts naiveCounts(const Set& set, float threshold) {
  ConfusionCounts c;
  for (std::size_t i = 0; i < set.scores.size(); ++i) {
    const bool over = set.scores[i] >= threshold;
    ++(set.labels[i] == 1 ? (over ? c.tp : c.fn) : (over ? c.fp : c.tn));
  }
  return c;
}

/// All decisions there are, strictest first: none, then at each distinct score.
inline std::vector<float> candidates(const Set& set) {
  std::vector<float> out = set.scores;
  out.push_back(std::numeric_limits<float>::infinity());
  std::sort(out.begin(), out.end(), std::greater<>());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

template <class Gain>
float naiveBest(const Set& set, Gain gain) {
  float best = 0.0F;
  double highest = -std::numeric_limits<double>::infinity();
  for (const float t : candidates(set))
    if (gain(naiveCounts(set, t)) > highest) {
      highest = gain(naiveCounts(set, t));
      best = t;
    }
  return best;
}

}  // namespace oodscope::testing
