// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/evaluate_set.h"

#include <cstdint>
#include <vector>

namespace oodscope::testing {

/// A set in memory: one vector of scores and labels per frame.
struct MemoryFrames {
  std::vector<std::vector<float>> scores;
  std::vector<std::vector<std::uint8_t>> labels;

  [[nodiscard]] std::size_t size() const { return scores.size(); }
  [[nodiscard]] FrameProvider provider() const {
    return [this](std::size_t frame) { return ScoredFrame{scores[frame], labels[frame], nullptr}; };
  }
  [[nodiscard]] SetResult evaluate(const EvaluateOptions& options = {}) const {
    return evaluateSet(size(), provider(), allProtocols(), options);
  }
};

}  // namespace oodscope::testing
