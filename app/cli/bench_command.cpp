// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "app/cli/command.h"
#include "app/cli/request_options.h"
#include "app/evaluation/provenance.h"
#include "app/live/live_bench.h"
#include "app/live/open_live_sets.h"

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include <tbb/global_control.h>

namespace oodscope {
namespace {

struct Options {
  RequestOptions request;
  int runs = 40;
  std::string format = "markdown", output;
};

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value < 10 ? "%.3g" : "%.0f", value);
  return text;
}
std::string cell(const std::optional<double>& value) { return value ? number(*value) : "–"; }

using Facts = std::vector<std::pair<std::string, std::string>>;

std::string asMarkdown(const BenchReport& report, const Facts& facts) {
  std::string out =
      "| figure | on | unit | median | p95 | bound | met | floor | of the floor |\n"
      "|---|---|---|--:|--:|--:|---|--:|--:|\n";
  for (const BenchFigure& figure : report.figures) {
    out += "| " + figure.name + " | " + figure.on + " | " + figure.unit + " | " + number(figure.median) + " | " +
           number(figure.p95) + " | " + cell(figure.bound) + " | " +
           (figure.bound ? (figure.p95 <= *figure.bound ? "yes" : "no") : "") + " | " +
           (figure.floor ? number(*figure.floor) + " " + figure.floorName : "–") + " | " +
           (figure.floor       ? number(100.0 * *figure.floor / figure.median) + " %"
            : figure.timesFast ? number(*figure.timesFast) + " times as fast"
                               : "–") +
           " |\n";
  }
  out += "\n";
  for (const auto& [key, value] : facts) out += "- " + key + ": " + value + "\n";
  for (const std::string& note : report.notes) out += "- note: " + note + "\n";
  return out;
}

std::string asJson(const BenchReport& report, const Facts& facts) {
  const auto orNull = [](const std::optional<double>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
  };
  nlohmann::json out;
  for (const auto& [key, value] : facts) out["machine"][key] = value;
  for (const BenchFigure& figure : report.figures)
    out["figures"].push_back({{"figure", figure.name},
                              {"on", figure.on},
                              {"unit", figure.unit},
                              {"median", figure.median},
                              {"p95", figure.p95},
                              {"bound", orNull(figure.bound)},
                              {"floor", orNull(figure.floor)},
                              {"floor_is", figure.floorName},
                              {"times_as_fast", orNull(figure.timesFast)},
                              {"runs", figure.runs}});
  out["notes"] = report.notes;
  return out.dump(2) + "\n";
}

int run(const Options& options) {
  const EvaluationRequest request = requestFrom(options.request);
  std::optional<tbb::global_control> threads;
  if (request.threads > 0)
    threads.emplace(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(request.threads));
  const ProgressSink progress = terminalProgress(options.request.verbosity());
  const std::stop_token stop = stopOnInterrupt();
  const OpenLiveSets open = openLiveSets(request, progress, stop);
  for (const std::string& problem : open.problems) std::fprintf(stderr, "failed: %s\n", problem.c_str());
  const auto& [model, sets] = *open.byModel.begin();
  const Method method = request.methods.empty() ? Method::Msp : request.methods.front();
  if (std::ranges::all_of(sets, [](const auto& set) { return set->labelledFrames().empty(); }))
    throw Error("no frame with ground truth could be opened", {});
  const BenchReport report = runBench(sets, method, options.runs, progress, stop);
  endProgressLine();
  Facts facts = environmentFacts(request.threads);
  facts.insert(facts.begin(),
               {{"processor", processorName()},
                {"cores", std::to_string(std::thread::hardware_concurrency())},
                {"reads", number(report.floors.bytesPerSecond / 1e9) + " GB/s"},
                {"exponentials", number(report.floors.exponentialsPerSecond / 1e9) + " thousand million a second"},
                {"scores", model + ", " + std::string(methodName(method))}});
  writeOutput(options.format == "json" ? asJson(report, facts) : asMarkdown(report, facts), options.output);
  if (!report.complete) std::fprintf(stderr, "stopped: %zu figures are complete\n", report.figures.size());
  return report.complete && open.problems.empty() ? kDone : kSomeFailed;
}

}  // namespace

Command addBenchCommand(CLI::App& app) {
  auto options = std::make_shared<Options>();
  options->request.addTo(app);
  app.add_option("--runs", options->runs, "Repetitions of the quick figures; slow ones take a tenth")
      ->check(CLI::Range(3, 100000));
  app.add_option("--format", options->format, "json or markdown")->check(CLI::IsMember({"json", "markdown"}));
  app.add_option("--output", options->output, "File to write (default: standard output)")->type_name("FILE");
  return [options] { return run(*options); };
}

}  // namespace oodscope
