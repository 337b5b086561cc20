// SPDX-License-Identifier: GPL-3.0-or-later
// Sums are reckoned here from the numbers that were written, pixel by pixel.
#include "app/sources/weighted_source.h"

#include "analysis/core/error.h"
#include "analysis/formats/npy.h"
#include "analysis/imaging/resize.h"
#include "analysis/scores/method_kinds.h"
#include "app/sources/open_source.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace oodscope {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Size kSize{3, 2}, kLogitsSize{6, 4};

/// A set of two frames without pictures, and folders of files for it.
class Weighted : public ::testing::Test {
protected:
  Weighted() {
    auto made = std::make_shared<DataSet>();
    made->name = "set";
    for (const char* name : {"0", "1"}) made->frames.emplace_back().name = name;
    set = made;
    store = std::make_shared<LogitsStore>(LogitsStore::Options{.temporary = true});
  }
  template <class T>
  void write(const std::string& file, NpyType type, const std::vector<std::size_t>& shape,
             const std::vector<T>& values) {
    const auto path = m_folder.path() / file;
    std::filesystem::create_directories(path.parent_path());
    writeNpyAtomically(path, type, shape, std::as_bytes(std::span(values)));
  }
  void writeMap(const std::string& file, const std::vector<float>& values) {
    write(file, NpyType::Float32, {2, 3}, values);
  }
  /// Three channels of kLogitsSize: whole numbers and halves, which sums keep exactly.
  std::vector<float> writeLogits(const std::string& file) {
    std::vector<float> values(3 * kLogitsSize.area());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i * 7 % 11) * 0.5F;
    write(file, NpyType::Float32, {3, 4, 6}, values);
    return values;
  }
  [[nodiscard]] SourceItem item(const std::string& folder) const {
    return {.label = folder, .folder = m_folder.path() / folder};
  }
  /// Ready but for frames that fail.
  [[nodiscard]] std::shared_ptr<ScoreSource> open(const std::vector<SumTerm>& terms) const {
    return openSource(set, terms, store);
  }
  [[nodiscard]] static ScoreMap scoreOf(const ScoreSource& source, std::size_t frame, Size size) {
    return source.score(frame, source.configurations({}, {}).front(), size);
  }

  std::shared_ptr<const DataSet> set;
  std::shared_ptr<LogitsStore> store;

private:
  testing::TemporaryFolder m_folder;
};

TEST_F(Weighted, TwoFoldersOfMapsAreAddedPixelByPixel) {
  writeMap("a/0.npy", {1, 2, 3, 4, 5, 6});
  writeMap("b/0.npy", {10, 20, 30, -40, 0, 0.5F});
  const auto sum = open({{.item = item("a"), .weight = 0.5}, {.item = item("b"), .weight = -2.0}});
  sum->prepare(0);
  EXPECT_EQ(sum->ownSize(0), kSize);
  EXPECT_FALSE(sum->takesMethods());
  EXPECT_FALSE(sum->hasOutputs(0));
  EXPECT_EQ(sum->name(), "0.5 a + -2 b");
  EXPECT_THAT(scoreOf(*sum, 0, kSize).values(), ElementsAre(-19.5F, -39.0F, -58.5F, 82.0F, 2.5F, 2.0F));
}

TEST_F(Weighted, WhatIsNoNumberInOneTermIsNoneInTheSum) {
  writeMap("a/0.npy", {1, std::numeric_limits<float>::quiet_NaN(), 3, 4, 5, 6});
  writeMap("b/0.npy", {1, 1, 1, 1, 1, 2});
  const auto sum = open({{.item = item("a")}, {.item = item("b"), .weight = 0.0}});
  sum->prepare(0);
  const ScoreMap scores = scoreOf(*sum, 0, kSize);
  EXPECT_TRUE(std::isnan(scores.values()[1]));
  EXPECT_EQ(scores.values()[0], 1.0F);
}

TEST_F(Weighted, MapsOfTwoSizesMeetAtTheFirstOnesAndAtTheLabels) {
  writeMap("a/0.npy", {1, 2, 3, 4, 5, 6});
  const std::vector<float> large{0, 1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 0, 1, 1, 2, 2, 3, 3, 9, 8, 7, 6, 5, 4};
  write("b/0.npy", NpyType::Float32, {4, 6}, large);
  const auto sum = open({{.item = item("a"), .weight = 1.0}, {.item = item("b"), .weight = 0.25}});
  sum->prepare(0);
  EXPECT_EQ(sum->ownSize(0), kSize);
  const Size label{6, 4};
  const ScoreMap small(kSize, {1, 2, 3, 4, 5, 6});
  for (const Size size : {kSize, label}) {
    const ScoreMap a = size == kSize ? small : resizeBilinear(small, size);
    const ScoreMap b = size == label ? ScoreMap(label, large) : resizeBilinear(ScoreMap(label, large), size);
    const ScoreMap scores = scoreOf(*sum, 0, size);
    ASSERT_EQ(scores.size(), size);
    for (std::size_t i = 0; i < scores.values().size(); ++i)
      EXPECT_FLOAT_EQ(scores.values()[i], a.values()[i] + 0.25F * b.values()[i]) << i;
  }
}

