// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <filesystem>
#include <string>

namespace oodscope {

/// Dataset `name` of an HDF5 file, HxW (dimensions of 1 before or after are dropped), any number type, as float.
/// Throws Error: not HDF5, damaged, no such dataset, not two-dimensional, too large. Thread-safe: calls wait for each
/// other.
[[nodiscard]] Grid<float> readHdf5Map(const std::filesystem::path& file, const std::string& name);

/// Writes one float16 dataset, gzip, all or nothing. Throws Error where it cannot be written.
void writeHdf5HalfMap(const std::filesystem::path& file, const std::string& name, const Grid<float>& values);

}  // namespace oodscope
