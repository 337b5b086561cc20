// SPDX-License-Identifier: GPL-3.0-or-later
// Filters as a stage of every source: after the method, at the size that is asked for, with the classes there.
#include "analysis/formats/npy.h"
#include "analysis/imaging/resize.h"
#include "analysis/scores/method_kinds.h"
#include "app/sources/imported_source.h"
#include "app/sources/open_source.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <span>

namespace oodscope {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kPictures = 3, kPlanes = 4, kRows = 12, kColumns = 20;
constexpr Size kOwnSize{20, 12}, kTwice{40, 24};

FilterChain chainOf(const char* text) { return parseFilteredName(std::string("x+") + text).filters; }

bool areSame(const ScoreMap& a, const ScoreMap& b) {
  return a.size() == b.size() && std::ranges::equal(a.values(), b.values());
}

class FilteredScores : public ::testing::Test {
protected:
  FilteredScores() {
    auto made = std::make_shared<DataSet>();
    made->name = "set";
    for (std::size_t f = 0; f < kPictures; ++f) made->frames.emplace_back().name = std::to_string(f);
    set = made;
    store = std::make_shared<LogitsStore>(LogitsStore::Options{.temporary = true});
  }
  /// Smooth planes that cross, so that the predicted classes have boundaries inside.
  static std::vector<float> planes(std::size_t frame) {
    std::vector<float> out;
    for (std::size_t c = 0; c < kPlanes; ++c)
      for (std::size_t y = 0; y < kRows; ++y)
        for (std::size_t x = 0; x < kColumns; ++x) {
          const auto far = static_cast<float>((x + 2 * y + 5 * c + frame) % 17);
          out.push_back((c == (x + frame) / 7 ? 6.0F : 0.0F) + 0.3F * far);
        }
    return out;
  }
  template <class T>
  void write(const std::string& file, const std::vector<T>& values, const std::vector<std::size_t>& shape,
             NpyType type) const {
    const auto path = m_folder.path() / file;
    std::filesystem::create_directories(path.parent_path());
    writeNpyAtomically(path, type, shape, std::as_bytes(std::span(values)));
  }
  void writeLogits() const {
    for (std::size_t f = 0; f < kPictures; ++f)
      write("logits/" + std::to_string(f) + ".npy", planes(f), {kPlanes, kRows, kColumns}, NpyType::Float32);
  }
  /// Of the first plane; with class maps of two halves where they are wanted.
  void writeMaps(const std::string& below, bool withClasses) const {
    for (std::size_t f = 0; f < kPictures; ++f) {
      std::vector<float> map = planes(f);
      map.resize(kRows * kColumns);
      const std::string frame = below + "/" + std::to_string(f);
      write(frame + (withClasses ? "_anomaly.npy" : ".npy"), map, {kRows, kColumns}, NpyType::Float32);
      if (!withClasses) continue;
      std::vector<std::uint8_t> classes;
      for (std::size_t i = 0; i < map.size(); ++i) classes.push_back(i % kColumns < 9 ? 1 : 2);
      write(frame + "_segmentation.npy", classes, {kRows, kColumns}, NpyType::UInt8);
    }
  }
  [[nodiscard]] std::shared_ptr<ScoreSource> open(const std::string& below) const {
    auto out = openSource(set, {.label = below, .folder = m_folder.path() / below}, {}, store);
    for (std::size_t f = 0; f < kPictures; ++f) out->prepare(f);
    return out;
  }

