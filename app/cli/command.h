// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <CLI/CLI.hpp>
#include <functional>

namespace oodscope {

/// Exit codes that other people's scripts rely on.
enum ExitCode : int { kDone = 0, kSomeFailed = 1, kWrongUsage = 2, kNothingDone = 3 };

/// A sub-command adds its options to the application and returns what to run once they are parsed.
using Command = std::function<int()>;

Command addEvaluateCommand(CLI::App& app);
Command addInfoCommand(CLI::App& app);
Command addSweepCommand(CLI::App& app);
Command addMiouCommand(CLI::App& app);
Command addTrainCommand(CLI::App& app);
Command addDemoCommand(CLI::App& app);
Command addBenchCommand(CLI::App& app);
Command addReportCommand(CLI::App& app);
Command addFigureCommand(CLI::App& app);

}  // namespace oodscope
