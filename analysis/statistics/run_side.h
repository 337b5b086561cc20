// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace oodscope {

/// Which of two runs that are compared; A is the window's own.
enum class RunSide { A, B };

}  // namespace oodscope
