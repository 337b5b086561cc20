// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/features/feature_map.h"

namespace oodscope {

void requireFilled(const FeatureView& features) {
  require(features.dimensions > 0, "FeatureView: at least one dimension");
  require(features.values.size() == features.pixels() * static_cast<std::size_t>(features.dimensions),
          "FeatureView: the values do not fill dimensions x size");
}

std::vector<float> featureRows(const FeatureView& features, std::size_t first, std::size_t count) {
  const auto dimensions = static_cast<std::size_t>(features.dimensions);
  std::vector<float> out(count * dimensions);
  for (std::size_t d = 0; d < dimensions; ++d) {
    const float* plane = features.values.data() + d * features.pixels() + first;
    for (std::size_t i = 0; i < count; ++i) out[i * dimensions + d] = plane[i];
  }
  return out;
}

}  // namespace oodscope
