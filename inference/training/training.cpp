// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/training.h"

#include "analysis/core/error.h"
#include "analysis/core/thread_supply.h"
#include "analysis/formats/atomic_file.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/torch_reason.h"
#include "inference/networks/backbones.inl.h"
#include "inference/networks/dropout.inl.h"
#include "inference/networks/head.inl.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/weights.inl.h"
#include "inference/training/batches.inl.h"
#include "inference/training/class_weights.inl.h"
#include "inference/training/folder_lock.h"
#include "inference/training/kept_zeros.inl.h"
#include "inference/training/loss.inl.h"
#include "inference/training/network_setup.inl.h"
#include "inference/training/optimiser.inl.h"
#include "inference/training/outlier_exposure.inl.h"
#include "inference/training/reduced_precision.inl.h"
#include "inference/training/schedule.h"
#include "inference/training/start_weights.inl.h"
#include "inference/training/trained_sidecar.inl.h"
#include "inference/training/training_files.h"
#include "inference/training/training_heads.inl.h"
#include "inference/training/training_state.inl.h"
#include "inference/training/validation.inl.h"
#include "inference/training/weight_average.inl.h"

#include <ATen/Parallel.h>
#include <torch/utils.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <thread>

namespace oodscope {
namespace {

namespace files = training_files;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kWhole = 1;  // TrainingState::stage of the last phase, the whole network
constexpr std::uint64_t kStepStream = 3;

StateDict detached(const StateDict& tensors) {
  StateDict out;
  for (const auto& [key, tensor] : tensors) out.emplace_back(key, tensor.detach());
  return out;
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
    require(!m_kind->head.empty() ||
                (options.freeze == Freeze::None && options.headEpochs == 0 && options.backboneRate == 1.0),
            "train: the network's head cannot be told from its backbone");
    require(options.headEpochs >= 0 && options.backboneRate > 0.0, "train: epochs and rates of the head");
    require(options.start.empty() || options.backbone.empty(), "train: begins with whole weights or a backbone's");
    require(options.best.empty() || validation != nullptr, "train: nothing to find the best by");
    require(!options.keepsZeros || !options.start.empty(), "train: zeros are those of weights to begin with");
    requireHeadFits(options, *m_kind);
    m_options.stageEpochs.resize(m_kind->stages.size());
    m_phases = phasesOf(options, *m_kind);
    const int threads = options.threads > 0 ? options.threads : static_cast<int>(std::thread::hardware_concurrency());
    requireThreads(std::max(1, threads));
    at::set_num_threads(std::max(1, threads));
    torch::manual_seed(options.seed);
    if (!options.start.empty() && options.widths.empty()) m_options.widths = widthsLeft(options.start, *m_kind);
    m_network = makeNetwork(*m_kind, shapeToTrain(m_options, m_channels));
    scaleDropout(*m_network, options.dropout);
    setNormMomentum(*m_network, options.normMomentum);
    if (!options.start.empty())
      for (const std::string& text : loadStartWeights(*m_network, *m_kind, options.start)) warn(text);
    if (!options.backbone.empty())
      for (const std::string& text : loadBackbone(*m_network, *m_kind, options.backbone)) warn(text);
    // Of the start, not of a checkpoint to go on from, where a weight may have come to 0 by itself.
    if (options.keepsZeros) m_zeros.emplace(*m_network);
  }

