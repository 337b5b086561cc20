// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/documents/report_tables.h"
#include "app/options/ranges.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

namespace oodscope {
namespace {

struct Options {
  std::string session, output;
  std::string cacheDir, device = "cpu", precision = "half";
  int threads = 0;
  bool noCache = false, quiet = false;
  std::vector<std::string> forwarded;  ///< what only the desktop program understands
};

/// `oodscope` in the folder of this program; empty where it is not installed.
std::filesystem::path desktopProgram() {
  std::error_code problem;
  const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe", problem);
  if (problem) return {};
  const std::filesystem::path other = own.parent_path() / "oodscope";
  return access(other.c_str(), X_OK) == 0 ? other : std::filesystem::path();
}

/// Becomes the desktop program with the same arguments. Returns only where that fails.
void handOver(const std::filesystem::path& program, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), program.string());
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  execv(program.c_str(), pointers.data());
  std::fprintf(stderr, "oodscope-cli: %s cannot be started: %s\n", program.c_str(), std::strerror(errno));
}

void addCommon(CLI::App& app, Options& options) {
  app.add_option("session", options.session, "The session file")->type_name("SESSION")->required();
  app.add_option("--cache-dir", options.cacheDir, "Where logits are kept (default: below XDG_CACHE_HOME)")
      ->type_name("DIR");
  app.add_flag("--no-cache", options.noCache, "Keep no logits after the run");
  app.add_option("--threads", options.threads, "Threads to use (default: all cores)")->check(threadCount());
  app.add_option("--precision", options.precision, "How logits are kept: half or single")
      ->check(CLI::IsMember({"half", "single"}));
  app.add_option("--device", options.device, "cpu or cuda")->check(CLI::IsMember({"cpu", "cuda"}));
  app.add_flag("--quiet", options.quiet, "Say nothing but errors");
}

std::vector<std::string> commonArguments(const Options& options) {
  std::vector<std::string> out{
      options.session, "--device",       options.device, "--threads", std::to_string(options.threads),
      "--precision",   options.precision};
  if (!options.output.empty()) out.insert(out.end(), {"--output", options.output});
  if (!options.cacheDir.empty()) out.insert(out.end(), {"--cache-dir", options.cacheDir});
  if (options.noCache) out.emplace_back("--no-cache");
  if (options.quiet) out.emplace_back("--quiet");
  return out;
}

int makeTables(const Options& options) {
  std::fprintf(stderr, "note: the desktop program is not installed beside oodscope-cli: tables only, no figures\n");
  const ProgressSink progress = terminalProgress(options.quiet ? Verbosity::Quiet : Verbosity::Normal);
  OpeningOptions opening;
  if (!options.cacheDir.empty()) opening.store.folder = options.cacheDir;
  opening.store.temporary = options.noCache;
  opening.store.precision = options.precision == "single" ? StorePrecision::Single : StorePrecision::Half;
  opening.device = options.device == "cuda" ? Device::Cuda : Device::Cpu;
  opening.threads = options.threads;
  const auto results = openSessionResults(readSession(options.session), opening, progress, stopOnInterrupt());
  std::error_code problem;
  std::filesystem::create_directories(options.output, problem);
  if (problem) throw Error("cannot make the report's folder: " + problem.message(), options.output);
  const ReportTables tables = makeReportTables(*results, provenanceOf(*results, options.threads), progress);
  const auto files = writeReportTables(tables, options.output);
  endProgressLine();
  if (!options.quiet) std::printf("%zu files in %s\n", files.size(), options.output.c_str());
  for (const std::string& text : results->problems()) std::fprintf(stderr, "failed: %s\n", text.c_str());
  return results->problems().empty() ? kDone : kSomeFailed;
}

int runReport(const Options& options) {
  if (const auto program = desktopProgram(); !program.empty()) {
    std::vector<std::string> arguments = commonArguments(options);
    arguments.insert(arguments.begin(), "report");
    handOver(program, std::move(arguments));
  }
  return makeTables(options);
}

int runFigure(const Options& options) {
  const auto program = desktopProgram();
  if (program.empty()) {
    std::fprintf(stderr, "oodscope-cli: figures need the desktop program, which is not installed beside this one\n");
    return kNothingDone;
  }
  std::vector<std::string> arguments = commonArguments(options);
  arguments.insert(arguments.begin(), "figure");
  arguments.insert(arguments.end(), options.forwarded.begin(), options.forwarded.end());
  handOver(program, std::move(arguments));
  return kNothingDone;
}

}  // namespace

Command addReportCommand(CLI::App& app) {
  auto options = std::make_shared<Options>();
  addCommon(app, *options);
  app.add_option("--output", options->output, "The folder to write into")->type_name("DIR")->required();
  return [options] { return runReport(*options); };
}

Command addFigureCommand(CLI::App& app) {
  auto options = std::make_shared<Options>();
  addCommon(app, *options);
  app.add_option("--output", options->output, "FILE.pdf, FILE.svg or FILE.png")->type_name("FILE");
  app.allow_extras();
  app.footer("NAME, --list, --preset, --width, --height, --font and --dpi: see oodscope figure --help");
  return [options, &app] {
    options->forwarded = app.remaining();
    return runFigure(*options);
  };
}

}  // namespace oodscope
