// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <utility>
#include <vector>

namespace oodscope {

/// Named tensors in the order of the file, as Python's `state_dict()` gives them.
using StateDict = std::vector<std::pair<std::string, at::Tensor>>;

}  // namespace oodscope
