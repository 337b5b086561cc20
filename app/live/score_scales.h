// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/value_spread.h"
#include "app/live/live_set.h"
#include "app/live/score_spread.h"
#include "app/live/set_numbers.h"
#include "app/session/session.h"

#include <optional>
#include <span>
#include <vector>

namespace oodscope {

/// How a set's scores spread under one configuration, in units of the score.
struct SetScales {
  std::vector<float> quantiles;      ///< of all labelled scores at equal steps, ascending
  float trimmedHigh = 0.0F;          ///< the 99.9 % quantile
  std::vector<float> slider;         ///< the same steps with half the weight to each class
  std::vector<double> anomalyShare;  ///< of the pixels between neighbouring steps of the slider
  bool estimated = false;            ///< read off a curve, which does not tell normal scores below all anomalies apart
};
/// For scores of `configuration`: of the details where they are of it, else off the curve of the same method at the
/// nearest temperature that is known. Empty: neither says anything of these scores.
[[nodiscard]] std::optional<SetScales> setScales(const RunDetails* details, const SetNumbers* numbers,
                                                 const Configuration& configuration);

/// Of all pixels, whatever their labels.
[[nodiscard]] SetScales setScales(const ScoreSpread& spread);

/// Lowest and highest score that the colour map spans.
struct ScaleLimits {
  float low = 0.0F, high = 1.0F;
  bool estimated = false;  ///< limits of the set that come from an estimate
};
/// `ordered`: orderedSample() of the frame's scores, read where limits are of the image. `set`: empty for limits of the
/// image whatever the view asks for.
[[nodiscard]] ScaleLimits scaleLimits(const ViewState& view, std::span<const float> ordered,
                                      const std::optional<SetScales>& set);
/// Some `most` finite scores of a map at equal steps, ascending. Cost: a sort of them, 4 ms for the default: not for
/// the GUI thread.
inline constexpr std::size_t kOrderedScores = 65536;
[[nodiscard]] std::vector<float> orderedSample(const ScoreMap& scores, std::size_t most = kOrderedScores);

}  // namespace oodscope
