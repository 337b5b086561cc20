// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace oodscope::testing {

struct CommandResult {
  int code = -1;
  std::string out;
  std::string err;
};

/// Runs oodscope-cli with the arguments and waits. Its cache lies in the build folder, so that the tests share network
/// passes.
[[nodiscard]] CommandResult runCli(const std::vector<std::string>& arguments);
/// The same, sending `signal` after standard error or `watched` shows life: once `watched` exists, or after `seconds`.
[[nodiscard]] CommandResult runCliAndSignal(const std::vector<std::string>& arguments, int signal, double seconds);

/// A fresh folder for one test, removed with the object.
class ScratchFolder {
public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return (m_path / name).string(); }

private:
  std::filesystem::path m_path;
};

}  // namespace oodscope::testing
