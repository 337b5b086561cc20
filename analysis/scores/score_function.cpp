// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_function.h"

#include "analysis/core/half.h"
#include "analysis/scores/score_plan.h"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>

#include <hwy/highway.h>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace oodscope {
namespace kernels {

void requireLogits(const LogitsView& logits) {
  require((logits.half == nullptr) != (logits.single == nullptr), "logits: exactly one of half and single must be set");
  require(logits.channels > 0 && logits.height > 0 && logits.width > 0, "logits: sizes must be positive");
}

std::vector<int> channelsOf(const LogitsView& logits, std::span<const int> chosen) {
  std::vector<int> channels(chosen.begin(), chosen.end());
  if (channels.empty()) {
    channels.resize(static_cast<std::size_t>(logits.channels));
    std::iota(channels.begin(), channels.end(), 0);
  }
  int previous = -1;
  for (const int channel : channels) {
    require(channel > previous, "scores: channels must be ascending and not negative");
    require(channel < logits.channels, "scores: a channel is beyond the logits'");
    previous = channel;
  }
  return channels;
}

std::vector<int> channelsOf(const LogitsView& logits, const ScoreParameters& parameters) {
  if (parameters.method.kind().readsAllChannels) return channelsOf(logits, std::span<const int>{});
  return channelsOf(logits, std::span<const int>(parameters.channels));
}

Recipe recipeOf(const LogitsView& logits, const ScoreParameters& parameters) {
  const float t = parameters.temperature;
  const float exponentScale = static_cast<float>(std::numbers::log2e / static_cast<double>(t));
  require(t > 0.0F && std::isfinite(t) && std::isnormal(exponentScale) && std::isfinite(1.0F / t),
          "scores: the temperature must be positive and finite");
  const MethodKind& kind = parameters.method.kind();
  const bool isVoidThere = parameters.voidChannel < logits.channels;
  require(!parameters.method.whyNot(
              {.channels = logits.channels, .voidChannel = isVoidThere ? parameters.voidChannel : -1}),
          "scores: the logits lack what the method needs");
  const std::size_t channels = channelsOf(logits, parameters).size();
  return {.kernel = kind.kernel,
          .reads = kind.reads,
          .temperature = t,
          .inverseTemperature = 1.0F / t,
          .exponentScale = exponentScale,
          .lowestDifference = -127.0F / exponentScale,
          .inverseLogChannels = channels > 1 ? static_cast<float>(1.0 / std::log(static_cast<double>(channels))) : 0.0F,
          .voidPlane = std::max(parameters.voidChannel, 0)};
}

}  // namespace kernels

namespace {

using kernels::kTaskPixels;
using Range = oneapi::tbb::blocked_range<std::size_t>;

/// Scores pixels [first, first + count) with recipes that read the same channels.
void scoreRange(const LogitsView& logits, std::span<const int> channels, std::span<const kernels::Recipe> recipes,
                std::size_t first, std::span<const std::span<float>> outs) {
  kernels::withPlanes(logits, channels, [&](const auto& planes) {
    oneapi::tbb::parallel_for(Range(0, outs[0].size(), kTaskPixels), [&](const Range& range) {
      std::vector<float*> targets;
      for (const auto& out : outs) targets.push_back(out.data() + range.begin());
      kernels::scoreSpan(planes.data(), static_cast<int>(planes.size()), first + range.begin(), range.size(), recipes,
                         targets.data());
    });
  });
}

}  // namespace

void score(const LogitsView& logits, const ScoreParameters& parameters, std::span<float> out) {
  scoreRows(logits, parameters, 0, logits.height, out);
}

void scoreRows(const LogitsView& logits, const ScoreParameters& parameters, int firstRow, int rows,
               std::span<float> out) {
  kernels::requireLogits(logits);
  require(firstRow >= 0 && rows >= 0 && rows <= logits.height - firstRow, "scoreRows: rows outside the logits");
  require(out.size() == Size{logits.width, rows}.area(), "scores: the output does not have the frame's size");
  if (rows == 0) return;
  const kernels::Recipe recipe = kernels::recipeOf(logits, parameters);
  scoreRange(logits, kernels::channelsOf(logits, parameters), std::span(&recipe, 1),
             Size{logits.width, firstRow}.area(), std::span(&out, 1));
}

