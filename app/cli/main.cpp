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
  for (const CommandKind* kind : commandKinds()) {
    CLI::App* sub = app.add_subcommand(kind->name, kind->description);
    commands.emplace_back(sub, kind->addOptions(*sub));
  }
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
