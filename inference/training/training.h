// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/models/model.h"
#include "inference/networks/normalisation.h"
#include "inference/training/augmentation.h"
#include "inference/training/loss_parameters.h"
#include "inference/training/samples.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

enum class Optimiser { Adam, Sgd, AdamW /* decay apart from the gradient */ };
enum class Schedule {
  Constant,
  Polynomial /* (1 - progress)^0.9 */,
  Cosine /* to the final rate */,
  Step /* times stepFactor each stepEpochs epochs */,
  Plateau /* times plateauFactor where validation's loss no longer falls */
};
/// Which weights stay as they are. Backbone: those of all but the head; its batch norms' statistics follow the
/// pictures. Probe: the same, and the statistics of all batch norms stay, too.
enum class Freeze { None, Backbone, Probe };
/// Weight of each class in the loss. Logarithmic: 1 / ln(1.02 + share of pixels), as ENet and ERFNet were trained.
enum class ClassWeights { Equal, Logarithmic };

/// Everything that decides the weights, beside the pictures.
struct TrainingOptions {
  std::string network = "ERFNet";
  std::vector<int> widths = {};  ///< see TrainableNetwork; empty: as published
  /// The 20th channel (for 19 classes) is trained on void pixels; else they are left out and the channel is untrained.
  bool trainVoid = true;
  std::string loss = "cross-entropy";  ///< see lossNames()
  LossParameters lossParameters = {};  ///< those not named have their initial values
  std::string head = {};               ///< see trainableHeads(); empty: the one that the loss is meant for
  NumberValues headParameters = {};    ///< those not named have their initial values
  double auxiliary = 0.0;  ///< weight of the loss of each head that serves training alone; 0: the network has none
  ClassWeights classWeights = ClassWeights::Logarithmic;
  double voidWeight = 1.0;       ///< factor on the void class's weight
  double outlierExposure = 0.0;  ///< weight of outlierExposure() beside the loss; needs a trained void class
  Optimiser optimiser = Optimiser::Adam;
  double learningRate = 5e-4;
  double momentum = 0.9;  ///< of SGD; Adam's first beta
  double weightDecay = 1e-4;
  double gradientClip = 0.0;      ///< greatest norm of all gradients together; 0: any
  int warmUpSteps = 0;            ///< over which the rate rises to the schedule's
  double weightAverage = 0.0;     ///< what a step keeps of the weights' average, which is then what is validated and
                                  ///< written; 0: the weights themselves
  double normMomentum = 0.1;      ///< what a batch adds to the running means and variances of batch norms
  bool reducedPrecision = false;  ///< convolutions in bfloat16 while learning; the weights stay float32
  std::string best = {};          ///< what is best kept by, beside the last: "miou", "loss" (the least), or a method of
                                  ///< ValidationReport, by its AP; empty: none
  Schedule schedule = Schedule::Polynomial;
  bool isRateByEpoch = false;      ///< polynomial and cosine fall from epoch to epoch, not from step to step
  double finalLearningRate = 0.0;  ///< of the cosine
  double stepFactor = 0.1;         ///< see Schedule::Step
  int stepEpochs = 10;             ///< of the same
  double plateauFactor = 0.1;      ///< see Schedule::Plateau; the loss is the training's where nothing is validated
  int plateauPatience = 10;        ///< epochs without a lower loss that are waited for
  double backboneRate = 1.0;       ///< learning rate of all but the head, as a share of the learning rate
  Freeze freeze = Freeze::None;    ///< in the epochs of the whole network
  int headEpochs = 0;              ///< of the head alone, Freeze::Probe, before those of the whole network
  double dropout = 1.0;  ///< factor on the network's dropout rates; below 1 for short trainings and slim networks
  std::vector<int> stageEpochs = {};  ///< of the network's stages before the whole, in their order; those missing: 0
  int epochs = 100;                   ///< of the whole network
  int batch = 6;
  Size input{1024, 512};  ///< the network's: pictures are brought to it before they are varied; multiples of
                          ///< the network's sizeMultiple
  std::optional<InputNormalisation> normalisation = {};  ///< empty: the network kind's
  Augmentation augmentation;
  std::filesystem::path negatives = {};  ///< what is pasted is cut from here, see CutOuts; empty: made up
  double negativeRectangles = 0.0;       ///< see CutOutRule
  bool ignoresOwnVoid = false;           ///< void pixels are learned from where they were pasted, and not elsewhere
  std::uint64_t seed = 1;
  std::filesystem::path start = {};     ///< weights to begin with; empty: random ones
  std::filesystem::path backbone = {};  ///< weights of a backbone to begin with, the rest at random; empty: none
  Device device = Device::Cpu;
  int threads = 0;                  ///< of LibTorch; 0: all cores. Other numbers of threads may round otherwise
  int stepsBetweenCheckpoints = 0;  ///< beside those at the end of each epoch; 0: none
  bool keepsZeros = false;          ///< weights of `start` that are exactly 0 stay so: those that pruning left
  std::string described = {};       ///< further words for the sidecar's description: the preset, what differs from it
};

