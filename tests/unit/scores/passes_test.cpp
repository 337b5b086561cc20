// SPDX-License-Identifier: GPL-3.0-or-later
// Scores that read further passes of a network, each against its definition in double precision.
#include "analysis/scores/gathered_outputs.h"
#include "analysis/scores/method_kinds.h"
#include "analysis/scores/score_function.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "made_outputs.h"
#include "score_reference.h"

namespace oodscope {
namespace {

using testing::EachTarget;
using ::testing::HasSubstr;
using testing::MadeArray;

constexpr int kClasses = 7;
constexpr Size kFrame{37, 11};

/// A frame's plain pass and runs of a further one.
struct MadePasses {
  std::vector<MadeArray> runs;  ///< the plain one first
  const PassKind* kind;

  MadePasses(const PassKind& of, int further, bool isHalf, double deviation = 2.0) : kind(&of) {
    for (int i = 0; i <= further; ++i)
      runs.emplace_back(kClasses, kFrame.height, kFrame.width, isHalf, 0.0, deviation, 40U + static_cast<unsigned>(i));
  }
  [[nodiscard]] OutputsView view() const {
    OutputsView out{runs.front().view()};
    for (std::size_t i = 1; i < runs.size(); ++i) out.further.push_back({kind, runs[i].view()});
    return out;
  }
};

std::vector<int> chosenOf(const ScoreParameters& how) {
  std::vector<int> out = how.channels;
  if (out.empty()) {
    out.resize(kClasses);
    std::iota(out.begin(), out.end(), 0);
  }
  return out;
}

std::vector<double> softmaxOf(const MadeArray& run, const ScoreParameters& how, Size target, int x, int y) {
  std::vector<double> out;
  for (const int c : chosenOf(how))
    out.push_back(std::exp(run.at(c, target, x, y) / static_cast<double>(how.temperature)));
  const double sum = std::accumulate(out.begin(), out.end(), 0.0);
  for (double& value : out) value /= sum;
  return out;
}

double entropyOf(const std::vector<double>& p) {
  double out = 0.0;
  for (const double value : p) out -= value * std::log(value);
  return out;
}

/// H of the mean, and the mean of H, in units of ln C.
std::pair<double, double> entropies(const MadePasses& of, const ScoreParameters& how, Size target, int x, int y) {
  std::vector<double> mean(chosenOf(how).size());
  double own = 0.0;
  for (std::size_t run = 1; run < of.runs.size(); ++run) {
    const std::vector<double> p = softmaxOf(of.runs[run], how, target, x, y);
    for (std::size_t c = 0; c < p.size(); ++c) mean[c] += p[c] / static_cast<double>(of.runs.size() - 1);
    own += entropyOf(p) / static_cast<double>(of.runs.size() - 1);
  }
  const double unit = std::log(static_cast<double>(mean.size()));
  return {entropyOf(mean) / unit, own / unit};
}

using PassDefinition = std::function<double(const MadePasses&, const ScoreParameters&, Size, int, int)>;

/// On every SIMD target, whole frames and chosen pixels.
void expectPassScores(const MadePasses& of, const ScoreParameters& how, Size target, const PassDefinition& definition) {
  std::vector<std::uint32_t> pixels;
  for (std::uint32_t p = 0; p < target.area(); p += 3) pixels.push_back(p);
  EachTarget().run([&](const std::string& simd) {
    std::vector<float> found(target.area(), -9.0F), some(pixels.size());
    scoreResized(of.view(), how, target, found);
    for (int y = 0; y < target.height; ++y)
      for (int x = 0; x < target.width; ++x)
        ASSERT_NEAR(static_cast<double>(found[static_cast<std::size_t>(y * target.width + x)]),
                    definition(of, how, target, x, y), 4e-6)
            << how.method << " " << simd << " " << x << "," << y;
    scoreResizedPixels(of.view(), how, target, pixels, some);
    for (std::size_t i = 0; i < pixels.size(); ++i) ASSERT_EQ(some[i], found[pixels[i]]) << how.method << " " << simd;
    GatheredOutputs gathered(of.view(), {pixels.size()}, {});
    gathered.fill(0, of.view(), target, pixels);
    std::vector<float> fromGathered(pixels.size());
    gathered.score(how, fromGathered);
    ASSERT_EQ(fromGathered, some) << how.method << " " << simd;
  });
}

}  // namespace

TEST(PassScores, OfRunsWithDropoutAreTheirDefinitions) {
  for (const bool isHalf : {true, false})
    for (const int runs : {1, 2, 9}) {
      const MadePasses of(kDropoutPass, runs, isHalf);
      for (const Size target : {kFrame, Size{20, 23}})
        for (const float t : {1.0F, 0.5F, 4.0F})
          for (const std::vector<int>& channels : {std::vector<int>(), std::vector<int>{0, 2, 3, 6}}) {
            ScoreParameters how{.method = methods::kMcDropout, .temperature = t, .channels = channels};
            expectPassScores(of, how, target, [](auto&&... all) { return entropies(all...).first; });
            how.method = methods::kMutualInformation;
            expectPassScores(of, how, target, [](auto&&... all) {
              const auto [mean, own] = entropies(all...);
              return mean - own;
            });
          }
    }
}

TEST(PassScores, OfOneRunThatIsRepeatedHoldNoInformation) {
  MadePasses of(kDropoutPass, 4, true);
  for (std::size_t run = 2; run < of.runs.size(); ++run) of.runs[run] = of.runs[1];
  std::vector<float> information(kFrame.area()), entropy(kFrame.area()), alone(kFrame.area());
  score(of.view(), {.method = methods::kMutualInformation}, information);
  score(of.view(), {.method = methods::kMcDropout}, entropy);
  score(of.runs[1].view(), {.method = methods::kMaxEntropy}, alone);
  for (std::size_t i = 0; i < alone.size(); ++i) {
    EXPECT_NEAR(information[i], 0.0F, 1e-6F);
    EXPECT_GE(information[i], 0.0F);
    EXPECT_NEAR(entropy[i], alone[i], 2e-6F);
  }
}

TEST(PassScores, ReadTheFurtherPassAndNotThePlainOne) {
  const MadePasses moved(kPerturbedPass, 1, true), clipped(kRectifiedPass, 1, false);
  for (const float t : {1.0F, 3.0F}) {
    expectPassScores(moved, {.method = methods::kOdin, .temperature = t, .channels = {1, 2, 5}}, kFrame,
                     [](const MadePasses& of, const ScoreParameters& how, Size target, int x, int y) {
                       const auto p = softmaxOf(of.runs[1], how, target, x, y);
                       return 1.0 - *std::max_element(p.begin(), p.end());
                     });
    expectPassScores(clipped, {.method = methods::kReact, .temperature = t}, kFrame,
                     [](const MadePasses& of, const ScoreParameters& how, Size target, int x, int y) {
                       double sum = 0.0;
                       for (int c = 0; c < kClasses; ++c)
                         sum += std::exp(of.runs[1].at(c, target, x, y) / static_cast<double>(how.temperature));
                       return -static_cast<double>(how.temperature) * std::log(sum);
                     });
  }
}

TEST(PassScores, OfOtherMethodsAreThoseOfThePlainPassWhateverElseIsThere) {
  const MadePasses of(kDropoutPass, 3, true);
  std::vector<float> alone(kFrame.area()), beside(kFrame.area());
  for (const Method method : {methods::kMsp, methods::kEnergy, methods::kMaxLogit}) {
    score(of.runs[0].view(), {.method = method}, alone);
    score(of.view(), {.method = method}, beside);
    EXPECT_EQ(alone, beside) << method;
  }
}

TEST(PassScores, OfAMaskNetworkAreTheMeanOfImageAndMirrorImage) {
  const testing::MadeOutputs image = testing::maskNetwork(12, 5, 1, kFrame, true);
  testing::MadeOutputs mirrored = testing::maskNetwork(12, 5, 1, kFrame, true);
  for (auto& value : mirrored.maskLogits.half) value ^= 0x8000U;  // another frame: negated masks
  OutputsView both = image.view();
  both.further.push_back({&kMirroredPass, mirrored.view()});
  for (const Size target : {kFrame, Size{20, 23}}) {
    std::vector<float> first(target.area()), second(target.area()), mean(target.area());
    const ScoreParameters how{.method = methods::kM2a, .temperature = 0.7F};
    scoreResized(image.view(), how, target, first);
    scoreResized(mirrored.view(), how, target, second);
    scoreResized(both, how, target, mean);
    for (std::size_t i = 0; i < mean.size(); ++i) EXPECT_NEAR(mean[i], 0.5F * (first[i] + second[i]), 1e-6F);
    EXPECT_NE(first, second);
  }
}

TEST(PassScores, OfNotANumberAreNotANumber) {
  MadePasses of(kDropoutPass, 2, false);
  of.runs[2].single[3 * kFrame.area() + 5] = std::numeric_limits<float>::quiet_NaN();
  for (const Method method : {methods::kMcDropout, methods::kMutualInformation}) {
    std::vector<float> out(kFrame.area());
    score(of.view(), {.method = method}, out);
    EXPECT_TRUE(std::isnan(out[5]));
    EXPECT_FALSE(std::isnan(out[4]));
  }
}

TEST(PassScores, NeedASourceThatCanBeRunSo) {
  const ScoreInputs files{.isNetwork = false, .channels = 19};
  for (const Method method : {methods::kOdin, methods::kReact, methods::kMcDropout, methods::kMutualInformation}) {
    const auto lack = method.whyNot(files);
    ASSERT_TRUE(lack) << method;
    EXPECT_THAT(lack->what, HasSubstr("the source cannot be run once more"));
    EXPECT_THAT(lack->expected, HasSubstr("a built-in network"));
    EXPECT_THAT(lack->found, HasSubstr("logits (19)"));
    EXPECT_FALSE(method.needsPass(files));
    const ScoreInputs network{.channels = 19, .passes = {method.kind().pass}};
    EXPECT_FALSE(method.whyNot(network));
    EXPECT_TRUE(method.needsPass(network));
  }
  const ScoreInputs masks{.isNetwork = false, .queryColumns = 20};
  EXPECT_FALSE(methods::kM2a.whyNot(masks)) << "of one pass";
  std::vector<float> out(kFrame.area());
  const MadePasses of(kPerturbedPass, 1, true);
  EXPECT_THROW(score(of.view(), {.method = methods::kReact}, out), ContractViolation);
}

TEST(Pass, IsToldFromOthersByWhatItIsRunWith) {
  const PassChoice usual = passChoice(kPerturbedPass, {{"passes", 3.0}});
  EXPECT_EQ(passText(usual), "perturbed odin-epsilon=1e-04");
  EXPECT_EQ(usual, passChoice(kPerturbedPass, {})) << "of its own parameters alone";
  EXPECT_NE(passRuns(usual).front().key, passRuns(passChoice(kPerturbedPass, {{"odin-epsilon", 0.01}})).front().key);
  EXPECT_NE(passText(passChoice(kDropoutPass, {{"passes", 3.0}})), passText(passChoice(kDropoutPass, {})));
  const auto few = passRuns(passChoice(kDropoutPass, {{"passes", 2.0}, {"seed", 9.0}}));
  const auto more = passRuns(passChoice(kDropoutPass, {{"passes", 5.0}, {"seed", 9.0}}));
  ASSERT_EQ(few.size(), 2U);
  ASSERT_EQ(more.size(), 5U);
  EXPECT_EQ(few[1].key, more[1].key) << "the first runs are the same, however many follow";
  EXPECT_NE(few[0].key, few[1].key);
  EXPECT_NE(few[0].key, passRuns(passChoice(kDropoutPass, {{"seed", 8.0}})).front().key);
}

TEST(Pass, RefusesValuesOutsideTheirRange) {
  EXPECT_THAT(passValueProblem(kDropoutPasses, 2.5).value(), HasSubstr("a whole number from 1 to 200"));
  EXPECT_TRUE(passValueProblem(kDropoutPasses, 0.0));
  EXPECT_TRUE(passValueProblem(kOdinEpsilon, -1e-4));
  EXPECT_TRUE(passValueProblem(kReactPercentile, std::numeric_limits<double>::quiet_NaN()));
  EXPECT_FALSE(passValueProblem(kReactPercentile, 99.5));
  EXPECT_THROW(static_cast<void>(passChoice(kDropoutPass, {{"passes", 0.0}})), ContractViolation);
}

}  // namespace oodscope