void scoreSeveral(const LogitsView& logits, std::span<const ScoreParameters> parameters,
                  std::span<const std::span<float>> outs) {
  kernels::requireLogits(logits);
  require(parameters.size() == outs.size(), "scoreSeveral: one output for each parameter set");
  std::vector<int> channels;
  std::vector<kernels::Recipe> recipes;
  std::vector<std::span<float>> targets;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    require(outs[i].size() == logits.size().area(), "scores: the output does not have the frame's size");
    const std::vector<int> own = kernels::channelsOf(logits, parameters[i]);
    const kernels::Recipe recipe = kernels::recipeOf(logits, parameters[i]);
    if (parameters[i].method.kind().readsAllChannels && own.size() != parameters[i].channels.size() &&
        !parameters[i].channels.empty()) {
      scoreRange(logits, own, std::span(&recipe, 1), 0, outs.subspan(i, 1));
      continue;
    }
    if (channels.empty()) channels = own;
    require(channels == own, "scoreSeveral: the parameters read different channels");
    recipes.push_back(recipe);
    targets.push_back(outs[i]);
  }
  if (!recipes.empty()) scoreRange(logits, channels, recipes, 0, targets);
}

void scorePixels(const LogitsView& logits, const ScoreParameters& parameters, std::span<const std::uint32_t> pixels,
                 std::span<float> out) {
  kernels::requireLogits(logits);
  require(out.size() == pixels.size(), "scorePixels: one output for each pixel");
  const std::size_t area = logits.size().area();
  require(std::all_of(pixels.begin(), pixels.end(), [&](std::uint32_t pixel) { return pixel < area; }),
          "scorePixels: a pixel is outside the logits");
  const kernels::Recipe recipe = kernels::recipeOf(logits, parameters);
  const std::vector<int> channels = kernels::channelsOf(logits, parameters);
  kernels::withPlanes(logits, channels, [&](const auto& planes) {
    using T = std::remove_const_t<std::remove_pointer_t<typename std::decay_t<decltype(planes)>::value_type>>;
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
        kernels::scoreSpan(blockPlanes.data(), static_cast<int>(planes.size()), 0, count, std::span(&recipe, 1),
                           &target);
      }
    });
  });
}

void predictedClasses(const LogitsView& logits, std::span<const int> channels, std::span<std::uint8_t> out) {
  kernels::requireLogits(logits);
  require(logits.channels <= 255, "predictedClasses: at most 255 channels fit a class map");
  require(out.size() == logits.size().area(), "predictedClasses: the output does not have the frame's size");
  const std::vector<int> chosen = kernels::channelsOf(logits, channels);
  kernels::withPlanes(logits, chosen, [&](const auto& planes) {
    oneapi::tbb::parallel_for(Range(0, out.size(), kTaskPixels), [&](const Range& range) {
      std::uint8_t* target = out.data() + range.begin();
      kernels::argmaxSpan(planes.data(), static_cast<int>(planes.size()), range.begin(), range.size(), target);
      for (std::uint8_t& plane : std::span(target, range.size()))
        if (plane != 255) plane = static_cast<std::uint8_t>(chosen[plane]);
    });
  });
}

std::vector<double> classProbabilities(const LogitsView& logits, const ScoreParameters& parameters, int x, int y) {
  kernels::requireLogits(logits);
  require(x >= 0 && x < logits.width && y >= 0 && y < logits.height, "classProbabilities: outside the logits");
  const double t = static_cast<double>(kernels::recipeOf(logits, parameters).temperature);
  std::vector<double> values;
  const std::size_t pixel = Size{logits.width, y}.area() + static_cast<std::size_t>(x);
  kernels::withPlanes(logits, kernels::channelsOf(logits, parameters), [&](const auto& planes) {
    for (const auto* plane : planes) {
      if constexpr (std::is_same_v<decltype(plane), const float*>) {
        values.push_back(static_cast<double>(plane[pixel]));
      } else {
        values.push_back(static_cast<double>(floatFromHalf(plane[pixel])));
      }
    }
  });
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
