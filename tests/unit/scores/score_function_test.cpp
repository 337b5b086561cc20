// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_function.h"
#include "analysis/scores/method_kinds.h"

#include <gtest/gtest.h>
#include <oneapi/tbb/global_control.h>

#include <cstring>
#include <limits>

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

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

bool sameBits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

void expectNearPlain(const TestLogits& logits, const ScoreParameters& parameters, const std::string& target) {
  for (const LogitsView& view : {logits.halfView(), logits.singleView()}) {
    const std::vector<float> scores = scored(view, parameters);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const double expected = plainScore(logits.pixel(i), parameters);
      const bool isShare = parameters.method.kind().range.isProbability();
      const double unit = isShare ? 1.0 : std::max(1.0, std::abs(expected));
      const double bound = parameters.method == methods::kMaxLogit ? 0.0 : 2e-6 * unit;
      ASSERT_NEAR(static_cast<double>(scores[i]), expected, bound)
          << target << " " << parameters.method.name() << " T=" << parameters.temperature << " pixel " << i;
    }
  }
}

TEST(Score, HandComputedPixel) {
  // Two channels a = ln 3 apart: p = (3/4, 1/4).
  const std::vector<float> z = {2.0F + std::log(3.0F), 2.0F};
  const LogitsView logits{.single = z.data(), .channels = 2, .height = 1, .width = 1};
  const auto one = [&](Method method) { return scored(logits, {.method = method, .voidChannel = 1})[0]; };
  EXPECT_NEAR(one(methods::kMsp), 0.25F, 1e-6F);
  EXPECT_EQ(one(methods::kMaxLogit), -(2.0F + std::log(3.0F)));
  EXPECT_NEAR(one(methods::kMaxEntropy), 0.8112781F, 1e-6F);  // binary entropy of 1/4 in bits
  EXPECT_NEAR(one(methods::kEnergy), -(2.0F + std::log(4.0F)), 1e-6F);
  EXPECT_NEAR(one(methods::kSoftmaxDistance), 0.5F, 1e-6F);
  EXPECT_NEAR(one(methods::kVoid), 0.25F, 1e-6F);
}

TEST(Score, EveryMethodTargetAndTemperatureIsWithinTwoMillionthsOfDoublePrecision) {
  const TestLogits logits = networkLikeLogits(20, 13, 41);
  std::vector<int> known(19);
  std::iota(known.begin(), known.end(), 0);
  EachTarget().run([&](const std::string& target) {
    for (const Method method : plainMethods())
      for (const float temperature : {0.05F, 0.3F, 1.0F, 1.6F, 7.0F, 20.0F}) {
        expectNearPlain(logits, {.method = method, .temperature = temperature, .channels = known, .voidChannel = 19},
                        target);
        expectNearPlain(logits, {.method = method, .temperature = temperature, .voidChannel = 0}, target);
      }
  });
}

TEST(Score, EveryWidthUpToTwoGroupsIsScoredToItsLastPixel) {
  EachTarget().run([&](const std::string& target) {
    for (int width = 1; width <= 2 * 64 + 3; ++width) {
      const TestLogits logits = networkLikeLogits(3, 1, width, static_cast<unsigned>(width));
      for (const Method method : plainMethods()) expectNearPlain(logits, {.method = method, .voidChannel = 1}, target);
    }
  });
}

TEST(Score, AnyNumberOfChannelsWorks) {
  EachTarget().run([&](const std::string& target) {
    for (const int channels : {1, 2, 5, 33, 150}) {
      const TestLogits logits = networkLikeLogits(channels, 3, 23);
      for (const Method method : plainMethods()) expectNearPlain(logits, {.method = method, .voidChannel = 0}, target);
    }
  });
}

TEST(Score, ExtremeLogitsStayWithinTheBound) {
  std::mt19937 random(3);
  std::uniform_int_distribution<int> pick(0, 5);
  const float values[] = {60000.0F, -60000.0F, 59968.0F, 0.0F, 6e-8F, -65504.0F};
  const TestLogits logits(7, 9, 31, [&] { return values[pick(random)]; });
  EachTarget().run([&](const std::string& target) {
    for (const Method method : plainMethods())
      for (const float temperature : {0.05F, 1.0F, 20.0F})
        expectNearPlain(logits, {.method = method, .temperature = temperature, .voidChannel = 2}, target);
  });
}

