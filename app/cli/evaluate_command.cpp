// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/core/numbers.h"
#include "app/cli/command.h"
#include "app/cli/request_options.h"
#include "app/documents/evaluate.h"
#include "app/studies/component_track.h"

#include <cmath>
#include <cstdio>
#include <memory>

namespace oodscope {
namespace {

struct EvaluateCommandOptions {
  RequestOptions request;
  bool openSet = false, instances = false, sizeGroups = false, published = false;
  std::string components = "none", componentThreshold = "best-f1", distanceBins, format = "markdown", output;
};

void applyComponents(const EvaluateCommandOptions& options, EvaluationRequest& request) {
  for (const ObjectTrack track : {ObjectTrack::Anomaly, ObjectTrack::Obstacle, ObjectTrack::Issu})
    if (options.components == objectTrackName(track)) request.components = componentTrack(track);
  request.componentsBySet = options.components == "auto";
  if (options.componentThreshold == "best-f1") return;
  if (const auto number = numberFromText(options.componentThreshold)) {
    request.componentThreshold = static_cast<float>(*number);
    if (std::isfinite(*request.componentThreshold)) return;
  }
  throw CLI::ValidationError("--component-threshold",
                             "'" + options.componentThreshold + "' is neither a finite number nor best-f1");
}

void applyDistanceBins(const EvaluateCommandOptions& options, EvaluationRequest& request) {
  if (options.distanceBins.empty()) return;
  try {
    request.distanceBins = parseDistanceBins(options.distanceBins);
  } catch (const Error& error) {
    throw CLI::ValidationError("--distance-bins", error.what());
  }
}

int runEvaluateCommand(const EvaluateCommandOptions& options) {
  EvaluationRequest request = requestFrom(options.request);
  applyComponents(options, request);
  applyDistanceBins(options, request);
  request.openSet = options.openSet;
  request.instances = options.instances;
  request.sizeGroups = options.sizeGroups;
  request.published = options.published;
  const Verbosity verbosity = options.request.verbosity();
  const EvaluationReport report = evaluate(request, terminalProgress(verbosity), stopOnInterrupt());
  endProgressLine();
  if (verbosity == Verbosity::Verbose)
    for (const std::string& note : report.notes) std::fprintf(stderr, "note: %s\n", note.c_str());
  if (verbosity != Verbosity::Quiet)
    for (const std::string& warning : report.warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  for (const FailedFrame& failure : report.failures)
    std::fprintf(stderr, "failed: %s, frame %s: %s\n", failure.set.c_str(), failure.frame.c_str(),
                 failure.message.c_str());
  for (const std::string& unfinished : report.unfinished) std::fprintf(stderr, "not done: %s\n", unfinished.c_str());
  if (report.cancelled)
    std::fprintf(stderr, "stopped: %zu rows are complete%s\n", report.table.rows.size(),
                 report.table.rows.empty() ? "" : " and were written");
  if (report.table.rows.empty()) return kNothingDone;
  const std::string text = writeTable(report.table, options.format);
  try {
    writeOutput(text, options.output);
  } catch (const Error& error) {
    if (options.output.empty()) throw;
    std::fprintf(stderr, "oodscope-cli: %s; the table follows on standard output\n", error.what());
    writeOutput(text, {});
    return kSomeFailed;
  }
  return report.failures.empty() && report.unfinished.empty() && !report.cancelled ? kDone : kSomeFailed;
}

Command addEvaluateOptions(CLI::App& app) {
  auto options = std::make_shared<EvaluateCommandOptions>();
  options->request.addTo(app);
  app.add_option("--components", options->components,
                 "Component metrics: none, the sizes of the anomaly or of the obstacle track or ISSU's (49 pixels), or "
                 "auto: of "
                 "the track that each set belongs to by its layout and images")
      ->check(CLI::IsMember({"none", "auto", "anomaly", "obstacle", "issu"}));
  app.add_option("--component-threshold", options->componentThreshold,
                 "Threshold of the components, decided by score > X: a finite score, or best-f1 of the same row (an "
                 "oracle choice; decided as there, by score >= its threshold)")
      ->type_name("X");
  app.add_flag("--instances", options->instances,
               "OoDIS' instance AP and AP50, too: of the components above --component-threshold");
  app.add_option("--distance-bins", options->distanceBins,
                 "AP and FPR95 of the pixels in each bin of distance, too, as 5:50:5 in metres; of sets with disparity")
      ->type_name("FIRST:LAST:STEP");
  app.add_flag(
      "--size-groups", options->sizeGroups,
      "AP and FPR95 of the anomalies of each of ISSU's sizes, too, against all normal pixels: 49-256, 256-2304, "
      "2304-12544 and more pixels where scores and labels meet; smaller ones are in no group");
  app.add_flag("--open-set", options->openSet,
               "Open-set recognition, too: open and closed mIoU, the threshold of each group of frames (towns, or "
               "frames of even and odd place) calibrated on the others; ISSU's oIoU at TPR 95 %, FPR 5 % and best F1, "
               "and TPR at FPR 5 %; of networks, logits and pairs of score and class maps on sets with class labels");
  app.add_flag("--published", options->published,
               "What was printed of the same set, network, method, temperature and protocol beside what is measured, "
               "with its source; nothing where nothing is known");
  addFormatOptions(app, options->format, options->output);
  return [options] { return runEvaluateCommand(*options); };
}

}  // namespace

extern const CommandKind kEvaluateCommand;
const CommandKind kEvaluateCommand{
    "evaluate", "Every number the field prints, for sets x models x methods x temperatures x protocols",
    addEvaluateOptions};

}  // namespace oodscope
