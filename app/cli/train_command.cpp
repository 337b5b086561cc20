// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/core/numbers.h"
#include "analysis/tables/number_text.h"
#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/train_options.h"
#include "app/cli/train_recipes.h"
#include "app/options/ranges.h"
#include "inference/training/schedule.h"
#include "inference/training/training.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <map>
#include <memory>
#include <sstream>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

std::string numbersText(const std::vector<int>& numbers) {
  std::string out;
  for (const int number : numbers) out.append(out.empty() ? "" : ",").append(std::to_string(number));
  return out;
}

template <class T>
T chosen(const std::string& name, std::initializer_list<std::pair<const char*, T>> values) {
  for (const auto& [text, value] : values) {
    if (name == text) return value;
  }
  throw ContractViolation("train: an unchecked choice");
}

std::vector<int> parseWidths(const std::string& text, const TrainableNetwork& network) {
  constexpr int kMost = 4096;
  std::vector<int> widths;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) {
    const auto width = wholeNumberFromText(part);
    if (!width || *width < 0 || *width > kMost) break;
    widths.push_back(static_cast<int>(*width));
  }
  const std::size_t count = network.widths.size();
  if (count == 0) throw CLI::ValidationError("--widths", network.name + " has none that can be chosen");
  if (widths.size() != count || numbersText(widths) != text)
    throw CLI::ValidationError(
        "--widths", "'" + text + "' is not " + std::to_string(count) + " numbers as " + numbersText(network.widths));
  if (const std::string reason = whatStopsWidths(network.name, widths); !reason.empty())
    throw CLI::ValidationError("--widths", "'" + text + "': " + reason + ", as in " + numbersText(network.widths));
  return widths;
}

Size sizeOf(const std::vector<int>& values, const char* option, int multiple) {
  const Size size{values.at(0), values.at(1)};
  if (size.width < multiple || size.height < multiple || size.width % multiple != 0 || size.height % multiple != 0)
    throw CLI::ValidationError(option, "width and height are multiples of " + std::to_string(multiple));
  return size;
}

/// "densehybrid, …": the heads that fit, joined.
std::string headsThat(bool TrainableHead::*fit) {
  std::string out;
  for (const TrainableHead& head : trainableHeads())
    if (head.*fit) out.append(out.empty() ? "" : ", ").append(head.name);
  return out;
}

/// Head and loss go together, with each other and with void pixels and stages.
void checkHead(const TrainingOptions& training, bool noVoid) {
  const TrainableHead head = headOf(training);
  const LossTraits& traits = traitsOf(training.loss);
  if (traits.needsSecondHead && !head.givesOutliers)
    throw CLI::ValidationError("--head", training.loss + " needs a second head: " +
                                             headsThat(&TrainableHead::givesOutliers) + ", not " + head.name);
  if (training.auxiliary > 0.0 && !trainableNetwork(training.network).hasAuxiliary)
    throw CLI::ValidationError("--auxiliary", training.network + " has no heads that serve training alone");
  if (training.auxiliary > 0.0 && (traits.needsSecondHead || !traits.head.empty()))
    throw CLI::ValidationError("--auxiliary", "such heads are plain last layers, " + training.loss + " is meant for " +
                                                  (traits.head.empty() ? "a second head" : std::string(traits.head)));
  if (traits.takesOutliers && noVoid)
    throw CLI::ValidationError("--no-void", training.loss + " learns from void pixels");
  if (!head.servesStages &&
      std::any_of(training.stageEpochs.begin(), training.stageEpochs.end(), [](int n) { return n > 0; }))
    throw CLI::ValidationError(
        "--head", head.name + " is of the whole network: parts of it take " + headsThat(&TrainableHead::servesStages));
}

/// Epochs of each stage of the network, in its order.
std::vector<int> stageEpochs(const std::map<std::string, int>& asked, const TrainableNetwork& network) {
  std::vector<int> out;
  for (const std::string& stage : network.stages) out.push_back(asked.at(stage));
  for (const auto& [stage, epochs] : asked) {
    if (epochs == 0 || std::find(network.stages.begin(), network.stages.end(), stage) != network.stages.end()) continue;
    throw CLI::ValidationError("--" + stage + "-epochs",
                               "only " + networksWith(stage) + "'s " + stage + " has a head of its own");
  }
  return out;
}

