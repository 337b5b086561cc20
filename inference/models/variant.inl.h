// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/models/sidecar.h"
#include "inference/networks/network_registry.inl.h"

#include <filesystem>
#include <optional>
#include <string>

namespace oodscope {

/// Which variant of its architecture a state dict is of, which its keys cannot tell.
struct ResolvedVariant {
  std::string name;        ///< empty where the architecture has one only
  std::string assumption;  ///< said aloud; empty where the sidecar names it, or where there is nothing to choose
};

/// As the sidecar says, else the older one where its description is that of a training of this program from before
/// sidecars named a variant, else the published one of today. Throws Error for a variant that the architecture does not
/// have, naming those that it has.
[[nodiscard]] ResolvedVariant resolveVariant(const NetworkKind& kind, const std::optional<Sidecar>& sidecar,
                                             const std::filesystem::path& model);
/// Throws Error where a sidecar names a variant for TorchScript, which holds its own code.
void refuseVariant(const std::optional<Sidecar>& sidecar);

}  // namespace oodscope
