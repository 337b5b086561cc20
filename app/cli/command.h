// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/options/exit_code.h"

#include <functional>
#include <span>

#include <CLI/CLI.hpp>

namespace oodscope {

/// What runs once the options are parsed; gives an ExitCode.
using Command = std::function<int()>;

/// A sub-command. A further one is one .cpp that defines its kind, named in commands.cpp.
struct CommandKind {
  const char* name;
  const char* description;
  /// Adds its options to the application and returns what to run.
  Command (*addOptions)(CLI::App& app);
};

/// In the order of --help.
[[nodiscard]] std::span<const CommandKind* const> commandKinds();

}  // namespace oodscope
