// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/scores/score_function.h"
#include "analysis/scores/score_kernels.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <vector>

// What the score functions share: checked parameters and the planes that take part. Internal to analysis/scores.
namespace oodscope::kernels {

inline constexpr std::uint8_t kNoPlane = 255;  ///< of a pixel whose planes are all NaN or -infinity
/// What the outputs and the parameters give together.
[[nodiscard]] ScoreInputs inputsFor(const OutputsView& outputs, const ScoreParameters& parameters);

/// Throws ContractViolation unless exactly one storage is set and the sizes are positive.
void requireArray(const LogitsView& array);

/// The channels that take part, ascending: the chosen ones, or all `channels` where none is chosen. Throws
/// ContractViolation for one out of range or out of order.
[[nodiscard]] std::vector<int> channelsOf(int channels, std::span<const int> chosen);

/// The channels of one array that are planes of a score.
struct PlanArray {
  Output output = Output::Logits;
  LogitsView view;
  std::vector<int> channels;
  int run = -1;  ///< of OutputsView::further; -1: the plain pass
};

/// A score turned into what is done: arrays whose planes stand side by side, mixed where there is a mix, then a kernel.
struct ScorePlan {
  std::vector<PlanArray> arrays;
  std::optional<QueryMix> mix;
  Recipe recipe;
  Size own;               ///< size of a score that is not resized
  bool isDirect = false;  ///< all arrays have that size and one storage: kernels read them where they lie

  /// Whether both read the same planes, so that one pass serves both.
  [[nodiscard]] bool readsAs(const ScorePlan& other) const;
};

/// Throws ContractViolation for a bad temperature, chosen channels that are not there, or outputs that lack what the
/// method needs.
[[nodiscard]] ScorePlan planOf(const OutputsView& outputs, const ScoreParameters& parameters);
/// The planes that tell classes apart, with the kernel for the largest of them.
[[nodiscard]] ScorePlan classPlanOf(const OutputsView& outputs, std::span<const int> channels);

template <class T>
void addPlanesOf(const PlanArray& array, std::vector<const T*>& planes) {
  const T* first = nullptr;
  if constexpr (std::is_same_v<T, float>) {
    first = array.view.single;
  } else {
    first = array.view.half;
  }
  for (const int channel : array.channels)
    planes.push_back(first + static_cast<std::size_t>(channel) * array.view.size().area());
}

/// Calls body(planes) with the planes' stored type. Requires: one storage for all arrays.
template <class Body>
void withPlanes(std::span<const PlanArray> arrays, Body&& body) {
  const auto collected = [&]<class T>(std::vector<const T*> planes) {
    for (const PlanArray& array : arrays) addPlanesOf(array, planes);
    return planes;
  };
  if (arrays.front().view.half != nullptr) {
    body(collected(std::vector<const std::uint16_t*>()));
  } else {
    body(collected(std::vector<const float*>()));
  }
}

/// Scores pixels [first, first + count) of the planes, mixed or not, with recipes that read the same.
template <class T>
void planSpan(const std::optional<QueryMix>& mix, std::span<const T* const> planes, std::size_t first,
              std::size_t count, std::span<const Recipe> recipes, float* const* outs) {
  if (mix)
    mixSpan(planes.data(), *mix, first, count, recipes, outs);
  else
    scoreSpan(planes.data(), static_cast<int>(planes.size()), first, count, recipes, outs);
}

/// The classes that a class plan's planes stand for.
struct PlanClasses {
  std::vector<int> list;
  int last = 0;
};
/// Throws ContractViolation where a class does not fit a class map.
[[nodiscard]] PlanClasses planClassesOf(const ScorePlan& plan, std::span<const int> chosen);

/// The classes of pixels [first, first + out.size()) of a class plan's planes.
template <class T>
void classSpan(const ScorePlan& plan, const PlanClasses& chosen, std::span<const T* const> planes, std::size_t first,
               std::span<std::uint8_t> out) {
  if (plan.mix) {
    std::vector<float> best(out.size());
    float* const bests = best.data();
    planSpan<T>(plan.mix, planes, first, out.size(), std::span(&plan.recipe, 1), &bests);
    std::ranges::transform(best, out.begin(), [](float plane) { return static_cast<std::uint8_t>(plane); });
  } else {
    argmaxSpan(planes.data(), static_cast<int>(planes.size()), first, out.size(), out.data());
  }
  for (std::uint8_t& plane : out)
    if (plane != kNoPlane) plane = static_cast<std::uint8_t>(chosen.list[plane]);
}
/// Where the method is the mean of its scores over passes (PassesRead::Mean) and there are further ones: fills `out`
/// with that, by scoreOne of each, and returns true.
bool scoredAsMean(const OutputsView& outputs, const ScoreParameters& parameters, std::span<float> out,
                  const std::function<void(const OutputsView&, std::span<float>)>& scoreOne);

/// Pixels a task takes at least: tens of microseconds of work, so that starting one does not show.
inline constexpr std::size_t kTaskPixels = 8192;

/// Rows [firstRow, firstRow + rows) of the plan's scores at `target`, planes of another size upsampled. Shapes: out has
/// rows * target.width values.
void scoreStrips(const ScorePlan& plan, Size target, int firstRow, int rows, std::span<float> out);

}  // namespace oodscope::kernels
