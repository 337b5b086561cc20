// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/tables/table_writers.h"
#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/documents/provenance.h"
#include "app/options/ranges.h"
#include "app/studies/closed_set.h"
#include "inference/models/verdicts.h"

#include <cstdio>
#include <memory>

namespace oodscope {
namespace {

struct MiouCommandOptions {
  std::string set, model, resolution = "network", device = "cpu", format = "markdown", output;
  int threads = 0;
  bool quiet = false;
};

/// The rule about absent classes.
constexpr const char* kMiouRule =
    "mean of the classes that occur in the ground truth; a class that is absent there does not count, even where it is "
    "predicted; IoU null: neither occurs nor is predicted";

struct ClassRow {
  std::string name;
  std::optional<double> iou;
};

std::vector<ClassRow> rowsOf(const ClosedSetReport& report, const ModelInfo& model) {
  const auto ious = report.confusion.iouPerClass();
  const std::vector<int> channels = knownChannels(model.outputs, model.channels);
  const auto& names = model.outputs.channelNames;
  std::vector<ClassRow> rows;
  for (std::size_t i = 0; i < ious.size(); ++i) {
    const auto channel = static_cast<std::size_t>(channels.at(i));
    rows.push_back({channel < names.size() ? names[channel] : "channel " + std::to_string(channel), ious[i]});
  }
  return rows;
}

Value numberOrNull(const std::optional<double>& value) { return value ? Value(*value) : Value(); }

Table tableOf(const ClosedSetReport& report, const ModelInfo& model, const Value::Object& facts) {
  Table table;
  table.caption = "IoU in percent.";
  table.columns = {{"Class", "class"}, {"IoU", "iou", Table::Kind::Percent}};
  Value::Object classes;
  for (const ClassRow& row : rowsOf(report, model)) {
    classes.push_back({row.name, numberOrNull(row.iou)});
    table.rows.push_back({row.name, numberOrNull(row.iou)});
  }
  const Value mean = numberOrNull(report.confusion.meanIou()), accuracy = numberOrNull(report.confusion.accuracy());
  table.rows.push_back({"mean of the classes that occur", mean});
  table.rows.push_back({"pixels right", accuracy});
  table.provenance = facts;
  table.document = {{"miou", mean},
                    {"miou_rule", kMiouRule},
                    {"classes_in_mean", static_cast<std::int64_t>(report.confusion.occurringClasses())},
                    {"accuracy", accuracy},
                    {"iou", classes},
                    {"provenance", facts}};
  return table;
}

int runMiouCommand(const MiouCommandOptions& options) {
  if (options.device == "cuda" && !hasCuda())
    throw CLI::ValidationError("--device", "the linked LibTorch has no CUDA device; use cpu");
  const DataSet set = openDataSet(options.set);
  Model model = Model::load(options.model, {.device = options.device == "cuda" ? Device::Cuda : Device::Cpu,
                                            .threads = options.threads,
                                            .preprocessing = {},
                                            .outputs = {},
                                            .memory = arrangementMemory({}, false)});
  const auto resolution = options.resolution == "label" ? ClassResolution::Label : ClassResolution::Network;
  const Verbosity verbosity = options.quiet ? Verbosity::Quiet : Verbosity::Normal;
  const ClosedSetReport report =
      evaluateClosedSet(set, model, resolution, terminalProgress(verbosity), stopOnInterrupt());
  endProgressLine();
  for (const FailedFrame& failure : report.failures)
    std::fprintf(stderr, "failed: frame %s: %s\n", failure.frame.c_str(), failure.message.c_str());
  if (report.frames == 0) return kNothingDone;
  const Size input = model.info().preprocessing.input;
  Value::Object facts{{"set", set.name},
                      {"frames", static_cast<std::int64_t>(report.frames)},
                      {"frames without class labels", static_cast<std::int64_t>(report.without)},
                      {"model", model.info().file.filename().string()},
                      {"model_sha256", model.info().fingerprint},
                      {"input", std::to_string(input.width) + "x" + std::to_string(input.height)},
                      {"resolution", options.resolution}};
  for (const auto& [key, value] : environmentFacts(options.threads)) facts.push_back({key, Value(value)});
  writeOutput(writeTable(tableOf(report, model.info(), facts), options.format), options.output);
  if (report.cancelled) std::fprintf(stderr, "stopped after %zu frames\n", report.frames);
  return report.cancelled || !report.failures.empty() ? kSomeFailed : kDone;
}

Command addMiouOptions(CLI::App& app) {
  auto options = std::make_shared<MiouCommandOptions>();
  app.add_option("--set", options->set, "Cityscapes split or demo set with class labels")->required()->type_name("DIR");
  app.add_option("--model", options->model, "Model file (.pth, .pt)")->required()->type_name("FILE");
  app.add_option("--resolution", options->resolution,
                 "network: labels at the network's output; label: logits at the label's size")
      ->check(CLI::IsMember({"network", "label"}));
  app.add_option("--device", options->device, "cpu or cuda")->check(CLI::IsMember({"cpu", "cuda"}));
  app.add_option("--threads", options->threads, "Threads (default: all cores)")->check(threadCount());
  app.add_option("--format", options->format, "markdown or json")->check(CLI::IsMember({"markdown", "json"}));
  app.add_option("--output", options->output, "File to write (default: standard output)")->type_name("FILE");
  app.add_flag("--quiet", options->quiet, "Say nothing but errors");
  return [options] { return runMiouCommand(*options); };
}

}  // namespace

extern const CommandKind kMiouCommand;
const CommandKind kMiouCommand{"miou", "Closed-set IoU of each class on frames with class labels", addMiouOptions};

}  // namespace oodscope
