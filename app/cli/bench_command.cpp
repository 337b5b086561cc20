// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/core/numbers.h"
#include "app/cli/command.h"
#include "app/cli/live_bench.h"
#include "app/cli/request_options.h"
#include "app/documents/open_live_sets.h"
#include "app/documents/provenance.h"
#include "app/options/ranges.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include <tbb/global_control.h>

namespace oodscope {
namespace {

struct Options {
  RequestOptions request;
  int runs = 40;
  std::string only;
  std::string format = "markdown", output;
};

std::string number(double value) { return value < 10 ? generalText(value, 3) : fixedText(value, 0); }
std::string cell(const std::optional<double>& value) { return value ? number(*value) : "–"; }

using Facts = std::vector<std::pair<std::string, std::string>>;

std::string markdownRow(const BenchFigure& figure) {
  std::string out = "| " + figure.name + " | " + figure.on + " | " + figure.unit + " | ";
  if (!figure.notMeasured.empty())
    return out + "not measured | | " + cell(figure.bound) + " | – | " + figure.notMeasured + " | – |\n";
  out += number(figure.median) + " | " + number(figure.p95) + " | " + cell(figure.bound) + " | ";
  out += figure.bound ? (figure.p95 <= *figure.bound ? "yes" : "no") : "–";
  out += " | " + (figure.floor ? number(*figure.floor) + " " + figure.floorName : "–") + " | ";
  out += figure.floor       ? number(100.0 * *figure.floor / figure.median) + " %"
         : figure.timesFast ? number(*figure.timesFast) + " times as fast"
                            : "–";
  return out + " |\n";
}

std::string asMarkdown(const BenchReport& report, const Facts& facts) {
  std::string out =
      "| figure | on | unit | median | p95 | bound | met | floor | of the floor |\n"
      "|---|---|---|--:|--:|--:|---|--:|--:|\n";
  for (const BenchFigure& figure : report.figures) out += markdownRow(figure);
  out += "\n";
  for (const auto& [key, value] : facts) out.append("- ").append(key).append(": ").append(value).append("\n");
  return out;
}

std::string asJson(const BenchReport& report, const Facts& facts) {
  const auto orNull = [](const std::optional<double>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
  };
  nlohmann::json out;
  for (const auto& [key, value] : facts) out["machine"][key] = value;
  out["figures"] = nlohmann::json::array();
  for (const BenchFigure& figure : report.figures) {
    nlohmann::json row{
        {"figure", figure.name}, {"on", figure.on}, {"unit", figure.unit}, {"bound", orNull(figure.bound)}};
    if (!figure.notMeasured.empty()) {
      row["not_measured"] = figure.notMeasured;
    } else {
      row.update({{"median", figure.median},
                  {"p95", figure.p95},
                  {"met", figure.bound ? nlohmann::json(figure.p95 <= *figure.bound) : nlohmann::json(nullptr)},
                  {"floor", orNull(figure.floor)},
                  {"floor_is", figure.floor ? nlohmann::json(figure.floorName) : nlohmann::json(nullptr)},
                  {"of_floor", figure.floor ? nlohmann::json(*figure.floor / figure.median) : nlohmann::json(nullptr)},
                  {"times_as_fast", orNull(figure.timesFast)},
                  {"runs", figure.runs}});
    }
    out["figures"].push_back(std::move(row));
  }
  return out.dump(2) + "\n";
}

/// The demo session as installed or in the source tree.
std::string demoSession() {
  std::error_code unknown;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  for (const std::filesystem::path& candidate : {program.parent_path() / "../share/oodscope/demo/session.json",
                                                 std::filesystem::path(OODSCOPE_RESOURCES_DIR) / "demo/session.json"})
    if (std::filesystem::exists(candidate, unknown)) return candidate.string();
  throw CLI::ValidationError("--set", "the demo session is not installed: name a set and a model");
}

int run(Options options) {
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
  const Method method = request.methods.empty() ? Method::Msp : request.methods.front();
  if (std::ranges::all_of(sets, [](const auto& set) { return set->labelledFrames().empty(); }))
    throw Error("no frame with ground truth could be opened", {});
  const BenchReport report = runBench(sets, {method, options.runs, options.only}, progress, stop);
  endProgressLine();
  if (report.complete && report.figures.empty())
    throw CLI::ValidationError("--only", "no figure's name holds '" + options.only + "'");
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
  options->request.memoryMegabytes = 600;  // with the labels, samples and the network of five sets below 1.5 GB
  options->request.addTo(app);
  app.add_option("--runs", options->runs, "Repetitions of the quick figures; slow ones take a tenth")
      ->check(wholeFrom(3, 100'000));
  app.add_option("--only", options->only, "Only figures whose name holds this")->type_name("TEXT");
  app.add_option("--format", options->format, "json or markdown")->check(CLI::IsMember({"json", "markdown"}));
  app.add_option("--output", options->output, "File to write (default: standard output)")->type_name("FILE");
  return [options] { return run(*options); };
}

}  // namespace oodscope