ClutterKind clutterKind(const std::string& name) {
  return chosen<ClutterKind>(name, {{"shapes", ClutterKind::Shapes}, {"heaps", ClutterKind::Heaps}});
}

ClassChoice classChoice(const std::string& text) {
  using Kind = ClassChoice::Kind;
  for (const auto& [name, kind] :
       {std::pair{"usual", Kind::Usual}, {"own", Kind::Own}, {"cityscapes", Kind::Cityscapes}})
    if (text == name) return {.kind = kind, .file = {}};
  std::error_code failure;
  if (!fs::is_regular_file(text, failure))
    throw CLI::ValidationError("--class-map", "'" + text + "' is neither usual, own, cityscapes nor a file");
  return {.kind = Kind::File, .file = text};
}

Schedule scheduleOf(const std::string& name) {
  for (const Schedule schedule : allSchedules())
    if (scheduleName(schedule) == name) return schedule;
  throw ContractViolation("train: an unchecked schedule");
}

struct Request {
  std::string option;
  std::vector<std::string> sets;
  std::string images, masks;
  std::vector<std::uint64_t> generated;
  bool forValidation = false;
};

std::unique_ptr<SampleSource> generatedFor(const Request& request, const TrainOptions& options) {
  if (request.generated[1] < 1 || request.generated[1] > 1'000'000)
    throw CLI::ValidationError(request.option, "SEED COUNT, with a count of 1 to 1000000");
  // Training scenes hold clutter for the void class and none of the anomalies that validation scenes hold.
  GeneratedScenes scenes{.seed = request.generated[0],
                         .first = 0,
                         .count = static_cast<int>(request.generated[1]),
                         .options = {.size = options.training.input,
                                     .withAnomalies = request.forValidation,
                                     .withVoidObjects = !request.forValidation,
                                     .quality = options.sceneSamples,
                                     .clutter = clutterKind(options.clutter)},
                         .cache = options.cache};
  if (!options.sceneSize.empty()) scenes.options.size = {options.sceneSize.at(0), options.sceneSize.at(1)};
  if (scenes.options.size.width != 2 * scenes.options.size.height || scenes.options.size.width < 64)
    throw CLI::ValidationError(options.sceneSize.empty() ? "--input" : "--scene-size",
                               "generated scenes are twice as wide as high, at least 64x32");
  return openGenerated(scenes);
}

/// The pictures that one group of options names, all kinds of them together; nothing where it names none.
std::unique_ptr<SampleSource> sourceFor(const Request& request, const TrainOptions& options) {
  if (request.images.empty() != request.masks.empty())
    throw CLI::ValidationError(request.option, "pictures and masks are named together");
  std::vector<std::unique_ptr<SampleSource>> sources;
  for (const std::string& set : request.sets) sources.push_back(openClassLabelled(set, classChoice(options.classMap)));
  if (!request.images.empty()) {
    sources.push_back(openCamVid({.images = request.images,
                                  .masks = request.masks,
                                  .colourTable = options.colours,
                                  .voidIndex = options.voidIndex}));
  }
  if (!request.generated.empty()) sources.push_back(generatedFor(request, options));
  if (sources.empty()) return nullptr;
  if (options.keep)
    for (auto& source : sources) source = keptInMemory(std::move(source), options.training.input);
  return options.inTurn && !request.forValidation ? openInTurn(std::move(sources)) : openMixed(std::move(sources));
}

/// Rates per part and what is frozen, for networks whose head can be told.
void resolveParts(TrainOptions& options, const TrainableNetwork& network) {
  TrainingOptions& training = options.training;
  training.freeze = chosen<Freeze>(options.freeze,
                                   {{"none", Freeze::None}, {"backbone", Freeze::Backbone}, {"probe", Freeze::Probe}});
  if (options.backboneRate) training.backboneRate = *options.backboneRate / training.learningRate;
  if (!network.hasHead && (training.freeze != Freeze::None || training.headEpochs > 0 || options.backboneRate))
    throw CLI::ValidationError("--freeze", network.name + "'s head cannot be told from its backbone");
  if (training.freeze != Freeze::None && options.backboneRate)
    throw CLI::ValidationError("--backbone-learning-rate", "the backbone is frozen");
  if (options.mean.empty() && options.deviation.empty()) return;
  InputNormalisation normalisation;
  if (!options.mean.empty()) std::copy_n(options.mean.begin(), 3, normalisation.mean.begin());
  if (!options.deviation.empty()) std::copy_n(options.deviation.begin(), 3, normalisation.deviation.begin());
  training.normalisation = normalisation;
}

