// SPDX-License-Identifier: GPL-3.0-or-later
// Ensembles on the command line: each number is checked against a plain run of the same scores.
#include "analysis/formats/npy.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

namespace oodscope::testing {
namespace {

using EnsembleJson = nlohmann::json;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class EnsemblesTest : public ::testing::Test {
protected:
  EnsemblesTest() {
    writeSmallSet(scratch / "SetA", 2);
    writeSmallSet(scratch / "SetB", 3);
    writeSmallModel(scratch.path() / "net.pth");
    fs::create_directories(scratch / "maps");
    const ScoreMap scores = knownScores();
    const std::array shape{static_cast<std::size_t>(scores.height()), static_cast<std::size_t>(scores.width())};
    for (int frame = 0; frame < 3; ++frame)
      writeNpyAtomically(scratch / ("maps/" + std::to_string(frame) + ".npy"), NpyType::Float32, shape,
                         std::as_bytes(scores.values()));
  }
  [[nodiscard]] CommandResult run(std::vector<std::string> arguments, bool withBoth = false) const {
    for (const std::string& more :
         {std::string("--set"), scratch / "SetA", std::string("--model"), scratch / "net.pth", std::string("--scores"),
          scratch / "maps", std::string("--format"), std::string("json"), std::string("--no-cache")})
      arguments.push_back(more);
    if (withBoth) arguments.insert(arguments.end(), {"--set", scratch / "SetB"});
    return runCli(arguments);
  }
  [[nodiscard]] EnsembleJson rows(const std::vector<std::string>& arguments, bool withBoth = false) const {
    const CommandResult result = run(arguments, withBoth);
    EXPECT_EQ(result.code, 0) << result.err;
    return result.code == 0 ? EnsembleJson::parse(result.out).at("rows") : EnsembleJson::array();
  }
  /// The one row of an evaluation.
  [[nodiscard]] EnsembleJson row(const std::string& ensemble, const std::string& normalise = "min-max") const {
    const EnsembleJson all = rows({"evaluate", "--method", ensemble, "--normalise", normalise});
    EXPECT_EQ(all.size(), 1U) << ensemble;
    return all.empty() ? EnsembleJson() : all.front();
  }

  TemporaryFolder scratch;
};

TEST_F(EnsemblesTest, AnItemWithAStarIsARowOfItsOwn) {
  const EnsembleJson all = rows({"evaluate", "--method", "msp,0.5*msp+0.5*score@maps"});
  ASSERT_EQ(all.size(), 3U) << "msp of the network, the maps, the ensemble";
  const EnsembleJson& sum = all.back();
  EXPECT_EQ(sum.at("method"), "0.5*msp+0.5*score@maps");
  EXPECT_EQ(sum.at("model"), "net.pth");
  EXPECT_EQ(sum.at("temperature"), 1.0);
  EXPECT_EQ(sum.at("normalisation"), "min-max:set");
  EXPECT_FALSE(all.front().contains("normalisation"));
}

TEST_F(EnsemblesTest, OneScoreOfAnyScaleRanksAsItself) {
  EXPECT_NEAR(row("2*score@maps", "none").at("ap").get<double>(), kKnownAp, 1e-9);
  EXPECT_NEAR(row("1*score@maps", "rank").at("ap").get<double>(), kKnownAp, 1e-9);
  EXPECT_NEAR(row("1*score@maps", "standardised:frame").at("ap").get<double>(), kKnownAp, 1e-9);
  const EnsembleJson plain = rows({"evaluate", "--method", "max-logit"}).front();
  for (const char* normalise : {"none", "min-max", "standardised"})
    EXPECT_NEAR(row("1*max-logit@net.pth", normalise).at("ap").get<double>(), plain.at("ap").get<double>(), 1e-4)
        << normalise;
}

TEST_F(EnsemblesTest, AFilteredTermIsTheFilteredMethod) {
  const EnsembleJson methods = rows({"evaluate", "--method", "max-logit,max-logit+gaussian"});
  ASSERT_EQ(methods.size(), 4U) << "two of the network, the maps plain and filtered";
  const auto ap = [](const EnsembleJson& of) { return of.at("ap").get<double>(); };
  ASSERT_EQ(methods[1].at("method"), "max-logit+gaussian");
  EXPECT_NE(ap(methods[0]), ap(methods[1]));
  EXPECT_NEAR(ap(row("2*(max-logit+gaussian)@net.pth", "none")), ap(methods[1]), 1e-9);
  EXPECT_NEAR(ap(row("1*(max-logit+gaussian)@net.pth+0*msp@net.pth", "none")), ap(methods[1]), 1e-9);
}

TEST_F(EnsemblesTest, NormalisationAndProvenanceSayWhatWasAdded) {
  const CommandResult result = run({"evaluate", "--method", "0.25*msp*score@maps+max-logit*1", "--normalise", "rank"});
  EXPECT_EQ(result.code, 2) << "a weight behind its score";
  const CommandResult fine =
      run({"evaluate", "--method", "0.25*msp*score@maps+1*max-logit", "--normalise", "rank:frame"});
  ASSERT_EQ(fine.code, 0) << fine.err;
  const EnsembleJson facts = EnsembleJson::parse(fine.out).at("provenance");
  const std::string name = "0.25*msp*score@maps+1*max-logit of net.pth ";
  EXPECT_EQ(facts.at(name + "normalisation"), "rank:frame");
  EXPECT_EQ(facts.at(name + "term1_weight"), "0.25");
  EXPECT_EQ(facts.at(name + "term1_factor2_scores"), "maps");
  EXPECT_EQ(facts.at(name + "term2_method"), "max-logit");
}

TEST_F(EnsemblesTest, WhatCannotBeReadOrMadeIsRefused) {
  const auto refused = [&](const std::vector<std::string>& arguments, int code, const std::string& text) {
    const CommandResult result = run(arguments);
    EXPECT_EQ(result.code, code) << arguments[2];
    EXPECT_THAT(result.err, HasSubstr(text));
  };
  refused({"evaluate", "--method", "0.5*msp+"}, 2, "cannot be read");
  refused({"evaluate", "--method", "0.5*msp", "--normalise", "softly"}, 2, "min-max");
  refused({"evaluate", "--method", "0.5*score@elsewhere"}, 3, "'elsewhere'");
  refused({"evaluate", "--method", "0.5*madeup"}, 3, "'madeup'");
  refused({"evaluate", "--method", "0.5*(msp+blur)"}, 2, "'blur'");
  refused({"evaluate", "--method", "0.5*(score+boundary)@maps"}, 3, "reads predicted classes");
  refused({"sweep", "--method", "0.5*msp+0.5*max-logit", "--rule", "nll"}, 2, "one network's logits");
  refused({"ensemble", "--method", "msp"}, 2, "an ensemble is needed");
  const CommandResult submitted =
      runCli({"submit", "--method", "0.5*msp,energy", "--form", "fishyscapes", "--output", scratch / "out", "--set",
              scratch / "SetA", "--model", scratch / "net.pth", "--no-cache"});
  EXPECT_EQ(submitted.code, 2);
  EXPECT_THAT(submitted.err, HasSubstr("exactly one method or ensemble"));
}

TEST_F(EnsemblesTest, AWholeSumIsFilteredAsAMethodIs) {
  const EnsembleJson methods = rows({"evaluate", "--method", "max-logit+gaussian"});
  const auto ap = [](const EnsembleJson& of) { return of.at("ap").get<double>(); };
  const EnsembleJson whole = row("(1*max-logit@net.pth)+gaussian", "none");
  EXPECT_EQ(whole.at("method"), "(1*max-logit@net.pth)+gaussian");
  EXPECT_NEAR(ap(whole), ap(methods.front()), 1e-9);
  EXPECT_NE(ap(whole), ap(row("1*max-logit@net.pth", "none")));
  // A search's numbers are of the filtered sum.
  const EnsembleJson trials =
      rows({"ensemble", "search", "--method", "(1*max-logit+1*score@maps)+gaussian", "--grid", "1"});
  ASSERT_EQ(trials.size(), 3U);
  for (const EnsembleJson& trial : trials)
    EXPECT_NEAR(ap(trial), ap(row(trial.at("method").get<std::string>())), 1e-12) << trial.at("method");
}

TEST_F(EnsemblesTest, ASweepIsOfEvaluatesNumbersAtEachTemperature) {
  const std::string text = "0.5*msp+0.5*score@maps";
  const EnsembleJson swept =
      rows({"sweep", "--method", text, "--from", "0.5", "--to", "2", "--steps", "3", "--refine", "0"});
  ASSERT_EQ(swept.size(), 3U);
  double before = 0.0;
  for (const EnsembleJson& point : swept) {
    const double temperature = point.at("temperature").get<double>();
    EXPECT_GT(temperature, before);
    before = temperature;
    const EnsembleJson alone =
        rows({"evaluate", "--method", text, "--temperature", std::to_string(temperature)}).front();
    EXPECT_EQ(point.at("method"), text);
    EXPECT_NEAR(point.at("ap").get<double>(), alone.at("ap").get<double>(), 1e-9) << temperature;
    EXPECT_NEAR(point.at("fpr95").get<double>(), alone.at("fpr95").get<double>(), 1e-9) << temperature;
  }
  const CommandResult cold = run({"sweep", "--method", "1*max-logit+1*score@maps", "--steps", "2"});
  EXPECT_EQ(cold.code, 3) << "nothing of it has a temperature";
  EXPECT_THAT(cold.err, HasSubstr("temperature has no effect"));
}

TEST_F(EnsemblesTest, WhatIsSubmittedIsWhatIsEvaluated) {
  const CommandResult done =
      runCli({"submit", "--method", "0.5*msp+0.5*score@maps", "--form", "fishyscapes", "--output", scratch / "out",
              "--set", scratch / "SetA", "--model", scratch / "net.pth", "--scores", scratch / "maps", "--no-cache"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("class_map: of msp, the first score whose source has classes"));
  const CommandResult again = runCli({"evaluate", "--set", scratch / "SetA", "--scores", scratch / "out",
                                      "--resolution", "label", "--format", "json", "--no-cache"});
  ASSERT_EQ(again.code, 0) << again.err;
  const EnsembleJson own = rows({"evaluate", "--method", "0.5*msp+0.5*score@maps", "--resolution", "label"}).front();
  EXPECT_EQ(EnsembleJson::parse(again.out).at("rows").at(0).at("ap"), own.at("ap"));
}

TEST_F(EnsemblesTest, AMethodWithoutALabelIsOfTheNetworkBesideAFolderOfMaps) {
  const CommandResult result = run({"evaluate", "--method", "0.5*msp+0.5*max-logit"});
  ASSERT_EQ(result.code, 0) << result.err;
  const EnsembleJson all = EnsembleJson::parse(result.out).at("rows");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all.front().at("model"), "net.pth");
}

TEST_F(EnsemblesTest, ASearchTriesAllWeightsAndItsBestIsEvaluatesNumber) {
  const EnsembleJson trials = rows({"ensemble", "search", "--method", "1*max-logit+1*score@maps", "--criterion", "ap"});
  EXPECT_EQ(trials.size(), 9U) << "of 0 … 3 by 0 … 3: those of equal proportions once";
  std::size_t bests = 0;
  double most = -1.0;
  EnsembleJson best;
  for (const EnsembleJson& trial : trials) {
    most = std::max(most, trial.at("ap").get<double>());
    EXPECT_EQ(trial.at("criterion"), trial.at("ap"));
    if (!trial.at("best").get<bool>()) continue;
    ++bests;
    best = trial;
  }
  ASSERT_EQ(bests, 1U);
  EXPECT_EQ(best.at("ap").get<double>(), most);
  const EnsembleJson evaluated = row(best.at("method").get<std::string>());
  EXPECT_EQ(evaluated.at("ap"), best.at("ap")) << "to the last bit";
  EXPECT_EQ(evaluated.at("fpr95"), best.at("fpr95"));
}

TEST_F(EnsemblesTest, AnAblationLeavesEachTermOutAndSaysThatNothingIsTrained) {
  const CommandResult result =
      run({"ensemble", "ablate", "--method", "0.25*max-logit+0.75*score@maps", "--criterion", "ap"});
  ASSERT_EQ(result.code, 0) << result.err;
  const EnsembleJson document = EnsembleJson::parse(result.out);
  const EnsembleJson& all = document.at("rows");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].at("terms"), "all terms");
  EXPECT_EQ(all[0].at("ap"), row("0.25*max-logit+0.75*score@maps").at("ap"));
  EXPECT_EQ(all[1].at("terms"), "without max-logit");
  EXPECT_NEAR(all[1].at("ap").get<double>(), kKnownAp, 1e-9);
  EXPECT_EQ(all[2].at("terms"), "without score@maps");
  EXPECT_EQ(all[2].at("ap"), row("1*max-logit@net.pth").at("ap"));
  EXPECT_THAT(document.at("provenance").at("action").get<std::string>(), HasSubstr("nothing is trained anew"));
}

