// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "app/cli/command.h"
#include "app/cli/request_options.h"
#include "app/evaluation/provenance.h"
#include "app/live/open_live_sets.h"
#include "app/live/sweep.h"
#include "app/options/ranges.h"

#include <cstdio>
#include <memory>

namespace oodscope {
namespace {

struct Options {
  RequestOptions request;
  SweepOptions sweep;
  std::string format = "markdown", output;
};

/// One row a set and temperature, so that every table format serves.
void addRows(const SweepResult& result, const LiveSet& set, std::size_t index, Method method, Protocol protocol,
             ResultTable& table) {
  for (const SweepPoint& point : result.curves[index].points) {
    ResultRow row;
    row.set = result.curves[index].set;
    row.model = set.source().name();
    row.method = std::string(methodName(method));
    row.temperature = point.temperature;
    row.protocol = std::string(protocolName(protocol));
    row.frames = static_cast<std::int64_t>(set.labelledFrames().size());
    row.skipped = static_cast<std::int64_t>(set.dataSet().frames.size()) - row.frames;
    row.ap = point.ap;
    row.fpr95 = point.fpr95;
    table.rows.push_back(std::move(row));
  }
}

int run(const Options& options) {
  const EvaluationRequest request = requestFrom(options.request);
  const Verbosity verbosity = options.request.verbosity();
  const ProgressSink progress = terminalProgress(verbosity);
  const std::stop_token stop = stopOnInterrupt();
  OpenLiveSets open = openLiveSets(request, progress, stop);
  ResultTable table;
  for (const auto& [key, value] : environmentFacts(request.threads)) table.provenance.push_back({key, Value(value)});
  bool complete = !stop.stop_requested();
  for (const Method method : request.methods.empty() ? std::vector<Method>{Method::Msp} : request.methods) {
    if (!dependsOnTemperature(method)) {
      std::fprintf(stderr, "note: temperature has no effect on the ranking of %s\n",
                   std::string(methodName(method)).c_str());
      continue;
    }
    const Protocol protocol = request.protocols.empty() ? Protocol::Course : request.protocols.front();
    for (const auto& [model, sets] : open.byModel) {
      std::size_t done = 0;
      const std::size_t total = sets.size() * sweepTemperatures(options.sweep).size();
      const SweepResult result = sweep(
          sets, method, protocol, options.sweep,
          [&, &name = model](std::size_t, const SweepPoint&) {
            progress({"sweep", name + ", " + std::string(methodName(method)), std::min(++done, total), total});
          },
          stop);
      complete = complete && result.complete;
      for (std::size_t s = 0; s < sets.size(); ++s) addRows(result, *sets[s], s, method, protocol, table);
      if (result.bestTemperature) {
        const std::string key = "best temperature, " + model + ", " + std::string(methodName(method));
        table.provenance.push_back({key, Value(*result.bestTemperature)});
        table.provenance.push_back({key + ", rule", Value(kTradeOffRule)});
      }
    }
  }
  endProgressLine();
  for (const std::string& problem : open.problems) std::fprintf(stderr, "failed: %s\n", problem.c_str());
  if (table.rows.empty()) return kNothingDone;
  writeOutput(writeTable(table, tableFormatFromName(options.format).value()), options.output);
  if (!complete) std::fprintf(stderr, "stopped: %zu points are complete\n", table.rows.size());
  return complete && open.problems.empty() ? kDone : kSomeFailed;
}

}  // namespace

Command addSweepCommand(CLI::App& app) {
  auto options = std::make_shared<Options>();
  options->request.addTo(app);
  app.add_option("--from", options->sweep.low, "Lowest temperature")->check(numberFrom(1e-6, 1e6));
  app.add_option("--to", options->sweep.high, "Highest temperature")->check(numberFrom(1e-6, 1e6));
  app.add_option("--steps", options->sweep.values, "Number of temperatures, logarithmically spaced")
      ->check(wholeFrom(1, 10'000));
  app.add_option("--refine", options->sweep.refinements, "Further temperatures around the best")
      ->check(wholeFrom(0, 1000));
  app.add_option("--format", options->format, "json, csv, markdown or latex")
      ->check(CLI::IsMember({"json", "csv", "markdown", "latex"}));
  app.add_option("--output", options->output, "File to write (default: standard output)")->type_name("FILE");
  return [options] {
    if (options->sweep.high < options->sweep.low) throw CLI::ValidationError("--to", "is below --from");
    return run(*options);
  };
}

}  // namespace oodscope
