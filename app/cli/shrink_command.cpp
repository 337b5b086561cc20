// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/shrinking/shrinking.h"

#include "analysis/core/error.h"
#include "analysis/core/numbers.h"
#include "analysis/core/size_text.h"
#include "analysis/tables/result_chart.h"
#include "analysis/tables/table_writers.h"
#include "app/cli/command.h"
#include "app/cli/request_options.h"
#include "app/cli/shrink_table.h"
#include "app/documents/evaluate.h"
#include "app/documents/provenance.h"
#include "app/options/ranges.h"
#include "app/studies/closed_set.h"
#include "inference/models/verdicts.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

struct ShrinkOptions {
  std::string model, prune, quantise, calibrate, output;
  double fraction = 0.5;
  int images = 100;
  bool everyLayer = false, quiet = false;
};

struct ShrinkTableOptions {
  RequestOptions request;
  std::string cityscapes, format = "markdown", output, scatter;
  int runs = 5;
};

/// "before -> after", once where both are the same.
std::string changeText(const char* what, std::int64_t before, std::int64_t after) {
  std::string out = std::string(what) + ": " + std::to_string(before);
  return out + (before == after ? "" : " -> " + std::to_string(after)) + "\n";
}

/// The set's first images, as many as are asked for; one that cannot be read is said and left out.
CalibrationImages calibrationImages(const ShrinkOptions& options) {
  const auto set = std::make_shared<const DataSet>(openDataSet(options.calibrate));
  const auto most = std::min(set->frames.size(), static_cast<std::size_t>(options.images));
  auto at = std::make_shared<std::size_t>(0);
  return {set->name, [set, most, at]() -> std::optional<RgbImage> {
            while (*at < most) {
              const Frame& frame = set->frames[(*at)++];
              try {
                return readImage(frame);
              } catch (const Error& error) {
                std::fprintf(stderr, "failed: frame %s: %s\n", frame.name.c_str(), error.what());
              }
            }
            return std::nullopt;
          }};
}

void checkShrink(const ShrinkOptions& options) {
  for (const auto& [option, value] : {std::pair{"--model", &options.model}, {"--output", &options.output}})
    if (value->empty()) throw CLI::ValidationError(option, "is needed");
  if (options.prune.empty() == options.quantise.empty())
    throw CLI::ValidationError("--prune", "name either --prune or --quantise");
  if ((options.quantise == "static") == options.calibrate.empty())
    throw CLI::ValidationError("--calibrate", "goes with --quantise static: a set whose images the ranges are of");
  if (!(options.fraction > 0.0 && options.fraction < 1.0))
    throw CLI::ValidationError("--fraction", "a number above 0 and below 1");
  if (options.everyLayer && options.prune != "channels")
    throw CLI::ValidationError("--every-layer", "goes with --prune channels");
}

ShrunkFile shrunkFile(const ShrinkOptions& options) {
  if (options.quantise == "static") return quantiseFile(options.model, calibrationImages(options), options.output);
  if (options.quantise == "dynamic") return quantiseDynamically(options.model, options.output);
  const PruneOptions pruning{.how = options.prune == "channels" ? Pruning::Channels : Pruning::Magnitude,
                             .fraction = options.fraction,
                             .everyLayer = options.everyLayer};
  return pruneFile(options.model, pruning, options.output);
}

int runShrink(const ShrinkOptions& options) {
  checkShrink(options);
  const ShrunkFile shrunk = shrunkFile(options);
  if (options.quiet) return kDone;
  std::string text = options.output + ": " + shrunk.description + "\n";
  const NetworkSize &before = shrunk.before, &after = shrunk.after;
  text += changeText("parameters", before.parameters, after.parameters);
  text += changeText("of them not 0", before.nonZero, after.nonZero);
  text += changeText("multiply-adds", before.multiplyAdds, after.multiplyAdds);
  text += changeText("bytes", static_cast<std::int64_t>(before.bytes), static_cast<std::int64_t>(after.bytes));
  for (const std::string& remark : shrunk.remarks) text += "note: " + remark + "\n";
  std::fputs(text.c_str(), stdout);
  return kDone;
}

/// What is known of a network whatever it is shown.
struct NetworkFacts {
  ShrunkRow row;  ///< without set, method and what was found
  Value::Object provenance;
};

