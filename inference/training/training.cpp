// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/training.h"

#include "analysis/core/error.h"
#include "analysis/core/thread_supply.h"
#include "analysis/datasets/cityscapes.h"
#include "analysis/formats/atomic_file.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/preprocessing_fields.h"
#include "inference/models/sidecar.h"
#include "inference/models/torch_reason.h"
#include "inference/networks/head.inl.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/state_dict_choice.inl.h"
#include "inference/networks/weights.inl.h"
#include "inference/training/batches.inl.h"
#include "inference/training/folder_lock.h"
#include "inference/training/loss.inl.h"
#include "inference/training/optimiser.inl.h"
#include "inference/training/outlier_exposure.inl.h"
#include "inference/training/reduced_precision.inl.h"
#include "inference/training/schedule.h"
#include "inference/training/training_heads.inl.h"
#include "inference/training/training_state.inl.h"
#include "inference/training/validation.inl.h"
#include "inference/training/weight_average.inl.h"

#include <ATen/Parallel.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/dropout.h>
#include <torch/utils.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <thread>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kWhole = 1;  // TrainingState::stage of the whole network
constexpr std::uint64_t kStepStream = 3;
constexpr std::size_t kPicturesForWeights = 500;

/// 1 / ln(1.02 + share of the learned pixels); a class without pixels weighs 0. Source: Paszke et al., ENet, 2016.
at::Tensor logarithmicWeights(const SampleSource& pictures, int channels, int voidClass) {
  std::vector<double> counts(256, 0.0);
  const std::size_t used = std::min(kPicturesForWeights, pictures.size());
  for (std::size_t i = 0; i < used; ++i) {
    const Sample sample = pictures.read(i * pictures.size() / used);
    for (const std::uint8_t value : sample.classes.values()) counts[value] += 1.0;
  }
  if (voidClass >= 0) counts[static_cast<std::size_t>(voidClass)] = counts[kVoid];
  double total = 0.0;
  for (int i = 0; i < channels; ++i) total += counts[static_cast<std::size_t>(i)];
  if (total == 0.0) {
    throw Error({.what = "the labels hold no pixel to learn from",
                 .expected = "classes 0 to " + std::to_string(channels - 2),
                 .found = std::to_string(used) + " pictures of void",
                 .file = {}});
  }
  at::Tensor weights = at::zeros({channels}, at::kFloat);
  for (int i = 0; i < channels; ++i) {
    const double count = counts[static_cast<std::size_t>(i)];
    if (count > 0.0) weights.data_ptr<float>()[i] = static_cast<float>(1.0 / std::log(1.02 + count / total));
  }
  return weights;
}

/// Convolution weights in channels-last order, which oneDNN and cuDNN run fastest.
void toChannelsLast(Network& network) {
  for (at::Tensor& parameter : network.parameters()) {
    if (parameter.dim() == 4) parameter.set_data(parameter.contiguous(at::MemoryFormat::ChannelsLast));
  }
}

void scaleDropout(Network& network, double factor) {
  for (const auto& module : network.modules(false)) {
    if (auto* dropout = module->as<torch::nn::Dropout2dImpl>()) dropout->options.p(dropout->options.p() * factor);
  }
}

void setNormMomentum(Network& network, double momentum) {
  for (const auto& module : network.modules(false)) {
    if (auto* norm = module->as<torch::nn::BatchNorm2dImpl>()) norm->options.momentum(momentum);
  }
}

/// The weights with the void class's one times `factor`; without weights, all others 1.
at::Tensor withVoidWeight(const at::Tensor& weights, int channels, double factor) {
  if (factor == 1.0) return weights;
  at::Tensor out = weights.defined() ? weights.clone() : at::ones({channels}, at::kFloat);
  out[channels - 1] *= factor;
  return out;
}

StateDict detached(const StateDict& tensors) {
  StateDict out;
  for (const auto& [key, tensor] : tensors) out.emplace_back(key, tensor.detach());
  return out;
}

