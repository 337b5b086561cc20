// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/models/model.h"
#include "inference/networks/network.inl.h"

#include <filesystem>
#include <memory>

namespace oodscope {

/// A TorchScript file ready to run, and what one pass at the input size showed of it.
struct LoadedScript {
  std::unique_ptr<InferenceNetwork> network;
  int channels = 0;
  Size output;
  std::int64_t parameters = 0;
  std::int64_t multiplyAdds = 0;
  bool single = true;  ///< all floating weights are float32
};

/// Loads and runs the script once. `output` chooses among several outputs (tuple, list, or dictionary in its order).
/// Throws Error where the file is damaged, the pass fails, or the output is not 1 x C x H x W. The script runs in this
/// process: one that loops for ever cannot be stopped, so load only files you trust.
[[nodiscard]] LoadedScript loadScript(const std::filesystem::path& file, Size input, int output, Device device);

}  // namespace oodscope
