// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "inference/training/class_map.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/training/tiny_pictures.h"

#include <gmock/gmock.h>

namespace oodscope {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;
using testing::TinyPictures;

std::vector<std::unique_ptr<SampleSource>> twoSources() {
  std::vector<std::unique_ptr<SampleSource>> sources;
  sources.push_back(std::make_unique<TinyPictures>(3));
  sources.push_back(std::make_unique<TinyPictures>(5));
  return sources;
}

TEST(JoinedSamples, MixedAreAllOfThemInEveryEpoch) {
  const auto mixed = openMixed(twoSources());
  EXPECT_EQ(mixed->size(), 8U);
  EXPECT_EQ(mixed->identity(), "tiny pictures, 3 and tiny pictures, 5");
  EXPECT_EQ(mixed->read(2).image, TinyPictures(3).read(2).image);
  EXPECT_EQ(mixed->read(3).image, TinyPictures(5).read(0).image);
  EXPECT_EQ(mixed->during(0, 4).size(), 8U);
  EXPECT_THROW(static_cast<void>(mixed->read(8)), ContractViolation);
}

TEST(JoinedSamples, InTurnHaveEqualSharesOfTheEpochs) {
  const auto turns = openInTurn(twoSources());
  EXPECT_EQ(turns->size(), 8U) << "weights of classes are over all";
  std::vector<std::size_t> sizes;
  for (int epoch = 0; epoch < 5; ++epoch) sizes.push_back(turns->during(epoch, 5).size());
  EXPECT_THAT(sizes, ElementsAre(3, 3, 3, 5, 5));
  EXPECT_EQ(turns->identity(), "tiny pictures, 3, then tiny pictures, 5");
}

TEST(JoinedSamples, AreLearnedInTurnToTheSameWeightsHoweverStopped) {
  const TemporaryFolder folder;
  const auto turns = openInTurn(twoSources());
  TrainingOptions options = testing::tinyTraining();
  std::vector<int> steps;
  const auto count = [&](const TrainingProgress& progress) {
    if (progress.kind == TrainingProgress::Kind::Epoch) steps.push_back(progress.steps);
  };
  static_cast<void>(train(options, *turns, nullptr, folder.path(), count));
  EXPECT_THAT(steps, ElementsAre(1, 1, 2))
      << "an epoch of the encoder (all in its one epoch: the first), two of the network";
}

ClassMapTable tableOf(const TemporaryFolder& folder, const std::string& text) {
  folder.write("map.csv", text);
  return readClassMap(folder.path() / "map.csv", {"red", "green"});
}

TEST(ClassMap, BringsClassesToOthersByIndexOrName) {
  const TemporaryFolder folder;
  const ClassMapTable byName = tableOf(folder, "# a comment\nred,road\n1, traffic light\n");
  EXPECT_THAT(byName.classes, ElementsAre(0, 6));
  EXPECT_EQ(byName.names.size(), 19U);
  const ClassMapTable byIndex = tableOf(folder, "green,3\nred,void\n");
  EXPECT_THAT(byIndex.classes, ElementsAre(255, 3));
  EXPECT_EQ(byIndex.names.size(), 4U);
  const auto source = mapped(std::make_unique<TinyPictures>(2), byIndex);
  EXPECT_EQ(source->classes(), 4);
  EXPECT_THAT(source->identity(), HasSubstr("tiny pictures, 2, classes by map.csv "));
  const Sample own = TinyPictures(2).read(1), now = source->read(1);
  for (std::size_t i = 0; i < own.classes.values().size(); ++i)
    ASSERT_EQ(now.classes.values()[i], own.classes.values()[i] == 1 ? 3 : 255);
}

TEST(ClassMap, LeavesOutWhatHasNoLineAndRefusesWhatMeansNothing) {
  const TemporaryFolder folder;
  EXPECT_THAT(tableOf(folder, "1,0\n").classes, ElementsAre(kUnlearned, 0));
  for (const char* text : {"", "red,none\n", "blue,0\n", "red,raod\n", "red\n", "red,0\nred,1\n", "red,road\n1,30\n"})
    EXPECT_THROW(static_cast<void>(tableOf(folder, text)), Error) << text;
}

TEST(JoinedSamples, OfOtherClassesAreRefused) {
  const TemporaryFolder folder;
  auto sources = twoSources();
  sources[1] = mapped(std::move(sources[1]), tableOf(folder, "red,road\n"));
  EXPECT_THROW(static_cast<void>(openMixed(std::move(sources))), Error);
}

}  // namespace
}  // namespace oodscope
