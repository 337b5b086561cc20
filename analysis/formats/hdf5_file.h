// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/formats/npy.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// A dataset of an HDF5 file, from its header.
struct Hdf5Dataset {
  std::string name;             ///< with its groups: "value", "meta/seconds"
  std::optional<NpyType> type;  ///< none: no numbers
  std::vector<std::size_t> shape;
};

/// An HDF5 file held in memory: one that is cut off, or changes meanwhile, is a plain error. Also behind a user block,
/// as MATLAB writes it. Thread-safe: HDF5 is not, so calls of all objects wait for each other.
class Hdf5File {
public:
  /// Throws Error: missing, not HDF5, damaged.
  explicit Hdf5File(const std::filesystem::path& file);
  ~Hdf5File();
  Hdf5File(const Hdf5File&) = delete;
  Hdf5File& operator=(const Hdf5File&) = delete;

  /// By name; links are not followed. Throws Error: damaged.
  [[nodiscard]] std::vector<Hdf5Dataset> datasets() const;
  /// A dataset's numbers as NumPy would hold them, in C order, any standard filter and lzf undone; floating types of
  /// other widths become float32 or float64. Throws Error: no such dataset (those there are named), no numbers,
  /// damaged, never written, packed by a filter that is not here (which is named), more than 2^28 values. Cost:
  /// O(bytes).
  [[nodiscard]] NpyArray read(const std::string& name) const;
  /// Whether MATLAB wrote it (save -v7.3): then each array's axes are in the opposite order.
  [[nodiscard]] bool isFromMatlab() const;

private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

/// Writes one float16 dataset, gzip, all or nothing. Throws Error where it cannot be written.
void writeHdf5HalfMap(const std::filesystem::path& file, const std::string& name, const Grid<float>& values);

}  // namespace oodscope
