// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

namespace oodscope {

/// Plain text with LaTeX's special characters escaped.
[[nodiscard]] std::string latexEscaped(std::string_view text);

}  // namespace oodscope
