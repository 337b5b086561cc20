// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export/document_commands.h"

#include "analysis/core/failure_text.h"
#include "app/documents/document_options.h"
#include "app/documents/provenance.h"
#include "app/figures/figure_plans.h"
#include "app/figures/figure_writer.h"
#include "app/figures/report.h"
#include "app/options/exit_code.h"
#include "app/options/plain_numbers.h"

#include <QApplication>
#include <QFont>
#include <QLocale>

#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace oodscope {
namespace {

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

std::unique_ptr<SessionResults> opened(const DocumentOptions& options, const ProgressSink& progress) {
  Session session = readSession(options.session);
  if (!options.runs.empty()) chooseRuns(session, options.runs);
  return openSessionResults(session, options.opening(), progress, {});
}

int sayProblems(const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) std::fprintf(stderr, "failed: %s\n", problem.c_str());
  return problems.empty() ? kDone : kSomeFailed;
}

int runReport(const DocumentOptions& options) {
  const ProgressSink progress = terminalLine(options.quiet);
  const auto results = opened(options, progress);
  const std::filesystem::path session(options.session);
  const Report report = makeReport(*results, session.stem().string(), options.threads, progress);
  const auto files = writeReport(report, options.output);
  endLine(options.quiet);
  if (!options.quiet) std::printf("%zu files in %s\n", files.size(), options.output.c_str());
  return sayProblems(report.problems);
}

FigureStyle styleOf(const FigureOptions& options) {
  FigureStyle style = figurePreset(QString::fromStdString(options.preset)).value_or(FigureStyle{});
  if (options.width > 0.0) style.widthInches = options.width;
  if (options.height > 0.0) style.heightInches = options.height;
  if (options.font > 0.0) style.fontPoints = options.font;
  style.dpi = options.dpi;
  return style;
}

int runFigure(const FigureOptions& options) {
  const ProgressSink progress = terminalLine(options.quiet);
  const auto results = opened(options, progress);
  endLine(options.quiet);
  if (options.list) {
    for (const FigureName& figure : figureNames(*results))
      std::printf("%-32s %s\n", figure.name.c_str(), qPrintable(figure.title));
    return kDone;
  }
  const auto figure = planFigure(*results, options.name)();
  figure->setLook(options.lookOver(results->session().figure));
  writeFigure(*figure, styleOf(options), QString::fromStdString(options.output));
  return sayProblems(results->problems());
}

}  // namespace

std::optional<int> runDocumentCommand(int argc, char** argv) {
  if (argc < 2) return std::nullopt;
  const bool isReport = std::strcmp(argv[1], "report") == 0;
  if (!isReport && std::strcmp(argv[1], "figure") != 0) return std::nullopt;

  CLI::App app("Oodscope: documents of a session", "oodscope");
  FigureOptions options;
  if (isReport) {
    options.addReportTo(*app.add_subcommand("report", "One HTML and one PDF file, and every table"));
  } else {
    CLI::App* figure = app.add_subcommand(
        "figure", "One figure as " + figureFormatNames().toStdString() + ", its data as CSV beside it");
    std::vector<std::string> presets;
    for (const FigurePreset& preset : figurePresets()) presets.push_back(preset.name.toStdString());
    options.addFigureTo(*figure, presets, figureFileNames(QStringLiteral("FILE")).toStdString());
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
