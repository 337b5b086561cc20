// SPDX-License-Identifier: GPL-3.0-or-later
// The results matrix without its tab: what a change leaves known, in which order results come, what stopping leaves.
#include "app/desk/results_board.h"

#include "analysis/core/numbers.h"
#include "analysis/metrics/protocol_rules.h"
#include "app/desk/desk.h"
#include "app/desk/run_edits.h"
#include "tests/end_to_end/made_scores.h"
#include "tests/support/temporary_folder.h"

#include <QStandardPaths>
#include <QTest>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

constexpr int kBoardMs = 120'000;  // a sanitizer on a busy machine

/// A set with logits, which methods apply to, and finished maps.
class ResultsBoardTest : public ::testing::Test {
protected:
  void SetUp() override {
    QStandardPaths::setTestModeEnabled(true);
    made = makeScoredSet(folder.path());
    logits = folder.path() / "made_logits";
    writeMadeLogits(logits, 4);
    Session session;
    session.methods = {"msp", "max-logit"};
    session.temperatures = {1.0, 2.0};
    desk.session.load(session);
    desk.workspace.openSet({made.set, std::nullopt});
    desk.workspace.openScores(logits);
    desk.workspace.openScores(made.scores);
    ASSERT_TRUE(idles());
    ViewState view = desk.session.view();
    view.set = "MadeSet";
    view.frame = "0";
    view.score.imported = "made_logits";
    view.score.importedLogits = true;
    desk.session.edit(view, QStringLiteral("set"));
    desk.results.open();
    ASSERT_TRUE(idles());
  }
  [[nodiscard]] bool idles() {
    return QTest::qWaitFor([this] { return desk.isIdle(); }, kBoardMs);
  }
  [[nodiscard]] std::size_t count(RunState state) const { return desk.results.matrix().count(state); }
  [[nodiscard]] std::vector<std::string> rows() const {
    std::vector<std::string> out;
    for (const MatrixRow& row : desk.results.matrix().rows)
      out.push_back(row.source + " " + row.configuration.name +
                    (row.configuration.temperature ? " " + roundTripText(*row.configuration.temperature) : ""));
    return out;
  }
  void evaluateAll() {
    desk.results.evaluateAll();
    ASSERT_TRUE(idles());
  }

  testing::TemporaryFolder folder;
  MadeSet made;
  std::filesystem::path logits;
  Desk desk{WorkOptions{.store = {.temporary = true}}};
};

TEST_F(ResultsBoardTest, RowsAreWhatEachSourceCanGiveOnce) {
  EXPECT_THAT(rows(), ::testing::ElementsAre("made_logits msp 1", "made_logits msp 2", "made_logits max-logit",
                                             "made_scores made_scores"));
  EXPECT_EQ(count(RunState::Unknown), 4U) << "nothing is evaluated before somebody asks";
  EXPECT_EQ(desk.results.outlook().runs, 4U);
  EXPECT_EQ(desk.results.outlook().networkFrames, 0U) << "files need no network";
}

TEST_F(ResultsBoardTest, EvaluatedCellsHaveTheExactNumbersOfTheirRun) {
  evaluateAll();
  EXPECT_FALSE(desk.results.isEvaluating());
  ASSERT_EQ(count(RunState::Done), 4U);
  for (std::size_t row = 0; row < 4; ++row) {
    ViewState view = desk.session.view();
    edits::setRun(desk.results.choiceOf(row, 0)).change(view);
    const auto live = desk.workspace.liveSet(QStringLiteral("MadeSet"), view);
    ASSERT_TRUE(live);
    const auto exact = live->exact(configurationOf(view.score), view.protocol, std::nullopt, {});
    const ResultRow& result = *desk.results.matrix().at(row, 0).result;
    EXPECT_EQ(result.ap, exact->metrics.ap) << rows()[row];
    EXPECT_EQ(result.fpr95, exact->metrics.fpr95);
    ASSERT_TRUE(result.components);
    EXPECT_TRUE(result.exact);
    EXPECT_EQ(desk.results.matrix().at(row, 0).run, live->run(configurationOf(view.score), view.protocol));
  }
}

