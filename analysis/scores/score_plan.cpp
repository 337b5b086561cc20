// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_plan.h"

#include "analysis/core/half.h"
#include "analysis/features/feature_reference.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace oodscope::kernels {
namespace {

/// The first choice whose arrays are all there.
const PlaneChoice& chosenPlanes(const OutputsView& outputs, std::span<const PlaneChoice> choices) {
  const auto isThere = [&](const PlaneChoice& choice) {
    return std::ranges::all_of(choice.outputs(), [&](Output output) { return outputs.has(output); });
  };
  const auto found = std::ranges::find_if(choices, isThere);
  require(found != choices.end(), "scores: the outputs lack what the method reads");
  return *found;
}

QueryProbabilities probabilitiesOf(const OutputsView& outputs, double temperature, std::span<const int> chosen) {
  const LogitsView& logits = outputs[Output::ClassLogits];
  requireArray(logits);
  require(logits.height == 1 && logits.channels == outputs[Output::MaskLogits].channels,
          "scores: class logits and mask logits of different queries");
  QueryProbabilities out{.queries = logits.channels, .columns = logits.width, .known = outputs.knownClasses};
  if (out.known == 0) out.known = out.columns - 1;
  require(out.known > 0 && (out.columns == out.known + 1 || out.columns == out.known + 2),
          "scores: class logits have K + 1 or K + 2 columns");
  out.classes = channelsOf(out.known, chosen);
  const auto columns = static_cast<std::size_t>(out.columns);
  for (std::size_t at = 0; at < static_cast<std::size_t>(out.queries) * columns; ++at)
    out.values.push_back(
        static_cast<double>(logits.half != nullptr ? floatFromHalf(logits.half[at]) : logits.single[at]));
  for (std::size_t q = 0; q < static_cast<std::size_t>(out.queries); ++q) {
    const std::span<double> row = std::span(out.values).subspan(q * columns, columns);
    const double largest = *std::ranges::max_element(row);
    for (double& value : row) value = std::exp((value - largest) / temperature);
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    for (double& value : row) value /= sum;
  }
  return out;
}

/// The runs of the further pass that a method reads the planes of, as places in OutputsView::further; -1 for the plain.
std::vector<int> runsRead(const OutputsView& outputs, const MethodKind& kind) {
  if (kind.passesRead != PassesRead::Further) return {-1};
  std::vector<int> out;
  for (std::size_t i = 0; i < outputs.further.size(); ++i)
    if (outputs.further[i].kind == kind.pass) out.push_back(static_cast<int>(i));
  require(!out.empty(), "scores: the outputs lack the pass that the method reads");
  return out;
}

/// Fills in the arrays, and the mix where there is one. Returns the planes that a kernel sees, as channels of the first
/// array or classes.
std::vector<int> readPlanes(const OutputsView& outputs, const PlaneChoice& choice, double queryTemperature,
                            std::span<const int> chosen, ScorePlan& plan) {
  plan.own = outputs.size();
  if (choice.weights != nullptr) {
    const QueryProbabilities of = probabilitiesOf(outputs, queryTemperature, chosen);
    plan.mix = QueryMix{.queries = of.queries, .weights = choice.weights(of)};
    plan.mix->rows = static_cast<int>(plan.mix->weights.size()) / of.queries;
    const LogitsView& masks = outputs[Output::MaskLogits];
    plan.arrays.push_back({Output::MaskLogits, masks, channelsOf(masks.channels, {})});
  } else {
    for (const Output output : choice.outputs()) {
      const LogitsView& view = outputs[output];
      // What was chosen among are classes.
      const bool areClasses = plan.arrays.empty() && output != Output::Outlier;
      plan.arrays.push_back({output, view, channelsOf(view.channels, areClasses ? chosen : std::span<const int>())});
    }
  }
  plan.isDirect = true;
  const bool isHalf = plan.arrays.front().view.half != nullptr;
  for (const PlanArray& array : plan.arrays) {
    requireArray(array.view);
    plan.isDirect = plan.isDirect && array.view.size() == plan.own && (array.view.half != nullptr) == isHalf;
  }
  return plan.mix ? channelsOf(plan.mix->rows, {}) : plan.arrays.front().channels;
}

/// Puts the planes of one run behind those of the runs before it.
void addRun(ScorePlan& run, ScorePlan& plan) {
  if (plan.arrays.empty()) {
    plan = std::move(run);
    return;
  }
  const PlanArray &first = plan.arrays.front(), &other = run.arrays.front();
  plan.isDirect = plan.isDirect && run.isDirect && run.own == plan.own &&
                  (first.view.half != nullptr) == (other.view.half != nullptr);
  require(first.channels == other.channels, "scores: runs of a pass with different channels");
  plan.arrays.insert(plan.arrays.end(), run.arrays.begin(), run.arrays.end());
}

void takeStatistics(const MaxLogitStatistics& statistics, std::span<const int> classes, Recipe& recipe) {
  for (const int c : classes) {
    const auto at = static_cast<std::size_t>(c);
    require(at < statistics.mean.size() && at < statistics.variance.size(), "scores: a class without statistics");
    recipe.means.push_back(static_cast<float>(statistics.mean[at]));
    recipe.inverseDeviations.push_back(static_cast<float>(1.0 / std::sqrt(statistics.variance[at])));
  }
}

}  // namespace

