// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>

namespace oodscope {

/// `oodscope report SESSION --output DIR` and `oodscope figure SESSION NAME --output FILE`: documents without a window
/// or a display, drawn by the window's own plots and views on the offscreen platform. The exit code where the first
/// argument names one of them, as oodscope-cli gives it (0 done, 1 something is missing, 2 wrong usage, 3 nothing
/// done); empty: the window is wanted. Call before a QApplication is made.
[[nodiscard]] std::optional<int> runDocumentCommand(int argc, char** argv);

}  // namespace oodscope
