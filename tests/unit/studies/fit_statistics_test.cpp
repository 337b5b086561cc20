// SPDX-License-Identifier: GPL-3.0-or-later
// What is fitted on a set against the same reckoned here: two passes over the arrays that were written, in double.
#include "app/studies/fit_statistics.h"

#include "analysis/core/error.h"
#include "analysis/formats/npy.h"
#include "analysis/formats/npz.h"
#include "analysis/formats/zip_archive.h"
#include "analysis/scores/method_kinds.h"
#include "app/sources/fitted_statistics.h"
#include "app/sources/open_source.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <oneapi/tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <random>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr std::size_t kFrames = 3, kClasses = 4, kDimensions = 3;
constexpr int kWidth = 24, kHeight = 16, kCoarse = 2;  // features have half the logits' sides
constexpr std::size_t kPixels = kWidth * kHeight, kFeaturePixels = kPixels / (kCoarse * kCoarse);

struct WrittenFrame {
  std::vector<float> logits, features;
  [[nodiscard]] std::size_t predicted(std::size_t pixel) const {
    std::size_t best = 0;
    for (std::size_t c = 1; c < kClasses; ++c)
      if (logits[c * kPixels + pixel] > logits[best * kPixels + pixel]) best = c;
    return best;
  }
  /// The class of a feature: of the pixel that PIL's nearest takes, the lower right one of two by two.
  [[nodiscard]] std::size_t classOfFeature(std::size_t pixel) const {
    const std::size_t x = pixel % (kWidth / kCoarse), y = pixel / (kWidth / kCoarse);
    return predicted((y * kCoarse + 1) * kWidth + x * kCoarse + 1);
  }
  [[nodiscard]] std::vector<double> feature(std::size_t pixel) const {
    std::vector<double> out;
    for (std::size_t d = 0; d < kDimensions; ++d)
      out.push_back(static_cast<double>(features[d * kFeaturePixels + pixel]));
    return out;
  }
};

