// SPDX-License-Identifier: GPL-3.0-or-later
// Methods that run a network once more: what they run, what is kept of it, and what refuses them.
#include "app/sources/model_scores.h"
#include "app/sources/open_source.h"
#include "inference/models/model.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace oodscope::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using PassesJson = nlohmann::json;

constexpr std::size_t kPassFrames = 3;

class FurtherPasses : public ::testing::Test {
protected:
  FurtherPasses() {
    writeSmallSet(setFolder, static_cast<int>(kPassFrames));
    writeSmallModel(modelFile);
    set = std::make_shared<const DataSet>(openDataSet(setFolder));
    model = std::make_shared<Model>(Model::load(modelFile));
  }
  [[nodiscard]] std::shared_ptr<ScoreSource> source(const std::vector<Method>& methods, const PassValues& values = {}) {
    SourceItem item{.label = "small.pth", .model = model};
    item.passes = passesFor(item, methods, values);
    auto out = openSource(set, item, {}, std::make_shared<LogitsStore>(LogitsStore::Options{.folder = cache}));
    for (std::size_t i = 0; i < kPassFrames; ++i) out->prepare(i);
    return out;
  }
  [[nodiscard]] static std::vector<float> mapOf(const ScoreSource& source, Method method) {
    const Configuration configuration = source.configurations({method}, {1.0F}).front();
    const ScoreMap map = source.score(0, configuration, source.ownSize(0));
    return {map.values().begin(), map.values().end()};
  }
  [[nodiscard]] CommandResult evaluated(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"evaluate",    "--set",        setFolder.string(), "--model", modelFile.string(),
                                       "--cache-dir", cache.string(), "--format",         "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return runCli(arguments);
  }
  [[nodiscard]] std::map<std::string, double> apOf(const std::vector<std::string>& more) const {
    const CommandResult result = evaluated(more);
    EXPECT_EQ(result.code, 0) << result.err;
    std::map<std::string, double> out;
    if (result.code != 0) return out;
    const PassesJson report = PassesJson::parse(result.out);
    for (const PassesJson& row : report.at("rows"))
      out[row.at("method").get<std::string>()] = row.at("ap").get<double>();
    return out;
  }

  const TemporaryFolder scratch;
  const fs::path setFolder = scratch.path() / "Set", modelFile = scratch.path() / "small.pth",
                 cache = scratch.path() / "cache";
  std::shared_ptr<const DataSet> set;
  std::shared_ptr<Model> model;
};

}  // namespace

TEST_F(FurtherPasses, AreRunOnceAndKept) {
  const std::vector<Method> methods{methods::kMsp, methods::kOdin, methods::kReact, methods::kMcDropout,
                                    methods::kMutualInformation};
  const PassValues values{{"passes", 3.0}};
  const auto first = source(methods, values);
  EXPECT_EQ(first->networkPasses(), kPassFrames * (1 + 1 + 1 + 3));
  const auto again = source(methods, values);
  EXPECT_EQ(again->networkPasses(), 0U) << "all of it is in the store";
  for (const Method method : methods) EXPECT_EQ(mapOf(*again, method), mapOf(*first, method)) << method;
  const auto more = source(methods, {{"passes", 5.0}});
  EXPECT_EQ(more->networkPasses(), kPassFrames * 2) << "the first three runs are those that are kept";
  EXPECT_EQ(source(methods, {{"passes", 3.0}, {"seed", 1.0}})->networkPasses(), kPassFrames * 3);
  EXPECT_EQ(source({methods::kOdin}, {{"odin-epsilon", 0.01}})->networkPasses(), kPassFrames);
  EXPECT_EQ(source({methods::kMsp})->networkPasses(), 0U) << "the plain pass is shared";
}

