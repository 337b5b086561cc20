// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/formats/npy.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// An array of a .npy, .npz or HDF5 file or of one by torch.save, from its header.
struct ArrayFacts {
  std::string name;             ///< within its container; empty for a .npy and for a tensor saved alone
  std::optional<NpyType> type;  ///< none: no numbers
  std::vector<std::size_t> shape;
  bool isPlain = false;                    ///< a .npy that can be used where it lies: C order, little-endian
  bool isMatlab = false;                   ///< MATLAB wrote it: its axes are in the opposite order
  [[nodiscard]] std::string text() const;  ///< "float32 48x96", with the name before it where there is one
  [[nodiscard]] bool isFloating() const;
  /// The shape as its program sees it, leading axes of 1 dropped where more than two are left.
  [[nodiscard]] std::vector<std::size_t> usefulShape() const;
};

/// Whether the content is a .npy, .npz or HDF5 file or one by torch.save. Throws Error: missing, not readable.
[[nodiscard]] bool isArrayFile(const std::filesystem::path& file);

/// All arrays of the file. Throws Error: missing, another kind (which is named), damaged. Cost: headers; all of an HDF5
/// file or of one by torch.save.
[[nodiscard]] std::vector<ArrayFacts> arraysIn(const std::filesystem::path& file);

/// The array that is meant: `name`; without a name the only one, the one that is called as scores are (`value`, as
/// SegmentMeIfYouCan, `anomaly_scores`, as ISSU, `score`, …), the only floating one of height x width, or else the only
/// floating one of three axes. Throws Error where none or several are left, lists them all and says how to choose.
[[nodiscard]] ArrayFacts chosenArray(const std::vector<ArrayFacts>& arrays, const std::string& name,
                                     const std::filesystem::path& file);

/// The array of height x width that is called as class maps beside scores are (`pred_id_labels`, as ISSU, `prediction`,
/// `segmentation`, …); none: the file has no such array.
[[nodiscard]] std::optional<std::string> classArray(const std::vector<ArrayFacts>& arrays);

/// The chosen array's values, little-endian in C order, MATLAB's axes turned round. Throws Error as arraysIn and
/// chosenArray do. Cost: O(bytes).
struct LoadedArray {
  ArrayFacts facts;
  NpyArray array;
};
[[nodiscard]] LoadedArray readArray(const std::filesystem::path& file, const std::string& name);

}  // namespace oodscope