  std::shared_ptr<const DataSet> set;
  std::shared_ptr<LogitsStore> store;

private:
  testing::TemporaryFolder m_folder;
};

TEST_F(FilteredScores, OfLogitsAreTheScoresAtTheTargetThenFilteredThere) {
  writeLogits();
  const auto source = open("logits");
  for (const char* filters : {"gaussian", "dilated", "dilated+gaussian"}) {
    const FilteredMethod method(methods::kEnergy, chainOf(filters));
    const auto configurations = filteredConfigurations(*source, {method}, {1.0F, 2.0F});
    ASSERT_EQ(configurations.size(), 2U);
    for (const Configuration& each : configurations) {
      EXPECT_EQ(each.name, std::string("energy+") + filters);
      const Configuration plain = configurationOf(methods::kEnergy, each.temperature);
      for (const Size target : {kOwnSize, kTwice}) {
        const ScoreMap unfiltered = source->score(1, plain, target);
        EXPECT_TRUE(areSame(source->score(1, each, target), filtered(unfiltered, nullptr, each.filters))) << each.name;
        EXPECT_TRUE(areSame(source->values(1, each, target), source->score(1, each, target)));
        EXPECT_FALSE(areSame(source->score(1, each, target), unfiltered));
      }
    }
    const std::vector<ScoreTerm> terms = source->terms(configurations.front());
    EXPECT_EQ(terms.front().filters, method.filters);
  }
}

TEST_F(FilteredScores, TakeTheClassesThatAreLargestAtTheTarget) {
  writeLogits();
  const auto source = open("logits");
  const Configuration bounded = configurationOf({methods::kMaxLogit, chainOf("boundary")}, std::nullopt);
  for (std::size_t frame = 0; frame < kPictures; ++frame)
    for (const Size target : {kTwice, kOwnSize, kTwice}) {
      Grid<float> best(target, -INFINITY);
      ClassMap classes(target);
      const std::vector<float> all = planes(frame);
      for (std::size_t c = 0; c < kPlanes; ++c) {  // plane by plane, resized as score maps are
        Grid<float> plane(kOwnSize);
        std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(c * kOwnSize.area()), kOwnSize.area(),
                    plane.values().begin());
        if (target != kOwnSize) plane = resizeBilinear(plane, target);
        for (std::size_t i = 0; i < target.area(); ++i)
          if (plane.values()[i] > best.values()[i]) {
            best.values()[i] = plane.values()[i];
            classes.values()[i] = static_cast<std::uint8_t>(c);
          }
      }
      const ScoreMap unfiltered = source->score(frame, configurationOf(methods::kMaxLogit, std::nullopt), target);
      const ScoreMap found = source->score(frame, bounded, target);
      EXPECT_TRUE(areSame(found, filtered(unfiltered, &classes, bounded.filters))) << frame << " " << target.width;
      EXPECT_FALSE(areSame(found, unfiltered));
    }
}

TEST_F(FilteredScores, OfMapsNeedTheClassMapsThatCameWithThem) {
  writeMaps("maps", false);
  writeMaps("pairs", true);
  const auto maps = open("maps"), pairs = open("pairs");
  const FilteredMethod blurred(methods::kEnergy, chainOf("gaussian"));
  const auto one =
      filteredConfigurations(*maps, {blurred, {methods::kMsp, chainOf("gaussian")}, methods::kMsp}, {1.0F});
  ASSERT_EQ(one.size(), 2U) << "maps have no method: each of their rankings once";
  EXPECT_EQ(one[0].name, "maps+gaussian");
  EXPECT_EQ(one[1].name, "maps");
  EXPECT_TRUE(
      areSame(maps->score(0, one[0], kTwice), filtered(maps->score(0, one[1], kTwice), nullptr, one[0].filters)));
  const FilteredMethod bounded(methods::kEnergy, chainOf("boundary"));
  try {
    static_cast<void>(filteredConfigurations(*maps, {bounded}, {1.0F}));
    FAIL() << "maps without classes went through boundary";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("the filter boundary reads predicted classes, which maps lacks"));
    EXPECT_THAT(error.what(), HasSubstr("class maps beside the score maps"));
  }
  const Configuration suppressed = filteredConfigurations(*pairs, {bounded}, {1.0F}).front();
  ClassMap classes(kOwnSize, 2);
  for (int y = 0; y < kOwnSize.height; ++y)
    for (int x = 0; x < 9; ++x) classes.at(x, y) = 1;
  const ScoreMap unfiltered = pairs->score(2, pairs->configurations({}, {}).front(), kOwnSize);
  EXPECT_TRUE(areSame(pairs->score(2, suppressed, kOwnSize), filtered(unfiltered, &classes, suppressed.filters)));
}

