// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/half.h"
#include "analysis/scores/method_kinds.h"
#include "analysis/scores/score_function.h"

#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace oodscope::testing {

/// What the definitions below read of one pixel.
struct PlainPixel {
  std::vector<double> z = {};       ///< logits of the channels that take part
  std::vector<double> p = {};       ///< softmax(z / T), in the order of the channels
  std::vector<double> sorted = {};  ///< p, largest first
  double temperature = 1.0;
  int voidChannel = -1;
  [[nodiscard]] double largest() const { return *std::max_element(z.begin(), z.end()); }
};

/// The definitions of the methods, plainly, in double precision.
inline const std::map<Method, double (*)(const PlainPixel&)>& plainDefinitions() {
  static const std::map<Method, double (*)(const PlainPixel&)> definitions = {
      {methods::kMsp, [](const PlainPixel& pixel) { return 1.0 - pixel.sorted[0]; }},
      {methods::kMaxLogit, [](const PlainPixel& pixel) { return -pixel.largest(); }},
      {methods::kMaxEntropy,
       [](const PlainPixel& pixel) {
         double entropy = 0.0;
         for (const double value : pixel.p) entropy -= value > 0.0 ? value * std::log(value) : 0.0;
         return pixel.p.size() > 1 ? entropy / std::log(static_cast<double>(pixel.p.size())) : 0.0;
       }},
      {methods::kEnergy,
       [](const PlainPixel& pixel) {
         double sum = 0.0;
         for (const double z : pixel.z) sum += std::exp((z - pixel.largest()) / pixel.temperature);
         return -pixel.temperature * std::log(sum) - pixel.largest();
       }},
      {methods::kSoftmaxDistance,
       [](const PlainPixel& pixel) {
         return 1.0 - (pixel.sorted[0] - (pixel.sorted.size() > 1 ? pixel.sorted[1] : 0.0));
       }},
      {methods::kEntropyBits,
       [](const PlainPixel& pixel) {
         double bits = 0.0;
         for (const double value : pixel.p) bits -= value > 0.0 ? value * std::log2(value) : 0.0;
         return bits;
       }},
      {methods::kDenseHybridGenerative,
       [](const PlainPixel& pixel) {
         double sum = 0.0;
         for (const double z : pixel.z) sum += std::exp(z - pixel.largest());
         return -std::log(sum) - pixel.largest();
       }},
      {methods::kVoid, [](const PlainPixel& pixel) { return pixel.p[static_cast<std::size_t>(pixel.voidChannel)]; }},
  };
  return definitions;
}

/// The methods that are defined here, in menu order.
inline std::vector<Method> plainMethods() {
  std::vector<Method> out;
  for (const Method method : allMethods())
    if (plainDefinitions().contains(method)) out.push_back(method);
  return out;
}

/// All that logits alone can be scored with, in menu order.
inline std::vector<Method> logitMethods() {
  std::vector<Method> out;
  for (const Method method : allMethods())
    if (!method.whyNot({.channels = 20, .voidChannel = 1})) out.push_back(method);
  return out;
}

/// A pixel's score by its definition, from all of its logits.
inline double plainScore(const std::vector<double>& all, const ScoreParameters& parameters) {
  PlainPixel pixel{.temperature = static_cast<double>(parameters.temperature), .voidChannel = parameters.voidChannel};
  if (parameters.channels.empty() || parameters.method.kind().readsAllChannels) {
    pixel.z = all;
  } else {
    for (const int channel : parameters.channels) pixel.z.push_back(all[static_cast<std::size_t>(channel)]);
  }
  for (const double z : pixel.z) pixel.p.push_back(std::exp((z - pixel.largest()) / pixel.temperature));
  const double sum = std::accumulate(pixel.p.begin(), pixel.p.end(), 0.0);
  for (double& value : pixel.p) value /= sum;
  pixel.sorted = pixel.p;
  std::sort(pixel.sorted.begin(), pixel.sorted.end(), std::greater<>());
  return plainDefinitions().at(parameters.method)(pixel);
}

/// Logits held both ways: half, and single with the very same values.
struct TestLogits {
  int channels = 0, height = 0, width = 0;
  std::vector<std::uint16_t> half;
  std::vector<float> single;

  template <class Generate>
  TestLogits(int c, int h, int w, Generate&& generate) : channels(c), height(h), width(w) {
    const std::size_t count = static_cast<std::size_t>(c) * static_cast<std::size_t>(h) * static_cast<std::size_t>(w);
    for (std::size_t i = 0; i < count; ++i) {
      half.push_back(halfFromFloat(generate()));
      single.push_back(floatFromHalf(half.back()));
    }
  }
  [[nodiscard]] std::size_t area() const { return static_cast<std::size_t>(height) * static_cast<std::size_t>(width); }
  [[nodiscard]] LogitsView halfView() const {
    return {.half = half.data(), .channels = channels, .height = height, .width = width};
  }
  [[nodiscard]] LogitsView singleView() const {
    return {.single = single.data(), .channels = channels, .height = height, .width = width};
  }
  [[nodiscard]] std::vector<double> pixel(std::size_t index) const {
    std::vector<double> z;
    for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c)
      z.push_back(static_cast<double>(single[c * area() + index]));
    return z;
  }
};

/// Logits as networks give them: one or two classes well above the rest, most pixels sure, some not.
inline TestLogits networkLikeLogits(int channels, int height, int width, unsigned seed = 7) {
  std::mt19937 random(seed);
  std::normal_distribution<float> noise(0.0F, 2.5F);
  std::uniform_int_distribution<int> spike(0, 9);
  return {channels, height, width, [&] { return noise(random) + (spike(random) == 0 ? 9.0F : 0.0F); }};
}

/// Every SIMD target that this machine runs, chosen one after another; the choice ends with this object.
class EachTarget {
public:
  ~EachTarget() { hwy::SetSupportedTargetsForTest(0); }
  template <class Body>
  void run(Body&& body) {
    hwy::SetSupportedTargetsForTest(0);
    for (std::int64_t rest = hwy::SupportedTargets() & HWY_TARGETS; rest != 0; rest &= rest - 1) {
      const std::int64_t target = rest & -rest;
      hwy::SetSupportedTargetsForTest(target);
      body(std::string(hwy::TargetName(target)));
    }
  }
};

inline std::vector<float> scored(const LogitsView& logits, const ScoreParameters& parameters) {
  std::vector<float> out(logits.size().area(), -123.0F);
  score(logits, parameters, out);
  return out;
}

}  // namespace oodscope::testing