// Logits of thousands, as some networks give them: what the kernels' powers cannot hold is ranked all the same, down to
// the smallest float.
TEST(Score, EntropiesBelowTheSmallestNormalFloatAreKept) {
  constexpr int kPixels = 200;
  std::vector<float> logits(3 * kPixels);
  for (int i = 0; i < kPixels; ++i) {
    const float gap = 60.0F + 0.25F * static_cast<float>(i);  // 60 to 110
    logits[static_cast<std::size_t>(i)] = 5000.0F;
    logits[static_cast<std::size_t>(kPixels + i)] = 5000.0F - gap;
    logits[static_cast<std::size_t>(2 * kPixels + i)] = i % 2 == 0 ? -std::numeric_limits<float>::infinity() : -9000.0F;
  }
  const LogitsView view{.single = logits.data(), .channels = 3, .height = 1, .width = kPixels};
  std::vector<float> scores(kPixels);
  score(view, {.method = methods::kMaxEntropy, .temperature = 1.0F, .channels = {0, 1, 2}}, scores);
  for (std::size_t i = 0; i < kPixels; ++i) {
    const double gap = 60.0 + 0.25 * static_cast<double>(i);
    const double right = std::exp(-gap) * gap / std::log(3.0);
    const double smallest = 0x1p-149;
    EXPECT_NEAR(static_cast<double>(scores[i]), right, std::max(1e-5 * right, 0.51 * smallest)) << gap;
  }
}

TEST(Score, EqualLogitsAreTheUniformDistribution) {
  const TestLogits logits(19, 1, 37, [] { return -3.5F; });
  EachTarget().run([&](const std::string&) {
    for (const float value : scored(logits.halfView(), {.method = methods::kMsp}))
      EXPECT_FLOAT_EQ(value, 18.0F / 19.0F);
    for (const float value : scored(logits.halfView(), {.method = methods::kMaxEntropy})) EXPECT_FLOAT_EQ(value, 1.0F);
    for (const float value : scored(logits.halfView(), {.method = methods::kSoftmaxDistance})) EXPECT_EQ(value, 1.0F);
    for (const float value : scored(logits.halfView(), {.method = methods::kVoid, .voidChannel = 4}))
      EXPECT_FLOAT_EQ(value, 1.0F / 19.0F);
  });
}

TEST(Score, ProbabilitiesNeverLeaveTheirRange) {
  const TestLogits logits = networkLikeLogits(19, 64, 64);
  EachTarget().run([&](const std::string& target) {
    for (const Method method : {methods::kMsp, methods::kSoftmaxDistance, methods::kVoid, methods::kMaxEntropy})
      for (const float temperature : {0.05F, 1.0F, 20.0F})
        for (const float value :
             scored(logits.halfView(), {.method = method, .temperature = temperature, .voidChannel = 3})) {
          ASSERT_GE(value, 0.0F) << target;
          ASSERT_LE(value, method == methods::kMaxEntropy ? 1.000001F : 1.0F) << target;
        }
  });
}

TEST(Score, ANanLogitGivesANanScoreWhereverItStands) {
  constexpr int kChannels = 6;
  for (int at = 0; at < kChannels; ++at) {
    TestLogits logits = networkLikeLogits(kChannels, 1, 40);
    for (const std::size_t pixel : {std::size_t{0}, std::size_t{17}, std::size_t{39}}) {
      logits.half[static_cast<std::size_t>(at) * 40 + pixel] = 0x7e00;
      logits.single[static_cast<std::size_t>(at) * 40 + pixel] = kNan;
    }
    EachTarget().run([&](const std::string& target) {
      for (const Method method : logitMethods())
        for (const LogitsView& view : {logits.halfView(), logits.singleView()}) {
          const std::vector<float> scores = scored(view, {.method = method, .voidChannel = 2});
          for (std::size_t i = 0; i < 40; ++i)
            ASSERT_EQ(std::isnan(scores[i]), i == 0 || i == 17 || i == 39)
                << target << " " << method.name() << " channel " << at << " pixel " << i;
        }
    });
  }
}

TEST(Score, AChannelAtMinusInfinityHasNoProbability) {
  const std::vector<float> z = {1.0F, -kInfinity, 1.0F};
  const LogitsView logits{.single = z.data(), .channels = 3, .height = 1, .width = 1};
  EachTarget().run([&](const std::string&) {
    EXPECT_FLOAT_EQ(scored(logits, {.method = methods::kMsp})[0], 0.5F);
    EXPECT_FLOAT_EQ(scored(logits, {.method = methods::kMaxEntropy})[0], std::log(2.0F) / std::log(3.0F));
    EXPECT_EQ(scored(logits, {.method = methods::kVoid, .voidChannel = 1})[0], 0.0F);
    EXPECT_EQ(scored(logits, {.method = methods::kSoftmaxDistance})[0], 1.0F);
    EXPECT_EQ(scored(logits, {.method = methods::kMaxLogit})[0], -1.0F);
  });
}