TEST_F(FilteredScores, OfDoubleMapsAreReckonedOnTheirValues) {
  // Floats of these maps merely rank: 1 + k 2^-40 are many scores within one float's step.
  for (std::size_t f = 0; f < kPictures; ++f) {
    std::vector<double> map;
    for (std::size_t i = 0; i < kRows * kColumns; ++i) map.push_back(1.0 + static_cast<double>(i % 31) * 0x1p-40);
    write("double/" + std::to_string(f) + ".npy", map, {kRows, kColumns}, NpyType::Float64);
  }
  const auto source = open("double");
  const Configuration blurred = filteredConfigurations(*source, {{Method(), chainOf("gaussian")}}, {1.0F}).front();
  const ScoreMap scores = source->score(0, blurred, kOwnSize);
  for (const float value : scores.values()) EXPECT_NEAR(value, 1.0F, 1e-6F);
}

TEST_F(FilteredScores, OfASumAreThoseOfItsTerms) {
  writeLogits();
  writeMaps("maps", false);
  const auto logits = std::dynamic_pointer_cast<ImportedSource>(open("logits"));
  const auto maps = std::dynamic_pointer_cast<ImportedSource>(open("maps"));
  ASSERT_TRUE(logits && maps);
  const std::vector<SourceItem> items{{.label = "logits", .folder = logits->id().content},
                                      {.label = "maps", .folder = maps->id().content}};
  const auto made = [&](const std::string& text) {
    const Normalisation none{.kind = Normalisation::Kind::None};
    return openSource(set, ensemblePlan(parseEnsemble(text), none, items, nullptr, 1.0F, {}), store);
  };
  const auto sum = made("0.5*(energy+gaussian)@logits+2*score@maps");
  for (std::size_t f = 0; f < kPictures; ++f) sum->prepare(f);
  const Configuration own = sum->configurations({}, {}).front();
  const ScoreMap found = sum->score(1, own, kTwice);
  const FilterChain gaussian = chainOf("gaussian");
  const ScoreMap blurred = logits->score(1, configurationOf({methods::kEnergy, gaussian}, 1.0F), kTwice);
  const ScoreMap map = maps->score(1, maps->configurations({}, {}).front(), kTwice);
  for (std::size_t i = 0; i < kTwice.area(); ++i)
    ASSERT_EQ(found.values()[i], static_cast<float>(0.5 * static_cast<double>(blurred.values()[i]) +
                                                    2.0 * static_cast<double>(map.values()[i])));
  EXPECT_NE(sum->id(), made("0.5*energy@logits+2*score@maps")->id());
  EXPECT_FALSE(sum->whyNot(gaussian)) << "the sum itself can be filtered, too";
  EXPECT_FALSE(sum->whyNot({}));
}

TEST(FilteredMethods, AreReadAndWrittenAsTablesNameThem) {
  const FilteredMethod method = FilteredMethod::named("sml+boundary+dilated");
  EXPECT_EQ(method.method, methods::kSml);
  EXPECT_EQ(method.name(), "sml+boundary+dilated");
  EXPECT_EQ(titleWithFilters("Energy", chainOf("gaussian+dilated")), "Energy + Gaussian blur + Dilated smoothing");
  EXPECT_EQ(FilteredMethod(methods::kMsp), methods::kMsp) << "a method alone has no filters";
  EXPECT_THROW(static_cast<void>(FilteredMethod::named("energi+gaussian")), Error);
  EXPECT_THROW(static_cast<void>(FilteredMethod::named("energy+blur")), Error);
}

}  // namespace
}  // namespace oodscope
