// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/feature_scores.h"

#include "analysis/core/half.h"
#include "analysis/features/feature_map.h"
#include "analysis/features/feature_reference.h"
#include "analysis/imaging/resize.h"
#include "analysis/scores/score_plan.h"

#include <algorithm>

namespace oodscope::kernels {

ScoreMap featureScores(const OutputsView& outputs, const ScoreParameters& parameters, Size target) {
  require(!parameters.method.whyNot(inputsFor(outputs, parameters)), "scores: the features lack what the method needs");
  const LogitsView& array = outputs[Output::Features];
  requireArray(array);
  const std::size_t count = static_cast<std::size_t>(array.channels) * array.size().area();
  std::vector<float> widened;
  if (array.half != nullptr) {
    widened.resize(count);
    std::ranges::transform(std::span(array.half, count), widened.begin(), floatFromHalf);
  }
  const FeatureView view{
      .values = array.half != nullptr ? std::span<const float>(widened) : std::span(array.single, count),
      .dimensions = array.channels,
      .size = array.size()};
  ScoreMap scores = parameters.method.kind().featureScore(view, *parameters.features);
  return scores.size() == target ? std::move(scores) : resizeBilinear(scores, target);
}

}  // namespace oodscope::kernels
