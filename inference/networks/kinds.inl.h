// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/network_registry.inl.h"

namespace oodscope {

/// Extent of one dimension of a named tensor, empty where the tensor is missing, has another rank, or is absurdly
/// large.
[[nodiscard]] std::optional<int> extent(const StateDict& tensors, std::string_view key, int rank, int dimension);

}  // namespace oodscope
