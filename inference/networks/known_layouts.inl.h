// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/checkpoints/state_dict.inl.h"

#include <string>

namespace oodscope {

/// The public implementation of another network whose key names these are: "ESPNetv2 (EdgeNets)"; empty where unknown.
/// For messages alone. Cost: O(keys).
[[nodiscard]] std::string resembledImplementation(const StateDict& tensors);

}  // namespace oodscope
