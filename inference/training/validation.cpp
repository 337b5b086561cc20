// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/protocol_rules.h"
#include "analysis/scores/method_kinds.h"
#include "inference/training/validation.inl.h"

#include "analysis/metrics/confusion.h"
#include "analysis/metrics/evaluate_set.h"
#include "analysis/scores/score_function.h"
#include "inference/training/batches.inl.h"
#include "inference/training/training_heads.inl.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <memory>
#include <numeric>

namespace oodscope {
namespace {

constexpr std::string_view kMiou = "miou", kLoss = "loss";

struct MethodScores {
  ScoreParameters parameters;
  std::vector<std::shared_ptr<const ScoreMap>> frames;  ///< those whose label is known
};

std::vector<MethodScores> methodsFor(int classes, bool hasVoid) {
  std::vector<int> channels(static_cast<std::size_t>(classes));
  std::iota(channels.begin(), channels.end(), 0);
  std::vector<MethodScores> methods;
  const int voidChannel = hasVoid ? classes : -1;
  for (const Method method : allMethods()) {
    if (!method.kind().isInTrainingLog) continue;
    if (method.whyNot({.channels = classes + (hasVoid ? 1 : 0), .voidChannel = voidChannel})) continue;
    methods.push_back({{.method = method, .channels = channels, .voidChannel = voidChannel}, {}});
  }
  return methods;
}

class EvaluationMode {
public:
  explicit EvaluationMode(Network& network) : m_network(network), m_wasTraining(network.is_training()) {
    m_network.eval();
  }
  ~EvaluationMode() { m_network.train(m_wasTraining); }
  EvaluationMode(const EvaluationMode&) = delete;
  EvaluationMode& operator=(const EvaluationMode&) = delete;

private:
  Network& m_network;
  bool m_wasTraining;
};

}  // namespace

std::optional<double> valueOf(const ValidationReport& report, std::string_view name) {
  if (name == kMiou) return report.miou;
  if (name == kLoss) return report.loss;
  for (const ValidationReport::Anomaly& anomaly : report.anomalies)
    if (anomaly.method == name) return anomaly.ap;
  return std::nullopt;
}

bool isBetter(std::string_view name, double value, double than) { return name == kLoss ? value < than : value > than; }

std::vector<std::string> bestNames() {
  std::vector<std::string> names{std::string(kMiou), std::string(kLoss)};
  for (const Method method : allMethods())
    if (method.kind().isInTrainingLog) names.emplace_back(method.name());
  return names;
}

std::optional<ValidationReport> validate(Network& network, const SampleSource& pictures, const TrainingOptions& options,
                                         const std::stop_token& stop, const LossOfOutputs& loss,
                                         const InputNormalisation& normalisation) {
  const EvaluationMode evaluation(network);
  const at::NoGradGuard noGradient;
  const int classes = pictures.classes();
  std::vector<MethodScores> methods = methodsFor(classes, trainsVoidChannel(options));
  std::vector<std::shared_ptr<const LabelMap>> labels;
  ConfusionMatrix confusion(classes);
  double losses = 0.0;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    if (stop.stop_requested()) return std::nullopt;
    const Sample sample = resized(pictures.read(i), options.input);
    Batch batch = stack({&sample, 1}, options.trainVoid ? network.shape().classes - 1 : -1, normalisation);
    if (options.device == Device::Cuda) batch = {batch.images.cuda(), batch.targets.cuda()};
    const std::vector<at::Tensor> given = forwardAll(network, batch.images);
    losses += loss(given, batch.targets).item<double>();
    const at::Tensor logits = given.front().cpu().contiguous();
    const LogitsView view{.single = logits.data_ptr<float>(),
                          .channels = static_cast<int>(logits.size(1)),
                          .height = static_cast<int>(logits.size(2)),
                          .width = static_cast<int>(logits.size(3))};
    ClassMap predicted(view.size());
    predictedClasses(view, methods.front().parameters.channels, predicted.values());
    confusion.add(sample.classes.values(), predicted.values());
    const auto label = sample.label.values();
    if (std::none_of(label.begin(), label.end(), [](std::uint8_t v) { return v != kVoid; })) continue;
    labels.push_back(std::make_shared<const LabelMap>(sample.label));
    for (MethodScores& method : methods) {
      auto scores = std::make_shared<ScoreMap>(view.size());
      score(view, method.parameters, scores->values());
      method.frames.push_back(std::move(scores));
    }
  }
  ValidationReport report{.miou = confusion.meanIou(),
                          .accuracy = confusion.accuracy(),
                          .loss = losses / static_cast<double>(pictures.size()),
                          .anomalies = {}};
  for (const MethodScores& method : methods) {
    const auto provide = [&](std::size_t frame) {
      return ScoredFrame{method.frames[frame]->values(), labels[frame]->values(), nullptr};
    };
    ValidationReport::Anomaly anomaly{.method = std::string(method.parameters.method.name()), .ap = {}, .fpr95 = {}};
    if (!labels.empty()) {
      constexpr Protocol protocol = protocols::kFishyscapes;
      const SetResult result = evaluateSet(labels.size(), provide, {&protocol, 1}, {.curves = false}, stop);
      if (result.cancelled) return std::nullopt;
      anomaly.ap = result.metrics.front().ap;
      anomaly.fpr95 = result.metrics.front().fpr95;
    }
    report.anomalies.push_back(std::move(anomaly));
  }
  return report;
}

}  // namespace oodscope