TEST_F(Weighted, ScoresOfMoreDigitsThanFloatAreAddedAsThemselvesAndNotAsTheirRanks) {
  // 1 and its neighbours in double are one float: maps of these rank apart as floats that are none of the scores.
  const double above = std::nextafter(1.0, 2.0);
  write("wide/0.npy", NpyType::Float64, {2, 3}, std::vector<double>{1.0, above, 2.0, 3.0, -4.0, 1e-3});
  writeMap("b/0.npy", {1, 1, 1, 1, 1, 2});
  const auto sum = open({{.item = item("wide"), .weight = 2.0}, {.item = item("b")}});
  sum->prepare(0);
  EXPECT_THAT(scoreOf(*sum, 0, kSize).values(), ElementsAre(3.0F, 3.0F, 5.0F, 7.0F, -7.0F, 2.0F * 1e-3F + 2.0F));
}

TEST_F(Weighted, LogitsAreScoredByTheirTermsOwnMethodAndChannels) {
  const std::vector<float> logits = writeLogits("logits/0.npy");
  const SumTerm all{.item = item("logits"), .method = methods::kMaxLogit};
  SumTerm two = all;
  two.channels.list = {0, 1};
  two.weight = 10.0;
  const auto sum = open({all, two});
  sum->prepare(0);
  const ScoreMap scores = scoreOf(*sum, 0, kLogitsSize);
  for (std::size_t i = 0; i < kLogitsSize.area(); ++i) {
    const float first = logits[i], second = logits[i + 24], third = logits[i + 48];
    EXPECT_EQ(scores.values()[i], -std::max({first, second, third}) - 10.0F * std::max(first, second)) << i;
  }
  EXPECT_EQ(sum->name(), "1 max-logit of logits + 10 max-logit of logits");
}

TEST_F(Weighted, AFrameThatOneTermHasNoFileForFailsWithThatFoldersName) {
  writeMap("a/0.npy", {1, 2, 3, 4, 5, 6});
  writeMap("a/1.npy", {1, 2, 3, 4, 5, 6});
  writeMap("b/0.npy", {1, 2, 3, 4, 5, 7});
  const auto sum = open({{.item = item("a")}, {.item = item("b")}});
  sum->prepare(0);
  EXPECT_EQ(sum->framesWithoutFile(), 1U);
  try {
    sum->prepare(1);
    FAIL() << "a sum of one term was made";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("no file for the frame"));
    EXPECT_EQ(error.parts().file.filename(), "b");
  }
}

TEST_F(Weighted, ItsNameIsAllItsTerms) {
  writeMap("a/0.npy", {1, 2, 3, 4, 5, 6});
  writeMap("b/0.npy", {1, 2, 3, 4, 5, 7});
  static_cast<void>(writeLogits("logits/0.npy"));
  const SumTerm a{.item = item("a"), .weight = 0.5}, b{.item = item("b"), .weight = 0.5};
  const SumTerm energy{.item = item("logits"), .method = methods::kEnergy, .temperature = 2.0F, .weight = 3.0};
  const auto sum = open({a, energy});
  EXPECT_EQ(
      sum->terms({}),
      (std::vector<ScoreTerm>{
          {.source = sourceIdOf(item("a")), .weight = 0.5},
          {.source = sourceIdOf(item("logits")), .method = methods::kEnergy, .temperature = 2.0F, .weight = 3.0}}));
  EXPECT_EQ(sum->name(), "0.5 a + 3 energy at T 2 of logits");
  SumTerm heavier = a, warmer = energy;
  heavier.weight = 0.6;
  warmer.temperature = 1.0F;
  for (const auto& other : {open({a, b}), open({heavier, energy}), open({a, warmer}), open({energy, a})})
    EXPECT_NE(other->id(), sum->id());
  EXPECT_EQ(open({a, energy})->id(), sum->id());
}

TEST_F(Weighted, ItsTermsAreInTheProvenance) {
  writeMap("a/0.npy", {1, 2, 3, 4, 5, 6});
  writeMap("b/0.npy", {1, 2, 3, 4, 5, 7});
  const auto facts = open({{.item = item("a")}, {.item = item("b"), .weight = 0.1}})->provenance();
  EXPECT_THAT(facts, ::testing::Contains(std::pair<std::string, std::string>("term2_weight", "0.1")));
  EXPECT_THAT(facts, ::testing::Contains(std::pair<std::string, std::string>("term1_scores", "a")));
}

}  // namespace
}  // namespace oodscope
