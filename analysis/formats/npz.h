// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/formats/npy.h"

#include <filesystem>
#include <string>
#include <vector>

namespace oodscope {

/// An array of an .npz, from its header.
struct NpzArray {
  std::string name;
  NpyHeader header;
};
/// The arrays of an .npz in the archive's order; those whose header cannot be read (objects, text) are left out.
/// Throws Error: missing, not a zip, damaged. Cost: some kilobytes an array.
[[nodiscard]] std::vector<NpzArray> npzArrays(const std::filesystem::path& file);

/// Reads array `name` of an .npz; an empty name stands for the only array. Throws Error: no such array (those there are
/// named), several where one is expected, and whatever readNpy refuses.
[[nodiscard]] NpyArray readNpz(const std::filesystem::path& file, const std::string& name = {});

}  // namespace oodscope
