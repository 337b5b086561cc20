// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <filesystem>
#include <string>

namespace oodscope {

/// Where the class map lies that somebody's method wrote with its scores.
struct ImportedClasses {
  std::filesystem::path file;  ///< the scores' own, or one beside it
  std::string arrayName = {};  ///< of a file of several arrays; empty: the only one
};

/// Classes per pixel, height x width: a grey or palette picture, or an array of whole numbers; -1 and 65535 become 255,
/// void. Throws Error: missing, damaged, another kind, another number of axes, channels that differ, a value that is no
/// class (a whole number of 0 to 255). Cost: O(bytes).
[[nodiscard]] ClassMap readImportedClasses(const ImportedClasses& classes);

/// Whether the file's name is that of a class map, whatever lies beside it: Fishyscapes' …_segmentation.
[[nodiscard]] bool isNamedAsClassMap(const std::filesystem::path& file);
/// Whether it is one where another file of the frame holds the scores: BRAVO's …_pred beside …_conf, …_prediction.
[[nodiscard]] bool isNamedAsPrediction(const std::filesystem::path& file);

}  // namespace oodscope
