// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/console.h"

#include "analysis/core/error.h"
#include "analysis/core/numbers.h"
#include "analysis/formats/atomic_file.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>

namespace oodscope {
namespace {

bool isTerminal() { return isatty(STDERR_FILENO) != 0; }

std::string timeText(double seconds) {
  const int whole = static_cast<int>(std::lround(seconds));
  std::array<char, 32> text{};
  if (whole >= 3600)
    std::snprintf(text.data(), text.size(), "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  else
    std::snprintf(text.data(), text.size(), "%d:%02d", whole / 60, whole % 60);
  return text.data();
}

class ProgressLine {
public:
  void show(const Progress& progress) {
    const std::scoped_lock lock(m_mutex);
    const auto now = std::chrono::steady_clock::now();
    if (progress.stage != m_stage || progress.subject != m_subject) {
      m_stage = progress.stage;
      if (progress.stage != "metrics") m_subject = progress.subject;
      m_start = now;
      m_firstDone = progress.done;
    } else if (now - m_last < std::chrono::milliseconds(100) && progress.done != progress.total) {
      return;
    }
    m_last = now;
    std::string line = progress.subject + ": " + progress.stage;
    if (progress.total > 0)
      line.append(" ").append(std::to_string(progress.done) + "/" + std::to_string(progress.total));
    const double elapsed = std::chrono::duration<double>(now - m_start).count();
    const auto made = static_cast<double>(progress.done - std::min(progress.done, m_firstDone));
    if (made > 0 && elapsed > 0.5) {
      const double rate = made / elapsed;
      line += ", " + fixedText(rate, 1) + "/s, " +
              timeText(static_cast<double>(progress.total - progress.done) / rate) + " left";
    }
    std::fprintf(stderr, "\r\033[K%s", line.c_str());
    std::fflush(stderr);
    m_shown = true;
  }

  void end() {
    const std::scoped_lock lock(m_mutex);
    if (m_shown) std::fputs("\r\033[K", stderr);
    m_shown = false;
  }

private:
  std::mutex m_mutex;
  std::string m_stage, m_subject;
  std::chrono::steady_clock::time_point m_start, m_last;
  std::size_t m_firstDone = 0;
  bool m_shown = false;
};

ProgressLine& progressLine() {
  static ProgressLine line;  // the terminal itself is the one thing of its kind
  return line;
}

int interruptPipe[2] = {-1, -1};

void onInterrupt(int) {
  static volatile std::sig_atomic_t count = 0;
  count = count + 1;
  if (count > 1) _exit(130);
  const char byte = 1;
  [[maybe_unused]] const auto written = write(interruptPipe[1], &byte, 1);
}

}  // namespace

std::stop_token stopOnInterrupt() {
  static std::stop_source source;
  if (interruptPipe[0] < 0 && pipe(interruptPipe) == 0) {
    // A handler may hardly do anything: it wakes a thread that asks to stop.
    std::thread([] {
      char byte = 0;
      while (read(interruptPipe[0], &byte, 1) < 0 && errno == EINTR) {
      }
      source.request_stop();
    }).detach();
    struct sigaction action = {};
    action.sa_handler = onInterrupt;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    // The terminal has gone. Under nohup the signal is ignored, and stays so.
    struct sigaction before = {};
    if (sigaction(SIGHUP, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
  }
  return source.get_token();
}

ProgressSink terminalProgress(Verbosity verbosity) {
  if (verbosity == Verbosity::Quiet || !isTerminal()) return [](const Progress&) {};
  return [](const Progress& progress) { progressLine().show(progress); };
}

void endProgressLine() { progressLine().end(); }

void writeOutput(const std::string& text, const std::filesystem::path& file) {
  if (!file.empty()) {
    writeFileAtomically(file, text);
    return;
  }
  std::cout << text << std::flush;
  if (!std::cout) throw Error("writing to standard output failed", {});
}

}  // namespace oodscope
