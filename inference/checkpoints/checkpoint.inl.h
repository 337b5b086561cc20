// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/checkpoints/state_dict.inl.h"

#include <filesystem>
#include <string>
#include <vector>

namespace oodscope {

/// What a Python checkpoint holds, without anything pickled having been executed.
struct Checkpoint {
  StateDict tensors;               ///< keys without the "module." that DataParallel adds
  std::vector<std::string> notes;  ///< said aloud: "taken from the entry state_dict"
};

/// Reads torch.save(model.state_dict(), file), zip format (since 1.6) or legacy, alone or inside {"state_dict": …},
/// {"model": …} and their like. Tensors share the file's storages; types as stored.
/// Throws Error for a damaged file, for torch.save(model), for a pickle that would run code, and where no tensors are
/// found. Cost: reads the file once.
[[nodiscard]] Checkpoint readCheckpoint(const std::filesystem::path& file);

/// Whether the file is a zip that carries TorchScript code. Throws Error where it cannot be opened or is empty.
[[nodiscard]] bool isTorchScript(const std::filesystem::path& file);

/// Writes tensors as torch.save(OrderedDict(...)) would, so that Python's torch.load reads them. Atomic (temporary
/// name, then renamed); the same tensors give the same bytes. float64, float32, float16, int64, int32 and uint8, any
/// device. Throws Error where the file cannot be written.
void writeStateDict(const std::filesystem::path& file, const StateDict& tensors);

}  // namespace oodscope
