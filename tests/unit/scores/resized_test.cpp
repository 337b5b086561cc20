// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/method_kinds.h"
#include "analysis/scores/resized_classes.h"
#include "analysis/scores/score_function.h"

#include <gtest/gtest.h>
#include <oneapi/tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "score_reference.h"

namespace oodscope {
namespace {

using testing::EachTarget;
using testing::logitMethods;
using testing::networkLikeLogits;
using testing::plainMethods;
using testing::plainScore;
using testing::scored;
using testing::TestLogits;

struct PlainTap {
  int left, right;
  double weight;
};

PlainTap plainTap(int i, int source, int target) {
  const double at = std::max((i + 0.5) * source / target - 0.5, 0.0);
  const int left = std::min(static_cast<int>(at), source - 1);
  return {left, std::min(left + 1, source - 1), at - left};
}

/// The upsampled logits of one target pixel in double precision.
std::vector<double> plainPixel(const TestLogits& logits, Size target, int x, int y) {
  const PlainTap h = plainTap(x, logits.width, target.width), v = plainTap(y, logits.height, target.height);
  std::vector<double> z;
  for (int c = 0; c < logits.channels; ++c) {
    const auto value = [&](int row, int column) {
      const int index = (c * logits.height + row) * logits.width + column;
      return static_cast<double>(logits.single[static_cast<std::size_t>(index)]);
    };
    const double upper = (1 - h.weight) * value(v.left, h.left) + h.weight * value(v.left, h.right);
    const double lower = (1 - h.weight) * value(v.right, h.left) + h.weight * value(v.right, h.right);
    z.push_back((1 - v.weight) * upper + v.weight * lower);
  }
  return z;
}

constexpr Size kTargets[] = {{66, 42}, {100, 60}, {33, 42}, {66, 21}, {7, 5}, {1, 1}, {700, 23}, {34, 300}};

TEST(ScoreResized, IsTheScoreOfBilinearlyUpsampledLogits) {
  const TestLogits logits = networkLikeLogits(6, 21, 33);
  EachTarget().run([&](const std::string& target) {
    for (const Size size : kTargets)
      for (const Method method : plainMethods()) {
        const ScoreParameters parameters{.method = method, .temperature = 1.2F, .voidChannel = 1};
        std::vector<float> out(size.area());
        scoreResized(logits.halfView(), parameters, size, out);
        for (int y = 0; y < size.height; ++y)
          for (int x = 0; x < size.width; ++x) {
            const double expected = plainScore(plainPixel(logits, size, x, y), parameters);
            // Weights in float32 are off by 6e-8 times the position: up to 1e-5 of a logit's step between neighbours.
            ASSERT_NEAR(static_cast<double>(out[static_cast<std::size_t>(y * size.width + x)]), expected, 1e-4)
                << target << " " << method.name() << " " << size.width << "x" << size.height << " at " << x << "," << y;
          }
      }
  });
}

TEST(PredictedClassesResized, AreTheLargestOfTheUpsampledLogits) {
  const TestLogits logits = networkLikeLogits(6, 21, 33);
  EachTarget().run([&](const std::string& target) {
    for (const Size size : kTargets)
      for (const std::vector<int>& chosen : {std::vector<int>{}, std::vector<int>{1, 3, 4}}) {
        std::vector<std::uint8_t> out(size.area());
        predictedClassesResized(logits.halfView(), chosen, size, out);
        for (int y = 0; y < size.height; ++y)
          for (int x = 0; x < size.width; ++x) {
            const std::vector<double> z = plainPixel(logits, size, x, y);
            double best = -std::numeric_limits<double>::infinity();
            for (std::size_t c = 0; c < z.size(); ++c)
              if (chosen.empty() || std::ranges::count(chosen, static_cast<int>(c)) > 0) best = std::max(best, z[c]);
            const int found = out[static_cast<std::size_t>(y * size.width + x)];
            ASSERT_TRUE(chosen.empty() || std::ranges::count(chosen, found) > 0);
            ASSERT_NEAR(z.at(static_cast<std::size_t>(found)), best, 1e-4)
                << target << " " << size.width << "x" << size.height << " at " << x << "," << y;
          }
      }
  });
}

TEST(PredictedClassesResized, AtTheLogitsOwnSizeEqualThoseThere) {
  const TestLogits logits = networkLikeLogits(19, 37, 61);
  EachTarget().run([&](const std::string&) {
    for (const LogitsView& view : {logits.halfView(), logits.singleView()}) {
      std::vector<std::uint8_t> expected(logits.area()), out(logits.area());
      predictedClasses(view, {}, expected);
      predictedClassesResized(view, {}, view.size(), out);
      EXPECT_EQ(out, expected);
    }
  });
}

TEST(ScoreResized, AtTheLogitsOwnSizeEqualsScoreBitForBit) {
  const TestLogits logits = networkLikeLogits(19, 37, 61);
  EachTarget().run([&](const std::string&) {
    for (const Method method : logitMethods()) {
      const ScoreParameters parameters{.method = method, .voidChannel = 1};
      std::vector<float> out(logits.area());
      scoreResized(logits.halfView(), parameters, {61, 37}, out);
      const std::vector<float> plain = scored(logits.halfView(), parameters);
      EXPECT_EQ(std::memcmp(out.data(), plain.data(), out.size() * sizeof(float)), 0);
    }
  });
}

TEST(ScoreResized, ChosenPixelsEqualTheWholeFrameBitForBit) {
  const TestLogits logits = networkLikeLogits(6, 21, 33);
  EachTarget().run([&](const std::string& target) {
    for (const Size size : {Size{66, 42}, Size{100, 61}, Size{9, 77}, Size{33, 21}})
      for (const Method method : logitMethods())
        for (const LogitsView& view : {logits.halfView(), logits.singleView()}) {
          const ScoreParameters parameters{.method = method, .temperature = 0.8F, .voidChannel = 1};
          std::vector<float> whole(size.area()), expected;
          scoreResized(view, parameters, size, whole);
          std::vector<std::uint32_t> pixels;
          for (std::uint32_t i = 0; i < size.area(); i += 1 + i % 5) pixels.push_back(i);
          std::reverse(pixels.begin(), pixels.end());
          for (const auto pixel : pixels) expected.push_back(whole[pixel]);
          std::vector<float> chosen(pixels.size());
          scoreResizedPixels(view, parameters, size, pixels, chosen);
          ASSERT_EQ(std::memcmp(chosen.data(), expected.data(), chosen.size() * sizeof(float)), 0)
              << target << " " << method.name() << " " << size.width << "x" << size.height;
        }
  });
}

TEST(ScoreResized, ManyChosenPixelsOfSomeChannelsEqualTheWholeFrameWithAnyNumberOfThreads) {
  const TestLogits logits = networkLikeLogits(8, 24, 40);
  const Size size{90, 53};  // 4770 pixels: more than nine of the blocks they are gathered in
  const ScoreParameters parameters{.method = methods::kMaxEntropy, .temperature = 2.5F, .channels = {0, 2, 3, 7}};
  std::vector<float> whole(size.area());
  scoreResized(logits.halfView(), parameters, size, whole);
  std::vector<std::uint32_t> pixels;
  for (std::uint32_t i = 0; i < 3000; ++i) pixels.push_back(i * 1237 % static_cast<std::uint32_t>(size.area()));
  pixels.insert(pixels.end(), 700, 17);  // the same pixel may be asked for again
  std::vector<float> expected;
  for (const auto pixel : pixels) expected.push_back(whole[pixel]);
  for (const std::size_t threads : {1U, 2U, 5U}) {
    const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism, threads);
    std::vector<float> chosen(pixels.size(), -1.0F);
    scoreResizedPixels(logits.halfView(), parameters, size, pixels, chosen);
    EXPECT_EQ(chosen, expected) << threads << " threads";
  }
}

TEST(ScoreResized, ChosenPixelsNearUnusableLogitsEqualTheWholeFrame) {
  TestLogits logits = networkLikeLogits(5, 12, 16);
  logits.single[3] = std::numeric_limits<float>::quiet_NaN();
  logits.single[12 * 16 + 70] = -std::numeric_limits<float>::infinity();
  logits.single[2 * 12 * 16 + 130] = std::numeric_limits<float>::infinity();
  const Size size{31, 25};
  std::vector<std::uint32_t> pixels(size.area());
  std::iota(pixels.begin(), pixels.end(), 0U);
  for (const Method method : logitMethods()) {
    const ScoreParameters parameters{.method = method, .voidChannel = 4};
    std::vector<float> whole(size.area()), chosen(size.area());
    scoreResized(logits.singleView(), parameters, size, whole);
    scoreResizedPixels(logits.singleView(), parameters, size, pixels, chosen);
    std::size_t unusable = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
      unusable += std::isfinite(whole[i]) ? 0U : 1U;
      ASSERT_TRUE(whole[i] == chosen[i] || (std::isnan(whole[i]) && std::isnan(chosen[i]))) << method.name() << i;
    }
    EXPECT_GT(unusable, 0U) << method.name();
  }
}