constexpr const char* kCheckpoint = "checkpoint.pth";
constexpr const char* kLog = "log.csv";
constexpr const char* kWeights = "weights.pth";
constexpr const char* kSidecar = "weights.json";
constexpr const char* kBestWeights = "best.pth";
constexpr const char* kBestSidecar = "best.json";

/// Removes what a killed program left of files that it was about to put in place: their names end in ".part-" and its
/// process and serial number, or the six characters of mkstemp of versions before.
void removeLeftovers(const fs::path& folder) {
  constexpr std::size_t random = 6;
  const auto isPart = [](std::string_view end) {
    const auto all = [end](auto fits) { return !end.empty() && std::all_of(end.begin(), end.end(), fits); };
    return all([](unsigned char c) { return std::isdigit(c) != 0 || c == '-'; }) ||
           (end.size() == random && all([](unsigned char c) { return std::isalnum(c) != 0; }));
  };
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(folder, failure)) {
    const std::string name = entry.path().filename().string();
    for (const char* own : {kCheckpoint, kLog, kWeights, kSidecar, kBestWeights, kBestSidecar}) {
      const std::string start = std::string(own) + ".part-";
      if (name.starts_with(start) && isPart(std::string_view(name).substr(start.size())) &&
          entry.is_regular_file(failure))
        fs::remove(entry.path(), failure);
    }
  }
}

/// A checkpoint is written before all else: files without one are not a training's of this program.
void requireOwnFolder(const fs::path& folder) {
  std::error_code failure;
  if (fs::exists(folder / kCheckpoint, failure)) return;
  for (const char* own : {kLog, kWeights, kSidecar, kBestWeights, kBestSidecar}) {
    if (!fs::exists(folder / own, failure)) continue;
    throw Error({.what = "the folder holds a file that training would replace: name another folder, or move it away",
                 .expected = std::string("an empty folder, or a training's with its ") + kCheckpoint,
                 .found = std::string(own) + " without a checkpoint",
                 .file = folder});
  }
}

void requireFinite(const StateDict& tensors, const fs::path& checkpoint) {
  for (const auto& [key, tensor] : tensors) {
    if (!tensor.is_floating_point() || at::isfinite(tensor).all().item<bool>()) continue;
    throw Error({.what = "the weights are no longer finite: lower the learning rate and begin again, or go on from the "
                         "last checkpoint",
                 .expected = "numbers",
                 .found = "NaN or infinity in " + key,
                 .file = checkpoint});
  }
}

class Training {
public:
  Training(const TrainingOptions& options, const SampleSource& pictures, const SampleSource* validation,
           fs::path folder, const std::function<void(const TrainingProgress&)>& progress, std::stop_token stop)
      : m_options(options),
        m_pictures(pictures),
        m_validation(validation),
        m_folder(std::move(folder)),
        m_progress(progress),
        m_stop(std::move(stop)),
        m_kind(networkKind(options.network)),
        m_channels(pictures.classes() + 1) {
    require(m_kind != nullptr, "train: unknown network");
    require(pictures.size() > 0 && options.batch > 0 && options.epochs >= 0 &&
                std::none_of(options.stageEpochs.begin(), options.stageEpochs.end(), [](int n) { return n < 0; }),
            "train: nothing to train on");
    require(options.stageEpochs.size() <= m_kind->stages.size(), "train: the network has no such stage");
    require(options.input.width % m_kind->sizeMultiple == 0 && options.input.height % m_kind->sizeMultiple == 0,
            "train: input is no multiple of what the network needs");
    require(options.trainVoid || (options.outlierExposure == 0.0 && options.voidWeight == 1.0),
            "train: outlier exposure and a void weight need the void class");
    require(options.best.empty() || validation != nullptr, "train: nothing to find the best by");
    requireHeadFits(options, *m_kind);
    m_options.stageEpochs.resize(m_kind->stages.size());
    const int threads = options.threads > 0 ? options.threads : static_cast<int>(std::thread::hardware_concurrency());
    requireThreads(std::max(1, threads));
    at::set_num_threads(std::max(1, threads));
    torch::manual_seed(options.seed);
    m_network = makeNetwork(*m_kind, shapeToTrain(options, m_channels));
    scaleDropout(*m_network, options.dropout);
    setNormMomentum(*m_network, options.normMomentum);
    if (!options.start.empty()) loadStart();
  }

