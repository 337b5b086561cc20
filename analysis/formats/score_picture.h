// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/formats/npy.h"

#include <filesystem>

namespace oodscope {

/// Numbers of a picture that holds one score a pixel: 16-bit grey PNG; TIFF of one page and one channel with 16-bit,
/// 32-bit or 64-bit whole numbers or float16, float32, float64. Shape: height x width. Throws Error: damaged, several
/// pages or channels, 8 bits or fewer (drawn for looking at). Cost: O(pixels).
[[nodiscard]] NpyArray readScorePicture(const std::filesystem::path& file);

/// Whether a picture may hold scores by its header: no 8-bit PNG, JPEG or the like. False where it cannot be read.
[[nodiscard]] bool isScorePicture(const std::filesystem::path& file);

}  // namespace oodscope
