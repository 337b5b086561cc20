// SPDX-License-Identifier: GPL-3.0-or-later
// Scores of a network whose logits the store lost, shrank or never took: the same, for the price of a network pass.
#include "app/sources/model_scores.h"

#include "analysis/core/error.h"
#include "analysis/formats/npy.h"
#include "app/sources/open_source.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <span>

#include <tbb/parallel_for.h>

namespace oodscope::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr std::size_t kFrames = 6;

class ModelScoresTest : public ::testing::Test {
protected:
  ModelScoresTest() {
    writeSmallSet(scratch.path() / "Set", static_cast<int>(kFrames));
    writeSmallModel(scratch / "small.pth");
    set = std::make_shared<const DataSet>(openDataSet(scratch.path() / "Set"));
    model = std::make_shared<Model>(Model::load(scratch / "small.pth"));
  }
  [[nodiscard]] std::unique_ptr<ModelScores> source(const LogitsStore::Options& options) {
    store = std::make_shared<LogitsStore>(options);
    auto out = std::make_unique<ModelScores>("small.pth", set, model, store, ChannelChoice{});
    for (std::size_t i = 0; i < kFrames; ++i) out->prepare(i);
    return out;
  }
  /// Of all frames, asked for by as many threads as there are, several times each.
  [[nodiscard]] static std::vector<ScoreMap> scoresOf(const ScoreSource& source) {
    std::vector<ScoreMap> out(3 * kFrames);
    const Configuration configuration{"msp", methods::kMsp, 1.0F};
    tbb::parallel_for(std::size_t{0}, out.size(), [&](std::size_t i) {
      out[i] = source.score(i % kFrames, configuration, source.ownSize(i % kFrames));
    });
    return out;
  }
  static void expectSame(const std::vector<ScoreMap>& a, const std::vector<ScoreMap>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(std::ranges::equal(a[i].values(), b[i].values())) << i;
  }
  void forEachEntry(const std::function<void(const fs::path&)>& change) const {
    for (const auto& entry : fs::recursive_directory_iterator(store->folder()))
      if (entry.path().extension() == ".npy") change(entry.path());
  }
  const TemporaryFolder scratch;
  std::shared_ptr<const DataSet> set;
  std::shared_ptr<Model> model;
  std::shared_ptr<LogitsStore> store;
};

}  // namespace

TEST_F(ModelScoresTest, WhatFitsNowhereIsMadeAgainAndScoresTheSame) {
  const auto kept = source({.folder = scratch.path() / "cache"});
  const auto expected = scoresOf(*kept);
  EXPECT_EQ(kept->networkPasses(), kFrames);
  EXPECT_TRUE(kept->warnings().empty());
  const auto lost = source({.maxBytes = 1, .temporary = true, .workingBytes = 0, .memoryBytes = 0});
  expectSame(scoresOf(*lost), expected);
  EXPECT_EQ(lost->networkPasses(), kFrames + 3 * kFrames) << "nothing is held beyond its bound";
  EXPECT_THAT(lost->warnings().back(), HasSubstr("18 times more than there are frames"));
}

TEST_F(ModelScoresTest, AddUpWithSomebodysMaps) {
  const auto alone = source({.temporary = true});
  const Size size = alone->ownSize(0);
  std::vector<float> map(size.area());
  for (std::size_t i = 0; i < map.size(); ++i) map[i] = static_cast<float>(i % 97) / 96.0F;
  const std::array shape{static_cast<std::size_t>(size.height), static_cast<std::size_t>(size.width)};
  fs::create_directory(scratch / "maps");
  for (const Frame& frame : set->frames)
    writeNpyAtomically(scratch / ("maps/" + frame.name + ".npy"), NpyType::Float32, shape,
                       std::as_bytes(std::span(map)));
  const std::vector<SourceItem> items{{.label = "small.pth", .model = model},
                                      {.label = "maps", .folder = scratch / "maps"}};
  const EnsemblePlan plan = ensemblePlan(parseEnsemble("0.75*msp+0.25*score@maps"), {.kind = Normalisation::Kind::None},
                                         items, items.data(), 1.0F, {});
  const auto sum = openSource(set, plan, store);
  EXPECT_EQ(sum->name(), "0.75*msp+0.25*score@maps");
  EXPECT_EQ(sum->rowNames({}).model, "small.pth");
  const Configuration one = sum->configurations({}, {}).front();
  for (std::size_t f = 0; f < kFrames; ++f) {
    sum->prepare(f);
    ASSERT_EQ(sum->ownSize(f), size) << "the network's";
    const ScoreMap msp = alone->score(f, {"msp", methods::kMsp, 1.0F}, size);
    const ScoreMap scores = sum->score(f, one, size);
    for (std::size_t i = 0; i < map.size(); ++i)
      ASSERT_FLOAT_EQ(scores.values()[i], 0.75F * msp.values()[i] + 0.25F * map[i]) << i;
  }
}

TEST_F(ModelScoresTest, MemoryHoldsWhatItMayAndNoMore) {
  const std::uint64_t one = std::uint64_t{20} * kSmallSize.area() * 2;
  const auto some = source({.maxBytes = 1, .temporary = true, .workingBytes = 0, .memoryBytes = 2 * one});
  static_cast<void>(scoresOf(*some));
  EXPECT_EQ(some->networkPasses(), kFrames + 3 * (kFrames - 2));
}

TEST_F(ModelScoresTest, EntriesThatWereRemovedStayOpenAndOthersAreMadeAgain) {
  const auto held = source({.folder = scratch.path() / "cache"});
  const auto expected = scoresOf(*held);
  forEachEntry([](const fs::path& entry) { fs::remove(entry); });
  expectSame(scoresOf(*held), expected);
  EXPECT_EQ(held->networkPasses(), kFrames) << "an open mapping stays readable";

  const std::uint64_t one = std::uint64_t{20} * kSmallSize.area() * 2 + 256;
  const auto none = source({.folder = scratch.path() / "cache", .maxBytes = one, .workingBytes = 0});
  expectSame(scoresOf(*none), expected);
  EXPECT_LE(store->bytesUsed(), one);
}

TEST_F(ModelScoresTest, EntriesCutShortInPlaceAreMadeAgain) {
  const auto held = source({.folder = scratch.path() / "cache"});
  const auto expected = scoresOf(*held);
  forEachEntry([](const fs::path& entry) { ASSERT_EQ(truncate(entry.c_str(), 4000), 0); });
  expectSame(scoresOf(*held), expected);
  EXPECT_EQ(held->networkPasses(), 2 * kFrames);
}

TEST_F(ModelScoresTest, AnImageThatChangedIsAFailureInWordsNotOtherScores) {
  const auto lost = source({.maxBytes = 1, .temporary = true, .workingBytes = 0, .memoryBytes = 0});
  fs::copy_file(set->frames[1].image, set->frames[0].image, fs::copy_options::overwrite_existing);
  try {
    static_cast<void>(lost->score(0, {"msp", methods::kMsp, 1.0F}, kSmallSize));
    FAIL() << "scored";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("the image was changed during the run"));
  }
}

}  // namespace oodscope::testing
