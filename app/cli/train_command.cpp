// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/core/numbers.h"
#include "analysis/tables/number_text.h"
#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/options/ranges.h"
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

/// What the widths are: of all networks alike, or network by network.
std::string widthsHelp() {
  const std::vector<TrainableNetwork> networks = trainableNetworks();
  std::string each;
  bool areAlike = true;
  for (const TrainableNetwork& network : networks) {
    areAlike = areAlike && network.widthsHelp == networks.front().widthsHelp;
    each.append(each.empty() ? "" : "; ").append(network.name).append(": ").append(network.widthsHelp);
  }
  return areAlike ? networks.front().widthsHelp : each;
}

constexpr std::int64_t kMostSeed = std::numeric_limits<std::int64_t>::max(), kMostCropSide = 16'384;

struct TrainOptions {
  TrainingOptions training;
  std::string set, validation, images, masks, validationImages, validationMasks, colours, output;
  int voidIndex = 255;
  std::vector<std::uint64_t> generated, validationGenerated;  ///< seed and count
  std::string cache, widths;
  std::map<std::string, int> stageEpochs;  ///< by the stage's name
  std::vector<int> input{1024, 512}, crop;
  std::vector<int> sceneSize;
  int sceneSamples = 2;
  std::vector<double> scales{1.0, 1.0}, colour{0.0, 0.0, 0.0};
  std::string clutter = "shapes", autocast = "none";
  std::string optimiser = "adam", schedule = "polynomial", classWeights = "logarithmic", device = "cpu";
  bool noFlip = false, noVoid = false, keep = false, quiet = false;
};

template <class T>
T chosen(const std::string& name, std::initializer_list<std::pair<const char*, T>> values) {
  for (const auto& [text, value] : values) {
    if (name == text) return value;
  }
  throw ContractViolation("train: an unchecked choice");
}

std::vector<int> parseWidths(const std::string& text, const std::vector<int>& published) {
  constexpr int kLeast = 4, kMost = 4096;
  std::vector<int> widths;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) {
    const auto width = wholeNumberFromText(part);
    const int before = widths.empty() ? kLeast - 1 : widths.back();
    if (!width || *width <= before || *width > kMost) break;
    widths.push_back(static_cast<int>(*width));
  }
  if (widths.size() != published.size() || numbersText(widths) != text)
    throw CLI::ValidationError("--widths", "'" + text + "' is not " + std::to_string(published.size()) +
                                               " growing numbers as " + numbersText(published));
  return widths;
}

Size sizeOf(const std::vector<int>& values, const char* option, int multiple) {
  const Size size{values.at(0), values.at(1)};
  if (size.width < multiple || size.height < multiple || size.width % multiple != 0 || size.height % multiple != 0)
    throw CLI::ValidationError(option, "width and height are multiples of " + std::to_string(multiple));
  return size;
}

/// Parameters of all losses and heads, each once.
std::vector<NumberParameter> sharedParameters(std::span<const NumberParameter> more, std::vector<NumberParameter> all) {
  for (const NumberParameter& parameter : more)
    if (std::find(all.begin(), all.end(), parameter) == all.end()) all.push_back(parameter);
  return all;
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
  if (traits.takesOutliers && noVoid)
    throw CLI::ValidationError("--no-void", training.loss + " learns from void pixels");
  if (!head.servesStages &&
      std::any_of(training.stageEpochs.begin(), training.stageEpochs.end(), [](int n) { return n > 0; }))
    throw CLI::ValidationError(
        "--head", head.name + " is of the whole network: parts of it take " + headsThat(&TrainableHead::servesStages));
}