void resolveOptions(TrainOptions& options) {
  TrainingOptions& training = options.training;
  const TrainableNetwork network = trainableNetwork(training.network);
  training.network = network.name;
  if (!options.widths.empty()) training.widths = parseWidths(options.widths, network);
  training.stageEpochs = stageEpochs(options.stageEpochs, network);
  training.input = sizeOf(options.input, "--input", network.sizeMultiple);
  if (!options.crop.empty()) training.augmentation.crop = sizeOf(options.crop, "--crop", network.sizeMultiple);
  training.augmentation.flip = !options.noFlip;
  training.augmentation.smallest = options.scales.at(0);
  training.augmentation.largest = options.scales.at(1);
  if (!(options.scales[0] > 0.0) || options.scales[1] < options.scales[0] || options.scales[1] > 16.0)
    throw CLI::ValidationError("--scale", "two numbers above 0, the smaller first");
  if ((options.scales[0] != options.scales[1] || !training.augmentation.scales.empty()) && options.crop.empty())
    throw CLI::ValidationError("--scale", "needs --crop, so that the pictures of a batch are of one size");
  training.augmentation.brightness = options.colour.at(0);
  training.augmentation.contrast = options.colour.at(1);
  training.augmentation.saturation = options.colour.at(2);
  training.trainVoid = !options.noVoid;
  training.optimiser = chosen<Optimiser>(
      options.optimiser, {{"adam", Optimiser::Adam}, {"adamw", Optimiser::AdamW}, {"sgd", Optimiser::Sgd}});
  training.schedule = scheduleOf(options.schedule);
  training.isRateByEpoch = options.rateBy == "epoch";
  resolveParts(options, network);
  training.classWeights = chosen<ClassWeights>(
      options.classWeights, {{"equal", ClassWeights::Equal}, {"logarithmic", ClassWeights::Logarithmic}});
  training.reducedPrecision = options.autocast == "bf16";
  checkHead(training, options.noVoid);
  if (!training.negatives.empty() && training.augmentation.pasted <= 0.0)
    throw CLI::ValidationError("--negatives", "--paste says in which share of the pictures they are pasted");
  if (options.noVoid && (training.outlierExposure > 0.0 || training.voidWeight != 1.0))
    throw CLI::ValidationError("--no-void", "--outlier-exposure and --void-weight train the void class");
  if (training.reducedPrecision && options.device == "cuda")
    throw CLI::ValidationError("--autocast", "bf16 is for the CPU");
  if (options.device == "cuda") {
    if (!hasCuda()) throw CLI::ValidationError("--device", "the linked LibTorch has no CUDA device; use cpu");
    training.device = Device::Cuda;
  }
}

std::string shown(const std::optional<double>& fraction) { return fraction ? percentText(*fraction) : "–"; }

void showEpoch(const TrainingProgress& progress) {
  std::string line = progress.stage.empty() ? std::string() : progress.stage + ", ";
  line += "epoch " + std::to_string(progress.epoch) + "/" + std::to_string(progress.epochs);
  line += ": loss " + fixedText(progress.loss, 4) + ", " + fixedText(progress.secondsPerStep, 2) + " s a step";
  if (progress.validation) {
    line += ", mIoU " + shown(progress.validation->miou);
    for (const auto& anomaly : progress.validation->anomalies) {
      if (anomaly.ap) line += ", " + anomaly.method + " AP " + shown(anomaly.ap) + " FPR95 " + shown(anomaly.fpr95);
    }
  }
  if (progress.isBest) line += ", the best so far";
  std::fprintf(stderr, "%s\n", line.c_str());
}

