// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/core/numbers.h"
#include "analysis/core/size_text.h"
#include "app/cli/command.h"
#include "app/cli/request_options.h"
#include "app/documents/export.h"

#include <cstdio>
#include <memory>

namespace oodscope {
namespace {

struct ExportCommandOptions {
  RequestOptions request;
  std::string output, logits;
  bool half = false, force = false;
  CLI::Option* precision = nullptr;
};

void requireExportUsage(const ExportCommandOptions& options) {
  if (options.output.empty() && options.logits.empty())
    throw CLI::ValidationError("--output", "say what to write: --output NET.pt, --logits FOLDER or both");
  if (options.logits.empty() && options.half)
    throw CLI::ValidationError("--half", "is how the files of --logits are written");
  if (options.precision->count() > 0 && (options.request.precision == "half") != options.half)
    throw CLI::ValidationError("--precision",
                               "logits are kept as they are written: single, or half where --half is given");
}

/// The one network, or a word on what to do.
OpenedSource onlyNetwork(const EvaluationRequest& request) {
  if (request.models.size() != 1 || !request.scores.empty())
    throw CLI::ValidationError("--model", "name exactly one network");
  OpenedSource source = std::move(openSourceItems(request).front());
  if (!source.failure.empty()) throw Error(source.failure, {});
  return source;
}

std::string exportScript(const Model& model, const ExportCommandOptions& options) {
  const ExportedModel done = writeScript(model, options.output, options.force);
  std::string out = "script: " + options.output + " (" + std::to_string(done.parameters) +
                    " parameters, one image of " + sizeText(done.input) + ", within " + roundTripText(done.difference) +
                    " of the network)\n" + "sidecar: " + exportedSidecarFile(options.output).string() + "\n";
  if (model.seesImagesAtOwnSize())
    out += "note: " + model.info().architecture + " sees an image of another shape than " +
           sizeText(model.info().preprocessing.input) + " at a size of its own; the script squashes it to " +
           sizeText(done.input) + "\n";
  return out;
}

std::string outputsText(const OutputsReport& report, const std::string& folder) {
  std::string out = "logits: " + folder + " (" + std::to_string(report.frames) + " frames, " + report.precision;
  if (report.arrays.size() > 1 || report.arrays.front() != outputName(Output::Logits)) {
    out += ", a folder each:";
    for (const std::string& array : report.arrays) out += " " + array;
  }
  out += ")\n";
  if (report.saturated > 0) out += "beyond float16: " + std::to_string(report.saturated) + " values\n";
  for (const std::string& note : report.notes) out += "note: " + note + "\n";
  return out;
}

/// Writes the logits; what was done is added to `text`.
int exportOutputs(const EvaluationRequest& request, OpenedSource source, const ExportCommandOptions& options,
                  std::string& text) {
  std::vector<OpenedSet> sets = openSets(request.sets);
  if (!sets.front().set) throw Error(sets.front().failure, {});
  const Verbosity verbosity = options.request.verbosity();
  const OutputsReport report =
      writeOutputs({.set = sets.front().set, .item = std::move(source.item), .folder = options.logits},
                   std::make_shared<LogitsStore>(request.store), terminalProgress(verbosity), stopOnInterrupt());
  endProgressLine();
  if (verbosity != Verbosity::Quiet)
    for (const std::string& warning : report.warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  for (const FailedFrame& failure : report.failures)
    std::fprintf(stderr, "failed: %s, frame %s: %s\n", failure.set.c_str(), failure.frame.c_str(),
                 failure.message.c_str());
  if (report.cancelled) std::fprintf(stderr, "stopped after %zu frames\n", report.frames);
  if (report.frames == 0) return kNothingDone;
  text += outputsText(report, options.logits);
  return report.failures.empty() && !report.cancelled ? kDone : kSomeFailed;
}

int runExportCommand(const ExportCommandOptions& options) {
  requireExportUsage(options);
  EvaluationRequest request = requestFrom(options.request);
  request.store.precision = options.half ? StorePrecision::Half : StorePrecision::Single;
  if (!options.logits.empty() && request.sets.size() != 1)
    throw CLI::ValidationError("--set", "name exactly one set, whose frames the logits are of");
  // Before a network is loaded and run.
  if (!options.output.empty() && request.models.size() == 1)
    requireScriptPlace(request.models.front().path, options.output, options.force);
  OpenedSource source = onlyNetwork(request);
  const Verbosity verbosity = options.request.verbosity();
  if (verbosity != Verbosity::Quiet)
    for (const std::string& warning : source.item.model->info().warnings)
      std::fprintf(stderr, "warning: %s\n", warning.c_str());
  std::string text;
  if (!options.output.empty()) text = exportScript(*source.item.model, options);
  const bool isScriptDone = !text.empty();
  int code = kDone;
  if (!options.logits.empty()) code = exportOutputs(request, std::move(source), options, text);
  if (verbosity != Verbosity::Quiet && !text.empty()) writeOutput(text, {});
  return code == kNothingDone && isScriptDone ? kSomeFailed : code;
}

Command addExportOptions(CLI::App& app) {
  auto options = std::make_shared<ExportCommandOptions>();
  options->request.needsSet = false;
  options->request.addTo(app);
  options->precision = app.get_option("--precision");
  app.add_option("--output", options->output,
                 "TorchScript file to write, which torch.jit.load opens, with FILE.json beside it: the plain network "
                 "for one image of the input's size alone (--input-width, --input-height); resizing and normalisation "
                 "stay in the sidecar, further passes (ODIN, ReAct, dropout) with the weights")
      ->type_name("FILE");
  app.add_option("--logits", options->logits,
                 "Folder to write for --set: FRAME.npy of C x h x w as they are scored, a folder each where the "
                 "network gives several arrays; opens as --scores; must be new")
      ->type_name("DIR");
  app.add_flag("--half", options->half,
               "Write logits as float16, as evaluate scores them by default (default: float32, as evaluate "
               "--precision single does)");
  app.add_flag("--force", options->force, "Replace FILE and FILE.json of --output where they are there");
  return [options] { return runExportCommand(*options); };
}

}  // namespace

extern const CommandKind kExportCommand;
const CommandKind kExportCommand{
    "export", "Write a network as TorchScript, and its logits of a set as .npy, to check results in Python",
    addExportOptions};

}  // namespace oodscope
