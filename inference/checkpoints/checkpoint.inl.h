// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/checkpoints/state_dict.inl.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace oodscope {

/// One dictionary of named tensors somewhere in a checkpoint, before any data is read.
struct TensorTable {
  std::string path = {};  ///< names of the entries that lead to it, joined by "/": "state_dict"; empty: the file itself
  StateDict shapes = {};  ///< on the meta device: sizes and types alone, keys as written
};

/// What a Python checkpoint holds, without anything pickled having been executed. Foreign values (arguments, paths,
/// numpy's numbers, objects of unknown classes) are stepped over.
class Checkpoint {
public:
  Checkpoint(Checkpoint&&) noexcept;
  Checkpoint& operator=(Checkpoint&&) noexcept;
  ~Checkpoint();
  /// All tables, an outer one before those that lie in it. Never empty.
  [[nodiscard]] const std::vector<TensorTable>& tables() const;
  /// The tensors of table `index`, types as stored, sharing the file's storages. Throws Error for a storage that is
  /// missing, cut short or damaged, and for a key that occurs twice.
  [[nodiscard]] StateDict tensors(std::size_t index = 0) const;

private:
  struct Content;
  explicit Checkpoint(std::unique_ptr<Content> content);
  friend Checkpoint readCheckpoint(const std::filesystem::path& file);
  std::unique_ptr<Content> m_content;
};

/// Reads what torch.save wrote, zip format (since 1.6) or legacy. Throws Error for a damaged file, for
/// torch.save(model), for a pickle that would run code, where no tensors are found (what is there is named), and for
/// files of other kinds (which). Cost: reads the file once.
[[nodiscard]] Checkpoint readCheckpoint(const std::filesystem::path& file);

/// Whether the file is a zip that carries TorchScript code. Throws Error where it cannot be opened or is empty.
[[nodiscard]] bool isTorchScript(const std::filesystem::path& file);

/// Writes tensors as torch.save(OrderedDict(...)) would, so that Python's torch.load reads them. Atomic (temporary
/// name, then renamed); the same tensors give the same bytes. float64, float32, float16, int64, int32, uint8 and int8,
/// any device. Throws Error where the file cannot be written.
void writeStateDict(const std::filesystem::path& file, const StateDict& tensors);

}  // namespace oodscope