  TrainingResult run() {
    std::error_code failure;
    fs::create_directories(m_folder, failure);
    if (failure) throw Error({.what = "cannot make folder", .found = failure.message(), .file = m_folder});
    const FolderLock lock(m_folder);
    if (!lock.isHeld()) warn("the folder is on a file system without locks: see that no other training writes there");
    files::requireOwnFolder(m_folder);
    files::removeLeftovers(m_folder);
    warnOfOptions();
    const std::string recipe = recipeText(m_options, m_pictures);
    if (auto saved = readTrainingState(checkpointFile(), recipe)) {
      m_state = std::move(*saved);
      m_state.recipe = recipe;
      loadWeights(*m_network, *m_kind, m_state.network, checkpointFile());
    } else {
      m_state.recipe = recipe;
      m_state.stage = kWhole + 1 - static_cast<int>(m_phases.size());
      while (phase().epochs == 0 && m_state.stage < kWhole) ++m_state.stage;
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
      beginPhase();
      while (m_state.epoch < phase().epochs) {
        if (!runEpoch(result)) {
          result.epochs = finishedEpochs();
          return result;
        }
      }
      m_state.optimiser.clear();
      m_state.plateau = {};
    }
    m_state.stage = kWhole;
    m_state.epoch = m_options.epochs;
    writeWeights();
    result.complete = true;
    result.epochs = finishedEpochs();
    result.weights = m_folder / files::kWeights;
    return result;
  }

private:
  [[nodiscard]] fs::path checkpointFile() const { return m_folder / files::kCheckpoint; }
  [[nodiscard]] InputNormalisation normalisation() const {
    return m_options.normalisation.value_or(m_kind->normalisation);
  }
  [[nodiscard]] int voidClass() const { return m_options.trainVoid ? m_channels - 1 : -1; }
  [[nodiscard]] std::size_t phaseIndex() const {
    return static_cast<std::size_t>(static_cast<int>(m_phases.size()) - 1 + m_state.stage - kWhole);
  }
  [[nodiscard]] const TrainingPhase& phase() const { return m_phases[phaseIndex()]; }
  [[nodiscard]] int epochsBefore(std::size_t index) const {
    int epochs = 0;
    for (std::size_t i = 0; i < index; ++i) epochs += m_phases[i].epochs;
    return epochs;
  }
  [[nodiscard]] const SampleSource& picturesOf(int epoch) const { return m_pictures.during(epoch, phase().epochs); }
  /// Of the phase, before its epoch `epoch`.
  [[nodiscard]] std::int64_t stepsBefore(int epoch) const {
    std::int64_t steps = 0;
    for (int i = 0; i < epoch; ++i) steps += Batches::stepsOf(m_options, picturesOf(i));
    return steps;
  }
  /// What is validated and written.
  [[nodiscard]] Network& outputNetwork() { return m_average ? m_average->network() : *m_network; }
  [[nodiscard]] int finishedEpochs() const { return m_state.epoch + epochsBefore(phaseIndex()); }
  [[nodiscard]] int allEpochs() const { return epochsBefore(m_phases.size()); }

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
    if (allEpochs() == 0 && m_options.start.empty() && m_options.backbone.empty())
      warn("no epoch is asked for: the weights written are random");
    if (m_zeros && m_zeros->share() == 0.0)
      warn("no weight of " + m_options.start.filename().string() + " is 0: there are none to keep");
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

