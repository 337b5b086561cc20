// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/networks/network_registry.inl.h"

#include <filesystem>
#include <string>
#include <vector>

namespace oodscope {

/// The state dict of a known architecture, taken out of a checkpoint: keys as the architecture names them.
struct ChosenStateDict {
  const NetworkKind* kind = nullptr;
  NetworkShape shape;
  StateDict tensors;
  std::vector<std::string> notes;     ///< said aloud: "weights taken from the entry state_dict"
  std::vector<std::string> warnings;  ///< which of several was taken, and how to take another
  /// Of a quantised network (see QuantisedNetwork): factors of the weights that were int8, by key, of shapes that
  /// broadcast, and the ranges of its activations. The tensors above are the products.
  StateDict scales = {};
  at::Tensor ranges = {};
};

/// Key of the ranges in a file.
inline constexpr std::string_view kQuantisedRanges = "quantisation.ranges";

/// Finds the weights wherever they are: in any entry, below any common prefix ("module.", "_orig_mod.", "model.", …),
/// between other tensors, or in several entries that make up one network. Pruned weights (…_orig and …_mask) are
/// multiplied, and quantised ones (…_int8 and …_scale). Where several state dicts fit, averaged copies (ema, swa) stand
/// back behind the one that is trained; more than one of equal standing are an Error that lists them, unless `wanted`
/// names one ("ema", "student/net"). Throws Error where none fits: the differences of the nearest, and whose layout it
/// resembles. Cost: reads the data of the chosen one; makes a network for each that is looked at closely.
[[nodiscard]] ChosenStateDict chooseStateDict(const Checkpoint& checkpoint, const std::string& wanted,
                                              const std::filesystem::path& file);

/// A key without what wrappers of modules put into it, wherever it stands: "module.", "_orig_mod.", ….
[[nodiscard]] std::string withoutWrappers(std::string key);

}  // namespace oodscope