TEST(ScoreResized, NoChosenPixelIsNoWork) {
  const TestLogits logits = networkLikeLogits(4, 2, 3);
  EXPECT_NO_THROW(scoreResizedPixels(logits.halfView(), {}, {6, 4}, {}, {}));
}

TEST(ScoreResized, ThreadsDoNotChangeABit) {
  const TestLogits logits = networkLikeLogits(19, 90, 130);
  const Size size{520, 360};
  std::vector<std::vector<float>> results;
  for (const std::size_t threads : {1U, 2U, 3U}) {
    const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism, threads);
    results.emplace_back(size.area());
    scoreResized(logits.halfView(), {.method = methods::kMaxEntropy}, size, results.back());
  }
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

TEST(ScoreResized, BrokenPreconditionsAreContractViolations) {
  const TestLogits logits = networkLikeLogits(4, 2, 3);
  std::vector<float> out(24);
  EXPECT_THROW(scoreResized(logits.halfView(), {}, {0, 4}, out), ContractViolation);
  EXPECT_THROW(scoreResized(logits.halfView(), {}, {6, 5}, out), ContractViolation);
  EXPECT_THROW(
      scoreResizedPixels(logits.halfView(), {}, {6, 4}, std::vector<std::uint32_t>{24}, std::span(out).first(1)),
      ContractViolation);
}

}  // namespace
}  // namespace oodscope