std::optional<double> miouOf(Model& model, const ShrinkTableOptions& options, const std::stop_token& stop) {
  if (options.cityscapes.empty()) return std::nullopt;
  const ClosedSetReport report = evaluateClosedSet(openDataSet(options.cityscapes), model, ClassResolution::Network,
                                                   terminalProgress(options.request.verbosity()), stop);
  endProgressLine();
  for (const FailedFrame& failure : report.failures)
    std::fprintf(stderr, "failed: frame %s: %s\n", failure.frame.c_str(), failure.message.c_str());
  // Of a part of the frames it would not be the set's.
  if (report.cancelled || !report.failures.empty()) return std::nullopt;
  return report.confusion.meanIou();
}

NetworkFacts factsOf(const std::string& label, const ModelEntry& entry, const EvaluationRequest& request,
                     const ShrinkTableOptions& options, const std::stop_token& stop) {
  Model model = Model::load(entry.path, {.device = request.device,
                                         .threads = request.threads,
                                         .preprocessing = entry.preprocessing,
                                         .input = request.input,
                                         .outputs = entry.outputs,
                                         .memory = arrangementMemory({}, options.request.noCache)});
  const ModelInfo& info = model.info();
  NetworkFacts out;
  out.row.model = label;
  out.row.multiplyAdds = info.multiplyAdds;
  out.row.parameters = info.parameters;
  out.row.nonZero = info.nonZeroParameters;
  out.row.bytes = static_cast<std::int64_t>(fs::file_size(entry.path));
  out.row.seconds = model.measureLatency(options.runs);
  out.row.miou = miouOf(model, options, stop);
  out.provenance.push_back({label, Value(architectureText(info) + ", input " + sizeText(info.preprocessing.input) +
                                         ", " + info.arrangement + ", sha256 " + info.fingerprint)});
  return out;
}

/// The file's name, or its path where another one is called the same.
std::string labelOf(const ModelEntry& entry, const std::vector<ModelEntry>& all) {
  const auto same = std::ranges::count_if(
      all, [&](const ModelEntry& other) { return other.path.filename() == entry.path.filename(); });
  return same > 1 ? entry.path.string() : entry.path.filename().string();
}

