// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sources/imported_source.h"

#include "analysis/formats/npy.h"
#include "analysis/scores/method_kinds.h"
#include "app/sources/open_source.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <span>

namespace oodscope {
namespace {

constexpr std::size_t kFrames = 9, kChannels = 3, kHeight = 4, kWidth = 6;  // more frames than are kept for a moment
constexpr Size kSize{6, 4};

/// A folder of logits or maps of a set of so many frames without pictures.
class Imported : public ::testing::Test {
protected:
  Imported() {
    auto made = std::make_shared<DataSet>();
    made->name = "set";
    for (std::size_t f = 0; f < kFrames; ++f) made->frames.emplace_back().name = std::to_string(f);
    set = made;
    store = std::make_shared<LogitsStore>(LogitsStore::Options{.temporary = true});
  }
  void write(const std::string& below, const std::vector<std::size_t>& shape, NpyType type = NpyType::Float32) {
    std::size_t count = 1;
    for (const std::size_t side : shape) count *= side;
    for (std::size_t f = 0; f < kFrames; ++f) {
      std::vector<float> values(count);
      for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>((i * 7 + f) % 11) * 0.25F;
      std::vector<double> wide(values.begin(), values.end());
      const auto file = m_folder.path() / below / (std::to_string(f) + ".npy");
      std::filesystem::create_directories(file.parent_path());
      writeNpyAtomically(file, type, shape,
                         type == NpyType::Float64 ? std::as_bytes(std::span(wide)) : std::as_bytes(std::span(values)));
    }
  }
  [[nodiscard]] std::unique_ptr<ImportedSource> open(const std::string& below, const ChannelChoice& channels = {}) {
    auto out = std::make_unique<ImportedSource>(below, set, m_folder.path() / below, "", store, channels);
    for (std::size_t f = 0; f < kFrames; ++f) out->prepare(f);
    return out;
  }
  [[nodiscard]] std::filesystem::path folder(const std::string& below) const { return m_folder.path() / below; }

