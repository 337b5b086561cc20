// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/train_options.h"

#include "app/options/ranges.h"
#include "inference/training/schedule.h"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

namespace oodscope {
namespace {

/// Where each network's widths are; networks whose are alike are named together, those without any not at all.
std::string widthsHelp() {
  std::vector<std::pair<std::string, std::string>> groups;  // help, names
  for (const TrainableNetwork& network : trainableNetworks()) {
    if (network.widthsHelp.empty()) continue;
    const auto known = std::ranges::find(groups, network.widthsHelp, &std::pair<std::string, std::string>::first);
    if (known == groups.end())
      groups.emplace_back(network.widthsHelp, network.name);
    else
      known->second.append(", ").append(network.name);
  }
  std::string out;
  for (const auto& [help, names] : groups) out.append(out.empty() ? "" : "; ").append(names).append(": ").append(help);
  return out;
}

constexpr std::int64_t kMostSeed = std::numeric_limits<std::int64_t>::max(), kMostCropSide = 16'384;

std::vector<std::string> scheduleNames() {
  std::vector<std::string> names;
  for (const Schedule schedule : allSchedules()) names.emplace_back(scheduleName(schedule));
  return names;
}

void addPictureOptions(CLI::App& app, TrainOptions& options) {
  app.add_option(
         "--set", options.sets,
         "Set with class labels to train on: Cityscapes, StreetHazards, Mapillary Vistas, WildDash 2, ADE20k, a demo "
         "set; DIR::validation names a split; given again, sets are mixed")
      ->type_name("DIR")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--class-map", options.classMap,
                 "Classes of the sets: usual, own, cityscapes, or a table of 'FROM,TO' lines")
      ->type_name("NAME|FILE");
  app.add_flag("--in-turn", options.inTurn, "Several sets have equal shares of the epochs, one after the other");
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

/// Names, joined.
std::string networksThat(bool TrainableNetwork::*are) {
  std::string out;
  for (const TrainableNetwork& network : trainableNetworks())
    if (network.*are) out.append(out.empty() ? "" : ", ").append(network.name);
  return out;
}

/// Parameters of all losses and heads, each once.
std::vector<NumberParameter> sharedParameters(std::span<const NumberParameter> more, std::vector<NumberParameter> all) {
  for (const NumberParameter& parameter : more)
    if (std::find(all.begin(), all.end(), parameter) == all.end()) all.push_back(parameter);
  return all;
}

void addNetworkOptions(CLI::App& app, TrainOptions& options) {
  TrainingOptions& training = options.training;
  std::vector<std::string> networks;
  for (const TrainableNetwork& network : trainableNetworks()) networks.push_back(network.name);
  app.add_option("--network", training.network, "Architecture")->check(CLI::IsMember(networks, CLI::ignore_case));
  app.add_option("--widths", options.widths, widthsHelp());
  app.add_option("--start", training.start, "Weights to begin with (.pth); default: random")->check(CLI::ExistingFile);
  app.add_flag("--keep-zeros", training.keepsZeros,
               "Weights of --start that are exactly 0 stay so: fine-tuning of what shrink has pruned")
      ->needs("--start");
  app.add_option("--backbone", training.backbone,
                 "Weights of a backbone alone to begin with (ResNet of torchvision, MoCo, SimSiam, Barlow Twins, "
                 "DINOv2; .pth), "
                 "the head at random; without --network and --recipe for the first network that is built on it")
      ->check(CLI::ExistingFile)
      ->excludes("--start");
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
  app.add_option("--auxiliary", training.auxiliary,
                 "Train the heads that serve training alone, too (" + networksThat(&TrainableNetwork::hasAuxiliary) +
                     "): weight of each one's loss, 1 as BiSeNet's authors, 0.4 as ICNet's; 0: none")
      ->check(numberFrom(0.0, 100.0));
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

void addScheduleOptions(CLI::App& app, TrainOptions& options) {
  TrainingOptions& training = options.training;
  app.add_option("--schedule", options.schedule, "constant, polynomial (power 0.9), cosine, step or plateau")
      ->check(CLI::IsMember(scheduleNames()));
  app.add_option("--rate-by", options.rateBy, "Whether polynomial and cosine fall by step or by epoch")
      ->check(CLI::IsMember({"step", "epoch"}));
  app.add_option("--final-learning-rate", training.finalLearningRate, "Learning rate that the cosine ends at")
      ->check(numberFrom(0.0, 100.0));
  app.add_option("--step-factor", training.stepFactor, "What schedule step multiplies the rate by")
      ->check(numberFrom(1e-6, 1.0));
  app.add_option("--step-epochs", training.stepEpochs, "Epochs between its steps")->check(wholeFrom(1, 1'000'000));
  app.add_option("--plateau-factor", training.plateauFactor,
                 "What schedule plateau multiplies the rate by where validation's loss (without it, training's) stays")
      ->check(numberFrom(1e-6, 1.0));
  app.add_option("--plateau-patience", training.plateauPatience, "Epochs without a lower loss that it waits for")
      ->check(wholeFrom(0, 1'000'000));
  app.add_option("--backbone-learning-rate", options.backboneRate, "Learning rate of all but the network's head")
      ->check(numberFrom(1e-12, 100.0));
  app.add_option("--freeze", options.freeze,
                 "backbone: all but the head stays; probe: the statistics of batch norms, too (linear probe); or none")
      ->check(CLI::IsMember({"none", "backbone", "probe"}));
  app.add_option("--head-epochs", training.headEpochs, "First train the head alone for so many epochs, as probe does")
      ->check(wholeFrom(0, 1'000'000));
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
  addScheduleOptions(app, options);
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
  app.add_option("--scales", options.training.augmentation.scales, "In its place one of these, each as often")
      ->expected(1, 100)
      ->check(numberFrom(0.01, 16.0));
  app.add_option("--shift", options.training.augmentation.shift, "Move pictures by up to so many pixels each way")
      ->check(wholeFrom(0, 1024));
  app.add_option("--mean", options.mean,
                 "Mean of red, green and blue (0 to 1) that is taken off; default: the network's")
      ->expected(3)
      ->check(numberFrom(-1000.0, 1000.0));
  app.add_option("--std", options.deviation, "Deviation of red, green and blue that is divided by")
      ->expected(3)
      ->check(numberFrom(1e-9, 1000.0));
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

}  // namespace

std::string networksWith(const std::string& stage) {
  std::string out;
  for (const TrainableNetwork& network : trainableNetworks()) {
    if (std::find(network.stages.begin(), network.stages.end(), stage) == network.stages.end()) continue;
    out.append(out.empty() ? "" : " and ").append(network.name);
  }
  return out;
}

void addTrainOptions(CLI::App& app, TrainOptions& options) {
  addPictureOptions(app, options);
  addNetworkOptions(app, options);
  addLearningOptions(app, options);
  addInputOptions(app, options);
  addWorkOptions(app, options);
}

}  // namespace oodscope
