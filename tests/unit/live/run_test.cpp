// SPDX-License-Identifier: GPL-3.0-or-later
// The one name of a run: whatever changes a number changes the name, and the name finds its way back.
#include "analysis/metrics/protocol_rules.h"
#include "analysis/metrics/score_key.h"
#include "analysis/scores/method_kinds.h"
#include "app/session/run_spec.h"
#include "app/sources/ensemble_source.h"
#include "tests/support/made_live_set.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>
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
  with([](RunSpec& run) { run.score.front().pass = "perturbed odin-epsilon=0.1"; });
  with([](RunSpec& run) { run.score.front().isFactor = true; });
  with([](RunSpec& run) { run.score.front().normalisation.kind = Normalisation::Kind::Rank; });
  with([](RunSpec& run) { run.score.front().normalisation.over = Normalisation::Over::Frame; });
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

TEST(Run, ASetIsItsFolderItsFramesAndWhatTheirLabelsMean) {
  DataSet set{.name = "ISSU", .root = "/data/issu", .encoding = {.meaning = {{0, kNormal}, {254, kAnomaly}}}};
  set.frames.push_back({.name = "a", .image = "/data/issu/a.png", .label = "/data/issu/a_label.png"});
  std::vector<DataSet> all(8, set);
  all[1].encoding.meaning[1] = kNormal;
  all[2].encoding.otherwise = kNormal;
  all[3].root = "/data/other";
  all[4].frames.front().label.reset();
  all[5].frames.front().regionOfInterest = "/data/issu/region.png";
  all[6].frames.front().overlay = "/data/issu/overlay.npz";
  all[7].frames.push_back({.name = "b", .image = "/data/issu/b.png"});
  std::set<std::string> ids;
  for (const DataSet& one : all) ids.insert(setIdOf(one));
  EXPECT_EQ(ids.size(), all.size());
  DataSet renamed = set;
  renamed.name = "another name";
  renamed.remarks.emplace_back("a remark");
  EXPECT_EQ(setIdOf(renamed), setIdOf(set));
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

/// The made set's source twice: its max-logit scores plus a tenth of its MSP.
std::shared_ptr<EnsembleSource> sumOf(const MadeSet& made) {
  return std::make_shared<EnsembleSource>(
      made.set, EnsembleSource::Parts{.expression = parseEnsemble("1*max-logit+0.1*msp"),
                                      .terms = {{1.0, {{made.source, maxLogit()}}}, {0.1, {{made.source, msp(2.0F)}}}},
                                      .normalisation = {.kind = Normalisation::Kind::None}});
}

TEST(Run, OfAnEnsembleHasAllItsTermsAndNumbersOfItsOwn) {
  const MadeSet made(kFrames, 2);
  const auto sum = sumOf(made);
  for (const Resolution resolution : {Resolution::Network, Resolution::Label}) {
    LiveSet live(made.set, sum, resolution);
    for (std::size_t f = 0; f < kFrames; ++f) live.prepareFrame(f);
    const Configuration one = sum->configurations({}, {}).front();
    const RunSpec run = live.run(one, protocols::kFishyscapes);
    ASSERT_EQ(run.score.size(), 2U);
    EXPECT_EQ(run.score[1].weight, 0.1);
    EXPECT_EQ(run.score[1].temperature, 2.0F);
    EXPECT_TRUE(live.holds(run));
    EXPECT_EQ(live.configurationOf(run), one);
    RunSpec other = run;
    other.score[1].weight = 0.2;
    EXPECT_TRUE(live.holds(other)) << "weights are a configuration's, as a temperature is";
    EXPECT_EQ(live.configurationOf(other).weights, (std::vector<double>{1.0, 0.2}));
    other.score[1].normalisation.kind = Normalisation::Kind::Rank;
    EXPECT_FALSE(live.holds(other));
    const auto single = made.live({}, resolution);
    EXPECT_FALSE(single->holds(run));
    EXPECT_FALSE(live.holds(single->run(maxLogit(), protocols::kFishyscapes)));
    std::vector<ScoreMap> sums;
    for (std::size_t f = 0; f < kFrames; ++f) {
      ScoreMap& scores = sums.emplace_back(*single->scores(f, maxLogit()));
      const auto tempered = single->scores(f, msp(2.0F));
      for (std::size_t i = 0; i < scores.values().size(); ++i)
        scores.values()[i] = static_cast<float>(static_cast<double>(scores.values()[i]) +
                                                0.1 * static_cast<double>(tempered->values()[i]));
    }
    const FrameProvider provide = [&](std::size_t f) {
      return ScoredFrame{sums[f].values(), live.label(f)->values(), nullptr};
    };
    const SetResult expected = evaluateSet(kFrames, provide, std::array{protocols::kFishyscapes}, {});
    const auto exact = live.exact(one, protocols::kFishyscapes, std::nullopt, {});
    EXPECT_NEAR(exact->metrics.ap.value(), expected.metrics.front().ap.value(), 1e-9);
    EXPECT_NEAR(exact->metrics.fpr95.value(), expected.metrics.front().fpr95.value(), 1e-9);
    EXPECT_NE(exact->metrics.ap, single->exact(maxLogit(), protocols::kFishyscapes, std::nullopt, {})->metrics.ap);
    const auto estimate = live.estimate(one, protocols::kFishyscapes, {});
    EXPECT_NEAR(estimate->metrics.ap.value(), exact->metrics.ap.value(), 0.02);
  }
}

TEST(Run, MapsOfTwoRunsNeverMix) {
  const MadeSet made(kFrames, 2), otherSet(kFrames, 2);
  const auto pool = std::make_shared<MapPool>(std::uint64_t{64} << 20);
  const LiveOptions plain{.pool = pool}, rounded{.asSubmitted = true, .pool = pool};
  std::vector<std::shared_ptr<LiveSet>> sets{made.live(plain), made.live(rounded), made.live(plain, Resolution::Label),
                                             otherSet.live(plain)};
  const std::vector<Configuration> configurations{msp(1.0F), msp(2.0F), maxLogit(), {"energy", methods::kEnergy, 1.0F}};
  // Held first, in one pool, and then asked for again: each is what its own set makes without any cache.
  for (const auto& live : sets)
    for (const Configuration& configuration : configurations) static_cast<void>(live->scores(0, configuration));
  const int scored = made.source->calls;
  std::set<const ScoreMap*> maps;
  for (const auto& live : sets)
    for (const Configuration& configuration : configurations) {
      const auto held = live->scores(0, configuration);
      maps.insert(held.get());
      ScoreMap fresh = live->source().score(0, configuration, live->evaluationSize(0));
      if (live == sets[1]) roundToFloat16(fresh.values());
      EXPECT_EQ(*held, fresh);
    }
  EXPECT_EQ(maps.size(), sets.size() * configurations.size());
  EXPECT_EQ(made.source->calls, scored + 12) << "only the fresh ones were scored again";
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
