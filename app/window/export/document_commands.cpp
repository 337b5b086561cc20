// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export/document_commands.h"

#include "analysis/core/failure_text.h"
#include "app/documents/provenance.h"
#include "app/figures/figure_plans.h"
#include "app/figures/figure_writer.h"
#include "app/figures/report.h"
#include "app/options/plain_numbers.h"
#include "app/options/ranges.h"

#include <QApplication>
#include <QFont>
#include <QLocale>

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstring>

namespace oodscope {
namespace {

enum Code { kDone = 0, kSomeFailed = 1, kWrongUsage = 2, kNothingDone = 3 };

struct Options {
  std::string session, name, output, preset = "ieee-1", cache, device = "cpu", precision = "half";
  double width = 0.0, height = 0.0, font = 0.0;
  int dpi = 300, threads = 0;
  bool noCache = false, quiet = false, list = false;
};

void addCommon(CLI::App& app, Options& options) {
  app.add_option("session", options.session, "The session file")->type_name("SESSION")->required();
  app.add_option("--cache-dir", options.cache, "Where logits are kept")->type_name("DIR");
  app.add_flag("--no-cache", options.noCache, "Keep no logits after the run");
  app.add_option("--threads", options.threads, "Threads to use (default: all cores)")->check(threadCount());
  app.add_option("--precision", options.precision, "How logits are kept: half or single")
      ->check(CLI::IsMember({"half", "single"}));
  app.add_option("--device", options.device, "cpu or cuda")->check(CLI::IsMember({"cpu", "cuda"}));
  app.add_flag("--quiet", options.quiet, "Say nothing but errors");
}

ProgressSink terminalLine(bool quiet) {
  if (quiet || isatty(STDERR_FILENO) == 0) return [](const Progress&) {};
  return [](const Progress& progress) {
    std::fprintf(stderr, "\r\033[K%s: %s", progress.stage.c_str(), progress.subject.c_str());
    if (progress.total > 0) std::fprintf(stderr, " %zu/%zu", progress.done, progress.total);
    std::fflush(stderr);
  };
}

void endLine(bool quiet) {
  if (!quiet && isatty(STDERR_FILENO) != 0) std::fputs("\r\033[K", stderr);
}

std::unique_ptr<SessionResults> opened(const Options& options, const ProgressSink& progress) {
  OpeningOptions opening;
  if (!options.cache.empty()) opening.store.folder = options.cache;
  opening.store.temporary = options.noCache;
  opening.store.precision = options.precision == "single" ? StorePrecision::Single : StorePrecision::Half;
  opening.device = options.device == "cuda" ? Device::Cuda : Device::Cpu;
  opening.threads = options.threads;
  return openSessionResults(readSession(options.session), opening, progress, {});
}

int sayProblems(const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) std::fprintf(stderr, "failed: %s\n", problem.c_str());
  return problems.empty() ? kDone : kSomeFailed;
}

int runReport(const Options& options) {
  const ProgressSink progress = terminalLine(options.quiet);
  const auto results = opened(options, progress);
  const std::filesystem::path session(options.session);
  const Report report = makeReport(*results, session.stem().string(), options.threads, progress);
  const auto files = writeReport(report, options.output);
  endLine(options.quiet);
  if (!options.quiet) std::printf("%zu files in %s\n", files.size(), options.output.c_str());
  return sayProblems(report.problems);
}

FigureStyle styleOf(const Options& options) {
  FigureStyle style = figurePreset(QString::fromStdString(options.preset)).value_or(FigureStyle{});
  if (options.width > 0.0) style.widthInches = options.width;
  if (options.height > 0.0) style.heightInches = options.height;
  if (options.font > 0.0) style.fontPoints = options.font;
  style.dpi = options.dpi;
  return style;
}

int runFigure(const Options& options) {
  const ProgressSink progress = terminalLine(options.quiet);
  const auto results = opened(options, progress);
  endLine(options.quiet);
  if (options.list) {
    for (const FigureName& figure : figureNames(*results))
      std::printf("%-32s %s\n", figure.name.c_str(), qPrintable(figure.title));
    return kDone;
  }
  const auto figure = planFigure(*results, options.name)();
  writeFigure(*figure, styleOf(options), QString::fromStdString(options.output));
  return sayProblems(results->problems());
}

}  // namespace

std::optional<int> runDocumentCommand(int argc, char** argv) {
  if (argc < 2) return std::nullopt;
  const bool isReport = std::strcmp(argv[1], "report") == 0;
  if (!isReport && std::strcmp(argv[1], "figure") != 0) return std::nullopt;

  CLI::App app("Oodscope: documents of a session", "oodscope");
  Options options;
  if (isReport) {
    CLI::App* report = app.add_subcommand("report", "One HTML and one PDF file, and every table");
    addCommon(*report, options);
    report->add_option("--output", options.output, "The folder to write into")->type_name("DIR")->required();
  } else {
    CLI::App* figure = app.add_subcommand("figure", "One figure as PDF, SVG or PNG, its data as CSV beside it");
    addCommon(*figure, options);
    std::vector<std::string> presets;
    for (const FigurePreset& preset : figurePresets()) presets.push_back(preset.name.toStdString());
    auto* name =
        figure->add_option("name", options.name, "The figure: pr, roc, f1, histogram, sweep, grid, frame:NAME, …");
    auto* output = figure->add_option("--output", options.output, "FILE.pdf, FILE.svg or FILE.png")->type_name("FILE");
    auto* list = figure->add_flag("--list", options.list, "List the figures that the session can give");
    figure->add_option("--preset", options.preset, "Width and font size")->check(CLI::IsMember(presets));
    figure->add_option("--width", options.width, "Width in inches")->check(numberFrom(0.1, 100.0));
    figure->add_option("--height", options.height, "Height in inches")->check(numberFrom(0.1, 100.0));
    figure->add_option("--font", options.font, "Font size in points, as printed")->check(numberFrom(1.0, 200.0));
    figure->add_option("--dpi", options.dpi, "Of PNG, and of pictures in PDF and SVG")->check(wholeFrom(36, 2400));
    figure->callback([=] {
      if (list->count() == 0 && (name->count() == 0 || output->count() == 0))
        throw CLI::RequiredError("NAME and --output (or --list)");
    });
  }
  try {
    const PlainNumbers plain;
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return kWrongUsage;
  }
  // The same pixels with and without a display: fonts and sizes must not follow a screen.
  qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication application(argc, argv);
  keepPlainNumbers();
  QLocale::setDefault(QLocale::c());
  QApplication::setApplicationName(QStringLiteral("oodscope"));
  QApplication::setFont(QFont(QStringLiteral("Noto Sans"), 10));
  try {
    return isReport ? runReport(options) : runFigure(options);
  } catch (const std::exception& failure) {
    endLine(options.quiet);
    std::fprintf(stderr, "oodscope: %s\n", failureText(failure).c_str());
    return kNothingDone;
  }
}

}  // namespace oodscope
