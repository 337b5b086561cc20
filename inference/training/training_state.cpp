// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/method_kinds.h"
#include "inference/training/training_state.inl.h"

#include "analysis/core/error.h"
#include "analysis/core/numbers.h"
#include "analysis/core/sha256.h"
#include "analysis/core/size_text.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/training/cut_outs.h"
#include "inference/training/loss_parameters.h"
#include "inference/training/schedule.h"
#include "inference/training/training_heads.inl.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/isfinite.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <set>
#include <sstream>

namespace oodscope {
namespace {

constexpr std::string_view kNetwork = "network.", kOptimiser = "optimizer.", kAverage = "average.", kBest = "best.";

/// 17 digits tell any two numbers apart. The recipe is compared with an older run's: the text must stay.
std::string numberText(double value) { return generalText(value, 17); }

at::Tensor textTensor(const std::string& text) {
  at::Tensor out = at::empty({static_cast<std::int64_t>(text.size())}, at::kByte);
  if (!text.empty()) std::memcpy(out.data_ptr(), text.data(), text.size());
  return out;
}

std::string textOf(const at::Tensor& tensor) {
  const at::Tensor bytes = tensor.to(at::kByte).contiguous();
  std::string out(static_cast<std::size_t>(bytes.numel()), ' ');
  if (!out.empty()) std::memcpy(out.data(), bytes.data_ptr(), out.size());
  return out;
}

at::Tensor scalar(double value) {
  at::Tensor out = at::empty({1}, at::kDouble);
  *out.data_ptr<double>() = value;
  return out;
}

std::set<std::string> linesOf(const std::string& text) {
  std::istringstream in(text);
  std::set<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.insert(line);
  return lines;
}

/// Lines of `a` that `b` lacks, joined.
std::string difference(const std::string& a, const std::string& b) {
  const auto left = linesOf(a), right = linesOf(b);
  std::string out;
  for (const std::string& line : left) {
    if (right.contains(line)) continue;
    if (!out.empty()) out += "; ";
    out += line;
  }
  return out.empty() ? "nothing of the kind" : out;
}

/// "focal 2": the loss and the values of its parameters.
std::string lossText(const std::string& loss, const LossParameters& given) {
  std::string out = loss;
  for (const double value : lossValues(loss, given)) out.append(" ").append(numberText(value));
  return out;
}

bool hasParameters(const std::string& loss) {
  const std::vector<std::string> names = lossNames();
  return std::find(names.begin(), names.end(), loss) != names.end() && !parametersOf(loss).empty();
}

std::string joined(const std::vector<int>& values, const char* between) {
  std::string out;
  for (const int value : values) {
    if (!out.empty()) out += between;
    out += std::to_string(value);
  }
  return out;
}

/// A recipe as it is written today: earlier ones name the schedule by a number and give every loss a gamma.
std::string modernRecipe(const std::string& text) {
  static constexpr std::string_view schedule = "schedule: ", loss = "loss: ";
  std::istringstream in(text);
  std::string out;
  for (std::string line; std::getline(in, line); out += line + "\n") {
    if (line.size() == schedule.size() + 1 && line.starts_with(schedule)) {
      const int number = line.back() - '0';
      if (number >= 0 && number <= static_cast<int>(Schedule::Cosine))
        line = std::string(schedule) + std::string(scheduleName(static_cast<Schedule>(number)));
    } else if (line.starts_with(loss)) {
      const auto end = line.find(' ', loss.size());
      if (end != std::string::npos && !hasParameters(line.substr(loss.size(), end - loss.size()))) line.resize(end);
    }
  }
  return out;
}

/// A log as it is written today: those of earlier versions have fewer columns, the missing ones the last.
std::string modernLog(const std::string& text) {
  const std::string heading = logHeading();
  const std::string first = text.substr(0, text.find('\n'));
  const auto columns = [](const std::string& line) { return std::count(line.begin(), line.end(), ','); };
  if (!heading.starts_with(first) || columns(first) == columns(heading)) return text;
  const std::string missing(static_cast<std::size_t>(columns(heading) - columns(first)), ',');
  std::istringstream in(text);
  std::string out = heading, line;
  std::getline(in, line);
  while (std::getline(in, line)) out += line + missing + "\n";
  return out;
}

/// A cell of log.csv, after its comma.
void addPercent(std::string& line, const std::optional<double>& fraction) {
  line += ',';
  if (fraction) line += fixedText(*fraction * 100.0, 3);
}

/// Those with columns in log.csv, whether or not the network can be scored with them.
std::vector<std::string> logMethods() {
  std::vector<std::string> out;
  for (const Method method : allMethods())
    if (method.kind().isInTrainingLog) out.emplace_back(method.name());
  return out;
}

const char* optimiserName(Optimiser optimiser) {
  if (optimiser == Optimiser::AdamW) return "adamw";
  return optimiser == Optimiser::Adam ? "adam" : "sgd";
}

/// The same of learning rates and of what is learned.
void addLaterRates(const TrainingOptions& options, std::ostringstream& out) {
  const TrainingOptions usual;
  if (options.isRateByEpoch) out << "learning rate: by epoch\n";
  if (options.schedule == Schedule::Step)
    out << "step: " << numberText(options.stepFactor) << " " << options.stepEpochs << "\n";
  if (options.schedule == Schedule::Plateau)
    out << "plateau: " << numberText(options.plateauFactor) << " " << options.plateauPatience << "\n";
  if (options.finalLearningRate != usual.finalLearningRate)
    out << "final learning rate: " << numberText(options.finalLearningRate) << "\n";
  if (options.backboneRate != usual.backboneRate) out << "backbone rate: " << numberText(options.backboneRate) << "\n";
  if (options.freeze != usual.freeze)
    out << "frozen: " << (options.freeze == Freeze::Probe ? "backbone and statistics" : "backbone") << "\n";
  if (options.headEpochs != usual.headEpochs) out << "head epochs: " << options.headEpochs << "\n";
}

/// Options that earlier versions had not, a line each where they differ from what was done then, so that a training of
/// then goes on.
void addLaterOptions(const TrainingOptions& options, std::ostringstream& out) {
  const TrainingOptions usual;
  const auto add = [&](const char* name, double value, double initial) {
    if (value != initial) out << name << ": " << numberText(value) << "\n";
  };
  add("void weight", options.voidWeight, usual.voidWeight);
  add("outlier exposure", options.outlierExposure, usual.outlierExposure);
  add("gradient clip", options.gradientClip, usual.gradientClip);
  add("warm-up", options.warmUpSteps, usual.warmUpSteps);
  add("weight average", options.weightAverage, usual.weightAverage);
  add("norm momentum", options.normMomentum, usual.normMomentum);
  add("channels", options.augmentation.channels, usual.augmentation.channels);
  add("pasted", options.augmentation.pasted, usual.augmentation.pasted);
  add("negative rectangles", options.negativeRectangles, usual.negativeRectangles);
  if (!options.negatives.empty()) out << CutOuts(options.negatives).identity() << "\n";
  if (options.ignoresOwnVoid) out << "void of the pictures: left out\n";
  if (const std::string head = headText(options); !head.empty()) out << "head: " << head << "\n";
  add("auxiliary heads", options.auxiliary, usual.auxiliary);
  if (options.reducedPrecision) out << "precision: bfloat16\n";
  if (options.keepsZeros) out << "zeros: kept\n";
  if (!options.backbone.empty()) out << "backbone: " << sha256OfFile(options.backbone) << "\n";
  if (!options.best.empty()) out << "best by: " << options.best << "\n";
  addLaterRates(options, out);
  add("shift", options.augmentation.shift, usual.augmentation.shift);
  if (!options.augmentation.scales.empty()) {
    out << "scales:";
    for (const double scale : options.augmentation.scales) out << " " << numberText(scale);
    out << "\n";
  }
  if (options.normalisation) {
    out << "normalisation: " << numberText(options.normalisation->scale);
    for (const auto* values : {&options.normalisation->mean, &options.normalisation->deviation})
      for (const double value : *values) out << " " << numberText(value);
    out << "\n";
  }
}

}  // namespace

std::string recipeText(const TrainingOptions& options, const SampleSource& pictures) {
  std::ostringstream out;
  const Augmentation& vary = options.augmentation;
  const NetworkKind* kind = networkKind(options.network);
  std::vector<int> stageEpochs = options.stageEpochs;
  stageEpochs.resize(std::max({std::size_t{1}, stageEpochs.size(), kind == nullptr ? 0 : kind->stages.size()}));
  out << "network: " << options.network << " ";
  if (kind != nullptr)
    for (const NetworkOption& option : kind->options) out << option.values.front().name << " ";
  out << joined(options.widths.empty() && kind != nullptr ? kind->widths : options.widths, " ")
      << "\nvoid class: " << (options.trainVoid ? "trained" : "left out")
      << "\nloss: " << lossText(options.loss, options.lossParameters)
      << "\nclass weights: " << (options.classWeights == ClassWeights::Equal ? "equal" : "logarithmic")
      << "\noptimiser: " << optimiserName(options.optimiser) << " " << numberText(options.learningRate) << " "
      << numberText(options.momentum) << " " << numberText(options.weightDecay)
      << "\nschedule: " << scheduleName(options.schedule) << "\ndropout: " << numberText(options.dropout)
      << "\nepochs: " << joined(stageEpochs, " + ") << " + " << options.epochs << "\nbatch: " << options.batch
      << "\ninput: " << sizeText(options.input) << "\nvariation: " << (vary.flip ? "flip " : "")
      << numberText(vary.smallest) << " " << numberText(vary.largest) << " " << sizeText(vary.crop) << " "
      << numberText(vary.brightness) << " " << numberText(vary.contrast) << " " << numberText(vary.saturation)
      << "\nseed: " << options.seed << "\nstart: " << (options.start.empty() ? "random" : sha256OfFile(options.start))
      << "\ndevice: " << (options.device == Device::Cuda ? "cuda" : "cpu") << "\npictures: " << pictures.identity()
      << "\n";
  addLaterOptions(options, out);
  return out.str();
}

void requireFinite(const StateDict& tensors, const std::filesystem::path& checkpoint) {
  for (const auto& [key, tensor] : tensors) {
    if (!tensor.is_floating_point() || at::isfinite(tensor).all().item<bool>()) continue;
    throw Error({.what = "the weights are no longer finite: lower the learning rate and begin again, or go on from the "
                         "last checkpoint",
                 .expected = "numbers",
                 .found = "NaN or infinity in " + key,
                 .file = checkpoint});
  }
}

void writeTrainingState(const TrainingState& state, const std::filesystem::path& file) {
  StateDict out;
  out.emplace_back("recipe", textTensor(state.recipe));
  out.emplace_back("log", textTensor(state.log));
  out.emplace_back("stage", scalar(state.stage));
  out.emplace_back("epoch", scalar(state.epoch));
  out.emplace_back("step", scalar(state.step));
  out.emplace_back("loss_sum", scalar(state.lossSum));
  if (state.classWeights.defined()) out.emplace_back("class_weights", state.classWeights);
  for (const auto& [key, tensor] : state.network) out.emplace_back(std::string(kNetwork) + key, tensor);
  if (state.best) out.emplace_back("best_value", scalar(*state.best));
  if (state.plateau.least) {
    out.emplace_back("plateau_least", scalar(*state.plateau.least));
    out.emplace_back("plateau_waited", scalar(state.plateau.waited));
    out.emplace_back("plateau_share", scalar(state.plateau.share));
  }
  for (const auto& [key, tensor] : state.average) out.emplace_back(std::string(kAverage) + key, tensor);
  for (const auto& [key, tensor] : state.bestNetwork) out.emplace_back(std::string(kBest) + key, tensor);
  for (const auto& [key, tensor] : state.optimiser) out.emplace_back(std::string(kOptimiser) + key, tensor);
  writeStateDict(file, out);
}

namespace {

/// What not every training's checkpoint holds.
void takeOptional(const std::string& key, const at::Tensor& tensor, TrainingState& state) {
  const auto takeBelow = [&](std::string_view prefix, StateDict& out) {
    if (key.starts_with(prefix)) out.emplace_back(key.substr(prefix.size()), tensor);
  };
  if (key == "class_weights") state.classWeights = tensor;
  if (key == "best_value") state.best = tensor.item<double>();
  if (key == "plateau_least") state.plateau.least = tensor.item<double>();
  if (key == "plateau_waited") state.plateau.waited = static_cast<int>(tensor.item<double>());
  if (key == "plateau_share") state.plateau.share = tensor.item<double>();
  takeBelow(kNetwork, state.network);
  takeBelow(kAverage, state.average);
  takeBelow(kBest, state.bestNetwork);
  takeBelow(kOptimiser, state.optimiser);
}

}  // namespace

std::optional<TrainingState> readTrainingState(const std::filesystem::path& file, const std::string& recipe) {
  std::error_code failure;
  if (!std::filesystem::exists(file, failure)) return std::nullopt;
  const StateDict tensors = readCheckpoint(file).tensors();
  const auto need = [&](const char* name) -> const at::Tensor& {
    for (const auto& [key, tensor] : tensors) {
      if (key == name && tensor.numel() > 0) return tensor;
    }
    throw Error({.what = "not a training's checkpoint",
                 .expected = std::string("a tensor '") + name + "'",
                 .found = std::to_string(tensors.size()) + " other tensors",
                 .file = file});
  };
  TrainingState state;
  state.recipe = modernRecipe(textOf(need("recipe")));
  if (state.recipe != recipe) {
    throw Error({.what = "the folder holds a training with other options or pictures: name another folder, or the same "
                         "options",
                 .expected = difference(recipe, state.recipe),
                 .found = difference(state.recipe, recipe),
                 .file = file});
  }
  state.log = modernLog(textOf(need("log")));
  state.stage = static_cast<int>(need("stage").item<double>());
  state.epoch = static_cast<int>(need("epoch").item<double>());
  state.step = static_cast<int>(need("step").item<double>());
  state.lossSum = need("loss_sum").item<double>();
  for (const auto& [key, tensor] : tensors) takeOptional(key, tensor, state);
  return state;
}

std::string logHeading() {
  std::string out = "epoch,stage,steps,learning_rate,loss,seconds_per_step,miou,accuracy";
  for (const std::string& method : logMethods()) {
    for (const char* metric : {",ap_", ",fpr95_"}) {
      out += metric;
      out += method;
    }
  }
  out += ",validation_loss\n";
  return out;
}

std::string logLine(const TrainingProgress& epoch) {
  std::string out = std::to_string(epoch.epoch) + "," + (epoch.stage.empty() ? "network" : epoch.stage) + "," +
                    std::to_string(epoch.steps) + ',' + generalText(epoch.learningRate, 9) + ',' +
                    fixedText(epoch.loss, 6) + ',' + fixedText(epoch.secondsPerStep, 3);
  const ValidationReport report = epoch.validation.value_or(ValidationReport{});
  addPercent(out, report.miou);
  addPercent(out, report.accuracy);
  for (const std::string& method : logMethods()) {
    const auto found = std::find_if(report.anomalies.begin(), report.anomalies.end(),
                                    [&](const auto& anomaly) { return anomaly.method == method; });
    const bool has = found != report.anomalies.end();
    addPercent(out, has ? found->ap : std::nullopt);
    addPercent(out, has ? found->fpr95 : std::nullopt);
  }
  out += ',';
  if (report.loss) out += fixedText(*report.loss, 6);
  out += '\n';
  return out;
}

}  // namespace oodscope