/// What may be asked of an architecture.
struct TrainableNetwork {
  std::string name;                 ///< "ERFNet"
  std::vector<int> widths;          ///< as published
  std::string widthsHelp;           ///< where they are
  int sizeMultiple = 8;             ///< of the input's width and height
  std::vector<std::string> stages;  ///< parts that may be trained before the whole: "encoder"
  bool hasAuxiliary = false;        ///< heads that serve training alone can be trained with it
  bool hasHead = false;             ///< its head can be told from its backbone: rates per part and freezing
};
/// In menu order.
[[nodiscard]] std::vector<TrainableNetwork> trainableNetworks();
/// The first network that is built on the backbone in the file, see TrainingOptions::backbone. Throws Error:
/// unreadable, no backbone, none is.
[[nodiscard]] std::string networkTaking(const std::filesystem::path& backbone);
/// What a network may end in.
struct TrainableHead {
  std::string name;  ///< "plain", the network's own last layer, or a HeadKind's
  std::string help;
  std::span<const NumberParameter> parameters;
  bool servesStages = false;   ///< parts trained before the whole have it, too
  bool givesOutliers = false;  ///< a second head, which DenseHybrid's losses need
};
/// In menu order, "plain" first.
[[nodiscard]] std::vector<TrainableHead> trainableHeads();
/// The one that the options name, or that their loss is meant for. Throws ContractViolation for an unknown name.
[[nodiscard]] TrainableHead headOf(const TrainingOptions& options);
/// By name, letter case ignored. Throws ContractViolation for an unknown one.
[[nodiscard]] TrainableNetwork trainableNetwork(std::string_view name);
/// Why a network of these widths cannot be built, or would not be opened again; empty where neither is so. Throws
/// ContractViolation: an unknown network, another number of widths than TrainableNetwork::widths. Cost: builds it.
[[nodiscard]] std::string whatStopsWidths(std::string_view network, const std::vector<int>& widths);

/// What validation found after an epoch. Metrics are fractions, at the network's resolution, under the Fishyscapes
/// protocol; empty where not defined.
struct ValidationReport {
  std::optional<double> miou, accuracy;
  std::optional<double> loss;  ///< mean over the pictures of the loss that is trained with
  struct Anomaly {
    std::string method;
    std::optional<double> ap, fpr95;
  };
  std::vector<Anomaly> anomalies;  ///< msp, max-logit, max-entropy, energy and, with a trained void class, void
};

/// "miou", "loss", or the AP of the method of this name. Empty where not defined.
[[nodiscard]] std::optional<double> valueOf(const ValidationReport& report, std::string_view name);
/// What TrainingOptions::best may be: "miou", "loss" and the methods that validation knows.
[[nodiscard]] std::vector<std::string> bestNames();
/// Whether a value of this name is better than another one: a loss where it is less, all else where it is more.
[[nodiscard]] bool isBetter(std::string_view name, double value, double than);

struct TrainingProgress {
  enum class Kind { Step, Epoch, Warning } kind = Kind::Step;
  std::string message = {};   ///< with Kind::Warning: a likely mistake; the other fields then mean nothing
  std::string stage = {};     ///< the part under way: "encoder", "head"; empty: the whole network
  int epoch = 0, epochs = 0;  ///< 1-based, over all stages
  int step = 0, steps = 0;    ///< within the epoch
  double loss = 0.0;          ///< mean over the epoch so far
  double learningRate = 0.0;
  double secondsPerStep = 0.0;
  std::optional<ValidationReport> validation;  ///< with Kind::Epoch, where there is a validation split
  bool isBest = false;                         ///< so far, by options.best
};

struct TrainingResult {
  bool complete = false;  ///< false: stopped; call train() again with the same arguments to go on
  int epochs = 0;         ///< finished ones
  std::optional<ValidationReport> last;
  std::filesystem::path weights;  ///< written where complete
};

/// Trains and writes into `folder`: checkpoint.pth (state to go on from, replaced atomically at the end of each epoch
/// and when stopped), log.csv (one row an epoch), weights.pth with weights.json (state dict as Python's torch.load and
/// Model::load read it), and where options.best asks for them, best.pth and best.json. Where a checkpoint of the same
/// options and pictures is there, goes on from it: the final weights are those of an uninterrupted run, bit for bit on
/// the CPU with the same number of threads. One training a folder at a time: the folder is locked while train() runs.
/// Files of these names that no checkpoint belongs to are somebody's own and never replaced. Throws Error: a folder
/// that another process trains in or that holds such files, a checkpoint of other options (which one), start weights of
/// another network, unreadable pictures, a full disk, a loss or weights that are not finite (the last checkpoint
/// stays). Start weights of another number of outputs give the outputs that both have, which is said. `progress` is
/// called from the calling thread.
TrainingResult train(const TrainingOptions& options, const SampleSource& pictures, const SampleSource* validation,
                     const std::filesystem::path& folder, const std::function<void(const TrainingProgress&)>& progress,
                     std::stop_token stop = {});

}  // namespace oodscope
