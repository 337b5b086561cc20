// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/half.h"
#include "analysis/scores/method_kinds.h"
#include "analysis/scores/score_function.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <vector>

namespace oodscope::testing {

/// One array of a frame: random values that float16 holds, stored either way.
struct MadeArray {
  int channels = 0, height = 0, width = 0;
  bool isHalf = false;
  std::vector<std::uint16_t> half = {};
  std::vector<float> single = {};

  MadeArray() = default;
  MadeArray(int c, int h, int w, bool storesHalf, double mean, double deviation, unsigned seed)
      : channels(c), height(h), width(w), isHalf(storesHalf) {
    std::mt19937 random(seed);
    std::normal_distribution<float> values(static_cast<float>(mean), static_cast<float>(deviation));
    for (int i = 0; i < c * h * w; ++i) {
      half.push_back(halfFromFloat(values(random)));
      single.push_back(floatFromHalf(half.back()));
    }
  }
  [[nodiscard]] LogitsView view() const {
    LogitsView out{.channels = channels, .height = height, .width = width};
    if (isHalf)
      out.half = half.data();
    else
      out.single = single.data();
    return out;
  }
  [[nodiscard]] double at(int c, int y, int x) const {
    return static_cast<double>(single[static_cast<std::size_t>((c * height + y) * width + x)]);
  }
  /// Upsampled as torch.nn.functional.interpolate does (bilinear, align_corners=False), in double.
  [[nodiscard]] double at(int c, Size target, int x, int y) const {
    if (target == Size{width, height}) return at(c, y, x);
    const auto place = [](int i, int source, int size) { return std::max((i + 0.5) * source / size - 0.5, 0.0); };
    const double px = place(x, width, target.width), py = place(y, height, target.height);
    const int left = std::min(static_cast<int>(px), width - 1), upper = std::min(static_cast<int>(py), height - 1);
    const int right = std::min(left + 1, width - 1), lower = std::min(upper + 1, height - 1);
    const double wx = px - left, wy = py - upper;
    return (1 - wy) * ((1 - wx) * at(c, upper, left) + wx * at(c, upper, right)) +
           wy * ((1 - wx) * at(c, lower, left) + wx * at(c, lower, right));
  }
};

/// The arrays of a frame and the scores' definitions, plainly, in double precision.
struct MadeOutputs {
  MadeArray logits, outlier, membership, classLogits, maskLogits;
  int knownClasses = 0;

  [[nodiscard]] OutputsView view() const {
    OutputsView out;
    if (logits.channels > 0) out[Output::Logits] = logits.view();
    if (outlier.channels > 0) out[Output::Outlier] = outlier.view();
    if (membership.channels > 0) out[Output::Membership] = membership.view();
    if (classLogits.channels > 0) out[Output::ClassLogits] = classLogits.view();
    if (maskLogits.channels > 0) out[Output::MaskLogits] = maskLogits.view();
    out.knownClasses = knownClasses;
    return out;
  }