void sayAll(const EvaluationReport& report, const RequestOptions& request) {
  if (request.verbosity() != Verbosity::Quiet)
    for (const std::string& warning : report.warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  for (const FailedFrame& failure : report.failures)
    std::fprintf(stderr, "failed: %s, frame %s: %s\n", failure.set.c_str(), failure.frame.c_str(),
                 failure.message.c_str());
  for (const std::string& unfinished : report.unfinished) std::fprintf(stderr, "not done: %s\n", unfinished.c_str());
}

/// FILE-parameters.svg and FILE-latency.svg of FILE.svg.
void writeScatters(const std::vector<ShrunkRow>& rows, const fs::path& file) {
  for (const auto& [cost, suffix] :
       {std::pair{ShrunkCost::Parameters, "-parameters"}, {ShrunkCost::Latency, "-latency"}}) {
    fs::path named = file;
    named.replace_filename(file.stem().string() + suffix + file.extension().string());
    const ResultChart chart{.metric = "AP", .against = std::string(costTitle(cost))};
    writeOutput(chartSvg(scatterOf(rows, cost), chart), named);
  }
}

int runShrinkTable(const ShrinkTableOptions& options) {
  const EvaluationRequest request = requestFrom(options.request);
  if (request.models.empty()) throw CLI::ValidationError("--model", "name at least one network");
  if (!request.scores.empty()) throw CLI::ValidationError("--scores", "maps have no network whose cost could be said");
  if (request.sets.empty()) throw CLI::ValidationError("--set", "name at least one set");
  const std::stop_token stop = stopOnInterrupt();
  std::vector<ShrunkRow> rows;
  Value::Object provenance;
  bool isWhole = true;
  for (const ModelEntry& entry : request.models) {
    const NetworkFacts facts = factsOf(labelOf(entry, request.models), entry, request, options, stop);
    EvaluationRequest one = request;
    one.models = {entry};
    const EvaluationReport report = evaluate(one, terminalProgress(options.request.verbosity()), stop);
    endProgressLine();
    sayAll(report, options.request);
    isWhole = isWhole && report.failures.empty() && report.unfinished.empty() && !report.cancelled;
    for (const ResultRow& row : report.table.rows) {
      ShrunkRow& added = rows.emplace_back(facts.row);
      added.set = row.set;
      added.method = row.method + (row.temperature ? ", T = " + generalText(*row.temperature, 6) : "");
      added.ap = row.ap;
      added.fpr95 = row.fpr95;
    }
    provenance.insert(provenance.end(), facts.provenance.begin(), facts.provenance.end());
  }
  if (rows.empty()) return kNothingDone;
  Table table = tableOf(rows);
  table.remarks.push_back(
      "latency: median of " + std::to_string(options.runs) +
      " frames of one colour after a first one, preprocessing included, on this machine and as busy as it was");
  if (!options.cityscapes.empty()) provenance.push_back({"mIoU of", options.cityscapes});
  for (const auto& [key, value] : environmentFacts(request.threads)) provenance.push_back({key, Value(value)});
  table.provenance = provenance;
  if (!options.scatter.empty()) writeScatters(rows, options.scatter);
  writeOutput(writeTable(table, options.format), options.output);
  return isWhole ? kDone : kSomeFailed;
}

void addTableOptions(CLI::App& app, ShrinkTableOptions& options) {
  options.request.addTo(app);
  app.add_option("--cityscapes", options.cityscapes,
                 "Cityscapes split (or another set with class labels) that mIoU is of; without it there is no such "
                 "column")
      ->type_name("DIR");
  app.add_option("--runs", options.runs, "Frames that the latency is the median of")->check(wholeFrom(1, 1000));
  app.add_option("--scatter", options.scatter,
                 "Draw AP against parameters and against latency, too: FILE-parameters.svg and FILE-latency.svg")
      ->type_name("FILE.svg");
  addFormatOptions(app, options.format, options.output);
}

Command addShrinkOptions(CLI::App& app) {
  auto options = std::make_shared<ShrinkOptions>();
  auto ofTable = std::make_shared<ShrinkTableOptions>();
  app.add_option("--model", options->model, "State dict (.pth) of a known architecture")->type_name("FILE");
  app.add_option("--prune", options->prune,
                 "magnitude: the least weights of all convolutions together become 0 (the file and its cost stay as "
                 "large); channels: of each convolution the output channels of least L1 norm, taken out where nothing "
                 "but the next convolution reads them (ERFNet's residual blocks), 0 elsewhere")
      ->check(CLI::IsMember({"magnitude", "channels"}));
  app.add_option("--fraction", options->fraction, "Share that is pruned, above 0 and below 1 (default 0.5)")
      ->type_name("F");
  app.add_flag("--every-layer", options->everyLayer,
               "Channels that cannot be taken out become 0, too, where others are taken out");
  app.add_option("--quantise", options->quantise,
                 "static: weights and values between layers in int8, of ERFNet and ENet; the last layer stays float32. "
                 "dynamic: weights of the blocks' linear layers, of DINOv2 and EoMT; what they are multiplied with is "
                 "brought to bytes at each pass")
      ->check(CLI::IsMember({"static", "dynamic"}));
  app.add_option("--calibrate", options->calibrate, "Set whose images the ranges of --quantise static are measured on")
      ->type_name("DIR");
  app.add_option("--calibration-images", options->images, "At most so many of them, the first (default 100)")
      ->check(wholeFrom(1, 1'000'000));
  app.add_option("--output", options->output, "File to write (.pth), with its sidecar beside it; not replaced")
      ->type_name("FILE");
  app.add_flag("--quiet", options->quiet, "Say nothing but errors");
  app.footer(
      "Fine-tuning: oodscope-cli train --start OUTPUT --keep-zeros …\n"
      "Exit codes: 0 done, 1 some failed, 2 wrong usage, 3 nothing done.");
  CLI::App* table = app.add_subcommand(
      "table", "One table of networks: mIoU, multiply-adds, parameters, bytes, latency, AP and FPR95");
  addTableOptions(*table, *ofTable);
  return [options, ofTable, table] { return table->parsed() ? runShrinkTable(*ofTable) : runShrink(*options); };
}

}  // namespace

extern const CommandKind kShrinkCommand;
const CommandKind kShrinkCommand{
    "shrink", "Prune or quantise a network, and weigh networks' costs against what they find", addShrinkOptions};

}  // namespace oodscope