ScoreInputs inputsFor(const OutputsView& outputs, const ScoreParameters& parameters) {
  const MethodKind& kind = parameters.method.kind();
  const auto run = std::ranges::find(outputs.further, kind.pass, &FurtherPass::kind);
  const bool readsRun = kind.passesRead == PassesRead::Further && run != outputs.further.end();
  ScoreInputs out = inputsOf(readsRun ? run->outputs : outputs);
  if (parameters.voidChannel < out.channels) out.voidChannel = parameters.voidChannel;
  out.hasClassStatistics = parameters.classStatistics.has_value();
  for (const FurtherPass& pass : outputs.further) out.passes.push_back(pass.kind);
  if (parameters.features) {
    const FeatureReference& features = *parameters.features;
    out.gaussianDimensions = features.gaussians ? features.gaussians->dimensions() : 0;
    out.bankDimensions = features.neighbours ? features.neighbours->dimensions() : 0;
  }
  return out;
}

void requireArray(const LogitsView& array) {
  require((array.half == nullptr) != (array.single == nullptr), "logits: exactly one of half and single must be set");
  require(array.channels > 0 && array.height > 0 && array.width > 0, "logits: sizes must be positive");
}

std::vector<int> channelsOf(int channels, std::span<const int> chosen) {
  std::vector<int> out(chosen.begin(), chosen.end());
  if (out.empty()) {
    out.resize(static_cast<std::size_t>(channels));
    std::iota(out.begin(), out.end(), 0);
  }
  int previous = -1;
  for (const int channel : out) {
    require(channel > previous, "scores: channels must be ascending and not negative");
    require(channel < channels, "scores: a channel is beyond the logits'");
    previous = channel;
  }
  return out;
}

bool ScorePlan::readsAs(const ScorePlan& other) const {
  return !mix && !other.mix && std::ranges::equal(arrays, other.arrays, [](const PlanArray& a, const PlanArray& b) {
    return a.run == b.run && a.output == b.output && a.channels == b.channels;
  });
}

ScorePlan planOf(const OutputsView& outputs, const ScoreParameters& parameters) {
  const float t = parameters.temperature;
  const float exponentScale = static_cast<float>(std::numbers::log2e / static_cast<double>(t));
  require(t > 0.0F && std::isfinite(t) && std::isnormal(exponentScale) && std::isfinite(1.0F / t),
          "scores: the temperature must be positive and finite");
  const MethodKind& kind = parameters.method.kind();
  for (const Output output : kAllOutputs)
    if (outputs.has(output)) requireArray(outputs[output]);
  require(!parameters.method.whyNot(inputsFor(outputs, parameters)), "scores: the logits lack what the method needs");
  const bool divides = std::ranges::find(kind.parameters, &kQueryTemperatureParameter) != kind.parameters.end();
  const std::span<const int> chosen = kind.readsAllChannels ? std::span<const int>() : std::span(parameters.channels);
  ScorePlan plan;
  std::vector<int> planes;
  const std::vector<int> runs = runsRead(outputs, kind);
  for (const int run : runs) {
    const OutputsView& of = run < 0 ? outputs : outputs.further[static_cast<std::size_t>(run)].outputs;
    ScorePlan part;
    planes = readPlanes(of, chosenPlanes(of, kind.planes), divides ? static_cast<double>(t) : 1.0, chosen, part);
    require(runs.size() == 1 || !part.mix, "scores: several runs of mask queries have no common planes");
    for (PlanArray& array : part.arrays) array.run = run;
    addRun(part, plan);
  }
  double unit = planes.size() > 1 ? 1.0 / std::log(static_cast<double>(planes.size())) : 0.0;
  if (kind.entropyBase > 0.0) unit = 1.0 / std::log(kind.entropyBase);
  plan.recipe = {.kernel = kind.kernel,
                 .reads = kind.reads,
                 .temperature = t,
                 .inverseTemperature = 1.0F / t,
                 .exponentScale = exponentScale,
                 .lowestDifference = -127.0F / exponentScale,
                 .inverseLogChannels = static_cast<float>(unit),
                 .voidPlane = std::max(parameters.voidChannel, 0),
                 .runs = static_cast<int>(runs.size())};
  for (const PlanArray& array : plan.arrays)
    if (array.output == Output::Outlier) plan.recipe.outlierPlanes = array.view.channels;
  if (parameters.classStatistics && std::ranges::find(kind.needs, &kNeedsClassStatistics) != kind.needs.end())
    takeStatistics(*parameters.classStatistics, planes, plan.recipe);
  return plan;
}

ScorePlan classPlanOf(const OutputsView& outputs, std::span<const int> channels) {
  ScorePlan plan;
  static_cast<void>(readPlanes(outputs, chosenPlanes(outputs, kClassPlanes), 1.0, channels, plan));
  plan.recipe.kernel = argmaxPlaneGroup;
  return plan;
}

PlanClasses planClassesOf(const ScorePlan& plan, std::span<const int> chosen) {
  PlanClasses out{.list = plan.arrays.front().channels};
  if (plan.mix) {
    out.list.assign(chosen.begin(), chosen.end());
    for (int k = 0; out.list.size() < static_cast<std::size_t>(plan.mix->rows); ++k) out.list.push_back(k);
  }
  out.last = out.list.back();
  require(out.last < kNoPlane, "predictedClasses: at most 255 channels fit a class map");
  return out;
}

}  // namespace oodscope::kernels