  /// P_q, a row a query.
  [[nodiscard]] std::vector<std::vector<double>> probabilities(double t) const {
    std::vector<std::vector<double>> out;
    for (int q = 0; q < classLogits.channels; ++q) {
      std::vector<double>& row = out.emplace_back();
      for (int k = 0; k < classLogits.width; ++k) row.push_back(std::exp(classLogits.at(q, 0, k) / t));
      const double sum = std::accumulate(row.begin(), row.end(), 0.0);
      for (double& value : row) value /= sum;
    }
    return out;
  }
  [[nodiscard]] double mask(int q, Size target, int x, int y) const {
    return 1.0 / (1.0 + std::exp(-maskLogits.at(q, target, x, y)));
  }
  /// S of the classes 0 to K - 1, by probabilities(T).
  [[nodiscard]] std::vector<double> memberships(const std::vector<std::vector<double>>& p, Size target, int x,
                                                int y) const {
    std::vector<double> out;
    if (maskLogits.channels == 0) {
      for (int k = 0; k < membership.channels; ++k) out.push_back(membership.at(k, target, x, y));
      return out;
    }
    out.resize(static_cast<std::size_t>(knownClasses));
    for (int q = 0; q < maskLogits.channels; ++q) {
      const double covers = mask(q, target, x, y);
      for (std::size_t k = 0; k < out.size(); ++k) out[k] += p[static_cast<std::size_t>(q)][k] * covers;
    }
    return out;
  }
  [[nodiscard]] std::vector<double> memberships(double t, Size target, int x, int y) const {
    return memberships(probabilities(t), target, x, y);
  }
  [[nodiscard]] std::vector<double> chosenLogits(const std::vector<int>& channels, Size target, int x, int y) const {
    std::vector<double> out;
    for (int c = 0; c < logits.channels; ++c)
      if (channels.empty() || std::find(channels.begin(), channels.end(), c) != channels.end())
        out.push_back(logits.at(c, target, x, y));
    return out;
  }
  /// log P(d_out | x): by the softmax of two channels, or by the sigmoid of one that is P(d_in | x)'s logit.
  [[nodiscard]] double logOutlier(Size target, int x, int y) const {
    const double first = outlier.at(0, target, x, y);
    const double second = outlier.channels == 2 ? outlier.at(1, target, x, y) : 0.0;
    const double largest = std::max(first, second);
    return second - largest - std::log1p(std::exp(std::min(first, second) - largest));
  }
};

inline double largestOf(const std::vector<double>& values) { return *std::max_element(values.begin(), values.end()); }

inline double logSumExpOf(const std::vector<double>& values, double t = 1.0) {
  double sum = 0.0;
  for (const double value : values) sum += std::exp((value - largestOf(values)) / t);
  return largestOf(values) / t + std::log(sum);
}

/// A method's scores by their definition, row by row.
inline std::vector<double> plainOutputScores(const MadeOutputs& of, const ScoreParameters& how, Size target) {
  const double t = static_cast<double>(how.temperature);
  const auto divided = of.probabilities(t), whole = of.probabilities(1.0);
  int x = 0, y = 0;
  const auto logits = [&] { return of.chosenLogits(how.channels, target, x, y); };
  const auto members = [&] { return of.memberships(divided, target, x, y); };
  const auto asLogits = [&] { return of.memberships(whole, target, x, y); };
  /// Sum over queries of their mask times something of their classes.
  const auto covered = [&](const auto& weight) {
    double sum = 0.0;
    for (int q = 0; q < of.maskLogits.channels; ++q)
      sum += of.mask(q, target, x, y) * weight(divided[static_cast<std::size_t>(q)]);
    return sum;
  };
  const auto best = [&](const std::vector<double>& p) {
    return *std::max_element(p.begin(), p.begin() + of.knownClasses);
  };
  const std::map<Method, std::function<double()>> definitions = {
      {methods::kDenseHybridRatio, [&] { return of.logOutlier(target, x, y) - logSumExpOf(logits()); }},
      {methods::kDenseHybridGenerative, [&] { return -logSumExpOf(logits()); }},
      {methods::kDenseHybridDiscriminative, [&] { return of.logOutlier(target, x, y); }},
      {methods::kSml,
       [&] {
         const auto z = logits();
         const auto c = static_cast<std::size_t>(std::max_element(z.begin(), z.end()) - z.begin());
         const auto channel = how.channels.empty() ? c : static_cast<std::size_t>(how.channels[c]);
         return -(z[c] - how.classStatistics->mean[channel]) / std::sqrt(how.classStatistics->variance[channel]);
       }},
      {methods::kMembershipMax, [&] { return 1.0 - largestOf(members()); }},
      {methods::kM2a, [&] { return 1.0 - largestOf(members()); }},
      {methods::kRba,
       [&] {
         double sum = 0.0;
         for (const double s : members()) sum += std::tanh(s);
         return -sum;
       }},
      {methods::kMembershipSum,
       [&] {
         const auto s = members();
         return 1.0 - std::accumulate(s.begin(), s.end(), 0.0);
       }},
      {methods::kEam, [&] { return 1.0 - covered(best); }},
      {methods::kUno,
       [&] {
         return -covered(
             [&](const std::vector<double>& p) { return best(p) - p[static_cast<std::size_t>(of.knownClasses)]; });
       }},
      // Memberships taken as logits.
      {methods::kMsp, [&] { return 1.0 - std::exp(largestOf(asLogits()) / t - logSumExpOf(asLogits(), t)); }},
      {methods::kMaxLogit, [&] { return -largestOf(asLogits()); }},
      {methods::kEnergy, [&] { return -t * logSumExpOf(asLogits(), t); }},
      {methods::kMaxEntropy,
       [&] {
         const auto s = asLogits();
         const double all = logSumExpOf(s, t);
         double out = 0.0;
         for (const double value : s) out += std::exp(value / t - all) * (all - value / t);
         return out / std::log(static_cast<double>(s.size()));
       }},
  };
  const auto& defined = definitions.at(how.method);
  std::vector<double> out;
  for (y = 0; y < target.height; ++y)
    for (x = 0; x < target.width; ++x) out.push_back(defined());
  return out;
}

/// A network with a second head; sizes and storage differ where asked.
inline MadeOutputs twoHeads(int channels, Size size, int outlierChannels, Size outlierSize, bool isHalf) {
  return {.logits = {channels, size.height, size.width, isHalf, 0.0, 3.0, 1},
          .outlier = {outlierChannels, outlierSize.height, outlierSize.width, true, 0.0, 4.0, 2},
          .membership = {},
          .classLogits = {},
          .maskLogits = {}};
}

/// A mask network of K classes: `extra` columns more.
inline MadeOutputs maskNetwork(int queries, int known, int extra, Size size, bool isHalf) {
  return {.logits = {},
          .outlier = {},
          .membership = {},
          .classLogits = {queries, 1, known + extra, isHalf, 0.0, 3.0, 3},
          .maskLogits = {queries, size.height, size.width, isHalf, -2.0, 4.0, 4},
          .knownClasses = known};
}

}  // namespace oodscope::testing
