// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/core/numbers.h"
#include "analysis/tables/table_writers.h"
#include "app/cli/command.h"
#include "app/cli/live_bench.h"
#include "app/cli/request_options.h"
#include "app/documents/open_live_sets.h"
#include "app/documents/provenance.h"
#include "app/options/ranges.h"
#include "app/options/resource_files.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>

#include <tbb/global_control.h>

namespace oodscope {
namespace {

struct BenchCommandOptions {
  RequestOptions request;
  int runs = 40;
  std::string only;
  std::string format = "markdown", output;
};

std::string number(double value) { return value < 10 ? generalText(value, 3) : fixedText(value, 0); }
std::string cell(const std::optional<double>& value) { return value ? number(*value) : "–"; }

using Facts = std::vector<std::pair<std::string, std::string>>;

/// What people read of a figure, a text a column.
Value::Array cellsOf(const BenchFigure& figure) {
  if (!figure.notMeasured.empty())
    return {figure.name, figure.on, figure.unit, "not measured", "", cell(figure.bound), "–", figure.notMeasured, "–"};
  std::string part = "–";
  if (figure.timesFast) part = number(*figure.timesFast) + " times as fast";
  if (figure.floor) part = number(100.0 * *figure.floor / figure.median) + " %";
  return {figure.name,
          figure.on,
          figure.unit,
          number(figure.median),
          number(figure.p95),
          cell(figure.bound),
          figure.bound ? (figure.p95 <= *figure.bound ? "yes" : "no") : "–",
          figure.floor ? number(*figure.floor) + " " + figure.floorName : "–",
          part};
}

Value::Object documentOf(const BenchFigure& figure) {
  const auto orNull = [](const std::optional<double>& value) { return value ? Value(*value) : Value(); };
  Value::Object out{{"figure", figure.name}, {"on", figure.on}, {"unit", figure.unit}, {"bound", orNull(figure.bound)}};
  if (!figure.notMeasured.empty()) {
    out.push_back({"not_measured", figure.notMeasured});
    return out;
  }
  const Value::Object measured{{"median", figure.median},
                               {"p95", figure.p95},
                               {"met", figure.bound ? Value(figure.p95 <= *figure.bound) : Value()},
                               {"floor", orNull(figure.floor)},
                               {"floor_is", figure.floor ? Value(figure.floorName) : Value()},
                               {"of_floor", figure.floor ? Value(*figure.floor / figure.median) : Value()},
                               {"times_as_fast", orNull(figure.timesFast)},
                               {"runs", static_cast<std::int64_t>(figure.runs)}};
  out.insert(out.end(), measured.begin(), measured.end());
  if (figure.p5) out.push_back({"p5", *figure.p5});
  return out;
}

Table tableOf(const BenchReport& report, const Facts& facts) {
  using Kind = Table::Kind;
  Table table;
  table.columns = {{"figure", "figure"},
                   {"on", "on"},
                   {"unit", "unit"},
                   {"median", "median", Kind::Count},
                   {"p95", "p95", Kind::Count},
                   {"bound", "bound", Kind::Count},
                   {"met", "met"},
                   {"floor", "floor", Kind::Count},
                   {"of the floor", "of_floor", Kind::Count}};
  Value::Array figures;
  for (const BenchFigure& figure : report.figures) {
    table.rows.push_back(cellsOf(figure));
    figures.emplace_back(documentOf(figure));
  }
  for (const auto& [key, value] : facts) table.provenance.push_back({key, value});
  table.document = {{"figures", figures}, {"machine", table.provenance}};
  return table;
}

/// The demo session as installed or in the source tree.
std::string demoSession() {
  const std::filesystem::path session = resourceFile("demo/session.json");
  std::error_code unknown;
  if (std::filesystem::exists(session, unknown)) return session.string();
  throw CLI::ValidationError("--set", "the demo session is not installed: name a set and a model");
}

int runBenchCommand(BenchCommandOptions options) {
  RequestOptions& asked = options.request;
  if (asked.session.empty() && asked.sets.empty() && asked.models.empty() && asked.scores.empty())
    asked.session = demoSession();
  const EvaluationRequest request = requestFrom(asked);
  std::optional<tbb::global_control> threads;
  if (request.threads > 0)
    threads.emplace(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(request.threads));
  const ProgressSink progress = terminalProgress(options.request.verbosity());
  const std::stop_token stop = stopOnInterrupt();
  const OpenLiveSets open = openLiveSets(request, progress, stop);
  for (const std::string& problem : open.problems) std::fprintf(stderr, "failed: %s\n", problem.c_str());
  const std::string& model = open.byLabel().front()->label;
  const auto& sets = open.byLabel().front()->sets;
  if (open.sources.size() > 1) std::fprintf(stderr, "note: only %s is timed\n", model.c_str());
  const FilteredMethod method = request.methods.empty() ? FilteredMethod() : request.methods.front();
  if (std::ranges::all_of(sets, [](const auto& set) { return set->labelledFrames().empty(); }))
    throw Error("no frame with ground truth could be opened", {});
  const BenchReport report =
      runBench(sets, {method.method, options.runs, options.only, request.passes, method.filters}, progress, stop);
  endProgressLine();
  if (report.complete && report.figures.empty())
    throw CLI::ValidationError("--only", "no figure's name holds '" + options.only + "'");
  Facts facts = environmentFacts(request.threads);
  facts.insert(facts.begin(),
               {{"processor", processorName()},
                {"cores", std::to_string(std::thread::hardware_concurrency())},
                {"reads", number(report.floors.bytesPerSecond / 1e9) + " GB/s"},
                {"exponentials", number(report.floors.exponentialsPerSecond / 1e9) + " thousand million a second"},
                {"scores", model + ", " + method.name()}});
  writeOutput(writeTable(tableOf(report, facts), options.format), options.output);
  if (!report.complete) std::fprintf(stderr, "stopped: %zu figures are complete\n", report.figures.size());
  return report.complete && open.problems.empty() ? kDone : kSomeFailed;
}

Command addBenchOptions(CLI::App& app) {
  auto options = std::make_shared<BenchCommandOptions>();
  options->request.memoryMegabytes = 600;  // with the labels, samples and the network of five sets below 1.5 GB
  options->request.addTo(app);
  app.add_option("--runs", options->runs, "Repetitions of the quick figures; slow ones take a tenth")
      ->check(wholeFrom(3, 100'000));
  app.add_option("--only", options->only,
                 "Only figures whose name holds this; overhead: what each method costs beside the network")
      ->type_name("TEXT");
  app.add_option("--format", options->format, "json or markdown")->check(CLI::IsMember({"json", "markdown"}));
  app.add_option("--output", options->output, "File to write (default: standard output)")->type_name("FILE");
  return [options] { return runBenchCommand(*options); };
}

}  // namespace

extern const CommandKind kBenchCommand;
const CommandKind kBenchCommand{"bench", "Time this machine on your own data", addBenchOptions};

}  // namespace oodscope
