// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <exception>
#include <string>

namespace oodscope {

/// What a failure that was not foreseen as Error says to a user, in one line: lack of memory and of threads in words,
/// whoever met it first (the allocator, the C++ library, LibTorch, OpenCV, oneTBB); an Error its own text; all else
/// "unexpected failure: " and the first line of the message that says something. For the boundaries where one thing's
/// failure must not end the others'.
[[nodiscard]] std::string failureText(const std::exception& failure);

/// Whether the failure is a lack of memory or of threads: the machine's or a limit's doing, not the input's.
[[nodiscard]] bool isShortage(const std::exception& failure);

}  // namespace oodscope