  std::shared_ptr<const DataSet> set;
  std::shared_ptr<LogitsStore> store;

private:
  testing::TemporaryFolder m_folder;
};

void scoreAll(const ScoreSource& source) {
  for (const Configuration& configuration : source.configurations({methods::kMsp, methods::kMaxLogit}, {1.0F, 2.0F}))
    for (std::size_t f = 0; f < kFrames; ++f) static_cast<void>(source.score(f, configuration, kSize));
}

TEST_F(Imported, LogitsAreOpenedOnceWhateverTheNumberOfConfigurations) {
  write("logits", {kChannels, kHeight, kWidth});
  const auto source = open("logits");
  EXPECT_EQ(source->filesOpened(), kFrames);
  scoreAll(*source);
  EXPECT_EQ(source->filesOpened(), kFrames);
}

TEST_F(Imported, ConvertedLogitsAreKeptWithinTheStoresMemory) {
  write("wide", {kHeight, kWidth, kChannels}, NpyType::Float64);
  const auto source = open("wide");
  scoreAll(*source);
  EXPECT_EQ(source->filesOpened(), kFrames);
  store = std::make_shared<LogitsStore>(LogitsStore::Options{.temporary = true, .workingBytes = 0, .memoryBytes = 0});
  const auto bound = open("wide");
  scoreAll(*bound);
  EXPECT_GT(bound->filesOpened(), kFrames) << "nothing is held beyond its bound";
}

TEST_F(Imported, LogitsTakeMethodsAndChannelsAndMapsDoNot) {
  write("logits", {kChannels, kHeight, kWidth});
  write("maps", {kHeight, kWidth});
  const ChannelChoice two{.list = {0, 1}};
  const auto logits = open("logits", two), maps = open("maps", two);
  EXPECT_TRUE(logits->takesMethods());
  EXPECT_EQ(logits->channels(), two);
  EXPECT_FALSE(maps->takesMethods());
  EXPECT_EQ(maps->channels(), ChannelChoice{}) << "a choice that changes nothing is none";
  EXPECT_EQ(maps->configurations({methods::kMsp, methods::kEnergy}, {1.0F}).size(), 1U);
  EXPECT_EQ(logits->framesWithoutFile(), 0U);
}

TEST_F(Imported, TwoFoldersOfOneNameAreTwoSources) {
  write("a/s", {kHeight, kWidth});
  write("b/s", {kHeight, kWidth});
  const SourceLabels labels = sourceLabels({}, {folder("a/s"), folder("b/s")});
  std::vector<std::shared_ptr<ScoreSource>> sources;
  for (std::size_t i = 0; i < 2; ++i) {
    const SourceItem item{.label = labels.folders[i], .folder = folder(i == 0 ? "a/s" : "b/s")};
    sources.push_back(openSource(set, item, {}, store));
    EXPECT_EQ(sources.back()->id(), sourceIdOf(item));
  }
  EXPECT_EQ(sources[0]->name(), "a/s");
  EXPECT_EQ(sources[1]->name(), "b/s");
  EXPECT_NE(sources[0]->id(), sources[1]->id());
}

TEST_F(Imported, AFolderAnOutputIsOneSource) {
  write("net/logits", {kChannels, kHeight, kWidth});
  write("net/outlier", {2, kHeight / 2, kWidth / 2});
  const auto source = open("net");
  EXPECT_TRUE(source->takesMethods());
  const ScoreInputs inputs = source->inputs();
  EXPECT_EQ(inputs.channels, int{kChannels});
  EXPECT_EQ(inputs.outlierChannels, 2);
  EXPECT_FALSE(inputs.isNetwork);
  const auto outputs = source->frameOutputs(3);
  ASSERT_TRUE(outputs);
  EXPECT_EQ(outputs->view[Output::Outlier].size(), (Size{3, 2}));
  EXPECT_EQ(source->ownSize(3), kSize) << "the logits'";
  const auto served = servedMethods(*source);
  EXPECT_EQ(std::ranges::count(served, methods::kDenseHybridRatio), 1);
  EXPECT_EQ(std::ranges::count(served, methods::kRba), 0);
  const Configuration hybrid = source->configurations({methods::kDenseHybridRatio}, {1.0F}).front();
  ScoreMap expected(kSize);
  score(outputs->view, {.method = methods::kDenseHybridRatio}, expected.values());
  EXPECT_TRUE(std::ranges::equal(source->score(3, hybrid, kSize).values(), expected.values()));
  EXPECT_THROW(static_cast<void>(source->configurations({methods::kRba}, {1.0F})), Error);
}

TEST_F(Imported, MaskQueriesOfAFolderTakeItsSidecarsClasses) {
  write("masks/class_logits", {5, 4});
  write("masks/mask_logits", {5, kHeight, kWidth});
  EXPECT_THROW(static_cast<void>(open("masks")), Error) << "four columns are not of 19 classes";
  std::ofstream(folder("masks") / "sidecar.json") << R"({"known_classes": 2})";
  const auto source = open("masks");
  EXPECT_EQ(source->inputs().queryColumns, 4);
  EXPECT_EQ(source->inputs().knownClasses, 2);
  EXPECT_FALSE(methods::kUno.whyNot(source->inputs()));
  EXPECT_EQ(source->configurations({methods::kRba}, {1.0F, 2.0F}).size(), 2U);
  std::ofstream(folder("masks").string() + ".json") << "{}";
  EXPECT_THROW(static_cast<void>(open("masks")), Error) << "two sidecars";
}

TEST_F(Imported, FinishedMapsServeNoMethod) {
  write("maps", {kHeight, kWidth});
  EXPECT_TRUE(servedMethods(*open("maps")).empty());
}

}  // namespace
}  // namespace oodscope
