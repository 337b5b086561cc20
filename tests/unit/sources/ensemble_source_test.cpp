// SPDX-License-Identifier: GPL-3.0-or-later
// Sums are reckoned here from the numbers that were written, pixel by pixel.
#include "app/sources/ensemble_source.h"

#include "analysis/core/error.h"
#include "analysis/formats/npy.h"
#include "analysis/imaging/resize.h"
#include "analysis/scores/method_kinds.h"
#include "app/sources/open_source.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

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
class Ensemble : public ::testing::Test {
protected:
  Ensemble() {
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
  [[nodiscard]] EnsemblePlan plan(const std::string& text, const std::string& normalisation = "none",
                                  float temperature = 1.0F) const {
    std::vector<SourceItem> items;
    for (const char* folder : {"a", "b", "c", "wide", "logits"}) items.push_back(item(folder));
    return ensemblePlan(parseEnsemble(text), parseNormalisation(normalisation), items, nullptr, temperature, {});
  }
  [[nodiscard]] std::shared_ptr<ScoreSource> open(const std::string& text, const std::string& normalisation = "none",
                                                  float temperature = 1.0F) const {
    return openSource(set, plan(text, normalisation, temperature), store);
  }
  /// Labels of kSize: 0 normal, 1 anomaly, 255 void.
  void label(std::size_t frame, std::vector<std::uint8_t> values) {
    const auto file = m_folder.path() / ("label" + std::to_string(frame) + ".png");
    cv::imwrite(file.string(), cv::Mat(kSize.height, kSize.width, CV_8UC1, values.data()));
    auto labelled = std::make_shared<DataSet>(*set);
    labelled->encoding.meaning = {{0, kNormal}, {1, kAnomaly}};
    labelled->frames[frame].label = file;
    set = labelled;
  }
  [[nodiscard]] static ScoreMap scoreOf(const ScoreSource& source, std::size_t frame, Size size) {
    return source.score(frame, source.configurations({}, {}).front(), size);
  }

  std::shared_ptr<const DataSet> set;
  std::shared_ptr<LogitsStore> store;

private:
  testing::TemporaryFolder m_folder;
};

TEST_F(Ensemble, TwoFoldersOfMapsAreAddedPixelByPixel) {
  writeMap("a/0.npy", {1, 2, 3, 4, 5, 6});
  writeMap("b/0.npy", {10, 20, 30, -40, 0, 0.5F});
  const auto sum = open("0.5*score@a+-2*score@b");
  sum->prepare(0);
  EXPECT_EQ(sum->ownSize(0), kSize);
  EXPECT_FALSE(sum->takesMethods());
  EXPECT_FALSE(sum->hasOutputs(0));
  EXPECT_EQ(sum->name(), "0.5*score@a+-2*score@b");
  EXPECT_THAT(scoreOf(*sum, 0, kSize).values(), ElementsAre(-19.5F, -39.0F, -58.5F, 82.0F, 2.5F, 2.0F));
}

TEST_F(Ensemble, WhatIsNoNumberInOneTermIsNoneInTheSum) {
  writeMap("a/0.npy", {1, std::numeric_limits<float>::quiet_NaN(), 3, 4, 5, 6});
  writeMap("b/0.npy", {1, 1, 1, 1, 1, 2});
  const auto sum = open("1*score@a+0.5*score@b");
  sum->prepare(0);
  const ScoreMap scores = scoreOf(*sum, 0, kSize);
  EXPECT_TRUE(std::isnan(scores.values()[1]));
  EXPECT_EQ(scores.values()[0], 1.5F);
  const auto other = open("0*score@a+0.5*score@b");
  other->prepare(0);
  const ScoreMap without = scoreOf(*other, 0, kSize);
  EXPECT_EQ(without.values()[1], 0.5F) << "a term of weight 0 takes no part";
}

TEST_F(Ensemble, MapsOfTwoSizesMeetAtTheFirstOnesAndAtTheLabels) {
  writeMap("a/0.npy", {1, 2, 3, 4, 5, 6});
  const std::vector<float> large{0, 1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 0, 1, 1, 2, 2, 3, 3, 9, 8, 7, 6, 5, 4};
  write("b/0.npy", NpyType::Float32, {4, 6}, large);
  const auto sum = open("1*score@a+0.25*score@b");
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

TEST_F(Ensemble, ScoresOfMoreDigitsThanFloatAreAddedAsThemselvesAndNotAsTheirRanks) {
  // 1 and its neighbours in double are one float: maps of these rank apart as floats that are none of the scores.
  const double above = std::nextafter(1.0, 2.0);
  write("wide/0.npy", NpyType::Float64, {2, 3}, std::vector<double>{1.0, above, 2.0, 3.0, -4.0, 1e-3});
  writeMap("b/0.npy", {1, 1, 1, 1, 1, 2});
  const auto sum = open("2*score@wide+score@b");
  sum->prepare(0);
  EXPECT_THAT(scoreOf(*sum, 0, kSize).values(), ElementsAre(3.0F, 3.0F, 5.0F, 7.0F, -7.0F, 2.0F * 1e-3F + 2.0F));
}

TEST_F(Ensemble, LogitsAreScoredByTheirTermsOwnMethodAndChannels) {
  const std::vector<float> logits = writeLogits("logits/0.npy");
  EnsemblePlan made = plan("max-logit@logits+10*max-logit@logits");
  made.terms[1].scores.front().channels.list = {0, 1};
  const auto sum = openSource(set, made, store);
  sum->prepare(0);
  const ScoreMap scores = scoreOf(*sum, 0, kLogitsSize);
  for (std::size_t i = 0; i < kLogitsSize.area(); ++i) {
    const float first = logits[i], second = logits[i + 24], third = logits[i + 48];
    EXPECT_EQ(scores.values()[i], -std::max({first, second, third}) - 10.0F * std::max(first, second)) << i;
  }
  EXPECT_EQ(sum->name(), "1*max-logit@logits+10*max-logit@logits");
}

TEST_F(Ensemble, AFrameThatOneTermHasNoFileForFailsWithThatFoldersName) {
  writeMap("a/0.npy", {1, 2, 3, 4, 5, 6});
  writeMap("a/1.npy", {1, 2, 3, 4, 5, 6});
  writeMap("b/0.npy", {1, 2, 3, 4, 5, 7});
  const auto sum = open("score@a+score@b");
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

TEST_F(Ensemble, ItsNameIsAllItsTerms) {
  writeMap("a/0.npy", {1, 2, 3, 4, 5, 6});
  writeMap("b/0.npy", {1, 2, 3, 4, 5, 7});
  static_cast<void>(writeLogits("logits/0.npy"));
  const auto sum = open("0.5*score@a+3*energy@logits*score@b", "rank:frame", 2.0F);
  const Normalisation ranks = parseNormalisation("rank:frame");
  EXPECT_EQ(sum->terms({}),
            (std::vector<ScoreTerm>{{.source = sourceIdOf(item("a")), .weight = 0.5, .normalisation = ranks},
                                    {.source = sourceIdOf(item("logits")),
                                     .method = methods::kEnergy,
                                     .temperature = 2.0F,
                                     .weight = 3.0,
                                     .normalisation = ranks},
                                    {.source = sourceIdOf(item("b")), .isFactor = true, .normalisation = ranks}}));
  EXPECT_EQ(sum->name(), "0.5*score@a+3*energy@logits*score@b");
  EXPECT_EQ(sum->rowNames({}).temperature, 2.0F);
  for (const auto& other :
       {open("0.5*score@a+3*energy@logits+1*score@b", "rank:frame", 2.0F), open("0.5*score@a", "rank:frame", 2.0F),
        open("0.6*score@a+3*energy@logits*score@b", "rank:frame", 2.0F),
        open("0.5*score@a+3*energy@logits*score@b", "rank:set", 2.0F),
        open("0.5*score@a+3*energy@logits*score@b", "rank:frame")})
    EXPECT_NE(other->id(), sum->id());
  EXPECT_EQ(open("0.5*score@a+3*energy@logits*score@b", "rank:frame", 2.0F)->id(), sum->id());
}

TEST_F(Ensemble, ItsWeightsArePartOfAConfiguration) {
  writeMap("a/0.npy", {1, 2, 3, 4, 5, 6});
  writeMap("b/0.npy", {10, 20, 30, -40, 0, 0.5F});
  const auto sum = open("0.5*score@a+0.5*score@b");
  sum->prepare(0);
  const WeightedTerms* terms = sum->weightedTerms();
  ASSERT_NE(terms, nullptr);
  EXPECT_THAT(terms->texts(), ElementsAre("score@a", "score@b"));
  const Configuration other = terms->configuration({2.0, 0.0});
  EXPECT_THAT(sum->score(0, other, kSize).values(), ElementsAre(2, 4, 6, 8, 10, 12));
  EXPECT_EQ(sum->rowNames(other).method, "2*score@a+0*score@b");
  EXPECT_EQ(sum->rowNames({}).method, "0.5*score@a+0.5*score@b");
  EXPECT_EQ(sum->configurationOf(sum->terms(other)), other);
  EXPECT_EQ(sum->terms({}), sum->terms(terms->configuration({0.5, 0.5})));
  EXPECT_THROW(static_cast<void>(terms->configuration({1.0})), ContractViolation);
  Configuration foreign = other;
  foreign.weights = {1.0, 2.0, 3.0};  // of a session that was edited by hand
  EXPECT_EQ(terms->weights(foreign), terms->weights({}));
}

/// Two frames of labels with a void pixel each; what lies under it is far from all others.
class Normalised : public Ensemble {
protected:
  Normalised() {
    writeMap("a/0.npy", {0, 2, 4, 4, 8, 1000});
    writeMap("a/1.npy", {6, 10, -2, 4, 1000, 2});
    writeMap("b/0.npy", {1, 1, 3, 1, 5, -77});
    writeMap("b/1.npy", {1, 1, 1, 5, 99, 1});
    label(0, {0, 0, 1, 0, 1, 255});
    label(1, {0, 1, 0, 0, 255, 0});
  }
  [[nodiscard]] std::vector<double> scored(const std::string& text, const std::string& normalisation,
                                           std::size_t frame) const {
    const auto sum = open(text, normalisation);
    sum->prepare(frame);  // the other frame is made ready where the scale needs it
    const ScoreMap map = scoreOf(*sum, frame, kSize);
    return {map.values().begin(), map.values().end()};
  }
};

TEST_F(Normalised, ByLeastAndMostOfTheSetWithoutVoid) {
  // a: -2 … 10, b: 1 … 5 over the pixels that are not void.
  EXPECT_THAT(scored("score@a", "min-max", 0),
              ElementsAre(::testing::DoubleNear(2.0 / 12, 1e-6), ::testing::DoubleNear(4.0 / 12, 1e-6), 0.5, 0.5,
                          ::testing::DoubleNear(10.0 / 12, 1e-6), ::testing::DoubleNear(1002.0 / 12, 1e-4)));
  EXPECT_THAT(scored("0.5*score@a+2*score@b", "min-max:set", 0),
              ::testing::Pointwise(::testing::DoubleNear(1e-5),
                                   {1.0 / 12, 2.0 / 12, 0.25 + 1.0, 0.25, 5.0 / 12 + 2.0, 501.0 / 12 - 39.0}));
}

TEST_F(Normalised, ByLeastAndMostOfTheFrame) {
  // Frame 0: a 0 … 8, b 1 … 5; frame 1: a -2 … 10, b 1 … 5.
  EXPECT_THAT(scored("score@a+score@b", "min-max:frame", 0),
              ElementsAre(0.0, 0.25, 1.0, 0.5, 2.0, ::testing::DoubleNear(125.0 - 19.5, 1e-4)));
  EXPECT_THAT(scored("12*score@a", "min-max:frame", 1),
              ::testing::Pointwise(::testing::DoubleNear(1e-4), {8.0, 12.0, 0.0, 6.0, 1002.0, 4.0}));
}

TEST_F(Normalised, ByRankInTheSetAndInTheFrame) {
  // a over the set, sorted: -2 0 2 2 4 4 4 6 8 10; rank = share below + half of the equal ones.
  EXPECT_THAT(scored("score@a", "rank:set", 0),
              ::testing::Pointwise(::testing::DoubleNear(1e-6), {0.15, 0.3, 0.55, 0.55, 0.85, 1.0}));
  // Frame 0 alone: 0 2 4 4 8.
  EXPECT_THAT(scored("score@a", "rank:frame", 0),
              ::testing::Pointwise(::testing::DoubleNear(1e-6), {0.1, 0.3, 0.6, 0.6, 0.9, 1.0}));
}

TEST_F(Normalised, ByMeanAndDeviation) {
  const std::vector<double> all{0, 2, 4, 4, 8, 6, 10, -2, 4, 2};
  double mean = 0.0, squares = 0.0;
  for (const double value : all) mean += value / 10.0;
  for (const double value : all) squares += (value - mean) * (value - mean) / 10.0;
  const std::vector<double> scores = scored("score@a", "standardised", 1);
  const std::vector<double> own{6, 10, -2, 4, 1000, 2};
  for (std::size_t i = 0; i < own.size(); ++i) EXPECT_NEAR(scores[i], (own[i] - mean) / std::sqrt(squares), 1e-4) << i;
}

TEST_F(Normalised, ProductsAreOfScaledScores) {
  EXPECT_THAT(scored("2*score@a*score@b", "min-max", 0),
              ::testing::Pointwise(::testing::DoubleNear(1e-4),
                                   {0.0, 0.0, 2.0 * 0.5 * 0.5, 0.0, 2.0 * 10.0 / 12, 2.0 * 1002.0 / 12 * -19.5}));
  EXPECT_THAT(scored("score@a*score@b*score@a", "none", 0),
              ::testing::Pointwise(::testing::DoubleNear(0.0), {0.0, 4.0, 48.0, 16.0, 320.0, -77e6}));
}

TEST_F(Normalised, AScaleIsOfTheFramesThatCanBeScored) {
  std::filesystem::remove(item("b").folder / "1.npy");
  EXPECT_THAT(scored("score@a+0*score@b", "min-max", 0),
              ::testing::Pointwise(::testing::DoubleNear(1e-4), {0.0, 0.25, 0.5, 0.5, 1.0, 125.0}));
}

TEST_F(Normalised, ScalesAndTermsStayWhereWeightsChange) {
  EnsemblePlan kept = plan("score@a+score@b", "min-max");
  kept.memoryBytes = 1000;
  const auto sum = openSource(set, kept, store);
  sum->prepare(0);
  const WeightedTerms* terms = sum->weightedTerms();
  const auto maps = terms->maps(0, kSize, Resolution::Label);
  EXPECT_EQ(terms->maps(0, kSize, Resolution::Label), maps) << "held";
  EXPECT_EQ(sum->scoreAt(0, terms->configuration({0.0, 1.0}), kSize, Resolution::Label), maps->at(1));
  EnsemblePlan none = kept;
  none.memoryBytes = 0;
  const auto fresh = openSource(set, none, store);
  fresh->prepare(0);
  const auto again = fresh->weightedTerms()->maps(0, kSize, Resolution::Label);
  EXPECT_EQ(*again, *maps);
  EXPECT_NE(fresh->weightedTerms()->maps(0, kSize, Resolution::Label), again) << "beyond its bound nothing is held";
}

TEST_F(Ensemble, WithoutLabelsScalesAreOfAllPixels) {
  writeMap("a/0.npy", {0, 1, 2, 3, 4, 8});
  const auto frame = open("score@a", "min-max:frame");
  frame->prepare(0);
  EXPECT_THAT(scoreOf(*frame, 0, kSize).values(), ElementsAre(0, 0.125F, 0.25F, 0.375F, 0.5F, 1));
  writeMap("a/1.npy", {16, 1, 2, 3, 4, 5});
  const auto whole = open("score@a", "min-max:set");
  whole->prepare(0);
  EXPECT_THAT(scoreOf(*whole, 0, kSize).values(), ElementsAre(0, 0.0625F, 0.125F, 0.1875F, 0.25F, 0.5F));
  EXPECT_THAT(whole->provenance(), ::testing::Contains(std::pair<std::string, std::string>(
                                       "normalised_over", "all pixels: no frame of the set has labels")));
}

TEST_F(Ensemble, HasNoScaleWhereNoFrameThatCountsCanBeScored) {
  writeMap("a/0.npy", {0, 1, 2, 3, 4, 8});
  label(1, {0, 1, 0, 0, 255, 0});  // the other frame has no file
  const auto whole = open("score@a", "min-max:set");
  whole->prepare(0);
  try {
    static_cast<void>(scoreOf(*whole, 0, kSize));
    FAIL() << "a scale of nothing";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("cannot be normalised over its set"));
  }
}

TEST_F(Ensemble, WhatCannotBeMadeIsRefusedByName) {
  writeMap("a/0.npy", {0, 1, 2, 3, 4, 8});
  static_cast<void>(writeLogits("logits/0.npy"));
  const auto refusal = [&](const std::string& text) {
    try {
      static_cast<void>(open(text));
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(refusal("0.5*nonsense@a"), HasSubstr("'nonsense'"));
  EXPECT_THAT(refusal("0.5*score@elsewhere"), HasSubstr("'elsewhere'"));
  EXPECT_THAT(refusal("0.5*msp"), HasSubstr("none at hand"));
  EXPECT_THAT(refusal("0.5*msp@a"), HasSubstr("a cannot give a score"));
  EXPECT_THAT(refusal("0.5*score@logits"), HasSubstr("the name of a method"));
  EXPECT_THAT(refusal("score@a+score@a+score@a+score@a+score@a+score@a+score@a+score@a+score@a"), HasSubstr("1 to 8"));
  EXPECT_EQ(refusal("0.5*(msp+gaussian)@logits"), "");
  EXPECT_THAT(refusal("0.5*(score+boundary)@a"), HasSubstr("reads predicted classes"));
}

TEST_F(Ensemble, AFilteredSumIsTheFilterOfTheSum) {
  std::vector<float> large(kLogitsSize.area());
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<float>(i * 5 % 13);
  write("a/0.npy", NpyType::Float32, {4, 6}, large);
  static_cast<void>(writeLogits("logits/0.npy"));
  const auto plain = open("0.5*score@a+2*max-logit@logits");
  const auto whole = open("(0.5*score@a+2*max-logit@logits)+gaussian+boundary");
  plain->prepare(0);
  whole->prepare(0);
  const ScoreMap sum = scoreOf(*plain, 0, kLogitsSize);
  const ClassGiver giver = whole->classGiver({});
  ASSERT_NE(giver.source, whole.get());
  EXPECT_EQ(giver.source->name(), "logits");
  const auto classes = giver.source->classesAt(0, giver.configuration, kLogitsSize);
  ASSERT_NE(classes, nullptr);
  const FilterChain gaussian{*Filter::named("gaussian")}, both{gaussian.front(), *Filter::named("boundary")};
  EXPECT_EQ(scoreOf(*whole, 0, kLogitsSize), filtered(sum, classes.get(), both));
  EXPECT_NE(scoreOf(*whole, 0, kLogitsSize), sum);
  EXPECT_EQ(whole->rowNames({}).method, "(0.5*score@a+2*max-logit@logits)+gaussian+boundary");
  EXPECT_NE(whole->id(), plain->id());
  EXPECT_EQ(whole->terms({}).front().sumFilters, both);
  // A configuration's own filters, as a menu gives them, come behind those that it is written with.
  EXPECT_FALSE(plain->whyNot(gaussian));
  const Configuration menu = withFilters(plain->weightedTerms()->configuration({0.5, 2.0}), gaussian);
  EXPECT_EQ(plain->score(0, menu, kLogitsSize), filtered(sum, nullptr, gaussian));
  EXPECT_EQ(plain->configurationOf(plain->terms(menu)).filters, gaussian);
  EXPECT_EQ(whole->configurationOf(whole->terms({})).filters, FilterChain());
}

TEST_F(Ensemble, ItsClassesAreThoseOfTheFirstScoreWhoseSourceHasSome) {
  writeMap("a/0.npy", {1, 2, 3, 4, 5, 6});
  static_cast<void>(writeLogits("logits/0.npy"));
  const auto mixed = open("score@a+energy@logits");
  EXPECT_TRUE(mixed->givesClasses());
  EXPECT_THAT(mixed->provenance(), ::testing::Contains(std::pair<std::string, std::string>(
                                       "class_map", "of energy@logits, the first score whose source has classes")));
  const auto maps = open("1*score@a");
  EXPECT_FALSE(maps->givesClasses());
  EXPECT_EQ(maps->classGiver({}).source, maps.get());
  EXPECT_TRUE(maps->whyNot({*Filter::named("boundary")}));
}

TEST_F(Ensemble, DecisionsAndVotesAreFineAsATermAndClassIdsAreNot) {
  for (const char* frame : {"/0.npy", "/1.npy"}) {
    writeMap(std::string("a") + frame, {0, 1, 2, 3, 1, 2});
    write(std::string("b") + frame, NpyType::UInt8, {2, 3}, std::vector<std::uint8_t>{0, 1, 2, 3, 1, 2});
    writeMap(std::string("c") + frame, {0, 1, 1, 0, 1, 0});
  }
  const auto warningsOf = [&](const char* text) {
    const auto sum = open(text);
    sum->prepare(0);
    return sum->warnings();
  };
  EXPECT_THAT(warningsOf("1*score@a"), ::testing::IsEmpty()) << "floats: levels or votes";
  EXPECT_THAT(warningsOf("1*score@b"), ElementsAre(HasSubstr("class ids"))) << "bytes: an argmax";
  EXPECT_THAT(warningsOf("1*score@c"), ::testing::IsEmpty()) << "a decision";
  const auto alone = openSource(set, item("a"), {}, store);
  alone->prepare(0);
  EXPECT_THAT(alone->warnings(), ElementsAre(HasSubstr("class ids")));
}

TEST_F(Ensemble, ItsTermsAreInTheProvenance) {
  writeMap("a/0.npy", {1, 2, 3, 4, 5, 6});
  writeMap("b/0.npy", {1, 2, 3, 4, 5, 7});
  const auto facts = open("score@a+0.1*score@b*score@a")->provenance();
  EXPECT_THAT(facts, ::testing::Contains(std::pair<std::string, std::string>("term2_weight", "0.1")));
  EXPECT_THAT(facts, ::testing::Contains(std::pair<std::string, std::string>("term1_scores", "a")));
  EXPECT_THAT(facts, ::testing::Contains(std::pair<std::string, std::string>("term2_factor2_scores", "a")));
  EXPECT_THAT(facts, ::testing::Contains(std::pair<std::string, std::string>("normalisation", "none:set")));
}

}  // namespace
}  // namespace oodscope