class Fitting : public ::testing::Test {
protected:
  Fitting() {
    auto made = std::make_shared<DataSet>();
    made->name = "train";
    std::mt19937 random(3);
    std::normal_distribution<float> noise(0.0F, 2.0F);
    fs::create_directories(folder());
    for (std::size_t f = 0; f < kFrames; ++f) {
      made->frames.emplace_back().name = std::to_string(f);
      WrittenFrame& frame = frames.emplace_back();
      for (std::size_t i = 0; i < kClasses * kPixels; ++i)
        frame.logits.push_back(noise(random) + 100.0F + (i / kPixels == 3 ? -50.0F : 0.0F));  // class 3 is never taken
      for (std::size_t i = 0; i < kDimensions * kFeaturePixels; ++i) frame.features.push_back(noise(random) * 3.0F);
      write(std::to_string(f), frame);
    }
    set = made;
  }
  void write(const std::string& name, const WrittenFrame& frame, std::size_t dimensions = kDimensions) const {
    ZipWriter zip;
    const auto add = [&](const char* array, const std::vector<std::size_t>& shape, const std::vector<float>& values) {
      std::string bytes = npyHeaderText(NpyType::Float32, shape);
      bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
      zip.add(std::string(array) + ".npy", std::as_bytes(std::span(bytes)));
    };
    add("logits", {kClasses, kHeight, kWidth}, frame.logits);
    const auto end = frame.features.begin() + static_cast<std::ptrdiff_t>(dimensions * kFeaturePixels);
    add("features", {dimensions, kHeight / kCoarse, kWidth / kCoarse}, {frame.features.begin(), end});
    const auto bytes = zip.finish();
    std::ofstream(folder() / (name + ".npz"), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  [[nodiscard]] fs::path folder() const { return m_scratch.path() / "outputs"; }
  [[nodiscard]] fs::path file(const std::string& name = "fit.json") const { return m_scratch.path() / name; }
  [[nodiscard]] std::shared_ptr<ScoreSource> open(std::shared_ptr<const FittedStatistics> statistics = {}) const {
    return openSource(
        set, SourceItem{.label = "net", .folder = folder(), .statistics = std::move(statistics), .readsFeatures = true},
        {}, std::make_shared<LogitsStore>(LogitsStore::Options{.temporary = true}));
  }
  [[nodiscard]] FittedSet fit(const FitOptions& options = {}) const {
    return fitStatistics(*set, *open(), options, [](const Progress&) {}, {});
  }
  std::shared_ptr<const DataSet> set;
  std::vector<WrittenFrame> frames;

private:
  testing::TemporaryFolder m_scratch;
};

struct PlainScale {
  double count = 0, mean = 0, variance = 0;
};

/// Mean and unbiased variance, two passes.
PlainScale plainScale(const std::vector<double>& values) {
  PlainScale out{.count = static_cast<double>(values.size())};
  for (const double value : values) out.mean += value / out.count;
  for (const double value : values) out.variance += (value - out.mean) * (value - out.mean) / (out.count - 1);
  return out;
}

TEST_F(Fitting, TheLargestLogitIsTalliedByPredictedClass) {
  std::map<std::size_t, std::vector<double>> largest;
  std::vector<double> all;
  for (const WrittenFrame& frame : frames)
    for (std::size_t p = 0; p < kPixels; ++p) {
      const std::size_t c = frame.predicted(p);
      largest[c].push_back(static_cast<double>(frame.logits[c * kPixels + p]));
      all.push_back(largest[c].back());
    }
  const FittedSet fitted = fit();
  EXPECT_EQ(fitted.frames, kFrames);
  EXPECT_EQ(fitted.pixels, kFrames * kPixels);
  EXPECT_EQ(fitted.resolution, "24x16");
  ASSERT_TRUE(fitted.logits);
  ASSERT_EQ(fitted.channels, (std::vector<int>{0, 1, 2, 3}));
  for (std::size_t c = 0; c < 3; ++c) {
    const PlainScale expected = plainScale(largest.at(c));
    const Moments& found = fitted.logits->of(c);
    EXPECT_EQ(static_cast<double>(found.count), expected.count);
    EXPECT_NEAR(found.mean, expected.mean, 1e-10);
    EXPECT_NEAR(*found.variance(), expected.variance, 1e-9);
  }
  EXPECT_EQ(fitted.logits->of(3).count, 0U);
  writeStatistics(file(), fitted, {.set = set->name}, {});
  const auto read = readStatistics(file());
  const auto scales = read->scalesOf(fitted.channels);
  ASSERT_TRUE(scales);
  EXPECT_EQ(scales->mean[1], fitted.logits->of(1).mean) << "written with all its digits";
  EXPECT_EQ(scales->variance[1], *fitted.logits->of(1).variance());
  const PlainScale pooled = plainScale(all);
  EXPECT_NEAR(scales->mean[3], pooled.mean, 1e-10) << "never predicted: as all pixels";
  EXPECT_NEAR(scales->variance[3], pooled.variance, 1e-9);
}

TEST_F(Fitting, FeaturesAreTalliedByTheClassOfTheirPixel) {
  const FittedSet fitted = fit({.ridge = 0.0});
  ASSERT_TRUE(fitted.features);
  const FittedFeatures& features = *fitted.features;
  EXPECT_EQ(features.dimensions, static_cast<int>(kDimensions));
  EXPECT_EQ(features.classes, (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(features.leftOut, std::vector<int>{3});
  for (std::size_t c = 0; c < features.gaussians.size(); ++c) {
    std::vector<std::vector<double>> own;
    for (const WrittenFrame& frame : frames)
      for (std::size_t p = 0; p < kFeaturePixels; ++p)
        if (frame.classOfFeature(p) == c) own.push_back(frame.feature(p));
    ASSERT_EQ(features.counts[c], own.size());
    std::vector<double> mean(kDimensions);
    for (const auto& f : own)
      for (std::size_t d = 0; d < kDimensions; ++d) mean[d] += f[d] / static_cast<double>(own.size());
    for (std::size_t i = 0; i < kDimensions; ++i) {
      EXPECT_NEAR(features.gaussians[c].mean[i], mean[i], 1e-10);
      for (std::size_t j = 0; j < kDimensions; ++j) {  // covariance times its inverse
        double product = 0.0;
        for (std::size_t k = 0; k < kDimensions; ++k) {
          double covariance = 0.0;
          for (const auto& f : own)
            covariance += (f[i] - mean[i]) * (f[k] - mean[k]) / static_cast<double>(own.size() - 1);
          product += covariance * features.gaussians[c].inverse[k * kDimensions + j];
        }
        EXPECT_NEAR(product, i == j ? 1.0 : 0.0, 1e-9);
      }
    }
  }
}

TEST_F(Fitting, TheBankHoldsFeaturesOfTheSetAndScoresBySortedDistances) {
  const FittedSet small = fit({.bank = 10, .seed = 4});
  EXPECT_EQ(small.features->bank.count(), 10U);
  EXPECT_NE(small.features->bank, fit({.bank = 10, .seed = 5}).features->bank);
  std::vector<std::vector<double>> all;
  for (const WrittenFrame& frame : frames)
    for (std::size_t p = 0; p < kFeaturePixels; ++p) all.push_back(frame.feature(p));
  const auto isOfTheSet = [&](std::size_t row) {
    const auto first = small.features->bank.values.begin() + static_cast<std::ptrdiff_t>(row * kDimensions);
    return std::find(all.begin(), all.end(), std::vector<double>(first, first + kDimensions)) != all.end();
  };
  for (std::size_t row = 0; row < 10; ++row) EXPECT_TRUE(isOfTheSet(row)) << row;

  const FitOptions options{.bank = 60, .neighbours = 2};
  const FittedSet fitted = fit(options);
  writeStatistics(file(), fitted, {.set = set->name}, options);
  const auto source = open(readStatistics(file()));
  source->prepare(1);
  const Configuration knn = source->configurations({methods::kKnn}, {1.0F}).front();
  const ScoreMap map = source->score(1, knn, {kWidth / kCoarse, kHeight / kCoarse});
  for (std::size_t p = 0; p < kFeaturePixels; p += 7) {
    std::vector<double> distances;
    const auto f = frames[1].feature(p);
    for (std::size_t row = 0; row < 60; ++row) {
      double sum = 0.0;
      for (std::size_t d = 0; d < kDimensions; ++d) {
        const double difference = f[d] - static_cast<double>(fitted.features->bank.values[row * kDimensions + d]);
        sum += difference * difference;
      }
      distances.push_back(std::sqrt(sum));
    }
    std::sort(distances.begin(), distances.end());
    EXPECT_NEAR(map.values()[p], 0.5 * (distances[0] + distances[1]), 1e-5) << p;
  }
}

TEST_F(Fitting, FilesAreTheSameForAnyNumberOfThreads) {
  const auto bytesOf = [](const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return std::string((std::istreambuf_iterator<char>(in)), {});
  };
  const auto writtenWith = [&](std::size_t threads) {
    const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism, threads);
    writeStatistics(file(), fit({.bank = 50}), {.set = set->name}, {});
    return bytesOf(file()) + bytesOf(file("fit.features.npz"));
  };
  const std::string one = writtenWith(1);
  EXPECT_GT(one.size(), 1000U);
  EXPECT_EQ(one, writtenWith(4));
}

TEST_F(Fitting, AFrameThatCannotBeReadTakesNoPart) {
  fs::remove(folder() / "1.npz");
  const FittedSet fitted = fit();
  EXPECT_EQ(fitted.frames, kFrames - 1);
  ASSERT_EQ(fitted.failures.size(), 1U);
  EXPECT_EQ(fitted.failures.front().frame, "1");
  write("1", frames[1], kDimensions - 1);
  const FittedSet other = fit();
  ASSERT_EQ(other.failures.size(), 1U);
  EXPECT_THAT(other.failures.front().message, HasSubstr("features are not as those of the first"));
}

TEST_F(Fitting, StatisticsArePartOfWhatASourceIs) {
  const auto plain = open();
  EXPECT_TRUE(methods::kSml.whyNot(plain->inputs()));
  EXPECT_THROW(static_cast<void>(plain->configurations({methods::kKnn}, {1.0F})), Error);
  writeStatistics(file(), fit(), {.set = set->name}, {});
  const auto fitted = open(readStatistics(file()));
  for (const Method method : {methods::kSml, methods::kMahalanobis, methods::kKnn})
    EXPECT_FALSE(method.whyNot(fitted->inputs())) << method;
  EXPECT_NE(fitted->id(), plain->id());
  EXPECT_EQ(fitted->id(), open(readStatistics(file()))->id());
  EXPECT_EQ(fitted->id(),
            sourceIdOf(SourceItem{.label = {}, .folder = folder(), .statistics = readStatistics(file())}));
}

TEST_F(Fitting, FinishedMapsAloneAreRefused) {
  const fs::path maps = folder().parent_path() / "maps";
  fs::create_directories(maps);
  const std::vector<float> values(kPixels, 1.0F);
  const std::vector<std::size_t> shape{kHeight, kWidth};
  for (std::size_t f = 0; f < kFrames; ++f)
    writeNpyAtomically(maps / (std::to_string(f) + ".npy"), NpyType::Float32, shape, std::as_bytes(std::span(values)));
  const auto source = openSource(set, SourceItem{.label = "maps", .folder = maps}, {},
                                 std::make_shared<LogitsStore>(LogitsStore::Options{.temporary = true}));
  try {
    static_cast<void>(fitStatistics(*set, *source, {}, [](const Progress&) {}, {}));
    ADD_FAILURE() << "fitted on finished maps";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("expected logits or features, found finished score maps"));
  }
}

}  // namespace
}  // namespace oodscope
