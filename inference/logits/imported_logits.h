// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/formats/npy.h"
#include "inference/logits/logits_store.h"

#include <filesystem>
#include <string>

namespace oodscope {

/// Logits as anybody's program wrote them, brought to C x H x W.
struct ImportedLogits {
  StoredLogits logits;
  NpyType type = NpyType::Float32;  ///< of the file
  bool wereChannelsLast = false;    ///< the file has H x W x C
  bool areByMatlab = false;         ///< the axes lay in the opposite order and were turned round
  bool areRounded = false;          ///< float64 values that no float32 equals were rounded to the nearest
};

/// Opens a .npy, .npz or HDF5 file with an array of C x H x W or H x W x C, axes of 1 around it dropped, of float16,
/// float32 or float64 in any byte and axis order (MATLAB's, too). Which axis holds the channels: see axisOrder, by
/// `frameSize` (empty: not known). arrayName: in a file of several arrays; empty: the obvious one.
/// Throws Error: missing, damaged, another kind, another number of axes, whole numbers (no logits), a size of the
/// frame's with height and width exchanged. Cost: a plain .npy is mapped and not read; all else is read, converted and
/// kept in memory.
[[nodiscard]] ImportedLogits openImportedLogits(const std::filesystem::path& file, Size frameSize = {},
                                                const std::string& arrayName = {});

/// Opens one of a network's outputs in the shape that it is to have (see Output). Logits and other maps as above, the
/// outlier head's single channel without an axis of its own, too; class logits come as Q channels of 1 x columns.
/// Throws Error as above, and for another shape, which names the output.
[[nodiscard]] ImportedLogits openImportedOutput(Output output, const std::filesystem::path& file, Size frameSize = {},
                                                const std::string& arrayName = {});

}  // namespace oodscope
