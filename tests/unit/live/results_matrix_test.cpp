// SPDX-License-Identifier: GPL-3.0-or-later
// What a results matrix says without a window: who is best of whom, what is left to do, which table is written.
#include "app/studies/results_matrix.h"

#include "analysis/scores/method_kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace oodscope {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const ResultMetric& metric(std::string_view name) {
  for (const ResultMetric& each : resultMetrics())
    if (each.name == name) return each;
  throw std::out_of_range("no such metric");
}

MatrixCell done(double ap, double fpr95 = 0.5) {
  ResultRow row;
  row.set = "old name";
  row.model = "old name";
  row.method = "msp";
  row.ap = ap;
  row.fpr95 = fpr95;
  return {.state = RunState::Done, .result = std::make_shared<const ResultRow>(row)};
}

MatrixCell ofPart(double ap) {
  MatrixCell cell = done(ap);
  ResultRow row = *cell.result;
  row.exact = row.complete = false;
  cell.result = std::make_shared<const ResultRow>(row);
  return cell;
}

MatrixRow row(const char* source, Method method, std::optional<float> temperature = {}) {
  return {.source = source, .configuration = {std::string(method.name()), method, temperature}};
}

/// Model a with MSP at two temperatures and energy at one, model b with MSP; one set.
ResultsMatrix fourRows(std::vector<MatrixCell> cells) {
  return {.sets = {"set"},
          .rows = {row("a", methods::kMsp, 1.0F), row("a", methods::kMsp, 2.0F), row("a", methods::kEnergy, 1.0F),
                   row("b", methods::kMsp, 1.0F)},
          .cells = std::move(cells)};
}

std::vector<int> places(const std::vector<bool>& marks) {
  std::vector<int> out;
  for (std::size_t i = 0; i < marks.size(); ++i)
    if (marks[i]) out.push_back(static_cast<int>(i));
  return out;
}

TEST(ResultsMatrix, TheBestOfAGroupIsTheHighestOrLowestByItsMetric) {
  const auto matrix = fourRows({done(0.3, 0.1), done(0.4, 0.2), done(0.2, 0.3), done(0.1, 0.4)});
  EXPECT_THAT(places(bestCells(matrix, metric("ap"), BestOf::Set)), ElementsAre(1));
  EXPECT_THAT(places(bestCells(matrix, metric("fpr95"), BestOf::Set)), ElementsAre(0)) << "lower is better";
  EXPECT_THAT(places(bestCells(matrix, metric("ap"), BestOf::Source)), ElementsAre(1)) << "b is alone: nobody to beat";
  EXPECT_THAT(places(bestCells(matrix, metric("ap"), BestOf::Method)), ElementsAre(1));
  EXPECT_THAT(places(bestCells(matrix, metric("f1_star"), BestOf::Set)), IsEmpty()) << "not known, so nobody's";
}

TEST(ResultsMatrix, WhatIsPrintedAlikeIsBestAlike) {
  const auto matrix = fourRows({done(0.30001), done(0.30004), done(0.2), done(0.29999)});
  EXPECT_THAT(places(bestCells(matrix, metric("ap"), BestOf::Set)), ElementsAre(0, 1, 3)) << "30.00 each";
  EXPECT_THAT(
      places(bestCells(fourRows({done(0.30006), done(0.30004), done(0.2), done(0.2)}), metric("ap"), BestOf::Set)),
      ElementsAre(0))
      << "30.01 against 30.00";
}

TEST(ResultsMatrix, OnlyExactCellsOfAllFramesCanBeTheBest) {
  MatrixCell waits = done(0.9);
  waits.state = RunState::Waits;  // its number is of fewer frames
  const auto matrix = fourRows({ofPart(0.8), waits, done(0.2), done(0.1)});
  EXPECT_THAT(places(bestCells(matrix, metric("ap"), BestOf::Set)), ElementsAre(2));
  EXPECT_THAT(places(bestCells(fourRows({ofPart(0.8), waits, done(0.2), {}}), metric("ap"), BestOf::Set)), IsEmpty())
      << "one alone is no best";
}

TEST(ResultsMatrix, GroupsAreOfOneSet) {
  ResultsMatrix matrix{.sets = {"x", "y"},
                       .rows = {row("a", methods::kMsp, 1.0F), row("a", methods::kEnergy, 1.0F)},
                       .cells = {done(0.5), done(0.1), done(0.4), done(0.2)}};
  EXPECT_THAT(places(bestCells(matrix, metric("ap"), BestOf::Set)), ElementsAre(0, 3));
}

TEST(ResultsMatrix, TimeLeftIsGivenWhereAllOfItWasTimed) {
  EXPECT_EQ(secondsLeft({}), 0.0);
  EXPECT_FALSE(secondsLeft({.networkFrames = 10, .runFrames = 4, .secondsPerRunFrame = 0.5}));
  EXPECT_FALSE(secondsLeft({.networkFrames = 10, .secondsPerNetworkFrame = 1.5, .runFrames = 4}));
  EXPECT_EQ(
      secondsLeft({.networkFrames = 10, .secondsPerNetworkFrame = 1.5, .runFrames = 4, .secondsPerRunFrame = 0.5}),
      17.0);
  EXPECT_EQ(secondsLeft({.runFrames = 4, .secondsPerRunFrame = 0.5}), 2.0);
}

TEST(ResultsMatrix, TemperaturesAreReadAsTheyAreTyped) {
  using Numbers = std::vector<double>;
  EXPECT_EQ(temperaturesFromText("2, 0.5 1;1"), (Numbers{0.5, 1.0, 2.0}));
  EXPECT_EQ(temperaturesFromText("1.6"), (Numbers{1.6})) << "the shortest decimal of the float that is scored with";
  EXPECT_EQ(temperaturesFromText(""), Numbers{});
  for (const char* text : {"x", "1, x", "0", "-1", "nan", "inf", "21", "1.5.2"})
    EXPECT_FALSE(temperaturesFromText(text)) << text;
  EXPECT_EQ(temperaturesText({0.5, 1.0, 1.6}), "0.5, 1, 1.6");
  EXPECT_EQ(temperaturesFromText(temperaturesText({0.05, 20.0})), (Numbers{0.05, 20.0}));
}

TEST(ResultsMatrix, TheTableHasTheFinishedCellsInTodaysNamesAndListsTheRest) {
  MatrixCell failed{.state = RunState::Failed, .reason = "no memory"};
  MatrixCell impossible{.state = RunState::Impossible, .reason = "no void channel"};
  const ResultTable table = tableOf(fourRows({done(0.3), {}, failed, impossible}));
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(table.rows[0].set, "set");
  EXPECT_EQ(table.rows[0].model, "a");
  EXPECT_EQ(table.rows[0].ap, 0.3);
  EXPECT_THAT(table.unfinished,
              ElementsAre(HasSubstr("set, a, msp, T 2: not evaluated"), HasSubstr("set, a, energy, T 1: no memory")));
  EXPECT_FALSE(table.isComplete());
}

}  // namespace
}  // namespace oodscope
