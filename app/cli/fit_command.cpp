// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "app/cli/command.h"
#include "app/cli/request_options.h"
#include "app/documents/provenance.h"
#include "app/options/ranges.h"
#include "app/sources/fitted_statistics.h"
#include "app/studies/fit_statistics.h"

#include <cstdio>
#include <memory>

namespace oodscope {
namespace {

constexpr std::int64_t kMostBank = 10'000'000, kMostNeighbours = 10'000;

struct FitCommandOptions {
  RequestOptions request;
  FitOptions fit;
  std::string output;
  bool noFeatures = false;
};

/// One set and one source, or a word on what to do.
template <class T>
T& theOnly(std::vector<T>& list, const char* option, const char* what) {
  if (list.size() == 1) return list.front();
  throw CLI::ValidationError(option, std::string("name exactly one ") + what);
}

std::filesystem::path outputOf(const FitCommandOptions& options, const OpenedSource& source) {
  if (!options.output.empty()) return options.output;
  if (source.item.model) return statisticsBeside(source.path);
  throw CLI::ValidationError("--output", "name a file: scores have no model to lie beside");
}

/// What was fitted, for whoever reads the terminal.
std::string fittedText(const FittedSet& fitted, const std::filesystem::path& file, const FitOptions& options) {
  std::string out = "statistics: " + file.string() + "\n";
  out += "frames: " + std::to_string(fitted.frames) + "\n";
  if (fitted.logits) {
    std::size_t usable = 0;
    for (const int channel : fitted.channels)
      usable += fitted.logits->of(static_cast<std::size_t>(channel)).variance().value_or(0.0) > 0.0 ? 1 : 0;
    out += "largest logit: " + std::to_string(fitted.pixels) + " pixels (" + fitted.resolution + "), " +
           std::to_string(usable) + " of " + std::to_string(fitted.channels.size()) + " classes with a variance\n";
  }
  if (!fitted.features) return out;
  const FittedFeatures& features = *fitted.features;
  out += "features: " + std::to_string(features.pixels) + " pixels of " + std::to_string(features.dimensions) +
         " dimensions, " + std::to_string(features.gaussians.size()) + " Gaussians, " +
         std::to_string(features.bank.count()) + " in the bank, k = " + std::to_string(options.neighbours) + "\n";
  return out;
}

int runFitCommand(const FitCommandOptions& options) {
  if (!options.request.statistics.empty())
    throw CLI::ValidationError("--statistics", "statistics are what fit makes: name its file by --output");
  EvaluationRequest request = requestFrom(options.request);
  static_cast<void>(theOnly(request.sets, "--set", "set"));
  if (request.models.size() + request.scores.size() != 1)
    throw CLI::ValidationError("--model", "name exactly one network or folder of scores");
  std::vector<OpenedSet> sets = openSets(request.sets);
  const OpenedSet& opened = theOnly(sets, "--set", "set");
  if (!opened.set) throw Error(opened.failure, {});
  std::vector<OpenedSource> sources = openSourceItems(request);
  OpenedSource& source = theOnly(sources, "--model", "network or folder of scores");
  if (!source.failure.empty()) throw Error(source.failure, {});
  const std::filesystem::path output = outputOf(options, source);
  source.item.statistics = nullptr;  // what lies beside the model is about to be replaced
  source.item.readsFeatures = true;
  source.item.passes = options.noFeatures ? std::vector<PassChoice>() : passesAdding(source.item, Output::Features);
  const auto scores =
      openSource(opened.set, source.item, request.channels, std::make_shared<LogitsStore>(request.store));
  const Verbosity verbosity = options.request.verbosity();
  const FittedSet fitted =
      fitStatistics(*opened.set, *scores, options.fit, terminalProgress(verbosity), stopOnInterrupt());
  endProgressLine();
  for (const FailedFrame& failure : fitted.failures)
    std::fprintf(stderr, "failed: %s, frame %s: %s\n", failure.set.c_str(), failure.frame.c_str(),
                 failure.message.c_str());
  if (fitted.cancelled || fitted.frames == 0) {
    std::fprintf(stderr, "%s: nothing was written\n", fitted.cancelled ? "stopped" : "no frame could be read");
    return kNothingDone;
  }
  FitOrigin origin{.set = opened.set->name,
                   .model = source.item.model ? source.item.model->info().fingerprint : std::string(),
                   .facts = scores->provenance()};
  origin.facts.emplace_back("precision", scores->precision());
  origin.facts.emplace_back("program", programVersion());
  writeStatistics(output, fitted, origin, options.fit);
  if (verbosity != Verbosity::Quiet) writeOutput(fittedText(fitted, output, options.fit), {});
  return fitted.failures.empty() ? kDone : kSomeFailed;
}

Command addFitOptions(CLI::App& app) {
  auto options = std::make_shared<FitCommandOptions>();
  options->request.addTo(app);
  app.add_option("--output", options->output,
                 "File to write (default: MODEL.statistics.json beside the model, where every command finds it); what "
                 "is fitted for features goes into FILE.features.npz beside it")
      ->type_name("FILE");
  app.add_flag("--no-features", options->noFeatures,
               "Fit no features of a built-in network, which takes one more pass of it for each frame");
  app.add_option("--bank", options->fit.bank, "Reference features to draw, at most (default 100000)")
      ->type_name("N")
      ->check(wholeFrom(1, kMostBank));
  app.add_option("--seed", options->fit.seed, "Which features are drawn (default 0)")
      ->type_name("N")
      ->check(wholeFrom(0, std::int64_t{1} << 53));
  app.add_option("--neighbours", options->fit.neighbours, "k of knn: how many of them count (default 3)")
      ->type_name("K")
      ->check(wholeFrom(1, kMostNeighbours));
  app.add_option("--ridge", options->fit.ridge,
                 "Share of the mean variance that is added to each variance of mahalanobis (default 1e-6)")
      ->type_name("X")
      ->check(numberFrom(0.0, 1.0));
  return [options] { return runFitCommand(*options); };
}

}  // namespace

extern const CommandKind kFitCommand;
const CommandKind kFitCommand{
    "fit", "Fit class statistics and reference features on a set, which sml, mahalanobis and knn measure by",
    addFitOptions};

}  // namespace oodscope
