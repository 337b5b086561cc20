// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/models/sidecar.h"
#include "inference/networks/network_registry.inl.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// What the keys of a state dict cannot tell of its architecture.
struct ResolvedOptions {
  NetworkOptions options;                ///< each of the kind's
  std::vector<std::string> assumptions;  ///< said aloud, one an option that the sidecar does not name
};

/// As the sidecar says, else the older value where its description is that of a training of this program from before
/// sidecars named the option, else the published one of today. Throws Error for an option or a value that the
/// architecture does not have, naming those that it has.
[[nodiscard]] ResolvedOptions resolveOptions(const NetworkKind& kind, const std::optional<Sidecar>& sidecar,
                                             const std::filesystem::path& model);
/// Throws Error where a sidecar names an option for TorchScript, which holds its own code.
void refuseOptions(const std::optional<Sidecar>& sidecar);

}  // namespace oodscope
