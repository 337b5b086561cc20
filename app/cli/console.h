// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/sources/progress.h"

#include <filesystem>
#include <stop_token>
#include <string>

namespace oodscope {

enum class Verbosity { Quiet, Normal, Verbose };

/// Ctrl-C, SIGTERM and SIGHUP (unless it is ignored, as under nohup) ask this token to stop; a second one ends the
/// program at once. Call once, early.
[[nodiscard]] std::stop_token stopOnInterrupt();

/// A line on standard error that follows the work with rate and remaining time. Silent where standard error is no
/// terminal or `verbosity` is Quiet.
[[nodiscard]] ProgressSink terminalProgress(Verbosity verbosity);
/// Ends the progress line, if one is shown.
void endProgressLine();

/// Writes `text` to the file, atomically, or to standard output where `file` is empty. Throws Error.
void writeOutput(const std::string& text, const std::filesystem::path& file);

}  // namespace oodscope