TEST_F(ResultsBoardTest, ResultsComeOneByOneTheViewsSourceFirst) {
  std::vector<std::vector<RunState>> seen;
  QObject::connect(&desk.evaluator, &RunEvaluator::changed, &desk.evaluator, [&] {
    std::vector<RunState> states;
    for (std::size_t row = 0; row < desk.results.matrix().rows.size(); ++row) {
      const auto& run = desk.results.matrix().at(row, 0).run;
      states.push_back(run && desk.evaluator.find(*run) ? RunState::Done : RunState::Unknown);
    }
    seen.push_back(states);
  });
  evaluateAll();
  std::size_t most = 0;
  for (const auto& states : seen) {
    const auto known = static_cast<std::size_t>(std::ranges::count(states, RunState::Done));
    EXPECT_LE(known, most + 1) << "one at a time";
    most = std::max(most, known);
    for (std::size_t row = 0; row + 1 < states.size(); ++row)
      EXPECT_TRUE(states[row] == RunState::Done || states[row + 1] != RunState::Done) << "in the matrix's order";
  }
  EXPECT_EQ(most, 4U);
}

TEST_F(ResultsBoardTest, WhatIsKnownCostsNothingAgain) {
  evaluateAll();
  const auto before = desk.results.matrix().at(0, 0).result;
  EXPECT_EQ(desk.results.outlook().runs, 0U);
  desk.results.evaluateAll();
  EXPECT_FALSE(desk.results.isEvaluating()) << "there is nothing to do";
  EXPECT_EQ(desk.results.matrix().at(0, 0).result, before) << "the same, not made again";
}

TEST_F(ResultsBoardTest, AnotherProtocolIsAnotherMatrixAndTheFirstOneComesBack) {
  evaluateAll();
  const auto course = desk.results.matrix().at(0, 0).result;
  desk.session.edit(edits::setProtocol(protocols::kFishyscapes));
  ASSERT_TRUE(idles());
  EXPECT_EQ(count(RunState::Unknown), 4U);
  EXPECT_FALSE(desk.results.matrix().at(0, 0).result);
  desk.session.edit(edits::setProtocol(protocols::kCourse));
  ASSERT_TRUE(idles());
  EXPECT_EQ(count(RunState::Done), 4U);
  EXPECT_EQ(desk.results.matrix().at(0, 0).result, course);
}

TEST_F(ResultsBoardTest, FurtherTemperaturesAreFurtherRowsAndNothingIsForgotten) {
  evaluateAll();
  desk.session.setTemperatures({0.5, 1.0, 2.0});
  EXPECT_EQ(desk.results.matrix().rows.size(), 5U);
  EXPECT_EQ(count(RunState::Done), 4U);
  EXPECT_EQ(count(RunState::Unknown), 1U);
  EXPECT_TRUE(desk.results.outlook().seconds) << "runs were timed";
  desk.session.setMethods({"max-logit"});
  EXPECT_EQ(desk.results.matrix().rows.size(), 2U);
  EXPECT_EQ(count(RunState::Done), 2U);
}

TEST_F(ResultsBoardTest, StoppingKeepsWhatIsDoneAndDropsTheRest) {
  bool isStopped = false;
  QObject::connect(&desk.evaluator, &RunEvaluator::changed, &desk.results, [&] {
    const auto& first = desk.results.matrix().at(0, 0).run;
    if (isStopped || !first || !desk.evaluator.find(*first)) return;
    isStopped = true;
    desk.results.cancel();
  });
  evaluateAll();
  ASSERT_TRUE(isStopped);
  EXPECT_FALSE(desk.results.isEvaluating());
  EXPECT_EQ(desk.results.matrix().at(0, 0).state, RunState::Done);
  EXPECT_LT(count(RunState::Done), 4U);
  EXPECT_EQ(count(RunState::Done) + count(RunState::Unknown), 4U);
  evaluateAll();
  EXPECT_EQ(count(RunState::Done), 4U) << "what was stopped can be asked for again";
}

