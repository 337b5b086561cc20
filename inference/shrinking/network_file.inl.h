// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "inference/checkpoints/state_dict.inl.h"
#include "inference/models/sidecar.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/shrinking/shrinking.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// A file's network as Model::load would make it, for work on its weights.
struct NetworkFile {
  std::filesystem::path file;
  const NetworkKind* kind = nullptr;
  NetworkShape shape;
  std::shared_ptr<Network> network;  ///< evaluating
  std::optional<Sidecar> sidecar;
  std::vector<std::string> remarks;  ///< what was assumed and is likely a mistake
  [[nodiscard]] Size input() const;  ///< of the sidecar, or the one that is assumed
};

/// Throws Error: TorchScript, and all that Model::load throws for a state dict.
[[nodiscard]] NetworkFile openNetworkFile(const std::filesystem::path& file);

/// Throws Error where a model or a sidecar of that name is there.
void requireNewFile(const std::filesystem::path& output);

/// The sidecar of `model` as text, with `done` added to its description; one of a description alone where it has none.
[[nodiscard]] std::string sidecarSaying(const NetworkFile& model, const std::string& done);

/// Writes the tensors with the sidecar of `given`, out.description added to its own, and says how large the file is.
void writeShrunk(const NetworkFile& given, const StateDict& tensors, const std::filesystem::path& output,
                 ShrunkFile& out);

/// What a network costs, but for the bytes. Cost: a pass over 64x64 pixels.
[[nodiscard]] NetworkSize sizeOf(Network& network, const NetworkKind& kind, Size input);

}  // namespace oodscope