TEST_F(FurtherPasses, AreToldApartByWhatTheyAreRunWith) {
  const auto usual = source({methods::kOdin, methods::kMsp});
  const auto far = source({methods::kOdin, methods::kMsp}, {{"odin-epsilon", 0.05}});
  const Configuration odin{"odin", methods::kOdin, 1.0F}, msp{"msp", methods::kMsp, 1.0F};
  EXPECT_NE(usual->terms(odin), far->terms(odin));
  EXPECT_EQ(usual->terms(msp), far->terms(msp));
  EXPECT_EQ(usual->id(), far->id()) << "it is one network";
  EXPECT_NE(mapOf(*usual, methods::kOdin), mapOf(*far, methods::kOdin));
  EXPECT_EQ(mapOf(*usual, methods::kMsp), mapOf(*far, methods::kMsp));
  const auto still = source({methods::kOdin, methods::kMsp}, {{"odin-epsilon", 0.0}});
  EXPECT_EQ(still->terms(odin).front().pass, "perturbed odin-epsilon=0");
  const std::vector<float> moved = mapOf(*still, methods::kOdin), plain = mapOf(*still, methods::kMsp);
  for (std::size_t i = 0; i < plain.size(); ++i)
    ASSERT_NEAR(moved[i], plain[i], 5e-3F) << "a step of nothing is MSP, but for the arrangement's rounding";
  const auto facts = far->provenance();
  EXPECT_NE(
      std::ranges::find(facts, std::pair<std::string, std::string>("pass perturbed", "perturbed odin-epsilon=0.05")),
      facts.end());
}

TEST_F(FurtherPasses, ServeNoMethodWhosePassWasNotRun) {
  const auto plain = source({methods::kMsp});
  EXPECT_THROW(static_cast<void>(plain->configurations({methods::kOdin}, {1.0F})), Error);
  const auto served = servedMethods(*plain);
  EXPECT_NE(std::ranges::find(served, methods::kMsp), served.end());
  for (const Method method : {methods::kOdin, methods::kReact, methods::kMcDropout, methods::kMutualInformation})
    EXPECT_EQ(std::ranges::find(served, method), served.end()) << method << " is no part of --method all";
}

TEST_F(FurtherPasses, OfTheMirroredImageLieAsTheImageDoes) {
  RgbImage image = readImage(set->frames[0]), mirrored = image;
  for (int y = 0; y < image.height(); ++y)
    for (int x = 0; x < image.width(); ++x) mirrored.at(x, y) = image.at(image.width() - 1 - x, y);
  const PassChoice pass = passChoice(kMirroredPass, {});
  const LogitsMap found = model->inferPass(image, pass, passRuns(pass).front()).maps.front();
  const LogitsMap there = model->infer(mirrored);
  const auto width = static_cast<std::size_t>(found.size.width);
  for (std::size_t i = 0; i < found.values.size(); ++i)
    ASSERT_EQ(found.values[i], there.values[i / width * width + (width - 1 - i % width)]) << i;
}

TEST_F(FurtherPasses, AddFeaturesToThePlainPass) {
  SourceItem item{.label = "small.pth", .model = model};
  item.passes = passesAdding(item, Output::Features);
  ASSERT_EQ(item.passes.size(), 1U);
  EXPECT_EQ(passesFor(item, {methods::kKnn}, {}), item.passes);
  EXPECT_TRUE(passesFor(item, {methods::kMsp}, {}).empty()) << "only where a method asks";
  const LogitsStore::Options options{.folder = cache, .precision = StorePrecision::Single};
  const auto opened = openSource(set, item, {}, std::make_shared<LogitsStore>(options));
  const auto again = openSource(set, item, {}, std::make_shared<LogitsStore>(options));
  for (const auto& source : {opened, again})
    for (std::size_t i = 0; i < kPassFrames; ++i) source->prepare(i);
  EXPECT_EQ(opened->networkPasses(), kPassFrames * 2);
  EXPECT_EQ(again->networkPasses(), 0U) << "features are kept beside the logits";
  const FrameOutputs stored = again->frameOutputs(1).value();
  const LogitsView& features = stored.view[Output::Features];
  EXPECT_TRUE(stored.view.further.empty());
  ASSERT_EQ(features.channels, 8);
  ASSERT_EQ(features.size(), (Size{kSmallSize.width / 2, kSmallSize.height / 2}));
  const LogitsMap found =
      model->inferPass(readImage(set->frames[1]), item.passes.front(), passRuns(item.passes.front()).front())
          .maps.front();
  ASSERT_EQ(found.values.size(), features.size().area() * 8);
  for (std::size_t i = 0; i < found.values.size(); ++i) ASSERT_EQ(features.single[i], found.values[i]) << i;
  EXPECT_GT(*std::ranges::max_element(found.values), 0.0F);
  EXPECT_EQ(stored.view[Output::Logits].channels, 20);
}

