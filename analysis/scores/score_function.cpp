// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_function.h"

#include "analysis/core/half.h"
#include "analysis/scores/feature_scores.h"
#include "analysis/scores/score_plan.h"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>

#include <hwy/highway.h>
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace oodscope {
namespace {

using kernels::kTaskPixels;
using Range = oneapi::tbb::blocked_range<std::size_t>;

/// Scores pixels [first, first + count) with recipes that read the same planes, where they lie.
void scoreRange(const kernels::ScorePlan& plan, std::span<const kernels::Recipe> recipes, std::size_t first,
                std::span<const std::span<float>> outs) {
  kernels::withPlanes(plan.arrays, [&]<class T>(const std::vector<const T*>& planes) {
    oneapi::tbb::parallel_for(Range(0, outs[0].size(), kTaskPixels), [&](const Range& range) {
      std::vector<float*> targets;
      for (const auto& out : outs) targets.push_back(out.data() + range.begin());
      kernels::planSpan<T>(plan.mix, planes, first + range.begin(), range.size(), recipes, targets.data());
    });
  });
}

double valueAt(const LogitsView& array, int channel, std::size_t pixel) {
  const std::size_t at = static_cast<std::size_t>(channel) * array.size().area() + pixel;
  return static_cast<double>(array.half != nullptr ? floatFromHalf(array.half[at]) : array.single[at]);
}

std::span<const int> classChannels(const ScoreParameters& parameters) {
  if (parameters.method.kind().readsAllChannels) return {};
  return parameters.channels;
}

/// Memberships of one pixel, from the mask logits of its queries.
std::vector<double> mixedPixel(const kernels::QueryMix& mix, const std::vector<double>& masks) {
  std::vector<double> out(static_cast<std::size_t>(mix.rows));
  for (std::size_t r = 0; r < out.size(); ++r)
    for (std::size_t q = 0; q < masks.size(); ++q)
      out[r] += static_cast<double>(mix.weights[r * masks.size() + q]) / (1.0 + std::exp(-masks[q]));
  return out;
}

}  // namespace

void score(const OutputsView& outputs, const ScoreParameters& parameters, std::span<float> out) {
  scoreRows(outputs, parameters, 0, outputs.size().height, out);
}

bool kernels::scoredAsMean(const OutputsView& outputs, const ScoreParameters& parameters, std::span<float> out,
                           const std::function<void(const OutputsView&, std::span<float>)>& scoreOne) {
  const MethodKind& kind = parameters.method.kind();
  if (kind.passesRead != PassesRead::Mean) return false;
  std::vector<const OutputsView*> runs;
  for (const FurtherPass& pass : outputs.further)
    if (pass.kind == kind.pass) runs.push_back(&pass.outputs);
  if (runs.empty()) return false;
  OutputsView plain = outputs;
  plain.further.clear();
  scoreOne(plain, out);
  std::vector<float> other(out.size());
  for (const OutputsView* run : runs) {
    scoreOne(*run, other);
    std::ranges::transform(out, other, out.begin(), std::plus<>());
  }
  const float share = 1.0F / static_cast<float>(runs.size() + 1);
  for (float& value : out) value *= share;
  return true;
}

void scoreRows(const OutputsView& outputs, const ScoreParameters& parameters, int firstRow, int rows,
               std::span<float> out) {
  if (kernels::scoredAsMean(outputs, parameters, out, [&](const OutputsView& of, std::span<float> to) {
        scoreRows(of, parameters, firstRow, rows, to);
      }))
    return;
  if (!parameters.method.kind().isPointwise()) {
    const Size own = outputs.size();
    require(firstRow >= 0 && rows >= 0 && rows <= own.height - firstRow, "scoreRows: rows outside the features");
    require(out.size() == Size{own.width, rows}.area(), "scores: the output does not have the frame's size");
    const ScoreMap all = kernels::featureScores(outputs, parameters, own);
    std::ranges::copy(std::span(all.values()).subspan(Size{own.width, firstRow}.area(), out.size()), out.begin());
    return;
  }
  const kernels::ScorePlan plan = kernels::planOf(outputs, parameters);
  require(firstRow >= 0 && rows >= 0 && rows <= plan.own.height - firstRow, "scoreRows: rows outside the logits");
  require(out.size() == Size{plan.own.width, rows}.area(), "scores: the output does not have the frame's size");
  if (rows == 0) return;
  if (!plan.isDirect) return kernels::scoreStrips(plan, plan.own, firstRow, rows, out);
  scoreRange(plan, std::span(&plan.recipe, 1), Size{plan.own.width, firstRow}.area(), std::span(&out, 1));
}

void scoreSeveral(const OutputsView& outputs, std::span<const ScoreParameters> parameters,
                  std::span<const std::span<float>> outs) {
  require(parameters.size() == outs.size(), "scoreSeveral: one output for each parameter set");
  std::optional<kernels::ScorePlan> shared;
  std::vector<kernels::Recipe> recipes;
  std::vector<std::span<float>> targets;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    require(outs[i].size() == outputs.size().area(), "scores: the output does not have the frame's size");
    if (!parameters[i].method.kind().isPointwise()) {
      score(outputs, parameters[i], outs[i]);
      continue;
    }
    kernels::ScorePlan plan = kernels::planOf(outputs, parameters[i]);
    const bool readsAll = parameters[i].method.kind().readsAllChannels && !parameters[i].channels.empty() &&
                          plan.arrays.front().channels.size() != parameters[i].channels.size();
    const bool readsOthers = shared && (plan.arrays.front().output != shared->arrays.front().output ||
                                        plan.arrays.size() != shared->arrays.size());
    const bool readsRuns = parameters[i].method.kind().passesRead != PassesRead::Plain;
    if (readsAll || readsOthers || readsRuns || plan.mix || !plan.isDirect) {
      score(outputs, parameters[i], outs[i]);
      continue;
    }
    if (!shared) shared = plan;
    require(plan.readsAs(*shared), "scoreSeveral: the parameters read different channels");
    recipes.push_back(std::move(plan.recipe));
    targets.push_back(outs[i]);
  }
  if (!recipes.empty()) scoreRange(*shared, recipes, 0, targets);
}