TEST_F(ResultsBoardTest, ScoresThatDoNotFitASetSayWhyAndBotherNobody) {
  std::vector<std::string> said;
  QObject::connect(&desk.workspace, &Workspace::message, &desk.workspace,
                   [&](Severity severity, const QString& text, const QString&) {
                     if (severity == Severity::Error) said.push_back(text.toStdString());
                   });
  const std::filesystem::path odd = folder.path() / "odd";
  std::filesystem::create_directories(odd);  // no score file in it
  desk.workspace.openScores(odd);
  ASSERT_TRUE(idles());
  const ResultsMatrix& matrix = desk.results.matrix();
  ASSERT_EQ(matrix.rows.back().source, "odd");
  EXPECT_EQ(matrix.at(matrix.rows.size() - 1, 0).state, RunState::Impossible);
  EXPECT_THAT(matrix.at(matrix.rows.size() - 1, 0).reason, ::testing::HasSubstr("odd"));
  EXPECT_EQ(desk.results.outlook().runs, 4U) << "it is not counted among what is missing";
  EXPECT_THAT(said, ::testing::IsEmpty()) << "nobody asked to look at it";
}

TEST_F(ResultsBoardTest, FramesThatFailLeaveANumberOfAPart) {
  std::filesystem::remove(made.scores / "2.npy");
  desk.workspace.closeSet(QStringLiteral("MadeSet"));
  desk.workspace.openSet({made.set, std::nullopt});
  ASSERT_TRUE(idles());
  evaluateAll();
  const MatrixCell& cell = desk.results.matrix().at(3, 0);
  ASSERT_EQ(cell.state, RunState::Done) << cell.reason;
  EXPECT_FALSE(cell.isWhole());
  EXPECT_EQ(cell.result->failed, 1);
  EXPECT_TRUE(desk.results.matrix().at(0, 0).isWhole());
}

TEST_F(ResultsBoardTest, AClickShowsTheRunOfTheCell) {
  for (std::size_t row = 0; row < desk.results.matrix().rows.size(); ++row) {
    desk.session.edit(showRun(desk.workspace, desk.session.view(), desk.results.choiceOf(row, 0)));
    EXPECT_EQ(desk.results.cellOf(desk.session.view()), std::pair(row, std::size_t{0})) << rows()[row];
    EXPECT_EQ(desk.session.view().frame, "0") << "the frame stays where the set has it";
  }
}

TEST_F(ResultsBoardTest, KeptRunsGoFirstAndShareWhatIsKnown) {
  desk.results.evaluateAll();
  ViewState view = desk.session.view();
  edits::setRun(desk.results.choiceOf(3, 0)).change(view);
  const RunEvaluator::Task kept{desk.workspace.liveSet(QStringLiteral("MadeSet"), view),
                                configurationOf(view.score),
                                view.protocol,
                                {.curves = true, .histogram = true}};
  desk.evaluator.request(RunEvaluator::Asker::KeptRuns, {kept});
  EXPECT_EQ(desk.evaluator.waiting(RunEvaluator::Asker::KeptRuns).size(), 1U);
  desk.results.cancel();
  EXPECT_EQ(desk.evaluator.waiting(RunEvaluator::Asker::KeptRuns).size(), 1U) << "another's is not stopped";
  ASSERT_TRUE(idles());
  const auto known = desk.evaluator.find(kept.run());
  ASSERT_TRUE(known);
  EXPECT_TRUE(known->numbers && !known->numbers->curves.points.empty());
  EXPECT_TRUE(known->histogram);
  EXPECT_TRUE(known->row->components) << "the matrix asked for it, too";
}

}  // namespace
}  // namespace oodscope
