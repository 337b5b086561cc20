// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <string>

namespace oodscope {

/// What a model file and its sidecar say, before any network is made ready: enough to tell which of many files is
/// meant.
struct WeightsSummary {
  std::filesystem::path file;
  std::string architecture;    ///< "ERFNet", "TorchScript"
  std::string head = {};       ///< after the last layer or in its place: "isomax-plus-scalar"; empty: none
  int classes = 0;             ///< that it tells apart, a void class among them; 0: of TorchScript, which does not say
  int voidChannel = -1;        ///< trained "anything else" channel; -1: none
  bool isVoidAssumed = false;  ///< by the number of channels alone
};

/// Throws Error as Model::load() does for a file that is no network. Cost: reads the file once and makes empty networks
/// to compare it with; nothing is run.
[[nodiscard]] WeightsSummary summariseWeights(const std::filesystem::path& file);

}  // namespace oodscope