TEST_F(EnsemblesTest, WeightsOfOneSetAreMeasuredOnAll) {
  const std::vector<std::string> ensemble{"--method", "1*max-logit+1*score@maps", "--grid", "2"};
  std::vector<std::string> search{"ensemble", "search"}, cross{"ensemble", "cross"};
  search.insert(search.end(), ensemble.begin(), ensemble.end());
  cross.insert(cross.end(), ensemble.begin(), ensemble.end());
  std::map<std::string, EnsembleJson> best;
  for (const EnsembleJson& trial : rows(search, true))
    if (trial.at("best").get<bool>()) best[trial.at("set").get<std::string>()] = trial;
  ASSERT_EQ(best.size(), 2U);
  const EnsembleJson crossed = rows(cross, true);
  ASSERT_EQ(crossed.size(), 4U);
  for (const EnsembleJson& one : crossed) {
    const EnsembleJson& found = best.at(one.at("weights_of").get<std::string>());
    EXPECT_EQ(one.at("method"), found.at("method"));
    if (one.at("set") != found.at("set")) continue;
    EXPECT_EQ(one.at("ap"), found.at("ap"));
  }
}

TEST(EnsembleOfTheDemo, IsAtLeastAsGoodAsItsBestTermByTheCriterionOfItsSearch) {
  const std::string demo = std::string(OODSCOPE_SOURCE_DIR) + "/resources/demo/";
  const CommandResult result =
      runCli({"ensemble", "search", "--method", "1*void+1*energy", "--criterion", "ap", "--set", demo + "set",
              "--model", demo + "model/erfnet_slim_demo.pth", "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const EnsembleJson trials = EnsembleJson::parse(result.out).at("rows");
  ASSERT_EQ(trials.size(), 9U);
  double best = -1.0, ofVoid = -1.0, ofEnergy = -1.0;
  for (const EnsembleJson& trial : trials) {
    if (trial.at("best").get<bool>()) best = trial.at("ap").get<double>();
    if (trial.at("method") == "1*void+0*energy") ofVoid = trial.at("ap").get<double>();
    if (trial.at("method") == "0*void+1*energy") ofEnergy = trial.at("ap").get<double>();
  }
  EXPECT_GT(ofVoid, 0.0);
  EXPECT_GT(ofEnergy, 0.0);
  EXPECT_GE(best, std::max(ofVoid, ofEnergy));
}

}  // namespace
}  // namespace oodscope::testing
