// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/end_to_end/command.h"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

namespace oodscope::testing {
namespace {

std::string readAll(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

CommandResult run(const std::vector<std::string>& arguments, int signal, double seconds) {
  const ScratchFolder scratch;
  const std::string out = scratch / "out", err = scratch / "err";
  std::vector<std::string> all{OODSCOPE_CLI};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& text : all) argv.push_back(text.data());
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    setenv("XDG_CACHE_HOME", OODSCOPE_BINARY_DIR "/test-cache", 1);
    if (freopen(out.c_str(), "wb", stdout) == nullptr || freopen(err.c_str(), "wb", stderr) == nullptr) _exit(126);
    execv(argv[0], argv.data());
    _exit(127);
  }
  if (signal != 0) {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    kill(child, signal);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CommandResult result;
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  result.out = readAll(out);
  result.err = readAll(err);
  return result;
}

}  // namespace

CommandResult runCli(const std::vector<std::string>& arguments) { return run(arguments, 0, 0.0); }

CommandResult runCliAndSignal(const std::vector<std::string>& arguments, int signal, double seconds) {
  return run(arguments, signal, seconds);
}

ScratchFolder::ScratchFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "oodscope-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  m_path = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(m_path, ignored);
}

}  // namespace oodscope::testing