TEST(Score, PlusInfinityIsNotFinite) {
  const std::vector<float> z = {1.0F, kInfinity, 1.0F};
  const LogitsView logits{.single = z.data(), .channels = 3, .height = 1, .width = 1};
  EachTarget().run([&](const std::string&) {
    for (const Method method : logitMethods())
      EXPECT_FALSE(std::isfinite(scored(logits, {.method = method, .voidChannel = 0})[0])) << method.name();
    EXPECT_EQ(scored(logits, {.method = methods::kMaxLogit})[0], -kInfinity);
  });
}

TEST(Score, RowsAreCutFromTheWholeFrame) {
  const TestLogits logits = networkLikeLogits(19, 17, 37);
  const ScoreParameters parameters{.method = methods::kMaxEntropy, .temperature = 1.6F};
  const std::vector<float> whole = scored(logits.halfView(), parameters);
  for (int first = 0; first < 17; ++first) {
    std::vector<float> rows(37U * static_cast<unsigned>(17 - first));
    scoreRows(logits.halfView(), parameters, first, 17 - first, rows);
    EXPECT_TRUE(sameBits(rows, std::span(whole).subspan(37U * static_cast<unsigned>(first))));
  }
}

TEST(Score, ChosenPixelsEqualTheWholeFrameBitForBit) {
  const TestLogits logits = networkLikeLogits(19, 61, 67);
  std::mt19937 random(11);
  std::uniform_int_distribution<std::uint32_t> pick(0, 61 * 67 - 1);
  EachTarget().run([&](const std::string& target) {
    for (const std::size_t count : {0U, 1U, 7U, 64U, 511U, 512U, 1300U}) {
      std::vector<std::uint32_t> pixels(count);
      for (auto& pixel : pixels) pixel = pick(random);
      for (const Method method : logitMethods())
        for (const LogitsView& view : {logits.halfView(), logits.singleView()}) {
          const ScoreParameters parameters{.method = method, .temperature = 0.7F, .voidChannel = 5};
          const std::vector<float> whole = scored(view, parameters);
          std::vector<float> chosen(count), expected;
          for (const auto pixel : pixels) expected.push_back(whole[pixel]);
          scorePixels(view, parameters, pixels, chosen);
          ASSERT_TRUE(sameBits(chosen, expected)) << target << " " << method.name() << " " << count;
        }
    }
  });
}

TEST(Score, SeveralAtOnceEqualOneByOneBitForBit) {
  const TestLogits logits = networkLikeLogits(20, 61, 67);
  std::vector<int> known(19);
  std::iota(known.begin(), known.end(), 0);
  std::vector<ScoreParameters> parameters;
  for (const Method method : logitMethods())
    for (const float temperature : {0.5F, 2.0F})
      parameters.push_back({.method = method, .temperature = temperature, .channels = known, .voidChannel = 19});
  EachTarget().run([&](const std::string& target) {
    std::vector<std::vector<float>> outs(parameters.size(), std::vector<float>(61 * 67));
    std::vector<std::span<float>> spans(outs.begin(), outs.end());
    scoreSeveral(logits.halfView(), parameters, spans);
    for (std::size_t i = 0; i < parameters.size(); ++i)
      EXPECT_TRUE(sameBits(outs[i], scored(logits.halfView(), parameters[i]))) << target << " " << i;
  });
}

TEST(Score, ThreadsDoNotChangeABit) {
  const TestLogits logits = networkLikeLogits(19, 300, 301);
  for (const Method method : logitMethods()) {
    const ScoreParameters parameters{.method = method, .temperature = 1.3F, .voidChannel = 7};
    std::vector<std::vector<float>> results;
    for (const std::size_t threads : {1U, 2U, 3U}) {
      const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism, threads);
      results.push_back(scored(logits.halfView(), parameters));
    }
    EXPECT_TRUE(sameBits(results[0], results[1]));
    EXPECT_TRUE(sameBits(results[0], results[2]));
  }
}

TEST(Score, HalfAndSingleStorageOfTheSameValuesAgreeBitForBit) {
  const TestLogits logits = networkLikeLogits(19, 41, 43);
  EachTarget().run([&](const std::string&) {
    for (const Method method : logitMethods()) {
      const ScoreParameters parameters{.method = method, .voidChannel = 7};
      EXPECT_TRUE(sameBits(scored(logits.halfView(), parameters), scored(logits.singleView(), parameters)));
    }
  });
}