TEST_F(FurtherPasses, AreEvaluatedByTheCommandLine) {
  const auto found = apOf({"--method", "msp,odin,react,mc-dropout,mutual-information", "--parameter", "passes=2"});
  EXPECT_EQ(found.size(), 5U);
  const auto other = apOf({"--method", "mc-dropout", "--parameter", "passes=2", "--parameter", "seed=5"});
  EXPECT_NE(other.at("mc-dropout"), found.at("mc-dropout"));
  EXPECT_FALSE(apOf({"--method", "all"}).contains("odin"));
}

TEST_F(FurtherPasses, RefuseParametersThatMeanNothing) {
  for (const auto& [text, told] :
       std::map<std::string, std::string>{{"passes=0", "passes is a whole number from 1 to 200"},
                                          {"passes=2.5", "passes is a whole number from 1 to 200"},
                                          {"odin-epsilon=far", "odin-epsilon is a number"},
                                          {"epsilon=1", "is not NAME=VALUE of one of odin-epsilon"},
                                          {"passes", "is not NAME=VALUE"}}) {
    const CommandResult result = evaluated({"--method", "odin", "--parameter", text});
    EXPECT_EQ(result.code, 2) << text;
    EXPECT_THAT(result.err, HasSubstr(told)) << text;
  }
}

TEST_F(FurtherPasses, AreNotThereForFiles) {
  fs::create_directories(scratch.path() / "logits");
  const auto plain = source({methods::kMsp});
  for (const auto& entry : fs::recursive_directory_iterator(cache))
    if (entry.path().extension() == ".npy")
      for (const Frame& frame : set->frames)
        fs::copy_file(entry.path(), scratch.path() / "logits" / (frame.name + ".npy"),
                      fs::copy_options::overwrite_existing);
  const CommandResult result = runCli({"evaluate", "--set", setFolder.string(), "--scores",
                                       (scratch.path() / "logits").string(), "--method", "odin", "--format", "json"});
  EXPECT_NE(result.code, 0);
  EXPECT_THAT(result.err + result.out, HasSubstr("the source cannot be run once more on the image perturbed"));
}

TEST_F(FurtherPasses, AreTimedBesideTheNetwork) {
  const CommandResult result =
      runCli({"bench", "--set", setFolder.string(), "--model", modelFile.string(), "--only", "overhead", "--runs", "3",
              "--parameter", "passes=2", "--cache-dir", cache.string(), "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  std::map<std::string, PassesJson> figures;
  const PassesJson report = PassesJson::parse(result.out);
  for (const PassesJson& figure : report.at("figures")) figures[figure.at("figure").get<std::string>()] = figure;
  EXPECT_GT(figures.at("overhead: network alone").at("median").get<double>(), 0.0);
  for (const std::string method : {"msp", "energy", "odin", "react", "mc-dropout", "mutual-information"}) {
    ASSERT_TRUE(figures.contains("overhead: " + method)) << method;
    const PassesJson& together = figures.at("overhead: network and " + method);
    EXPECT_GT(together.at("median").get<double>(), 0.0);
    EXPECT_LE(together.at("p5").get<double>(), together.at("median").get<double>());
    EXPECT_GE(together.at("p95").get<double>(), together.at("median").get<double>());
    EXPECT_EQ(together.at("runs").get<int>(), 3);
  }
  EXPECT_FALSE(figures.contains("overhead: sml")) << "what the source cannot serve is not timed";
}

TEST(FurtherPassesOfScripts, AreThoseWithoutAGradient) {
  const ScoreInputs script{.channels = 19, .passes = {&kMirroredPass}};
  ASSERT_TRUE(methods::kOdin.whyNot(script));
  EXPECT_THAT(methods::kOdin.whyNot(script)->expected, HasSubstr("TorchScript and files give no gradient"));
  EXPECT_FALSE(methods::kM2a.needsPass({.isNetwork = false, .queryColumns = 20}));
}

}  // namespace oodscope::testing
