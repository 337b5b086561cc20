// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/network_registry.inl.h"

#include <filesystem>
#include <string>
#include <vector>

namespace oodscope {

/// How a state dict differs from a network's, empty where it does not: "missing keys: 2 (a, b); left-over keys: 1 (c)",
/// mis-shaped ones with both shapes; the first few of each are named.
[[nodiscard]] std::string keyDifferences(const Network& network, const NetworkKind& kind, const StateDict& tensors);

/// Copies tensors into the network by name, converting to float32. Throws Error that counts missing, left-over and
/// mis-shaped keys and names the first few of each; the network is then unchanged. Counters of batches may be missing;
/// normalisations may be missing where kind.mayBeFolded says so, all of them together. Returns what was assumed.
std::vector<std::string> loadWeights(Network& network, const NetworkKind& kind, const StateDict& tensors,
                                     const std::filesystem::path& file);

/// The network's state dict in the order of its modules, as Python would save it.
[[nodiscard]] StateDict stateDictOf(const Network& network);

/// Parameters that inference uses.
[[nodiscard]] std::int64_t countParameters(const Network& network, const NetworkKind& kind);

}  // namespace oodscope