  TrainingResult run() {
    std::error_code failure;
    fs::create_directories(m_folder, failure);
    if (failure) throw Error({.what = "cannot make folder", .found = failure.message(), .file = m_folder});
    const FolderLock lock(m_folder);
    if (!lock.isHeld()) warn("the folder is on a file system without locks: see that no other training writes there");
    requireOwnFolder(m_folder);
    removeLeftovers(m_folder);
    warnOfOptions();
    const std::string recipe = recipeText(m_options, m_pictures);
    if (auto saved = readTrainingState(checkpointFile(), recipe)) {
      m_state = std::move(*saved);
      m_state.recipe = recipe;
      loadWeights(*m_network, *m_kind, m_state.network, checkpointFile());
    } else {
      m_state.recipe = recipe;
      m_state.stage = kWhole - static_cast<int>(m_kind->stages.size());
      while (epochsOfStage() == 0 && m_state.stage < kWhole) ++m_state.stage;
      m_state.log = logHeading();
      if (m_options.classWeights == ClassWeights::Logarithmic) {
        m_state.classWeights = logarithmicWeights(m_pictures, m_channels, voidClass());
      }
    }
    toChannelsLast(*m_network);
    if (m_options.device == Device::Cuda) m_network->to(at::kCUDA);
    startAverage();
    at::Tensor weights = withVoidWeight(m_state.classWeights, m_channels, m_options.voidWeight);
    if (weights.defined() && m_options.device == Device::Cuda) weights = weights.cuda();
    m_loss = makeLoss(m_options.loss, weights, m_options.lossParameters);

    TrainingResult result;
    for (; m_state.stage <= kWhole; ++m_state.stage, m_state.epoch = 0) {
      // Each stage has its own schedule and begins with a fresh optimiser and without gradients: those of the encoder's
      // own head would otherwise stay at zero, and weight decay would go on moving it.
      for (at::Tensor& parameter : m_network->parameters()) parameter.mutable_grad() = at::Tensor();
      m_optimiser = std::make_unique<TrainingOptimiser>(m_options, m_network->parameters());
      m_optimiser->load("", m_state.optimiser, checkpointFile());
      while (m_state.epoch < epochsOfStage()) {
        if (!runEpoch(result)) {
          result.epochs = finishedEpochs();
          return result;
        }
      }
      m_state.optimiser.clear();
    }
    m_state.stage = kWhole;
    m_state.epoch = m_options.epochs;
    writeWeights();
    result.complete = true;
    result.epochs = finishedEpochs();
    result.weights = m_folder / kWeights;
    return result;
  }

private:
  [[nodiscard]] fs::path checkpointFile() const { return m_folder / kCheckpoint; }
  [[nodiscard]] int voidClass() const { return m_options.trainVoid ? m_channels - 1 : -1; }
  /// The part that is trained alone, by its index in the kind's stages; their count for the whole network.
  [[nodiscard]] std::size_t stageIndex() const {
    return static_cast<std::size_t>(static_cast<int>(m_kind->stages.size()) + m_state.stage - kWhole);
  }
  [[nodiscard]] const TrainingStage* stage() const {
    return stageIndex() < m_kind->stages.size() ? &m_kind->stages[stageIndex()] : nullptr;
  }
  [[nodiscard]] int epochsOfStage() const {
    return stage() != nullptr ? m_options.stageEpochs[stageIndex()] : m_options.epochs;
  }
  [[nodiscard]] int epochsBefore(std::size_t index) const {
    const auto begin = m_options.stageEpochs.begin();
    return std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(index), 0);
  }
  /// What is validated and written.
  [[nodiscard]] Network& outputNetwork() { return m_average ? m_average->network() : *m_network; }
  [[nodiscard]] int finishedEpochs() const { return m_state.epoch + epochsBefore(stageIndex()); }
  [[nodiscard]] int allEpochs() const { return m_options.epochs + epochsBefore(m_options.stageEpochs.size()); }

  void warn(const std::string& message) const {
    TrainingProgress said;
    said.kind = TrainingProgress::Kind::Warning;
    said.message = message;
    m_progress(said);
  }

  void warnOfOptions() const {
    if (static_cast<std::size_t>(m_options.batch) > m_pictures.size()) {
      warn("a batch of " + std::to_string(m_options.batch) + " is more than the " + std::to_string(m_pictures.size()) +
           " pictures there are: batches hold " + std::to_string(m_pictures.size()));
    }
    if (allEpochs() == 0 && m_options.start.empty()) warn("no epoch is asked for: the weights written are random");
  }

  void startAverage() {
    if (m_options.weightAverage <= 0.0) return;
    std::shared_ptr<Network> average = makeNetwork(*m_kind, shapeToTrain(m_options, m_channels));
    loadWeights(*average, *m_kind, m_state.average.empty() ? stateDictOf(*m_network) : m_state.average,
                checkpointFile());
    toChannelsLast(*average);
    if (m_options.device == Device::Cuda) average->to(at::kCUDA);
    average->eval();
    m_average = std::make_unique<WeightAverage>(std::move(average), m_options.weightAverage);
  }

  void loadStart() {
    const auto sidecar = readSidecar(m_options.start);
    const ChosenStateDict chosen =
        chooseStateDict(readCheckpoint(m_options.start), sidecar ? sidecar->stateDict : "", m_options.start);
    if (chosen.kind != m_kind) {
      throw Error({.what = "the weights to begin with are of another network",
                   .expected = m_kind->name,
                   .found = chosen.kind->name,
                   .file = m_options.start});
    }
    const bool isOtherHead = chosen.shape.head != m_network->shape().head;
    const LoadRemarks remarks = isOtherHead ? loadUnderHead(*m_network, chosen, m_options.start)
                                            : loadWeights(*m_network, *m_kind, chosen.tensors, m_options.start);
    for (const auto* texts : {&chosen.warnings, &remarks.warnings}) {
      for (const std::string& text : *texts) warn(m_options.start.filename().string() + ": " + text);
    }
  }

  /// A loss far above that of guessing means a training that has failed, though every number is finite.
  void warnOfLoss(double loss) const {
    constexpr double far = 5.0;
    const double guessing = std::log(static_cast<double>(m_channels));
    if (loss > far * guessing) {
      warn("the loss of " + std::to_string(loss) + " is far above that of guessing, ln " + std::to_string(m_channels) +
           " = " + std::to_string(guessing) + ": the learning rate may be too high");
    } else if (loss == 0.0) {
      warn("the loss is exactly 0: do the labels hold any pixel to learn from?");
    }
  }

  /// The rest of the epoch under way. False where stopped; a checkpoint is written either way.
  bool runEpoch(TrainingResult& outcome) {
    const int epoch = finishedEpochs();
    Batches batches(m_options, m_pictures, voidClass(), epoch, m_kind->normalisation);
    TrainingProgress progress{.stage = stage() != nullptr ? stage()->name : std::string(),
                              .epoch = epoch + 1,
                              .epochs = allEpochs(),
                              .steps = batches.steps(),
                              .validation = {}};
    const auto begin = Clock::now();
    const int first = m_state.step;
    m_network->train();
    while (m_state.step < batches.steps()) {
      if (m_stop.stop_requested()) {
        writeCheckpoint();
        return false;
      }
      const std::int64_t done = std::int64_t{m_state.epoch} * batches.steps() + m_state.step;
      progress.learningRate =
          warmUpAt(done, m_options.warmUpSteps) * learningRateAt(m_options.schedule, m_options.learningRate, done,
                                                                 std::int64_t{epochsOfStage()} * batches.steps());
      learn(batches.take(m_state.step), progress.learningRate,
            mixSeeds(m_options.seed,
                     static_cast<std::uint64_t>(epoch) << 32U | static_cast<std::uint32_t>(m_state.step), kStepStream));
      if (m_average) m_average->add(*m_network, done);
      ++m_state.step;
      progress.step = m_state.step;
      progress.loss = m_state.lossSum / m_state.step;
      progress.secondsPerStep = std::chrono::duration<double>(Clock::now() - begin).count() / (m_state.step - first);
      m_progress(progress);
      if (m_options.stepsBetweenCheckpoints > 0 && m_state.step < batches.steps() &&
          m_state.step % m_options.stepsBetweenCheckpoints == 0) {
        writeCheckpoint();
      }
    }
    if (m_validation != nullptr && stage() == nullptr) {
      progress.validation = validate(outputNetwork(), *m_validation, m_options, m_stop, m_kind->normalisation);
      if (!progress.validation) {
        // The epoch's last step is done, its validation is not: it is made again on going on.
        writeCheckpoint();
        return false;
      }
      outcome.last = progress.validation;
      progress.isBest = keepBest(*progress.validation);
    }
    progress.loss = m_state.lossSum / std::max(1, m_state.step);
    m_state.log += logLine(progress);
    ++m_state.epoch;
    m_state.step = 0;
    m_state.lossSum = 0.0;
    writeCheckpoint();
    progress.kind = TrainingProgress::Kind::Epoch;
    m_progress(progress);
    warnOfLoss(progress.loss);
    return true;
  }

  void learn(Batch batch, double learningRate, std::uint64_t seed) {
    torch::manual_seed(seed);  // of dropout
    const TrainingStage* part = stage();
    if (part != nullptr) {
      // The pixel in the middle of each cell of the part's output.
      const auto every = [part](const at::Tensor& t, int dimension) {
        return t.slice(dimension, part->reduction / 2, c10::nullopt, part->reduction);
      };
      batch.targets = every(every(batch.targets, 1), 2).contiguous();
    }
    if (m_options.device == Device::Cuda) batch = {batch.images.cuda(), batch.targets.cuda()};
    const at::Tensor loss = lossOf(outputsOf(part, batch.images), batch.targets);
    const double value = loss.item<double>();
    if (!std::isfinite(value)) {
      throw Error({.what = "the loss is no longer finite: lower the learning rate and go on from the last checkpoint",
                   .expected = "a number",
                   .found = std::to_string(value),
                   .file = checkpointFile()});
    }
    loss.backward();
    m_optimiser->setLearningRate(learningRate);
    m_optimiser->step();
    m_state.lossSum += value;
  }

  [[nodiscard]] std::vector<at::Tensor> outputsOf(const TrainingStage* part, const at::Tensor& images) {
    const ReducedPrecision reduced(m_options.reducedPrecision && m_options.device == Device::Cpu);
    return part != nullptr ? std::vector{stageLogits(*part, *m_network, images)} : forwardAll(*m_network, images);
  }

  [[nodiscard]] at::Tensor lossOf(const std::vector<at::Tensor>& outputs, const at::Tensor& targets) const {
    const LossInput in = lossInput(outputs, targets, voidClass());
    at::Tensor loss = m_loss->of(in);
    if (m_options.outlierExposure > 0.0)
      loss = loss + m_options.outlierExposure * outlierExposure(in.logits, in.targets, voidClass());
    return loss;
  }

  /// Whether the weights are the best so far by what is asked for; they are then kept.
  bool keepBest(const ValidationReport& report) {
    if (m_options.best.empty()) return false;
    const std::optional<double> value = valueOf(report, m_options.best);
    if (!value || (m_state.best && *value <= *m_state.best)) return false;
    m_state.best = value;
    m_state.bestNetwork.clear();
    for (const auto& [key, tensor] : stateDictOf(outputNetwork()))
      m_state.bestNetwork.emplace_back(key, tensor.detach().clone());
    return true;
  }

  /// The log follows the checkpoint, which holds it: whatever is interrupted, going on makes both whole.
  void writeCheckpoint() {
    m_state.network = detached(stateDictOf(*m_network));
    requireFinite(m_state.network, checkpointFile());
    if (m_average) m_state.average = detached(stateDictOf(m_average->network()));
    m_state.optimiser.clear();
    m_optimiser->save("", m_state.optimiser);
    writeTrainingState(m_state, checkpointFile());
    writeFileAtomically(m_folder / kLog, std::string_view(m_state.log));
    if (m_state.step == 0) writeWeights();
  }

  void writeWeights() {
    writeFileAtomically(m_folder / kSidecar, std::string_view(sidecarText()));
    writeStateDict(m_folder / kWeights, detached(stateDictOf(outputNetwork())));
    if (m_state.bestNetwork.empty()) return;
    writeFileAtomically(m_folder / kBestSidecar, std::string_view(sidecarText()));
    writeStateDict(m_folder / kBestWeights, m_state.bestNetwork);
  }

  [[nodiscard]] std::string sidecarText() const {
    // Batches are made as any other input: by the default rule, normalised as the kind says.
    const Normalisation& applied = m_kind->normalisation;
    auto sidecar = nlohmann::ordered_json::parse(Value(fieldsOf({.input = m_options.input,
                                                                 .scale = applied.scale,
                                                                 .mean = applied.mean,
                                                                 .deviation = applied.deviation}))
                                                     .json());
    std::vector<std::string> names;
    const std::vector<std::string> cityscapes = cityscapesNames();
    for (int i = 0; i + 1 < m_channels; ++i) {
      const bool isCityscapes = static_cast<int>(cityscapes.size()) == m_channels - 1;
      names.push_back(isCityscapes ? cityscapes[static_cast<std::size_t>(i)] : "class " + std::to_string(i));
    }
    const bool isVoidTrained = trainsVoidChannel(m_options);
    names.emplace_back(isVoidTrained ? "void" : "void (untrained)");
    sidecar["channels"] = names;
    sidecar["known_classes"] = m_channels - 1;
    sidecar["void_channel"] = isVoidTrained ? voidClass() : -1;
    for (const NetworkOption& option : withHeadOptions(*m_kind, m_network->shape()).options)
      sidecar[option.name] = option.values.front().name;
    sidecar["description"] = m_options.network + " trained on " + m_pictures.identity();
    return sidecar.dump(2) + "\n";
  }

  TrainingOptions m_options;
  const SampleSource& m_pictures;
  const SampleSource* m_validation;
  fs::path m_folder;
  const std::function<void(const TrainingProgress&)>& m_progress;
  std::stop_token m_stop;
  const NetworkKind* m_kind;
  int m_channels;
  std::shared_ptr<Network> m_network;
  std::unique_ptr<WeightAverage> m_average;  ///< nothing where none is asked for
  std::unique_ptr<Loss> m_loss;
  std::unique_ptr<TrainingOptimiser> m_optimiser;
  TrainingState m_state;
};

}  // namespace

