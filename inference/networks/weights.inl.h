// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/network_registry.inl.h"

#include <filesystem>
#include <string>
#include <vector>

namespace oodscope {

/// How a state dict differs from a network's.
struct KeyComparison {
  std::vector<std::string> missing, leftOver, misshapen;
  std::vector<std::string> outside;  ///< keys of no module of the network: a loss, a head that inference does not use
  bool folded = false;               ///< the norms that kind.mayBeFolded names are missing, all together
  [[nodiscard]] bool fits() const { return missing.empty() && leftOver.empty() && misshapen.empty(); }
  /// "missing keys: 2 (a, b); left-over keys: 1 (c)", mis-shaped ones with both shapes; the first few of each are
  /// named. Empty where it fits.
  [[nodiscard]] std::string text() const;
};

/// Compares by name and shape; data is not read. Counters of batches may be missing and those of profilers be there.
[[nodiscard]] KeyComparison compareKeys(const Network& network, const NetworkKind& kind, const StateDict& tensors);

/// What loading assumed, and what is likely a mistake.
struct LoadRemarks {
  std::vector<std::string> notes, warnings;
};

/// Copies tensors into the network by name, converting to float32 (said where they were of another type). Throws Error
/// that counts missing, left-over and mis-shaped keys and names the first few of each, and for integers where weights
/// are due; the network is then unchanged. Normalisations may be missing where kind.mayBeFolded says so, all of them
/// together. NaN and infinity are loaded and warned of.
LoadRemarks loadWeights(Network& network, const NetworkKind& kind, const StateDict& tensors,
                        const std::filesystem::path& file);

/// The network's state dict in the order of its modules, as Python would save it.
[[nodiscard]] StateDict stateDictOf(const Network& network);

/// Parameters that inference uses.
[[nodiscard]] std::int64_t countParameters(const Network& network, const NetworkKind& kind);

/// Those of them that are not 0.
[[nodiscard]] std::int64_t countNonZero(const Network& network, const NetworkKind& kind);

/// "3 (a, b, c)", the first few of many.
[[nodiscard]] std::string keysText(const std::vector<std::string>& keys);

}  // namespace oodscope
