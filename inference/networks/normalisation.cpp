// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/normalisation.h"

namespace oodscope {

NormalisationTable tableOf(const InputNormalisation& normalisation) {
  NormalisationTable table{};
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t v = 0; v < 256; ++v) {
      const double scaled = static_cast<double>(v) * normalisation.scale;
      table[c][v] = static_cast<float>((scaled - normalisation.mean[c]) / normalisation.deviation[c]);
    }
  }
  return table;
}

}  // namespace oodscope
