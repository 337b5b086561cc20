// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace oodscope::testing {

struct CommandResult {
  int code = -1;  ///< 1000 + the signal's number where one ended the program
  std::string out;
  std::string err;
};

struct RunOptions {
  /// Asked every few milliseconds while the program runs; `signal` is sent once it says so. Empty: never.
  std::function<bool()> interruptWhen = {};
  int signal = SIGINT;
  /// Bytes beyond which no file of the program may grow, as on a full disk. 0: no bound.
  std::uint64_t fileSizeLimit = 0;
  /// What runs in place of the built oodscope-cli.
  std::string program = {};
};

/// Runs oodscope-cli with the arguments and waits. Its cache lies in the build folder, so that the tests share network
/// passes.
[[nodiscard]] CommandResult runCli(const std::vector<std::string>& arguments, const RunOptions& options = {});

/// Files that end in `extension` anywhere below `folder`; 0 where it does not exist.
[[nodiscard]] std::size_t countFiles(const std::filesystem::path& folder, const std::string& extension);

}  // namespace oodscope::testing
