// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/known_channels.h"

#include "analysis/core/error.h"
#include "analysis/datasets/cityscapes.h"

namespace oodscope {

int assumedVoidChannel(int channels) { return channels == kCityscapesTrainClasses + 1 ? kCityscapesTrainClasses : -1; }

std::vector<int> knownChannels(int channels, int voidChannel, int count) {
  require(channels >= 0 && voidChannel < channels, "knownChannels: void channel beyond the last");
  std::vector<int> out;
  for (int channel = 0; channel < channels; ++channel) {
    if (channel == voidChannel || (count > 0 && static_cast<int>(out.size()) == count)) continue;
    out.push_back(channel);
  }
  return out;
}

std::string channelsText(const std::vector<int>& used, int channels, int voidChannel, bool assumed) {
  std::string out;
  for (std::size_t i = 0; i < used.size();) {
    std::size_t last = i;
    while (last + 1 < used.size() && used[last + 1] == used[last] + 1) ++last;
    if (!out.empty()) out += ",";
    out += std::to_string(used[i]);
    if (last > i) {
      out += '-';
      out += std::to_string(used[last]);
    }
    i = last + 1;
  }
  out += " of ";
  out += std::to_string(channels);
  if (voidChannel >= 0) {
    out += ", void ";
    out += std::to_string(voidChannel);
  }
  return out + (assumed ? " (assumed)" : "");
}

}  // namespace oodscope
