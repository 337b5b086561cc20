// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/documents/provenance.h"
#include "app/options/end_in_words.h"
#include "inference/models/model.h"

#include <csignal>
#include <cstdio>
#include <vector>

int main(int argc, char** argv) {
  using namespace oodscope;
  endInWords();
  prepareProcessForInference(argc, argv);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may grow no further is an error to report, not a reason to die
  CLI::App app("Oodscope: exact evaluation of road-scene anomaly segmentation.", "oodscope-cli");
  app.set_version_flag("--version", "oodscope-cli " + programVersion());
  app.require_subcommand(1);
  std::vector<std::pair<CLI::App*, Command>> commands;
  const auto add = [&](const char* name, const char* description, Command (*addOptions)(CLI::App&)) {
    CLI::App* sub = app.add_subcommand(name, description);
    commands.emplace_back(sub, addOptions(*sub));
  };
  add("evaluate", "Every number the field prints, for sets x models x methods x temperatures x protocols",
      addEvaluateCommand);
  add("info", "What a folder, model, score map or session is, what it holds and what was skipped", addInfoCommand);
#ifdef OODSCOPE_HAS_SWEEP
  add("sweep", "AP and FPR95 against temperature, with the best trade-off", addSweepCommand);
#endif
  add("miou", "Closed-set IoU of each class on frames with class labels", addMiouCommand);
#ifdef OODSCOPE_HAS_TRAIN
  add("train", "Train ERFNet or ENet, with a void class", addTrainCommand);
#endif
#ifdef OODSCOPE_HAS_DEMO
  add("demo", "Generate the demo set", addDemoCommand);
#endif
#ifdef OODSCOPE_HAS_BENCH
  add("bench", "Time this machine on your own data", addBenchCommand);
#endif
#ifdef OODSCOPE_HAS_REPORT
  add("report", "Make a session's report (figures through the desktop program, tables alone without it)",
      addReportCommand);
  add("figure", "Make one figure of a session (through the desktop program)", addFigureCommand);
#endif
  try {
    app.parse(argc, argv);
    for (const auto& [sub, run] : commands)
      if (sub->parsed()) return run();
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    endProgressLine();
    app.exit(error);
    return kWrongUsage;
  } catch (const Error& error) {
    endProgressLine();
    std::fprintf(stderr, "oodscope-cli: %s\n", error.what());
    return kNothingDone;
  } catch (const std::exception& failure) {
    endProgressLine();
    std::fprintf(stderr, "oodscope-cli: %s\n", failureText(failure).c_str());
    return kNothingDone;
  }
  return kWrongUsage;
}