std::vector<TrainableNetwork> trainableNetworks() {
  std::vector<TrainableNetwork> out;
  for (const NetworkKind& kind : networkKinds()) {
    if (kind.arrays) continue;  // losses are of logits
    TrainableNetwork& network = out.emplace_back();
    network.name = kind.name;
    network.widths = kind.widths;
    network.widthsHelp = kind.widthsHelp;
    network.sizeMultiple = kind.sizeMultiple;
    for (const TrainingStage& stage : kind.stages) network.stages.push_back(stage.name);
  }
  return out;
}

TrainableNetwork trainableNetwork(std::string_view name) {
  const NetworkKind* kind = networkKind(name);
  require(kind != nullptr, "trainableNetwork: unknown network");
  for (TrainableNetwork& network : trainableNetworks())
    if (network.name == kind->name) return std::move(network);
  throw ContractViolation("trainableNetwork: not listed");
}

TrainingResult train(const TrainingOptions& options, const SampleSource& pictures, const SampleSource* validation,
                     const fs::path& folder, const std::function<void(const TrainingProgress&)>& progress,
                     std::stop_token stop) {
  try {
    return Training(options, pictures, validation, folder, progress, std::move(stop)).run();
  } catch (const c10::Error& error) {
    throw Error({.what = "training failed inside LibTorch", .found = torchReason(error), .file = folder});
  }
}

}  // namespace oodscope
