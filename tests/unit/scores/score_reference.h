// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/half.h"
#include "analysis/scores/score_function.h"

#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace oodscope::testing {

/// The definitions of the methods, plainly, in double precision, from the logits of one pixel.
inline double plainScore(std::vector<double> all, const ScoreParameters& parameters) {
  std::vector<double> z;
  if (parameters.channels.empty() || parameters.method == Method::Void) {
    z = all;
  } else {
    for (const int channel : parameters.channels) z.push_back(all[static_cast<std::size_t>(channel)]);
  }
  const double t = static_cast<double>(parameters.temperature);
  const double largest = *std::max_element(z.begin(), z.end());
  std::vector<double> p;
  for (const double value : z) p.push_back(std::exp((value - largest) / t));
  const double sum = std::accumulate(p.begin(), p.end(), 0.0);
  for (double& value : p) value /= sum;
  const double inVoid = parameters.method == Method::Void ? p[static_cast<std::size_t>(parameters.voidChannel)] : 0.0;
  std::sort(p.begin(), p.end(), std::greater<>());
  switch (parameters.method) {
    case Method::Msp:
      return 1.0 - p[0];
    case Method::MaxLogit:
      return -largest;
    case Method::MaxEntropy: {
      double entropy = 0.0;
      for (const double value : p) entropy -= value > 0.0 ? value * std::log(value) : 0.0;
      return p.size() > 1 ? entropy / std::log(static_cast<double>(p.size())) : 0.0;
    }
    case Method::Energy:
      return -t * std::log(sum) - largest;
    case Method::SoftmaxDistance:
      return 1.0 - (p[0] - (p.size() > 1 ? p[1] : 0.0));
    case Method::Void:
      return inVoid;
  }
  return 0.0;
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
