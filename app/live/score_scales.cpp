// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/live/score_scales.h"

#include "analysis/metrics/curve_scales.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace oodscope {

std::vector<float> orderedSample(const ScoreMap& scores, std::size_t most) {
  return orderedSample(scores.values(), most);
}

std::optional<SetScales> setScales(const RunDetails* details, const SetNumbers* numbers,
                                   const Configuration& configuration) {
  if (details != nullptr && details->configuration == configuration && !details->quantiles.empty())
    return SetScales{details->quantiles, details->trimmedHigh, details->sliderScale, details->anomalyShare, false};
  if (numbers == nullptr || numbers->configuration.name != configuration.name) return std::nullopt;
  CurveScales scales = scalesOf(numbers->curves);
  if (scales.quantiles.empty()) return std::nullopt;
  return SetScales{std::move(scales.quantiles), scales.trimmedHigh, std::move(scales.balanced),
                   std::move(scales.anomalyShare), true};
}

SetScales setScales(const ScoreSpread& spread) {
  constexpr std::size_t kSteps = 256;
  constexpr std::size_t kPerMille = 1000;
  SetScales out;
  out.quantiles = spread.tally.quantiles(kSteps);
  out.slider = out.quantiles;
  const std::vector<float> fine = spread.tally.quantiles(kPerMille);
  if (!fine.empty()) out.trimmedHigh = fine[kPerMille - 1];
  return out;
}

ScaleLimits scaleLimits(const ViewState& view, std::span<const float> ordered, const std::optional<SetScales>& set) {
  ScaleLimits limits;
  const bool setWide = view.scaleLocked && set && !set->quantiles.empty();
  const auto ofImage = [&](double low, double high) {
    return ordered.empty() ? std::pair{0.0F, 1.0F}
                           : std::pair{lowerQuantile(ordered, low), lowerQuantile(ordered, high)};
  };
  const auto ofSet = [&](double low, double high) {
    return std::pair{nearestQuantile(set->quantiles, low), nearestQuantile(set->quantiles, high)};
  };
  std::pair<float, float> ends;
  switch (view.scale) {
    case ScaleMode::Image:
      ends = ofImage(0.0, 1.0);
      break;
    case ScaleMode::Set:
      ends = setWide ? ofSet(0.0, 1.0) : ofImage(0.0, 1.0);
      break;
    case ScaleMode::SetTrimmed:
      ends = setWide ? std::pair{set->quantiles.front(), set->trimmedHigh} : ofImage(0.0, 0.999);
      break;
    case ScaleMode::Percentile:
      ends = setWide ? ofSet(view.scaleLow / 100.0, view.scaleHigh / 100.0)
                     : ofImage(view.scaleLow / 100.0, view.scaleHigh / 100.0);
      break;
    case ScaleMode::Manual:
      ends = {static_cast<float>(view.scaleLow), static_cast<float>(view.scaleHigh)};
      break;
  }
  limits.estimated = setWide && set->estimated && view.scale != ScaleMode::Image && view.scale != ScaleMode::Manual;
  // What lies below the lowest anomalous score is unknown to a curve, but not to the frame.
  if (limits.estimated && view.scale != ScaleMode::Percentile && !ordered.empty())
    ends.first = std::min(ends.first, ordered.front());
  limits.low = ends.first;
  limits.high = ends.second > ends.first ? ends.second : std::nextafter(ends.first, INFINITY);
  return limits;
}

}  // namespace oodscope