  /// Each phase has its own schedule and begins with a fresh optimiser and without gradients: those of the encoder's
  /// own head would otherwise stay at zero, and weight decay would go on moving it.
  void beginPhase() {
    for (at::Tensor& parameter : m_network->parameters()) parameter.mutable_grad() = at::Tensor();
    std::vector<at::Tensor> slower;
    if (m_options.backboneRate != 1.0 && phase().freeze == Freeze::None)
      slower = backboneParameters(*m_network, *m_kind);
    m_optimiser =
        std::make_unique<TrainingOptimiser>(m_options, learnedParameters(*m_network, *m_kind, phase().freeze), slower);
    m_optimiser->load("", m_state.optimiser, checkpointFile());
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
    Batches batches(m_options, picturesOf(m_state.epoch), voidClass(), epoch, normalisation());
    const std::int64_t before = stepsBefore(m_state.epoch), all = stepsBefore(phase().epochs);
    TrainingProgress progress{
        .stage = phase().name, .epoch = epoch + 1, .epochs = allEpochs(), .steps = batches.steps(), .validation = {}};
    const auto begin = Clock::now();
    const int first = m_state.step;
    beginLearning(*m_network, phase().freeze);
    while (m_state.step < batches.steps()) {
      if (m_stop.stop_requested()) {
        writeCheckpoint();
        return false;
      }
      const std::int64_t done = before + m_state.step;
      progress.learningRate = learningRateOf(m_options, {.step = done,
                                                         .steps = all,
                                                         .epoch = m_state.epoch,
                                                         .epochs = phase().epochs,
                                                         .plateau = m_state.plateau.share});
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
    if (m_validation != nullptr && phase().part == nullptr) {
      const auto loss = [this](const std::vector<at::Tensor>& outputs, const at::Tensor& targets) {
        return lossOf(outputs, targets);
      };
      progress.validation = validate(outputNetwork(), *m_validation, m_options, m_stop, loss, normalisation());
      if (!progress.validation) {
        // The epoch's last step is done, its validation is not: it is made again on going on.
        writeCheckpoint();
        return false;
      }
      outcome.last = progress.validation;
      progress.isBest = keepBest(*progress.validation);
    }
    progress.loss = m_state.lossSum / std::max(1, m_state.step);
    if (m_options.schedule == Schedule::Plateau) {
      const bool isValidated = progress.validation && progress.validation->loss;
      observe(m_state.plateau, isValidated ? *progress.validation->loss : progress.loss, m_options.plateauFactor,
              m_options.plateauPatience);
    }
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
    const TrainingStage* part = phase().part;
    if (part != nullptr) {
      // The pixel in the middle of each cell of the part's output.
      const auto every = [part](const at::Tensor& t, int dimension) {
        return t.slice(dimension, part->reduction / 2, c10::nullopt, part->reduction);
      };
      batch.targets = every(every(batch.targets, 1), 2).contiguous();
    }
    if (m_options.device == Device::Cuda) batch = {batch.images.cuda(), batch.targets.cuda()};
    const at::Tensor loss = m_options.auxiliary > 0.0 && part == nullptr
                                ? lossWithAuxiliary(batch)
                                : lossOf(outputsOf(part, batch.images), batch.targets);
    const double value = loss.item<double>();
    if (!std::isfinite(value)) {
      throw Error({.what = "the loss is no longer finite: lower the learning rate and go on from the last checkpoint",
                   .expected = "a number",
                   .found = std::to_string(value),
                   .file = checkpointFile()});
    }
    loss.backward();
    if (m_zeros) m_zeros->maskGradients();
    m_optimiser->setLearningRate(learningRate);
    m_optimiser->step();
    m_state.lossSum += value;
  }

  [[nodiscard]] std::vector<at::Tensor> outputsOf(const TrainingStage* part, const at::Tensor& images) {
    const ReducedPrecision reduced(m_options.reducedPrecision && m_options.device == Device::Cpu);
    return part != nullptr ? std::vector{stageLogits(*part, *m_network, images)} : forwardAll(*m_network, images);
  }

  /// The network's own loss and, each by itself, those of its auxiliary heads: what is hard for one may be easy for
  /// another. Source: CoinCheung/BiSeNet, tools/train_amp.py, with weights of 1.
  [[nodiscard]] at::Tensor lossWithAuxiliary(const Batch& batch) {
    std::vector<at::Tensor> outputs, auxiliary;
    {
      const ReducedPrecision reduced(m_options.reducedPrecision && m_options.device == Device::Cpu);
      const AuxiliaryPass pass = m_network->penultimateWithAuxiliary(batch.images);
      outputs = m_network->classifyAll(pass.features, batch.images.sizes().slice(2));
      auxiliary = pass.auxiliary;
    }
    at::Tensor loss = lossOf(outputs, batch.targets);
    for (const at::Tensor& logits : auxiliary)
      loss = loss + m_options.auxiliary * m_loss->of(lossInput({logits}, batch.targets, voidClass()));
    return loss;
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
    if (!value || (m_state.best && !isBetter(m_options.best, *value, *m_state.best))) return false;
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
    writeFileAtomically(m_folder / files::kLog, std::string_view(m_state.log));
    if (m_state.step == 0) writeWeights();
  }

  void writeWeights() {
    const std::string sidecar = trainedSidecar(m_options, *m_kind, m_pictures);
    writeFileAtomically(m_folder / files::kSidecar, std::string_view(sidecar));
    writeStateDict(m_folder / files::kWeights, detached(stateDictOf(outputNetwork())));
    if (m_state.bestNetwork.empty()) return;
    writeFileAtomically(m_folder / files::kBestSidecar, std::string_view(sidecar));
    writeStateDict(m_folder / files::kBestWeights, m_state.bestNetwork);
  }

  TrainingOptions m_options;
  const SampleSource& m_pictures;
  const SampleSource* m_validation;
  fs::path m_folder;
  const std::function<void(const TrainingProgress&)>& m_progress;
  std::stop_token m_stop;
  const NetworkKind* m_kind;
  int m_channels;
  std::vector<TrainingPhase> m_phases;
  std::shared_ptr<Network> m_network;
  std::unique_ptr<WeightAverage> m_average;  ///< nothing where none is asked for
  std::optional<KeptZeros> m_zeros;
  std::unique_ptr<Loss> m_loss;
  std::unique_ptr<TrainingOptimiser> m_optimiser;
  TrainingState m_state;
};

}  // namespace

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
