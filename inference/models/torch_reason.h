// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <exception>
#include <string>

namespace oodscope {

/// Why LibTorch failed, in one line of at most some 300 characters: the lines of its message that say something,
/// without those of the interpreter's and C++'s backtraces. Never empty. Where the cause is a common one (a script that
/// names a CUDA device, half-precision weights, a size it was traced for), what to do follows.
[[nodiscard]] std::string torchReason(const std::exception& problem);

}  // namespace oodscope