/// "ERFNet": the networks that have a stage, joined.
std::string networksWith(const std::string& stage) {
  std::string out;
  for (const TrainableNetwork& network : trainableNetworks()) {
    if (std::find(network.stages.begin(), network.stages.end(), stage) == network.stages.end()) continue;
    out.append(out.empty() ? "" : " and ").append(network.name);
  }
  return out;
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

struct Request {
  std::string option, set, images, masks;
  std::vector<std::uint64_t> generated;
  bool forValidation = false;
};

/// The pictures that one group of options names; nothing where it names none.
std::unique_ptr<SampleSource> sourceFor(const Request& request, const TrainOptions& options) {
  const int named =
      (request.set.empty() ? 0 : 1) + (request.images.empty() ? 0 : 1) + (request.generated.empty() ? 0 : 1);
  if (named > 1) throw CLI::ValidationError(request.option, "name one kind of pictures, not several");
  if (request.images.empty() != request.masks.empty())
    throw CLI::ValidationError(request.option, "pictures and masks are named together");
  std::unique_ptr<SampleSource> source;
  if (!request.set.empty()) source = openClassLabelled(request.set);
  if (!request.images.empty()) {
    source = openCamVid({.images = request.images,
                         .masks = request.masks,
                         .colourTable = options.colours,
                         .voidIndex = options.voidIndex});
  }
  if (!request.generated.empty()) {
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
    source = openGenerated(scenes);
  }
  if (source && options.keep) source = keptInMemory(std::move(source), options.training.input);
  return source;
}

void resolveOptions(TrainOptions& options) {
  TrainingOptions& training = options.training;
  const TrainableNetwork network = trainableNetwork(training.network);
  training.network = network.name;
  if (!options.widths.empty()) training.widths = parseWidths(options.widths, network.widths);
  training.stageEpochs = stageEpochs(options.stageEpochs, network);
  training.input = sizeOf(options.input, "--input", network.sizeMultiple);
  if (!options.crop.empty()) training.augmentation.crop = sizeOf(options.crop, "--crop", network.sizeMultiple);
  training.augmentation.flip = !options.noFlip;
  training.augmentation.smallest = options.scales.at(0);
  training.augmentation.largest = options.scales.at(1);
  if (!(options.scales[0] > 0.0) || options.scales[1] < options.scales[0] || options.scales[1] > 16.0)
    throw CLI::ValidationError("--scale", "two numbers above 0, the smaller first");
  if (options.scales[0] != options.scales[1] && options.crop.empty())
    throw CLI::ValidationError("--scale", "needs --crop, so that the pictures of a batch are of one size");
  training.augmentation.brightness = options.colour.at(0);
  training.augmentation.contrast = options.colour.at(1);
  training.augmentation.saturation = options.colour.at(2);
  training.trainVoid = !options.noVoid;
  training.optimiser = chosen<Optimiser>(
      options.optimiser, {{"adam", Optimiser::Adam}, {"adamw", Optimiser::AdamW}, {"sgd", Optimiser::Sgd}});
  training.schedule = chosen<Schedule>(
      options.schedule,
      {{"constant", Schedule::Constant}, {"polynomial", Schedule::Polynomial}, {"cosine", Schedule::Cosine}});
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

int runTrain(TrainOptions& options) {
  resolveOptions(options);
  const std::stop_token stop = stopOnInterrupt();
  const auto pictures = sourceFor({"--set", options.set, options.images, options.masks, options.generated}, options);
  if (!pictures) throw CLI::ValidationError("--set", "pictures to train on are needed: --set, --images or --generated");
  const auto validation = sourceFor({"--val-set", options.validation, options.validationImages, options.validationMasks,
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

void addPictureOptions(CLI::App& app, TrainOptions& options) {
  app.add_option("--set", options.set, "Cityscapes split or demo set with class labels to train on")->type_name("DIR");
  app.add_option("--images", options.images, "Pictures to train on, CamVid-style")->type_name("DIR");
  app.add_option("--masks", options.masks, "Their masks, of the same stems")->type_name("DIR");
  app.add_option("--generated", options.generated, "Rendered scenes to train on: seed and count")
      ->expected(2)
      ->check(wholeFrom(0, kMostSeed))
      ->type_name("SEED COUNT");
  app.add_option("--val-set", options.validation, "As --set, to validate on after each epoch")->type_name("DIR");
  app.add_option("--val-images", options.validationImages, "As --images, to validate on")->type_name("DIR");
  app.add_option("--val-masks", options.validationMasks, "As --masks, to validate on")->type_name("DIR");
  app.add_option("--val-generated", options.validationGenerated, "As --generated, to validate on, with anomalies")
      ->expected(2)
      ->check(wholeFrom(0, kMostSeed))
      ->type_name("SEED COUNT");
  app.add_option("--colours", options.colours, "Masks hold colours: table of 'r g b name' lines")->type_name("FILE");
  app.add_option("--void-index", options.voidIndex, "Masks hold class indices: the one that means void")
      ->check(wholeFrom(0, 255));
  app.add_option("--clutter-kind", options.clutter,
                 "What rendered scenes hold for the void class: shapes (2 to 5), or heaps (4 to 9) of any material")
      ->check(CLI::IsMember({"shapes", "heaps"}));
  app.add_option("--scene-size", options.sceneSize, "Size at which scenes are rendered; default: --input")
      ->expected(2)
      ->type_name("W H")
      ->check(wholeFrom(32, kMostCropSide));
  app.add_option("--scene-samples", options.sceneSamples, "Samples a pixel and axis of rendered scenes, 1 or 2")
      ->check(wholeFrom(1, 2));
  app.add_option("--cache", options.cache, "Folder that keeps rendered scenes")->type_name("DIR");
  app.add_flag("--keep-in-memory", options.keep, "Decode each picture once (5 bytes a pixel)");
  app.add_option("--output", options.output, "Folder for checkpoint, log and weights")->required()->type_name("DIR");
}

void addNetworkOptions(CLI::App& app, TrainOptions& options) {
  TrainingOptions& training = options.training;
  std::vector<std::string> networks;
  for (const TrainableNetwork& network : trainableNetworks()) networks.push_back(network.name);
  app.add_option("--network", training.network, "Architecture")->check(CLI::IsMember(networks, CLI::ignore_case));
  app.add_option("--widths", options.widths, widthsHelp());
  app.add_option("--start", training.start, "Weights to begin with (.pth); default: random")->check(CLI::ExistingFile);
  app.add_flag("--no-void", options.noVoid, "Leave void pixels out instead of training the last channel on them");
  app.add_option("--loss", training.loss, "Loss")->check(CLI::IsMember(lossNames()));
  std::vector<std::string> heads;
  std::string headsHelp = "Last layer or second head; default: the one that the loss is meant for";
  std::vector<NumberParameter> ofLosses, ofHeads;
  for (const std::string& loss : lossNames()) ofLosses = sharedParameters(parametersOf(loss), std::move(ofLosses));
  for (const TrainableHead& head : trainableHeads()) {
    heads.push_back(head.name);
    headsHelp.append("; ").append(head.name).append(": ").append(head.help);
    ofHeads = sharedParameters(head.parameters, std::move(ofHeads));
  }
  app.add_option("--head", training.head, headsHelp)->check(CLI::IsMember(heads));
  const auto add = [&app](const std::vector<NumberParameter>& parameters, NumberValues& values) {
    for (const NumberParameter& parameter : parameters) {
      double& value = values[std::string(parameter.name)] = parameter.initial;
      app.add_option("--" + std::string(parameter.name), value, std::string(parameter.help))
          ->check(numberFrom(parameter.least, parameter.most));
    }
  };
  add(ofLosses, training.lossParameters);
  add(ofHeads, training.headParameters);
}

void addLearningOptions(CLI::App& app, TrainOptions& options) {
  TrainingOptions& training = options.training;
  app.add_option("--class-weights", options.classWeights, "equal, or logarithmic: 1 / ln(1.02 + share of pixels)")
      ->check(CLI::IsMember({"equal", "logarithmic"}));
  app.add_option("--void-weight", training.voidWeight, "Factor on the void class's weight in the loss")
      ->check(numberFrom(0.0, 1000.0));
  app.add_option("--outlier-exposure", training.outlierExposure,
                 "Weight of a term that makes the known classes' logits alike on void pixels; 0: none")
      ->check(numberFrom(0.0, 1000.0));
  app.add_option("--optimiser", options.optimiser, "adam, adamw (decay apart from the gradient) or sgd")
      ->check(CLI::IsMember({"adam", "adamw", "sgd"}));
  app.add_option("--learning-rate", training.learningRate, "Learning rate at the start")
      ->check(numberFrom(1e-12, 100.0));
  app.add_option("--momentum", training.momentum, "Momentum of SGD, first beta of Adam and AdamW")
      ->check(numberFrom(0.0, 0.9999));
  app.add_option("--weight-decay", training.weightDecay, "L2 penalty")->check(numberFrom(0.0, 100.0));
  app.add_option("--gradient-clip", training.gradientClip, "Greatest norm of all gradients together; 0: any")
      ->check(numberFrom(0.0, 1e9));
  app.add_option("--schedule", options.schedule, "constant, polynomial (power 0.9) or cosine")
      ->check(CLI::IsMember({"constant", "polynomial", "cosine"}));
  app.add_option("--warm-up", training.warmUpSteps, "Steps over which the learning rate rises to the schedule's")
      ->check(wholeFrom(0, 1'000'000'000));
  app.add_option("--weight-average", training.weightAverage,
                 "Validate and write an average of the weights, of which a step keeps this share, as 0.998; 0: none")
      ->check(numberFrom(0.0, 0.999999));
  app.add_option("--norm-momentum", training.normMomentum, "What a batch adds to the running means of batch norms")
      ->check(numberFrom(0.0, 1.0));
  app.add_option("--dropout", training.dropout, "Factor on the network's dropout rates; 0 turns dropout off")
      ->check(numberFrom(0.0, 1.0));
  for (const TrainableNetwork& network : trainableNetworks()) {
    for (const std::string& stage : network.stages) {
      if (options.stageEpochs.contains(stage)) continue;
      app.add_option("--" + stage + "-epochs", options.stageEpochs[stage],
                     "First train " + networksWith(stage) + "'s " + stage + " alone for so many epochs")
          ->check(wholeFrom(0, 1'000'000));
    }
  }
  app.add_option("--epochs", training.epochs, "Epochs of the whole network")->check(wholeFrom(0, 1'000'000));
  app.add_option("--batch", training.batch, "Pictures a step")->check(wholeFrom(1, 65'536));
}

/// Size, windows and variation of the pictures.
void addInputOptions(CLI::App& app, TrainOptions& options) {
  app.add_option("--input", options.input, "Input size of the network, multiples of 8")
      ->expected(2)
      ->type_name("W H")
      ->check(wholeFrom(8, kMostCropSide));
  app.add_option("--crop", options.crop, "Train on windows of this size")
      ->expected(2)
      ->type_name("W H")
      ->check(wholeFrom(8, kMostCropSide));
  app.add_option("--scale", options.scales, "Scale pictures at random between these before cropping")
      ->expected(2)
      ->check(numberFrom(0.01, 16.0));
  app.add_option("--colour", options.colour,
                 "Vary brightness, contrast and saturation by these factors, as 0.2 0.2 0.2")
      ->expected(3)
      ->check(numberFrom(0.0, 1.0));
  app.add_option("--channels", options.training.augmentation.channels,
                 "Vary red, green and blue each by this factor, as 0.05")
      ->check(numberFrom(0.0, 1.0));
  app.add_option("--paste", options.training.augmentation.pasted,
                 "Share of pictures with made-up objects pasted as void")
      ->check(numberFrom(0.0, 1.0));
  app.add_option("--negatives", options.training.negatives,
                 "Paste segments of these pictures instead: a folder with images and annotations, as ADE20k")
      ->type_name("DIR");
  app.add_option("--negative-rectangles", options.training.negativeRectangles,
                 "Share of them that is pasted as whole windows")
      ->check(numberFrom(0.0, 1.0));
  app.add_flag("--ignore-own-void", options.training.ignoresOwnVoid,
               "Learn nothing from the pictures' own void pixels: what is pasted alone is void");
  app.add_flag("--no-flip", options.noFlip, "Do not mirror pictures");
}

void addWorkOptions(CLI::App& app, TrainOptions& options) {
  TrainingOptions& training = options.training;
  app.add_option("--seed", training.seed, "Seed of weights, order, variation and dropout")
      ->check(wholeFrom(0, kMostSeed));
  app.add_option("--device", options.device, "cpu or cuda")->check(CLI::IsMember({"cpu", "cuda"}));
  app.add_option("--threads", training.threads, "Threads of LibTorch (default: all cores)")->check(threadCount());
  app.add_option("--checkpoint-steps", training.stepsBetweenCheckpoints, "Write a checkpoint every so many steps, too")
      ->check(wholeFrom(0, 1'000'000'000));
  app.add_option("--autocast", options.autocast, "bf16: convolutions in bfloat16 while learning, on the CPU; or none")
      ->check(CLI::IsMember({"none", "bf16"}));
  app.add_option("--best", training.best, "Keep the best weights, too, by validation's miou or a method's AP: best.pth")
      ->check(CLI::IsMember(bestNames()));
  app.add_flag("--quiet", options.quiet, "Say nothing but errors");
}

Command addTrainOptions(CLI::App& app) {
  auto options = std::make_shared<TrainOptions>();
  app.footer(
      "Writes checkpoint.pth, log.csv, weights.pth and weights.json into --output, with --best also best.pth and\n"
      "best.json. Ctrl-C writes a checkpoint and "
      "ends;\n"
      "the same command goes on from it, to the same weights.\n"
      "Exit codes: 0 done, 1 stopped, 2 wrong usage, 3 nothing done.");
  addPictureOptions(app, *options);
  addNetworkOptions(app, *options);
  addLearningOptions(app, *options);
  addInputOptions(app, *options);
  addWorkOptions(app, *options);
  return [options] { return runTrain(*options); };
}

}  // namespace

extern const CommandKind kTrainCommand;
const CommandKind kTrainCommand{"train", "Train a network, with a void class", addTrainOptions};

}  // namespace oodscope
