// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/distance_bins.h"

#include "analysis/core/numbers.h"

#include <array>
#include <cmath>
#include <string>

namespace oodscope {

std::size_t DistanceBins::count() const { return static_cast<std::size_t>(std::llround((last - first) / step)); }

std::optional<std::size_t> DistanceBins::binOf(float metres) const {
  const auto distance = static_cast<double>(metres);
  if (!(distance > 0.0) || distance < first || !(distance < last)) return std::nullopt;
  auto bin = static_cast<std::size_t>((distance - first) / step);
  // The quotient may round across a bound: the bounds decide.
  if (bin > 0 && distance < from(bin)) --bin;
  if (distance >= to(bin)) ++bin;
  return bin < count() ? std::optional(bin) : std::nullopt;
}

DistanceBins parseDistanceBins(std::string_view text) {
  const auto refuse = [&]() -> Error {
    return Error(
        {.what = "distance bins cannot be read",
         .expected = "FIRST:LAST:STEP in metres, as 5:50:5, with a step that divides what lies between into at "
                     "most " +
                     std::to_string(kMostDistanceBins) + " bins",
         .found = "'" + std::string(text) + "'"});
  };
  std::array<double, 3> parts{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t end = i + 1 < parts.size() ? text.find(':', at) : text.size();
    if (end == std::string_view::npos || end < at) throw refuse();
    const auto number = numberFromText(text.substr(at, end - at));
    if (!number) throw refuse();
    parts[i] = *number;
    at = end + 1;
  }
  const DistanceBins bins{parts[0], parts[1], parts[2]};
  const bool ordered = bins.first >= 0.0 && bins.last > bins.first && bins.step > 0.0;
  const double bound = ordered ? (bins.last - bins.first) / bins.step : 0.0;
  if (!ordered || bound > static_cast<double>(kMostDistanceBins) || std::round(bound) < 1.0 ||
      std::abs(bound - std::round(bound)) > 1e-9)
    throw refuse();
  return bins;
}

std::vector<BinnedPixels> pixelsByDistance(std::span<const float> scores, const LabelMap& labels,
                                           const Grid<float>& distance, const DistanceBins& bins, std::size_t first,
                                           std::size_t count) {
  require(scores.size() == labels.values().size() && labels.size() == distance.size(),
          "pixelsByDistance: scores, labels and distances differ in size");
  std::vector<BinnedPixels> out(count);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const std::uint8_t label = labels.values()[i];
    if (label != kNormal && label != kAnomaly) continue;
    const auto bin = bins.binOf(distance.values()[i]);
    if (!bin || *bin < first || *bin - first >= count) continue;
    out[*bin - first].scores.push_back(scores[i]);
    out[*bin - first].labels.push_back(label);
  }
  return out;
}

}  // namespace oodscope
