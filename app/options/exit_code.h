// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace oodscope {

/// Exit codes of both programs, that other people's scripts rely on.
enum ExitCode : int { kDone = 0, kSomeFailed = 1, kWrongUsage = 2, kNothingDone = 3 };

}  // namespace oodscope
