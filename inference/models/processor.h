// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>

namespace oodscope {

/// The processor by which libraries choose their code: its name as the system gives it, and in brackets a digest of
/// family, model, stepping and instruction set and of the variables by which a user restricts the libraries' choice.
/// The same text on every call.
[[nodiscard]] const std::string& processorIdentity();

}  // namespace oodscope
