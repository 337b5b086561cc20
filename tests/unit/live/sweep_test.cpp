// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/sweep.h"

#include "app/documents/result_row.h"

#include "analysis/core/error.h"
#include "tests/support/made_live_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace oodscope::testing {
namespace {

void ignore(std::size_t, const SweepPoint&) {}

SweepResult swept(const std::shared_ptr<LiveSet>& live, SweepRule rule, SweepOptions options = {.values = 7}) {
  options.rule = rule;
  return sweep({live}, methods::kMsp, protocols::kCourse, options, ignore, {});
}

TEST(SweepRules, EachNamesTheTemperatureThatItIsCalledAfter) {
  const MadeSet made(4);
  const auto live = made.live();
  for (const SweepRule rule : {SweepRule::ApMinusFpr95, SweepRule::Ap, SweepRule::Fpr95}) {
    const SweepResult result = swept(live, rule);
    const auto value = [&](const SweepPoint& p) {
      return rule == SweepRule::Ap ? *p.ap : rule == SweepRule::Fpr95 ? -*p.fpr95 : *p.ap - *p.fpr95;
    };
    const SweepPoint* best = &result.curves[0].points.front();
    for (const SweepPoint& point : result.curves[0].points)
      if (value(point) > value(*best)) best = &point;
    EXPECT_EQ(result.bestTemperature, best->temperature) << sweepRuleName(rule);
    EXPECT_DOUBLE_EQ(result.bestValue.value(), rule == SweepRule::Fpr95 ? *best->fpr95 : value(*best));
    EXPECT_EQ(sweepRuleFromName(sweepRuleName(rule)), rule);
  }
  EXPECT_FALSE(sweepRuleFromName("best").has_value());
}

TEST(SweepRules, NllIsRefusedWhereNoClassesAreKnown) {
  const MadeSet made(2);
  try {
    static_cast<void>(swept(made.live(), SweepRule::Nll));
    FAIL() << "no refusal";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("class labels"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("ap-fpr95"), std::string::npos) << "says what can be done instead";
  }
}

TEST(SweepBest, IsNotNamedWhilePointsOrFramesAreMissing) {
  const MadeSet made(4);
  SweepResult result = swept(made.live(), SweepRule::ApMinusFpr95);
  ASSERT_TRUE(result.bestTemperature);
  result.complete = false;  // as while its points still come in
  nameBest(result);
  EXPECT_FALSE(result.bestTemperature || result.bestValue || result.bestAtEnd);

  auto two = std::make_shared<LiveSet>(made.set, made.source, Resolution::Network);
  two->prepareFrame(0);
  two->prepareFrame(1);
  const SweepResult some = swept(two, SweepRule::Ap);
  EXPECT_TRUE(some.complete) << "every point is there, of the frames there are";
  EXPECT_EQ(some.missingFrames(), 2U);
  EXPECT_FALSE(some.bestTemperature.has_value());
}

SweepResult resultOf(std::vector<double> aps) {
  SweepResult result;
  result.rule = SweepRule::Ap;
  result.complete = true;
  SweepCurve curve{.set = "made"};
  for (std::size_t i = 0; i < aps.size(); ++i)
    curve.points.push_back({.temperature = static_cast<double>(i + 1), .ap = aps[i], .fpr95 = 0.5});
  result.curves.push_back(std::move(curve));
  nameBest(result);
  return result;
}

TEST(SweepBest, AtTheEndOfTheRangeIsSaid) {
  EXPECT_EQ(resultOf({0.1, 0.2, 0.3}).bestAtEnd, RangeEnd::High);
  EXPECT_EQ(resultOf({0.3, 0.2, 0.1}).bestAtEnd, RangeEnd::Low);
  EXPECT_FALSE(resultOf({0.1, 0.3, 0.2}).bestAtEnd.has_value());
  EXPECT_FALSE(resultOf({0.1}).bestAtEnd.has_value()) << "one temperature is no range";
  EXPECT_FALSE(rangeEndWarning(resultOf({0.1, 0.3, 0.2})).has_value());
  const auto text = rangeEndWarning(resultOf({0.1, 0.2, 0.3}));
  EXPECT_EQ(text.value(),
            "the best temperature, 3, lies at the high end of the range 1 to 3: a better one may lie beyond");
}

TEST(SweepTemperatures, AreShortDecimalsOfTheFloatsThatScoresAreMadeWith) {
  const auto values = sweepTemperatures({.low = 0.05, .high = 20.0, .values = 40});
  EXPECT_EQ(values.front(), 0.05);
  EXPECT_EQ(values.back(), 20.0);
  EXPECT_NE(std::find(values.begin(), values.end(), 1.0), values.end());
  for (const double t : values) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.9g", t);
    EXPECT_EQ(std::strtod(text.data(), nullptr), t) << "no more than nine digits";
  }
  EXPECT_THROW((void)sweepTemperatures({.low = 1.0, .high = std::numeric_limits<double>::infinity()}),
               ContractViolation);
}

TEST(SweepRows, CountFramesAndPixelsAsEvaluationDoes) {
  const MadeSet made(5);
  const auto live = made.live();
  const SweepResult result = swept(live, SweepRule::ApMinusFpr95, {.values = 2, .refinements = 0});
  const auto exact = live->exact(msp(1.0F), protocols::kCourse, std::nullopt, {});
  const auto rows = sweepRows(result.curves[0], *live, methods::kMsp, protocols::kCourse);
  ASSERT_EQ(rows.size(), result.curves[0].points.size());
  for (const ResultRow& row : rows) {
    EXPECT_EQ(row.frames, 4);
    EXPECT_EQ(row.skipped, 1);
    EXPECT_EQ(row.framesTotal, 5);
    EXPECT_EQ(row.withoutAnomaly, 1);
    EXPECT_EQ(row.failed, 0);
    EXPECT_TRUE(row.complete);
    EXPECT_EQ(row.positives, static_cast<std::int64_t>(exact->metrics.positives));
    EXPECT_EQ(row.negatives, static_cast<std::int64_t>(exact->metrics.negatives));
    EXPECT_TRUE(row.auroc && row.bestF1);
  }
}

TEST(SweepRows, SayWhichFramesAreNotReadYet) {
  const MadeSet made(4);
  auto two = std::make_shared<LiveSet>(made.set, made.source, Resolution::Network);
  two->prepareFrame(0);
  two->prepareFrame(1);
  const SweepResult result = swept(two, SweepRule::Ap, {.values = 1, .refinements = 0});
  const ResultRow row = sweepRows(result.curves[0], *two, methods::kMsp, protocols::kCourse).front();
  EXPECT_EQ(row.frames, 2);
  EXPECT_EQ(row.unread, 2);
  EXPECT_EQ(row.failed, 0);
  EXPECT_FALSE(row.complete);
  EXPECT_FALSE(row.exact);
}

}  // namespace
}  // namespace oodscope::testing