/// The preset that is asked for, if any, into the options that were not given.
void takeRecipe(CLI::App& app, TrainOptions& options) {
  for (const TrainRecipe& recipe : trainRecipes()) {
    if (recipe.name != options.recipe) continue;
    const std::string otherwise = applyRecipe(app, recipe);
    options.training.described = "recipe " + std::string(recipe.name) + " (" + std::string(recipe.source) + ")";
    if (!otherwise.empty()) options.training.described += ", with " + otherwise;
  }
}

int runTrain(CLI::App& app, TrainOptions& options) {
  takeRecipe(app, options);
  if (!options.training.backbone.empty() && options.recipe.empty() && app.count("--network") == 0)
    options.training.network = networkTaking(options.training.backbone);
  resolveOptions(options);
  const std::stop_token stop = stopOnInterrupt();
  const auto pictures = sourceFor({"--set", options.sets, options.images, options.masks, options.generated}, options);
  if (!pictures) throw CLI::ValidationError("--set", "pictures to train on are needed: --set, --images or --generated");
  const std::vector<std::string> validationSets(options.validation.empty() ? 0 : 1, options.validation);
  const auto validation = sourceFor({"--val-set", validationSets, options.validationImages, options.validationMasks,
                                     options.validationGenerated, true},
                                    options);
  if (validation && validation->classes() > pictures->classes())
    throw CLI::ValidationError("--val-set", "has " + std::to_string(validation->classes()) +
                                                " classes, the pictures to train on have " +
                                                std::to_string(pictures->classes()));
  if (!options.training.best.empty() && !validation)
    throw CLI::ValidationError("--best", "needs pictures to validate on: --val-set, --val-images or --val-generated");
  const Verbosity verbosity = options.quiet ? Verbosity::Quiet : Verbosity::Normal;
  const ProgressSink line = terminalProgress(verbosity);
  const auto warn = [&](const std::string& text) {
    endProgressLine();
    if (!options.quiet) std::fprintf(stderr, "warning: %s\n", text.c_str());
  };
  for (const SampleSource* source : {pictures.get(), validation.get()}) {
    if (source == nullptr) continue;
    for (const std::string& text : source->warnings()) warn(text);
  }
  const auto onProgress = [&](const TrainingProgress& progress) {
    if (progress.kind == TrainingProgress::Kind::Warning) return warn(progress.message);
    if (progress.kind == TrainingProgress::Kind::Step) {
      line({"loss " + fixedText(progress.loss, 4) + ", step",
            "epoch " + std::to_string(progress.epoch) + "/" + std::to_string(progress.epochs),
            static_cast<std::size_t>(progress.step), static_cast<std::size_t>(progress.steps)});
      return;
    }
    endProgressLine();
    if (!options.quiet) showEpoch(progress);
  };
  const TrainingResult result = train(options.training, *pictures, validation.get(), options.output, onProgress, stop);
  endProgressLine();
  if (!result.complete) {
    std::fprintf(stderr, "stopped after %d epochs: %s holds the state; the same command goes on from there\n",
                 result.epochs, (fs::path(options.output) / "checkpoint.pth").c_str());
    return kSomeFailed;
  }
  if (!options.quiet) std::fprintf(stderr, "weights: %s\n", result.weights.c_str());
  return kDone;
}

Command addTrainCommand(CLI::App& app) {
  auto options = std::make_shared<TrainOptions>();
  app.footer(
      "Writes checkpoint.pth, log.csv, weights.pth and weights.json into --output, with --best also best.pth and\n"
      "best.json. Ctrl-C writes a checkpoint and "
      "ends;\n"
      "the same command goes on from it, to the same weights.\n"
      "Exit codes: 0 done, 1 stopped, 2 wrong usage, 3 nothing done.");
  addTrainOptions(app, *options);
  std::vector<std::string> recipes;
  for (const TrainRecipe* recipe : recipesFor(app)) recipes.emplace_back(recipe->name);
  app.add_option("--recipe", options->recipe, "A published training's options, which those given beside it win over")
      ->check(CLI::IsMember(recipes));
  return [options, &app] { return runTrain(app, *options); };
}

}  // namespace

extern const CommandKind kTrainCommand;
const CommandKind kTrainCommand{"train", "Train a network, with a void class", addTrainCommand};

}  // namespace oodscope
