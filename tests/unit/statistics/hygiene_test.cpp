// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/statistics/hygiene.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace oodscope {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

bool has(const SetHygiene& set, std::size_t frame, HygieneIssue issue) {
  return std::any_of(set.findings.begin(), set.findings.end(),
                     [&](const HygieneFinding& f) { return f.frame == frame && f.issue == issue; });
}

TEST(Hygiene, CountsWhatCannotBeRankedTiesAndRange) {
  const std::vector<float> scores{1.0F, 2.0F, 2.0F, -0.0F, 0.0F, 2.0F, kNaN, kInf, -kInf, 5.0F};
  const FrameHygiene found = inspectScores(scores);
  EXPECT_EQ(found.pixels, 10U);
  EXPECT_EQ(found.nan, 1U);
  EXPECT_EQ(found.plusInfinity, 1U);
  EXPECT_EQ(found.minusInfinity, 1U);
  EXPECT_EQ(found.finite(), 7U);
  EXPECT_EQ(found.distinct, 4U);
  EXPECT_EQ(found.tied, 5U);
  EXPECT_EQ(found.largestTie, 3U);
  EXPECT_EQ(found.largestTieScore, 2.0F);
  EXPECT_EQ(found.lowest, 0.0F);
  EXPECT_EQ(found.highest, 5.0F);
  EXPECT_EQ(found.median, 2.0F);
  EXPECT_FALSE(found.isConstant());
}

TEST(Hygiene, CountsWhatFloat16WouldLose) {
  const std::vector<float> scores{70000.0F, -70000.0F, 1e-9F, 0.0F, 1.0F, 1.0F + 1e-5F, 65504.0F};
  const FrameHygiene found = inspectScores(scores);
  EXPECT_EQ(found.float16Overflow, 2U);
  EXPECT_EQ(found.float16Underflow, 1U);
  EXPECT_EQ(found.distinct, 7U);
  EXPECT_EQ(found.float16Distinct, 5U);  // 0 with 1e-9, and 1 with 1.00001, fall together
}

TEST(Hygiene, LooksAtLabelledPixelsOnly) {
  const ScoreMap scores({2, 1}, std::vector<float>{kNaN, 1.0F});
  const LabelMap labels({2, 1}, std::vector<std::uint8_t>{kVoid, kNormal});
  const FrameHygiene found = inspectScores(scoredImage(scores, labels));
  EXPECT_EQ(found.nan, 0U);
  EXPECT_EQ(found.pixels, 1U);
}

TEST(Hygiene, AFrameWithoutFiniteScoresHasNoRange) {
  const std::vector<float> scores{kNaN, kNaN};
  const FrameHygiene found = inspectScores(scores);
  EXPECT_FALSE(found.lowest.has_value());
  EXPECT_FALSE(found.isConstant());
  EXPECT_TRUE(has(summarise(std::span(&found, 1)), 0, HygieneIssue::NoFiniteScore));
}

TEST(Hygiene, LogitsThatWereCutOffAreAFindingOfTheirFrame) {
  std::vector<FrameHygiene> frames(2, inspectScores(std::vector<float>{0.25F, 0.5F, 0.75F}));
  frames[1].saturatedLogits = 7;
  const SetHygiene set = summarise(frames);
  EXPECT_EQ(set.saturatedLogits, 7U);
  EXPECT_FALSE(has(set, 0, HygieneIssue::SaturatedLogits));
  EXPECT_TRUE(has(set, 1, HygieneIssue::SaturatedLogits));
}

TEST(Hygiene, FindsConstantFramesAndFramesUnlikeTheSet) {
  std::vector<FrameHygiene> frames;
  for (int f = 0; f < 9; ++f) {
    std::vector<float> scores;
    for (int i = 0; i < 50; ++i) scores.push_back(static_cast<float>(i) / 64.0F + 0.125F * static_cast<float>(f));
    if (f == 4) scores.assign(50, 0.5F);
    if (f == 8)
      for (float& s : scores) s = 200.0F * s + 1.0F;
    frames.push_back(inspectScores(scores));
  }
  const SetHygiene set = summarise(frames);
  EXPECT_EQ(set.constantFrames, 1U);
  EXPECT_TRUE(has(set, 4, HygieneIssue::Constant));
  EXPECT_FALSE(has(set, 4, HygieneIssue::ManyTies));
  EXPECT_TRUE(has(set, 8, HygieneIssue::RangeUnlikeSet));
  EXPECT_EQ(set.findings.size(), 2U);
  for (const HygieneFinding& finding : set.findings) EXPECT_FALSE(hygieneIssueText(finding.issue).empty());
}

}  // namespace
}  // namespace oodscope
