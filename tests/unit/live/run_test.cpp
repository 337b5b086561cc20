// SPDX-License-Identifier: GPL-3.0-or-later
// The one name of a run: whatever changes a number changes the name, and the name finds its way back.
#include "analysis/metrics/protocol_rules.h"
#include "analysis/scores/method_kinds.h"
#include "app/session/run_spec.h"
#include "tests/support/made_live_set.h"

#include <gtest/gtest.h>

#include <map>
#include <unordered_set>

namespace oodscope::testing {
namespace {

constexpr std::size_t kFrames = 4;

std::optional<double> apOf(LiveSet& live, const RunSpec& run) {
  return live.exact(live.configurationOf(run), run.protocol, std::nullopt, {})->metrics.ap;
}

RunSpec baseRun() { return MadeSet(kFrames, 2).live()->run(msp(1.0F), protocols::kCourse); }

TEST(Run, EachMemberIsPartOfTheName) {
  const RunSpec base = baseRun();
  std::vector<RunSpec> all{base};
  const auto with = [&](const auto& change) {
    RunSpec other = base;
    change(other);
    all.push_back(other);
  };
  with([](RunSpec& run) { run.set += "2"; });
  with([](RunSpec& run) { run.score.push_back(run.score.front()); });
  with([](RunSpec& run) { run.score.front().source.content = "other"; });
  with([](RunSpec& run) { run.score.front().source.reading = "other"; });
  with([](RunSpec& run) { run.score.front().method = methods::kEnergy; });
  with([](RunSpec& run) { run.score.front().method.reset(); });
  with([](RunSpec& run) { run.score.front().temperature = 2.0F; });
  with([](RunSpec& run) { run.score.front().temperature.reset(); });
  with([](RunSpec& run) { run.score.front().channels.list = {0, 1}; });
  with([](RunSpec& run) { run.score.front().channels.all = true; });
  with([](RunSpec& run) { run.score.front().weight = 0.5; });
  with([](RunSpec& run) { run.protocol = protocols::kSmiyc2023; });
  with([](RunSpec& run) { run.resolution = Resolution::Label; });
  with([](RunSpec& run) { run.asSubmitted = true; });
  std::map<RunSpec, int> ordered;
  std::unordered_set<RunSpec> hashed;
  for (const RunSpec& run : all) {
    ++ordered[run];
    hashed.insert(run);
    EXPECT_EQ(run == base, &run == &all.front());
  }
  EXPECT_EQ(ordered.size(), all.size());
  EXPECT_EQ(hashed.size(), all.size());
  std::unordered_set<std::size_t> hashes;
  for (const RunSpec& run : all) hashes.insert(std::hash<RunSpec>()(run));
  EXPECT_EQ(hashes.size(), all.size()) << "each member is hashed";
}

TEST(Run, WhatChangesTheNumbersChangesTheName) {
  const MadeSet made(kFrames, 2);
  const auto network = made.live(), label = made.live({}, Resolution::Label),
             rounded = made.live({.asSubmitted = true});
  std::map<RunSpec, double> numbers;
  const auto add = [&](LiveSet& live, const Configuration& configuration, Protocol protocol) {
    const RunSpec run = live.run(configuration, protocol);
    ASSERT_TRUE(live.holds(run));
    const double ap = apOf(live, run).value();
    for (const auto& [other, value] : numbers) EXPECT_NE(value, ap) << "a run of other numbers has another name";
    EXPECT_TRUE(numbers.emplace(run, ap).second);
  };
  add(*network, msp(1.0F), protocols::kCourse);
  add(*network, msp(2.0F), protocols::kCourse);
  add(*network, maxLogit(), protocols::kCourse);
  add(*network, msp(1.0F), protocols::kSmiyc2023);
  add(*label, msp(1.0F), protocols::kCourse);
  add(*rounded, msp(1.0F), protocols::kCourse);
  EXPECT_EQ(numbers.size(), 6U);
}

TEST(Run, ConfigurationsThatRankAlikeAreOneRun) {
  const auto live = MadeSet(kFrames).live();
  Configuration tempered = maxLogit();
  tempered.temperature = 3.0F;
  EXPECT_EQ(live->run(tempered, protocols::kCourse), live->run(maxLogit(), protocols::kCourse));
}

TEST(Run, ALiveSetHoldsItsOwnRunsAlone) {
  const MadeSet made(kFrames), otherSet(kFrames);
  const auto live = made.live();
  const RunSpec run = live->run(msp(1.0F), protocols::kCourse);
  EXPECT_TRUE(made.live()->holds(run)) << "the same set, source and resolution";
  EXPECT_FALSE(otherSet.live()->holds(run));
  EXPECT_FALSE(made.live({}, Resolution::Label)->holds(run));
  EXPECT_FALSE(made.live({.asSubmitted = true})->holds(run));
  EXPECT_EQ(live->configurationOf(run), msp(1.0F));
}

TEST(Run, ItsResolutionIsThatOfTheProtocolUnlessChosen) {
  EXPECT_EQ(measuredAt(Resolution::ByProtocol, protocols::kCourse), Resolution::Network);
  EXPECT_EQ(measuredAt(Resolution::ByProtocol, protocols::kFishyscapes), Resolution::Label);
  EXPECT_EQ(measuredAt(Resolution::Label, protocols::kCourse), Resolution::Label);
}

TEST(ExactRows, AreTheNumbersOfEachProtocolAlone) {
  const auto live = MadeSet(kFrames).live();
  const std::vector<Protocol> protocols{protocols::kCourse, protocols::kSmiyc2023, protocols::kStreetHazards};
  const auto rows = live->exactRows(msp(1.5F), protocols, {});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->runs.size(), protocols.size());
  for (std::size_t p = 0; p < protocols.size(); ++p) {
    const auto alone = live->exact(msp(1.5F), protocols[p], std::nullopt, {});
    EXPECT_EQ(rows->runs[p].protocol, protocols[p]);
    EXPECT_EQ(rows->runs[p].metrics.ap, alone->metrics.ap);
    EXPECT_EQ(rows->runs[p].metrics.fpr95, alone->metrics.fpr95);
    EXPECT_EQ(rows->runs[p].metrics.bestF1Threshold, alone->metrics.bestF1Threshold);
    EXPECT_TRUE(rows->runs[p].account.isComplete());
  }
}

TEST(SetLabels, AreDecodedOnceForAllThatUseThem) {
  const MadeSet made(kFrames, 2);
  const auto labels = std::make_shared<SetLabels>(made.set);
  const auto a = made.live({.labels = labels}), b = made.live({.labels = labels});
  const auto label = made.live({.labels = labels}, Resolution::Label);
  for (std::size_t f = 0; f < kFrames; ++f) {
    EXPECT_EQ(a->label(f), b->label(f)) << "one map for both";
    EXPECT_NE(a->label(f)->size(), label->label(f)->size());
  }
}

}  // namespace
}  // namespace oodscope::testing