TEST(Score, RanksChangeOnlyBetweenScoresThatRoundingCannotTellApart) {
  const TestLogits logits = networkLikeLogits(19, 256, 256);
  for (const Method method : {methods::kMsp, methods::kMaxEntropy, methods::kEnergy, methods::kSoftmaxDistance}) {
    const ScoreParameters parameters{.method = method};
    const std::vector<float> scores = scored(logits.halfView(), parameters);
    std::vector<double> plain(scores.size());
    for (std::size_t i = 0; i < scores.size(); ++i) plain[i] = plainScore(logits.pixel(i), parameters);
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return plain[a] < plain[b]; });
    int swapped = 0, tied = 0;
    for (std::size_t i = 1; i < order.size(); ++i) {
      const float before = scores[order[i - 1]], after = scores[order[i]];
      swapped += before > after ? 1 : 0;
      tied += before == after && plain[order[i - 1]] < plain[order[i]] ? 1 : 0;
    }
    std::cout << method.name() << ": of " << order.size() << " neighbours in rank " << swapped << " swapped, " << tied
              << " tied\n";
    RecordProperty(std::string(method.name()) + "_swapped", swapped);
    EXPECT_LT(swapped, static_cast<int>(order.size()) / 20);
  }
}

TEST(PredictedClasses, AreTheLargestOfTheChosenAndTheLowestOnTies) {
  const std::vector<float> z = {1, 5, 2, kNan, /**/ 3, 5, 2, 1, /**/ 9, 9, 9, kNan, /**/ 3, 1, 2, -kInfinity};
  const LogitsView logits{.single = z.data(), .channels = 4, .height = 2, .width = 2};
  EachTarget().run([&](const std::string&) {
    std::vector<std::uint8_t> out(4);
    predictedClasses(logits, std::vector<int>{0, 1, 3}, out);
    EXPECT_EQ(out, (std::vector<std::uint8_t>{1, 0, 0, 1}));
    predictedClasses(logits, {}, out);
    EXPECT_EQ(out, (std::vector<std::uint8_t>{2, 2, 2, 1}));
    predictedClasses(logits, std::vector<int>{3}, out);
    EXPECT_EQ(out, (std::vector<std::uint8_t>{3, 3, 3, 255}));
  });
}

TEST(PredictedClasses, AgreeWithAPlainSearch) {
  const TestLogits logits = networkLikeLogits(19, 33, 45);
  EachTarget().run([&](const std::string& target) {
    std::vector<std::uint8_t> out(logits.area());
    predictedClasses(logits.halfView(), {}, out);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::vector<double> z = logits.pixel(i);
      ASSERT_EQ(out[i], std::max_element(z.begin(), z.end()) - z.begin()) << target;
    }
  });
}

TEST(ClassProbabilities, AreTheSoftmaxOfOnePixel) {
  const std::vector<float> z = {0, std::log(6.0F), 0, std::log(2.0F), 0, std::log(4.0F)};
  const LogitsView logits{.single = z.data(), .channels = 3, .height = 1, .width = 2};
  const std::vector<double> p = classProbabilities(logits, {.temperature = 0.5F, .channels = {0, 1}}, 1, 0);
  ASSERT_EQ(p.size(), 2U);
  EXPECT_NEAR(p[0], 36.0 / 40.0, 1e-6);
  EXPECT_NEAR(p[1], 4.0 / 40.0, 1e-6);
}

TEST(Score, BrokenPreconditionsAreContractViolations) {
  const TestLogits logits = networkLikeLogits(4, 2, 3);
  std::vector<float> out(6);
  const auto refuses = [&](const ScoreParameters& parameters) {
    EXPECT_THROW(score(logits.halfView(), parameters, out), ContractViolation);
  };
  refuses({.temperature = 0.0F});
  refuses({.temperature = -1.0F});
  refuses({.temperature = kNan});
  refuses({.temperature = kInfinity});
  refuses({.channels = {4}});
  refuses({.channels = {-1}});
  refuses({.channels = {1, 1}});
  refuses({.channels = {2, 1}});
  refuses({.method = methods::kVoid});
  refuses({.method = methods::kVoid, .voidChannel = 4});
  out.resize(5);
  refuses({});
  EXPECT_THROW(scoreRows(logits.halfView(), {}, 1, 2, out), ContractViolation);
  EXPECT_THROW(scorePixels(logits.halfView(), {}, std::vector<std::uint32_t>{6}, std::span(out).first(1)),
               ContractViolation);
  EXPECT_THROW(score(LogitsView{.channels = 1, .height = 1, .width = 1}, {}, std::span(out).first(1)),
               ContractViolation);
}

TEST(SimdTarget, HasAName) { EXPECT_FALSE(simdTargetName().empty()); }

}  // namespace
}  // namespace oodscope
