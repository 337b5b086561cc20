// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/models/model.h"
#include "inference/models/script_outputs.inl.h"
#include "inference/models/sidecar.h"
#include "inference/networks/network.inl.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace oodscope {

/// A TorchScript file ready to run, and what one pass at the input size showed of it.
struct LoadedScript {
  std::unique_ptr<InferenceNetwork> network;
  int outputIndex = 0;  ///< which of several outputs was taken
  /// What run() fills: one array as 1 x C x H x W, several as all values one after another, 1 x 1 x 1 x values.
  std::vector<OutputArray> arrays = {};
  std::int64_t parameters = 0, nonZero = 0;
  std::int64_t multiplyAdds = 0;
  bool single = true;  ///< all floating weights are float32
  std::vector<std::string> notes, warnings;
};

/// Loads the script and runs it once on a test picture, brought to the network as any other. `wish` chooses among
/// several outputs; `named`, where not empty, names the arrays that are taken instead. Throws Error where the file is
/// damaged, the pass fails, or no output is a map of logits (see planOutputs). The script runs in this process: one
/// that loops for ever cannot be stopped, so load only files you trust.
[[nodiscard]] LoadedScript loadScript(const std::filesystem::path& file, const Preprocessing& preprocessing,
                                      const OutputWish& wish, const std::vector<NamedOutput>& named, Device device);

}  // namespace oodscope
