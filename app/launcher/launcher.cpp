// SPDX-License-Identifier: GPL-3.0-or-later
// NAME starts NAME-program, which lies beside it, with the environment that libgomp must find when it is loaded: a
// thread that waits actively starves whatever shares its core (0.16 s a frame become 3.2 s). Setting it inside the
// program is too late, and starting the program twice loads LibTorch twice, 0.3 s.
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

int main(int, char** argv) {
  std::string own(4096, '\0');
  const ssize_t length = readlink("/proc/self/exe", own.data(), own.size());
  if (length > 0) {
    own.resize(static_cast<std::size_t>(length));
    setenv("OMP_WAIT_POLICY", "passive", 0);
    execv((own + "-program").c_str(), argv);
  }
  std::fprintf(stderr, "%s-program cannot be started: %s\n", length > 0 ? own.c_str() : "oodscope",
               std::strerror(errno));
  return 3;
}
