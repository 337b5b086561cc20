// SPDX-License-Identifier: GPL-3.0-or-later
// Scores of a second head, of class statistics and of mask networks, each against its definition in double precision.
#include "analysis/scores/gathered_outputs.h"
#include "analysis/scores/method_kinds.h"
#include "analysis/scores/score_function.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <functional>
#include <limits>

#include "made_outputs.h"
#include "score_reference.h"

namespace oodscope {
namespace {

using testing::EachTarget;
using testing::MadeOutputs;
using testing::maskNetwork;
using testing::plainOutputScores;
using testing::twoHeads;

constexpr float kNotANumber = std::numeric_limits<float>::quiet_NaN();
constexpr float kEndless = std::numeric_limits<float>::infinity();

std::vector<float> scoredAt(const OutputsView& outputs, const ScoreParameters& how, Size target) {
  std::vector<float> out(target.area(), -123.0F);
  scoreResized(outputs, how, target, out);
  return out;
}

/// On every SIMD target. Weights of upsampling in float32 are off by 6e-8 times the position: `slack` is what a score
/// makes of that.
void expectNearDefinition(const MadeOutputs& of, const ScoreParameters& how, Size target, double slack) {
  const std::vector<double> expected = plainOutputScores(of, how, target);
  EachTarget().run([&](const std::string& simd) {
    const std::vector<float> scores = scoredAt(of.view(), how, target);
    for (std::size_t i = 0; i < scores.size(); ++i)
      ASSERT_NEAR(static_cast<double>(scores[i]), expected[i], 1e-5 * std::abs(expected[i]) + slack)
          << simd << " " << how.method << " T " << how.temperature << " pixel " << i << " of " << target.width << "x"
          << target.height;
  });
}

constexpr Size kOwn{33, 21};
constexpr Size kOutputTargets[] = {{33, 21}, {66, 42}, {100, 61}, {7, 5}, {300, 3}, {1, 1}};

TEST(OutputScores, OfTwoHeadsAreTheirDefinitions) {
  for (const int heads : {1, 2})
    for (const Size outlierSize : {kOwn, Size{16, 11}})
      for (const bool isHalf : {true, false})
        for (const Size target : kOutputTargets) {
          const MadeOutputs of = twoHeads(19, kOwn, heads, outlierSize, isHalf);
          const double slack = target == kOwn && outlierSize == kOwn ? 1e-6 : 1e-4;
          for (const Method method :
               {methods::kDenseHybridRatio, methods::kDenseHybridGenerative, methods::kDenseHybridDiscriminative})
            expectNearDefinition(of, {.method = method}, target, slack);
        }
}

TEST(OutputScores, LogOutlierKeepsItsDigitsWhereTheHeadIsSure) {
  MadeOutputs of = twoHeads(2, {5, 1}, 1, {5, 1}, false);
  of.outlier.isHalf = false;
  of.outlier.single = {-30.0F, -20.0F, -10.0F, 30.0F, 90.0F};
  expectNearDefinition(of, {.method = methods::kDenseHybridDiscriminative}, {5, 1}, 0.0);
}

TEST(OutputScores, AnOutlierHeadOfOneChannelIsALogitOfTheInliers) {
  MadeOutputs of = twoHeads(2, {2, 1}, 1, {2, 1}, false);
  of.outlier.isHalf = false;
  of.outlier.single = {5.0F, -5.0F};
  const auto one = scoredAt(of.view(), {.method = methods::kDenseHybridDiscriminative}, {2, 1});
  EXPECT_LT(one[0], one[1]);
  of = twoHeads(2, {2, 1}, 2, {2, 1}, false);
  of.outlier.isHalf = false;
  of.outlier.single = {5.0F, 0.0F, 0.0F, 5.0F};  // the outlier's channel is the second
  EXPECT_EQ(scoredAt(of.view(), {.method = methods::kDenseHybridDiscriminative}, {2, 1}), one);
}

TEST(OutputScores, StandardisedMaxLogitTakesTheStatisticsOfThePredictedClass) {
  ScoreParameters how{.method = methods::kSml, .classStatistics = MaxLogitStatistics{}};
  for (int c = 0; c < 20; ++c) {
    how.classStatistics->mean.push_back(5.0 + 0.3 * c);
    how.classStatistics->variance.push_back(0.5 + 0.2 * c);
  }
  std::vector<int> known(19);
  std::iota(known.begin(), known.end(), 1);
  const MadeOutputs of = twoHeads(20, kOwn, 2, kOwn, true);
  expectNearDefinition(of, how, kOwn, 1e-6);
  how.channels = known;  // channel 0 is void: statistics go by channel, not by place
  expectNearDefinition(of, how, kOwn, 1e-6);
  how.classStatistics->variance.pop_back();
  std::vector<float> out(kOwn.area());
  EXPECT_THROW(score(of.view(), how, out), ContractViolation);
}

TEST(OutputScores, OfAMaskNetworkAreTheirDefinitions) {
  for (const int extra : {1, 2})
    for (const bool isHalf : {true, false})
      for (const Size target : {Size{17, 9}, Size{34, 18}, Size{29, 31}, Size{4, 3}}) {
        const MadeOutputs of = maskNetwork(100, 19, extra, {17, 9}, isHalf);
        for (const float t : {1.0F, 0.4F, 3.0F}) {
          for (const Method method :
               {methods::kMsp, methods::kMaxLogit, methods::kEnergy, methods::kMaxEntropy, methods::kMembershipMax,
                methods::kMembershipSum, methods::kRba, methods::kEam, methods::kM2a})
            expectNearDefinition(of, {.method = method, .temperature = t}, target, 4e-5);
          if (extra == 2) expectNearDefinition(of, {.method = methods::kUno, .temperature = t}, target, 4e-5);
        }
      }
}

TEST(OutputScores, OfAMaskNetworkAtItsOwnSizeAreExactToAFewRoundings) {
  const MadeOutputs of = maskNetwork(100, 19, 2, kOwn, true);
  for (const Method method : {methods::kRba, methods::kUno, methods::kMaxLogit})
    expectNearDefinition(of, {.method = method}, kOwn, 0.0);
  for (const Method method : {methods::kEam, methods::kMembershipMax})  // differences from 1
    expectNearDefinition(of, {.method = method}, kOwn, 1e-5);
}

TEST(OutputScores, ShareOutFewAndManyQueriesAndClasses) {
  for (const int queries : {1, 2, 7, 130})
    for (const int known : {1, 2, 3, 4, 5, 6, 11}) {
      const MadeOutputs of = maskNetwork(queries, known, 2, {23, 3}, true);
      for (const Method method : {methods::kMembershipMax, methods::kRba, methods::kEam, methods::kUno})
        expectNearDefinition(of, {.method = method}, {23, 3}, 1e-5);
    }
}

TEST(OutputScores, OfStoredMembershipsAreTheirDefinitions) {
  MadeOutputs of;
  for (const bool isHalf : {true, false})
    for (const Size target : kOutputTargets) {
      of.membership = {19, kOwn.height, kOwn.width, isHalf, 0.1, 0.3, 5};
      for (const Method method : {methods::kMembershipMax, methods::kMembershipSum, methods::kM2a, methods::kRba,
                                  methods::kMsp, methods::kMaxLogit, methods::kEnergy, methods::kMaxEntropy})
        expectNearDefinition(of, {.method = method}, target, target == kOwn ? 2e-6 : 3e-5);
    }
}

TEST(OutputScores, RbaKeepsItsDigitsWhereNoMaskClaimsAPixel) {
  MadeOutputs of;
  of.membership = {19, 1, 9, false, 0.0, 1.0, 5};
  const float sizes[] = {1e-30F, 1e-12F, 1e-6F, 1e-4F, 0.01F, 0.3F, 1.0F, 12.0F, 500.0F};
  for (std::size_t i = 0; i < of.membership.single.size(); ++i) of.membership.single[i] = sizes[i % 9];
  expectNearDefinition(of, {.method = methods::kRba}, {9, 1}, 0.0);
  for (float& value : of.membership.single) value = -value;
  expectNearDefinition(of, {.method = methods::kRba}, {9, 1}, 0.0);
}

TEST(OutputScores, OneMinusTheSumOfMembershipsIsNotRba) {
  MadeOutputs of;
  of.membership = {2, 1, 3, false, 0.0, 1.0, 5};
  of.membership.single = {0.1F, 1.0F, 0.0F, 0.2F, 1.0F, 0.0F};  // two classes of three pixels
  const auto sum = scoredAt(of.view(), {.method = methods::kMembershipSum}, {3, 1});
  EXPECT_NEAR(sum[0], 0.7, 1e-6);
  EXPECT_NEAR(sum[1], -1.0, 1e-6);
  EXPECT_NEAR(sum[2], 1.0, 1e-6);
  const auto rba = scoredAt(of.view(), {.method = methods::kRba}, {3, 1});
  EXPECT_NEAR(rba[0], -(std::tanh(0.1) + std::tanh(0.2)), 1e-6);
  EXPECT_NEAR(rba[1], -2.0 * std::tanh(1.0), 1e-6);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  of.membership.single[4] = nan;
  EXPECT_TRUE(std::isnan(scoredAt(of.view(), {.method = methods::kMembershipSum}, {3, 1})[1]));
}

TEST(OutputScores, MembershipsAsLogitsAreOtherScoresThanTheirLargest) {
  const MadeOutputs of = maskNetwork(20, 5, 1, kOwn, false);
  const auto msp = scoredAt(of.view(), {.method = methods::kMsp}, kOwn);
  const auto largest = scoredAt(of.view(), {.method = methods::kMembershipMax}, kOwn);
  const auto maxLogit = scoredAt(of.view(), {.method = methods::kMaxLogit}, kOwn);
  EXPECT_NE(msp, largest);
  for (std::size_t i = 0; i < largest.size(); ++i) EXPECT_FLOAT_EQ(largest[i], 1.0F + maxLogit[i]);
}

TEST(OutputScores, ChosenClassesAloneTakePart) {
  const MadeOutputs of = maskNetwork(9, 5, 1, kOwn, false);
  MadeOutputs two = of;  // the same memberships of classes 1 and 3, stored
  two.membership = {2, kOwn.height, kOwn.width, false, 0.0, 1.0, 1};
  two.maskLogits = {};
  two.classLogits = {};
  const auto p = of.probabilities(1.0);
  for (int y = 0; y < kOwn.height; ++y)
    for (int x = 0; x < kOwn.width; ++x) {
      const auto s = of.memberships(p, kOwn, x, y);
      const auto at = static_cast<std::size_t>(y * kOwn.width + x);
      two.membership.single[at] = static_cast<float>(s[1]);
      two.membership.single[kOwn.area() + at] = static_cast<float>(s[3]);
    }
  for (const Method method : {methods::kMembershipMax, methods::kRba, methods::kMsp}) {
    const auto chosen = scoredAt(of.view(), {.method = method, .channels = {1, 3}}, kOwn);
    const auto expected = scoredAt(two.view(), {.method = method}, kOwn);
    for (std::size_t i = 0; i < chosen.size(); ++i) ASSERT_NEAR(chosen[i], expected[i], 2e-6) << method;
  }
  std::vector<float> out(kOwn.area());
  EXPECT_THROW(score(of.view(), {.method = methods::kRba, .channels = {1, 5}}, out), ContractViolation);
  EXPECT_NO_THROW(score(of.view(), {.method = methods::kM2a, .channels = {1}}, out)) << "reads all, whatever is chosen";
}

TEST(OutputScores, PixelsAndRowsEqualTheWholeFrameBitForBit) {
  ScoreParameters how{.temperature = 0.7F, .classStatistics = MaxLogitStatistics{}};
  how.classStatistics->mean.assign(19, 3.0);
  how.classStatistics->variance.assign(19, 2.0);
  const MadeOutputs frames[] = {twoHeads(19, kOwn, 2, kOwn, true), twoHeads(19, kOwn, 1, {17, 11}, false),
                                maskNetwork(100, 19, 2, kOwn, true), maskNetwork(13, 4, 2, kOwn, false)};
  EachTarget().run([&](const std::string& simd) {
    for (const MadeOutputs& of : frames)
      for (const Method method : allMethods()) {
        how.method = method;
        how.classStatistics->mean.resize(static_cast<std::size_t>(19));
        const OutputsView view = of.view();
        if (method.whyNot({.channels = of.logits.channels,
                           .outlierChannels = of.outlier.channels,
                           .queryColumns = of.classLogits.width,
                           .knownClasses = of.knownClasses,
                           .hasClassStatistics = true}))
          continue;
        for (const Size target : {kOwn, Size{70, 45}}) {
          const auto whole = scoredAt(view, how, target);
          std::vector<std::uint32_t> pixels;
          for (std::uint32_t i = 0; i < target.area(); i += 1 + i % 5) pixels.push_back(i);
          std::vector<float> chosen(pixels.size());
          scoreResizedPixels(view, how, target, pixels, chosen);
          for (std::size_t i = 0; i < pixels.size(); ++i)
            ASSERT_EQ(chosen[i], whole[pixels[i]]) << simd << " " << method << " " << i;
        }
        const auto whole = scoredAt(view, how, kOwn);
        std::vector<float> rows(static_cast<std::size_t>(kOwn.width) * 7);
        scoreRows(view, how, 9, 7, rows);
        EXPECT_EQ(std::memcmp(rows.data(), whole.data() + 9 * kOwn.width, rows.size() * sizeof(float)), 0) << method;
      }
  });
}

TEST(GatheredOutputs, EqualChosenPixelsOfEachFrameBitForBit) {
  std::vector<MadeOutputs> heads(3, twoHeads(6, kOwn, 2, kOwn, true)), masks(3, maskNetwork(20, 5, 2, kOwn, true));
  for (unsigned f = 0; f < 3; ++f) {
    heads[f].logits = {6, kOwn.height, kOwn.width, true, 0.0, 3.0, 10 + f};
    masks[f].classLogits = {20, 1, 7, false, 0.0, 3.0, 20 + f};  // each frame has its own
    masks[f].maskLogits = {20, kOwn.height, kOwn.width, true, -1.0, 3.0, 30 + f};
  }
  for (const auto* frames : {&heads, &masks})
    for (const Size target : {kOwn, Size{50, 40}}) {
      std::vector<std::vector<std::uint32_t>> pixels(3);
      for (std::uint32_t i = 0; i < target.area(); i += 7) pixels[i % 2 == 0 ? 0 : 2].push_back(i);  // none of frame 1
      std::array<bool, kOutputCount> areHalf{};
      areHalf.fill(target == kOwn);
      areHalf[indexOf(Output::ClassLogits)] = false;
      GatheredOutputs gathered((*frames)[0].view(), {pixels[0].size(), 0, pixels[2].size()}, areHalf);
      for (std::size_t f = 0; f < 3; ++f) gathered.fill(f, (*frames)[f].view(), target, pixels[f]);
      for (const Method method : {methods::kMsp, methods::kDenseHybridRatio, methods::kRba, methods::kUno}) {
        if (method.whyNot(inputsOf(gathered.view()))) continue;
        std::vector<float> out(pixels[0].size() + pixels[2].size());
        gathered.score({.method = method, .temperature = 0.8F}, out);
        std::vector<float> expected(pixels[0].size()), last(pixels[2].size());
        scoreResizedPixels((*frames)[0].view(), {.method = method, .temperature = 0.8F}, target, pixels[0], expected);
        scoreResizedPixels((*frames)[2].view(), {.method = method, .temperature = 0.8F}, target, pixels[2], last);
        expected.insert(expected.end(), last.begin(), last.end());
        EXPECT_EQ(out, expected) << method << " " << target.width;
      }
    }
}

TEST(OutputScores, SeveralOfDifferentArraysEqualOneByOne) {
  MadeOutputs of = twoHeads(6, kOwn, 2, kOwn, true);
  of.membership = {6, kOwn.height, kOwn.width, true, 0.2, 0.3, 8};
  const std::vector<ScoreParameters> several = {{.method = methods::kMsp},
                                                {.method = methods::kRba},
                                                {.method = methods::kDenseHybridRatio},
                                                {.method = methods::kEnergy},
                                                {.method = methods::kDenseHybridDiscriminative}};
  std::vector<std::vector<float>> outs(several.size(), std::vector<float>(kOwn.area()));
  const std::vector<std::span<float>> spans(outs.begin(), outs.end());
  scoreSeveral(of.view(), several, spans);
  for (std::size_t i = 0; i < several.size(); ++i)
    EXPECT_EQ(outs[i], scoredAt(of.view(), several[i], kOwn)) << several[i].method;
}

TEST(OutputScores, ANanInAnyArrayThatIsReadGivesANanScore) {
  EachTarget().run([&](const std::string& simd) {
    MadeOutputs heads = twoHeads(6, kOwn, 2, kOwn, false);
    heads.outlier.isHalf = false;
    heads.outlier.single[40] = kNotANumber;
    heads.logits.single[kOwn.area() + 50] = kNotANumber;
    const auto hybrid = scoredAt(heads.view(), {.method = methods::kDenseHybridRatio}, kOwn);
    for (std::size_t i = 0; i < hybrid.size(); ++i) ASSERT_EQ(std::isnan(hybrid[i]), i == 40 || i == 50) << simd << i;
    MadeOutputs masks = maskNetwork(6, 4, 2, kOwn, false);
    masks.maskLogits.single[5 * kOwn.area() + 60] = kNotANumber;
    for (const Method method : {methods::kRba, methods::kEam, methods::kUno, methods::kMembershipMax}) {
      const auto scores = scoredAt(masks.view(), {.method = method}, kOwn);
      for (std::size_t i = 0; i < scores.size(); ++i) ASSERT_EQ(std::isnan(scores[i]), i == 60) << simd << method << i;
    }
  });
}

TEST(OutputScores, MasksThatCoverAllOrNothingAreWhole) {
  MadeOutputs of = maskNetwork(3, 2, 1, {2, 1}, false);
  of.maskLogits.single = {kEndless, -kEndless, kEndless, -kEndless, kEndless, -kEndless};
  const auto scores = scoredAt(of.view(), {.method = methods::kEam}, {2, 1});
  EXPECT_EQ(scores[1], 1.0F);
  EXPECT_NEAR(scores[0], plainOutputScores(of, {.method = methods::kEam}, {2, 1})[0], 1e-6);
}

TEST(OutputScores, PredictedClassesAreThoseOfTheLargestMembership) {
  const MadeOutputs of = maskNetwork(40, 7, 1, kOwn, true);
  std::vector<std::uint8_t> classes(kOwn.area());
  const auto p = of.probabilities(1.0);
  EachTarget().run([&](const std::string& simd) {
    for (const std::vector<int>& chosen : {std::vector<int>{}, std::vector<int>{2, 3, 6}}) {
      predictedClasses(of.view(), chosen, classes);
      for (int y = 0; y < kOwn.height; ++y)
        for (int x = 0; x < kOwn.width; ++x) {
          const auto s = of.memberships(p, kOwn, x, y);
          double best = -1.0;
          for (int k = 0; k < 7; ++k)
            if (chosen.empty() || std::ranges::count(chosen, k) > 0)
              best = std::max(best, s[static_cast<std::size_t>(k)]);
          const auto found = classes[static_cast<std::size_t>(y * kOwn.width + x)];
          ASSERT_NEAR(s.at(found), best, 1e-6) << simd;
          ASSERT_TRUE(chosen.empty() || std::ranges::count(chosen, int{found}) > 0);
        }
    }
  });
  const auto s = of.memberships(1.0, kOwn, 4, 5);
  const auto shown = classProbabilities(of.view(), {.method = methods::kRba}, 4, 5);
  ASSERT_EQ(shown.size(), s.size());
  for (std::size_t k = 0; k < s.size(); ++k) EXPECT_NEAR(shown[k], s[k], 1e-6);
}

TEST(OutputScores, RefuseWhatTheOutputsLack) {
  std::vector<float> out(kOwn.area());
  const auto refuses = [&](const MadeOutputs& of, Method method) {
    EXPECT_THROW(score(of.view(), {.method = method}, out), ContractViolation) << method;
  };
  refuses(twoHeads(6, kOwn, 3, kOwn, true), methods::kDenseHybridRatio);
  refuses(maskNetwork(6, 4, 1, kOwn, true), methods::kUno);
  refuses(maskNetwork(6, 4, 3, kOwn, true), methods::kRba);
  refuses(maskNetwork(6, 4, 1, kOwn, true), methods::kDenseHybridGenerative);
  refuses(twoHeads(6, kOwn, 2, kOwn, true), methods::kRba);
  refuses(twoHeads(6, kOwn, 2, kOwn, true), methods::kSml);
  MadeOutputs of = maskNetwork(6, 4, 1, kOwn, true);
  of.classLogits.channels = 5;
  refuses(of, methods::kRba);
}

TEST(OutputScores, WhatIsLackingIsNamed) {
  const auto lack = methods::kUno.whyNot({.isNetwork = false, .queryColumns = 20, .knownClasses = 19});
  ASSERT_TRUE(lack);
  EXPECT_EQ(lack->expected, "21 columns: 19 known classes, a negative class, no object");
  EXPECT_EQ(lack->found, "20");
  const auto head = methods::kDenseHybridRatio.whyNot({.channels = 19});
  ASSERT_TRUE(head);
  EXPECT_EQ(head->expected, "an array \"outlier\", 1 or 2 x h x w");
  EXPECT_EQ(head->found, "logits (19)");
  EXPECT_TRUE(methods::kSml.whyNot({.channels = 19}));
  EXPECT_FALSE(methods::kMsp.whyNot({.membershipChannels = 19}));
}

TEST(OutputScores, TemperatureCountsWhereThereAreClassLogitsToDivide) {
  EXPECT_TRUE(methods::kRba.usesTemperature());
  EXPECT_TRUE(methods::kRba.usesTemperature({.queryColumns = 20}));
  EXPECT_FALSE(methods::kRba.usesTemperature({.membershipChannels = 19}));
  EXPECT_TRUE(methods::kMsp.usesTemperature({.membershipChannels = 19}));
  EXPECT_FALSE(methods::kDenseHybridRatio.usesTemperature());
}

TEST(Outputs, AreNamedAsFilesNameThem) {
  for (const Output output : kAllOutputs) EXPECT_EQ(outputNamed(outputName(output)), output);
  EXPECT_EQ(outputName(Output::ClassLogits), "class_logits");
  EXPECT_FALSE(outputNamed("Logits"));
}

}  // namespace
}  // namespace oodscope
