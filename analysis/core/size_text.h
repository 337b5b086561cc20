// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <string>

namespace oodscope {

/// "1024x512": width and height in pixels, as keys, tables and messages spell a size.
[[nodiscard]] inline std::string sizeText(Size size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

}  // namespace oodscope
