// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/formats/npy.h"

#include <filesystem>
#include <string>
#include <vector>

namespace oodscope {

/// A tensor of a file by torch.save, before its data is read.
struct TorchArray {
  std::string name;  ///< its key in a dictionary, its place in a list ("0"); empty where it is all that was saved
  NpyType type = NpyType::Float32;  ///< bfloat16 is read as float32, which holds it exactly
  std::vector<std::size_t> shape;
};

/// Tensors that torch.save wrote as a result and not as a network: one alone, a dictionary or a list of them; the zip
/// format (since 1.6) and the one before it. Nothing pickled is run. Types that NumPy lacks are left out.
/// Throws Error: missing, another kind, TorchScript, damaged, a pickle that would run code. Cost: reads the file.
[[nodiscard]] std::vector<TorchArray> torchArrays(const std::filesystem::path& file);

/// The tensor of that name in C order, whatever its strides. Throws Error as torchArrays does; also: no such tensor
/// (those there are named), data that is missing, a tensor beyond its storage, more than 2^28 values. Cost: O(bytes).
[[nodiscard]] NpyArray readTorchArray(const std::filesystem::path& file, const std::string& name = {});

}  // namespace oodscope
