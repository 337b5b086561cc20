// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace oodscope {

/// How much something that is told matters: news; a part is missing or odd; something could not be done.
enum class Severity { Info, Warning, Error };

}  // namespace oodscope
