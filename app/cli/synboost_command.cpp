// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/core/numbers.h"
#include "analysis/formats/atomic_file.h"
#include "analysis/tables/value.h"
#include "app/cli/command.h"
#include "app/cli/request_options.h"
#include "app/documents/provenance.h"
#include "app/documents/synboost.h"
#include "app/options/ranges.h"

#include <cstdio>
#include <memory>

namespace oodscope {
namespace {

constexpr std::int64_t kLeastSide = 32, kMostSynBoostSide = 8192;

struct SynBoostCommandOptions {
  RequestOptions request;
  std::string segmentation, generator, resynthesis, vgg, perceptual, dissimilarity, form = "released", output;
  int width = 512, height = 256;
};

void requireOneOf(const std::string& part, const std::string& imported, const char* partOption,
                  const char* importedOption) {
  if (!part.empty() && !imported.empty())
    throw CLI::ValidationError(
        partOption, std::string("runs a part, ") + importedOption + " takes what it made elsewhere: give one of them");
}

SynBoostWork synBoostWork(const SynBoostCommandOptions& options, const EvaluationRequest& request) {
  requireOneOf(options.generator, options.resynthesis, "--generator", "--resynthesis");
  requireOneOf(options.vgg, options.perceptual, "--vgg", "--perceptual");
  if (options.generator.empty() && options.resynthesis.empty() &&
      !(options.vgg.empty() && options.perceptual.empty() && options.dissimilarity.empty()))
    throw CLI::ValidationError("--generator", "what comes behind the resynthesis needs it, or --resynthesis");
  if (options.vgg.empty() && options.perceptual.empty() && !options.dissimilarity.empty())
    throw CLI::ValidationError("--vgg", "the dissimilarity network needs the perceptual difference, or --perceptual");
  std::vector<OpenedSet> sets = openSets(request.sets);
  if (sets.size() != 1) throw CLI::ValidationError("--set", "name exactly one set");
  if (!sets.front().set) throw Error(sets.front().failure, {});
  std::vector<OpenedSource> sources = openSourceItems(request);
  if (sources.size() != 1) throw CLI::ValidationError("--segmentation", "name exactly one network or folder of logits");
  if (!sources.front().failure.empty()) throw Error(sources.front().failure, {});
  return {.set = sets.front().set,
          .segmentation = sources.front().item,
          .channels = request.channels,
          .generator = options.generator,
          .resynthesis = options.resynthesis,
          .vgg = options.vgg,
          .perceptual = options.perceptual,
          .dissimilarity = options.dissimilarity,
          .form = options.form == "equation" ? PerceptualForm::Equation : PerceptualForm::Released,
          .size = {options.width, options.height},
          .output = options.output,
          .device = request.device};
}

/// What was run, beside the maps.
void writeSynBoostFacts(const SynBoostWork& work, const SynBoostCommandOptions& options, const SynBoostReport& report) {
  Value::Object parts, seconds;
  for (const auto& [name, value] :
       {std::pair{"segmentation", options.segmentation}, std::pair{"generator", options.generator},
        std::pair{"resynthesis", options.resynthesis}, std::pair{"vgg", options.vgg},
        std::pair{"perceptual", options.perceptual}, std::pair{"dissimilarity", options.dissimilarity}})
    if (!value.empty()) parts.push_back({name, std::filesystem::path(value).filename().string()});
  for (const auto& [stage, mean] : report.seconds) seconds.push_back({stage, mean});
  const Value::Object facts{{"set", work.set->name},
                            {"frames", static_cast<std::int64_t>(report.frames)},
                            {"form", options.form},
                            {"size", std::to_string(work.size.width) + "x" + std::to_string(work.size.height)},
                            {"parts", parts},
                            {"seconds_a_frame", seconds},
                            {"program", programVersion()}};
  writeFileAtomically(work.output / "synboost.json", Value(facts).json(2) + "\n");
}

int runSynBoostCommand(const SynBoostCommandOptions& options) {
  RequestOptions asked = options.request;
  if (!options.segmentation.empty()) {
    const bool isFolder = std::filesystem::is_directory(options.segmentation);
    (isFolder ? asked.scores : asked.models).push_back(options.segmentation);
  }
  const EvaluationRequest request = requestFrom(asked);
  const SynBoostWork work = synBoostWork(options, request);
  const Verbosity verbosity = options.request.verbosity();
  const SynBoostReport report =
      runSynBoost(work, std::make_shared<LogitsStore>(request.store), terminalProgress(verbosity), stopOnInterrupt());
  endProgressLine();
  for (const FailedFrame& failure : report.failures)
    std::fprintf(stderr, "failed: %s, frame %s: %s\n", failure.set.c_str(), failure.frame.c_str(),
                 failure.message.c_str());
  if (report.cancelled) std::fprintf(stderr, "stopped after %zu frames\n", report.frames);
  if (report.frames == 0) return kNothingDone;
  writeSynBoostFacts(work, options, report);
  std::string text = std::to_string(report.frames) + " frames: " + work.output.string() + "\n";
  for (const std::string& map : report.maps) text += "map: " + (work.output / map).string() + "\n";
  for (const auto& [stage, mean] : report.seconds) text += stage + ": " + roundTripText(mean * 1e3) + " ms a frame\n";
  if (verbosity != Verbosity::Quiet) writeOutput(text, {});
  return report.failures.empty() && !report.cancelled ? kDone : kSomeFailed;
}

Command addSynBoostOptions(CLI::App& app) {
  auto options = std::make_shared<SynBoostCommandOptions>();
  options->request.addTo(app);
  app.add_option("--segmentation", options->segmentation,
                 "The network of the classes, or a folder of its logits (as --model or --scores)")
      ->type_name("FILE|DIR");
  app.add_option("--generator", options->generator,
                 "TorchScript: one-hot classes 1 x K x h x w to a picture 1 x 3 x h x w of -1 to 1")
      ->type_name("FILE");
  app.add_option("--resynthesis", options->resynthesis, "Or its pictures, one a frame")->type_name("DIR");
  app.add_option("--vgg", options->vgg, "TorchScript: a picture normalised as ImageNet to its layers' features")
      ->type_name("FILE");
  app.add_option("--perceptual", options->perceptual, "Or finished maps of the perceptual difference, one a frame")
      ->type_name("DIR");
  app.add_option("--dissimilarity", options->dissimilarity,
                 "TorchScript of image, resynthesis, one-hot classes, entropy, perceptual difference and distance to "
                 "logits 1 x 2 x h x w, of which the second is the anomaly's")
      ->type_name("FILE");
  app.add_option("--form", options->form,
                 "released: five layers, maps scaled by frame, and the weighted sum; equation: eq. 1 to 3 as written")
      ->check(CLI::IsMember({"released", "equation"}));
  app.add_option("--width", options->width, "Of all maps (default 512)")
      ->type_name("PX")
      ->check(wholeFrom(kLeastSide, kMostSynBoostSide));
  app.add_option("--height", options->height, "Of all maps (default 256)")
      ->type_name("PX")
      ->check(wholeFrom(kLeastSide, kMostSynBoostSide));
  app.add_option("--output", options->output, "Folder to write: a map a stage, each opens as scores; must be new")
      ->required()
      ->type_name("DIR");
  return [options] { return runSynBoostCommand(*options); };
}

}  // namespace

extern const CommandKind kSynBoostCommand;
const CommandKind kSynBoostCommand{
    "synboost", "Run SynBoost's chain from TorchScript parts: entropy, distance, resynthesis, differences, their sum",
    addSynBoostOptions};

}  // namespace oodscope