void scorePixels(const OutputsView& outputs, const ScoreParameters& parameters, std::span<const std::uint32_t> pixels,
                 std::span<float> out) {
  require(out.size() == pixels.size(), "scorePixels: one output for each pixel");
  if (kernels::scoredAsMean(outputs, parameters, out, [&](const OutputsView& of, std::span<float> to) {
        scorePixels(of, parameters, pixels, to);
      }))
    return;
  if (!parameters.method.kind().isPointwise())
    return scoreResizedPixels(outputs, parameters, outputs.size(), pixels, out);
  const kernels::ScorePlan plan = kernels::planOf(outputs, parameters);
  const std::size_t area = plan.own.area();
  require(std::all_of(pixels.begin(), pixels.end(), [&](std::uint32_t pixel) { return pixel < area; }),
          "scorePixels: a pixel is outside the logits");
  if (!plan.isDirect) return scoreResizedPixels(outputs, parameters, plan.own, pixels, out);
  kernels::withPlanes(plan.arrays, [&]<class T>(const std::vector<const T*>& planes) {
    constexpr std::size_t kBlock = 512;
    oneapi::tbb::parallel_for(Range(0, pixels.size(), kBlock), [&](const Range& range) {
      std::vector<T> gathered(planes.size() * kBlock);
      std::vector<const T*> blockPlanes;
      for (std::size_t c = 0; c < planes.size(); ++c) blockPlanes.push_back(gathered.data() + c * kBlock);
      for (std::size_t first = range.begin(); first < range.end(); first += kBlock) {
        const std::size_t count = std::min(kBlock, range.end() - first);
        for (std::size_t c = 0; c < planes.size(); ++c)
          for (std::size_t i = 0; i < count; ++i) gathered[c * kBlock + i] = planes[c][pixels[first + i]];
        float* target = out.data() + first;
        kernels::planSpan<T>(plan.mix, blockPlanes, 0, count, std::span(&plan.recipe, 1), &target);
      }
    });
  });
}

void predictedClasses(const OutputsView& outputs, std::span<const int> channels, std::span<std::uint8_t> out) {
  const kernels::ScorePlan plan = kernels::classPlanOf(outputs, channels);
  const kernels::PlanClasses chosen = kernels::planClassesOf(plan, channels);
  require(out.size() == plan.own.area(), "predictedClasses: the output does not have the frame's size");
  kernels::withPlanes(plan.arrays, [&]<class T>(const std::vector<const T*>& planes) {
    oneapi::tbb::parallel_for(Range(0, out.size(), kTaskPixels), [&](const Range& range) {
      kernels::classSpan<T>(plan, chosen, planes, range.begin(), out.subspan(range.begin(), range.size()));
    });
  });
}

std::vector<double> classProbabilities(const OutputsView& outputs, const ScoreParameters& parameters, int x, int y) {
  const kernels::ScorePlan plan = kernels::classPlanOf(outputs, classChannels(parameters));
  require(x >= 0 && x < plan.own.width && y >= 0 && y < plan.own.height, "classProbabilities: outside the logits");
  const double t = static_cast<double>(parameters.temperature);
  require(t > 0.0, "classProbabilities: the temperature must be positive");
  std::vector<double> values;
  const std::size_t pixel = Size{plan.own.width, y}.area() + static_cast<std::size_t>(x);
  const kernels::PlanArray& array = plan.arrays.front();
  for (const int channel : array.channels) values.push_back(valueAt(array.view, channel, pixel));
  if (plan.mix) return mixedPixel(*plan.mix, values);
  if (array.output == Output::Membership) return values;
  const double largest = *std::max_element(values.begin(), values.end());
  double sum = 0.0;
  for (double& value : values) sum += value = std::exp((value - largest) / t);
  for (double& value : values) value /= sum;
  return values;
}

std::string simdTargetName() {
  const std::int64_t usable = hwy::SupportedTargets() & HWY_TARGETS;
  return hwy::TargetName(usable & -usable);
}

}  // namespace oodscope
