// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/end_to_end/command.h"

#include "tests/support/temporary_folder.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
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

void limitFileSize(std::uint64_t bytes) {
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  setrlimit(RLIMIT_FSIZE, &limit);
}

}  // namespace

CommandResult runCli(const std::vector<std::string>& arguments, const RunOptions& options) {
  const TemporaryFolder scratch;
  const std::string out = scratch / "out", err = scratch / "err";
  std::vector<std::string> all{options.program.empty() ? OODSCOPE_CLI : options.program};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& text : all) argv.push_back(text.data());
  argv.push_back(nullptr);
  std::array<int, 2> pipeEnds{-1, -1};  // where files may not grow, the output must not be one
  if (options.fileSizeLimit > 0 && pipe(pipeEnds.data()) != 0) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child == 0) {
    setenv("XDG_CACHE_HOME", OODSCOPE_BINARY_DIR "/test-cache", 1);
    if (freopen(out.c_str(), "wb", stdout) == nullptr || freopen(err.c_str(), "wb", stderr) == nullptr) _exit(126);
    if (options.fileSizeLimit > 0) {
      dup2(pipeEnds[1], STDOUT_FILENO);
      close(pipeEnds[0]);
      close(pipeEnds[1]);
      limitFileSize(options.fileSizeLimit);
    }
    execv(argv[0], argv.data());
    _exit(127);
  }
  CommandResult result;
  if (options.fileSizeLimit > 0) {
    close(pipeEnds[1]);
    std::array<char, 4096> piece{};
    for (ssize_t n = 0; (n = read(pipeEnds[0], piece.data(), piece.size())) > 0;)
      result.out.append(piece.data(), static_cast<std::size_t>(n));
    close(pipeEnds[0]);
  }
  int status = 0;
  if (options.interruptWhen) {
    while (waitpid(child, &status, WNOHANG) == 0) {
      if (options.interruptWhen()) {
        kill(child, options.signal);
        waitpid(child, &status, 0);
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  } else {
    waitpid(child, &status, 0);
  }
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  if (options.fileSizeLimit == 0) result.out = readAll(out);
  result.err = readAll(err);
  return result;
}

std::size_t countFiles(const std::filesystem::path& folder, const std::string& extension) {
  std::error_code absent;
  std::size_t count = 0;
  for (std::filesystem::recursive_directory_iterator at(folder, absent), end; !absent && at != end;
       at.increment(absent)) {
    count += at->path().extension() == extension ? 1 : 0;
  }
  return count;
}

}  // namespace oodscope::testing
