// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/documents/document_options.h"
#include "app/documents/report_tables.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

namespace oodscope {
namespace {

/// `oodscope` in the folder of this program; empty where it is not installed.
std::filesystem::path desktopProgram() {
  std::error_code problem;
  const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe", problem);
  if (problem) return {};
  const std::filesystem::path other = own.parent_path() / "oodscope";
  return access(other.c_str(), X_OK) == 0 ? other : std::filesystem::path();
}

/// Becomes the desktop program with the same arguments. Returns only where that fails.
void handOver(const std::filesystem::path& program, const char* command, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {program.string(), command});
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  execv(program.c_str(), pointers.data());
  std::fprintf(stderr, "oodscope-cli: %s cannot be started: %s\n", program.c_str(), std::strerror(errno));
}

int makeTables(const DocumentOptions& options) {
  std::fprintf(stderr, "note: the desktop program is not installed beside oodscope-cli: tables only, no figures\n");
  const ProgressSink progress = terminalProgress(options.quiet ? Verbosity::Quiet : Verbosity::Normal);
  const auto results = openSessionResults(readSession(options.session), options.opening(), progress, stopOnInterrupt());
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

int runReport(const DocumentOptions& options) {
  if (const auto program = desktopProgram(); !program.empty()) {
    handOver(program, "report", options.arguments());
  }
  return makeTables(options);
}

int runFigure(const FigureOptions& options) {
  const auto program = desktopProgram();
  if (program.empty()) {
    std::fprintf(stderr, "oodscope-cli: figures need the desktop program, which is not installed beside this one\n");
    return kNothingDone;
  }
  handOver(program, "figure", options.arguments());
  return kNothingDone;
}

Command addReportOptions(CLI::App& app) {
  auto options = std::make_shared<DocumentOptions>();
  options->addReportTo(app);
  return [options] { return runReport(*options); };
}

Command addFigureOptions(CLI::App& app) {
  auto options = std::make_shared<FigureOptions>();
  options->addFigureTo(app, {}, "The file, of a format that its ending names");
  app.footer("What --preset and --output take is listed by oodscope figure --help");
  return [options] { return runFigure(*options); };
}

}  // namespace

extern const CommandKind kReportCommand;
const CommandKind kReportCommand{
    "report", "Make a session's report (figures through the desktop program, tables alone without it)",
    addReportOptions};

extern const CommandKind kFigureCommand;
const CommandKind kFigureCommand{"figure", "Make one figure of a session (through the desktop program)",
                                 addFigureOptions};

}  // namespace oodscope
