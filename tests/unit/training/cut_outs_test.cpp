// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/cut_outs.h"

#include "analysis/core/error.h"
#include "inference/training/batches.inl.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/training/tiny_pictures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include <set>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using testing::TemporaryFolder;

constexpr int kCutSide = 32;

/// A picture in ADE20k's form: left half segment 7 in red, right half nothing in blue.
void writeNegative(const fs::path& root, const std::string& name, int side = kCutSide) {
  cv::Mat image(side, side, CV_8UC3, cv::Scalar(255, 0, 0)), mask(side, side, CV_8UC1, cv::Scalar(0));
  image.colRange(0, side / 2).setTo(cv::Scalar(0, 0, 255));
  mask.colRange(0, side / 2).setTo(7);
  fs::create_directories(root / "images/training");
  fs::create_directories(root / "annotations/training");
  cv::imwrite((root / "images/training" / (name + ".png")).string(), image);
  cv::imwrite((root / "annotations/training" / (name + ".png")).string(), mask);
}

Sample greyRoad() {
  Sample sample{RgbImage({64, 48}, Rgb{100, 100, 100}), ClassMap({64, 48}), {}};
  sample.classes.at(5, 5) = kUnlearned;
  return sample;
}

TEST(CutOuts, ReadADE20ksForm) {
  const TemporaryFolder folder;
  writeNegative(folder.path(), "a");
  writeNegative(folder.path(), "b");
  const CutOuts negatives(folder.path());
  ASSERT_EQ(negatives.size(), 2U);
  const CutOutPicture picture = negatives.read(0);
  EXPECT_EQ(picture.segments.at(0, 0), 7);
  EXPECT_EQ(picture.segments.at(kCutSide - 1, 0), 0);
  EXPECT_EQ(picture.image.at(0, 0), (Rgb{255, 0, 0}));
  EXPECT_THAT(negatives.identity(), ::testing::HasSubstr(", 2"));
}

TEST(CutOuts, AreRefusedWithoutAnnotationsOrWithOnesOfAnotherSize) {
  const TemporaryFolder folder;
  EXPECT_THROW(CutOuts(folder.path()), Error);
  writeNegative(folder.path(), "a");
  cv::imwrite((folder.path() / "annotations/training/a.png").string(), cv::Mat(3, 3, CV_8UC1, cv::Scalar(1)));
  EXPECT_THROW(static_cast<void>(CutOuts(folder.path()).read(0)), Error);
}

TEST(CutOuts, OnlySegmentsArePastedAndBecomeVoid) {
  const TemporaryFolder folder;
  writeNegative(folder.path(), "a");
  const CutOutPicture picture = CutOuts(folder.path()).read(0);
  int pasted = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Sample sample = greyRoad();
    SplitMix random(seed);
    const bool done = pasteCutOuts(sample, picture, {}, random);
    int changed = 0;
    for (int y = 0; y < 48; ++y) {
      for (int x = 0; x < 64; ++x) {
        const Rgb pixel = sample.image.at(x, y);
        if (pixel == Rgb{100, 100, 100}) continue;
        ++changed;
        EXPECT_GE(pixel.r, pixel.b) << "the half without a segment was pasted";
        EXPECT_EQ(sample.classes.at(x, y), kVoid);
      }
    }
    EXPECT_EQ(done, changed > 0) << seed;
    pasted += done ? 1 : 0;
  }
  EXPECT_GT(pasted, 10);
}

TEST(CutOuts, RectanglesAreWholeWindowsOfHalfTheShorterSide) {
  const TemporaryFolder folder;
  writeNegative(folder.path(), "a");
  const CutOutPicture picture = CutOuts(folder.path()).read(0);
  Sample sample = greyRoad();
  SplitMix random(3);
  ASSERT_TRUE(pasteCutOuts(sample, picture, {.smallest = 1.0, .largest = 1.0, .rectangles = 1.0}, random));
  int voids = 0;
  for (const std::uint8_t value : sample.classes.values()) voids += value == kVoid ? 1 : 0;
  EXPECT_EQ(voids, 24 * 24);
}

TEST(CutOuts, BatchesPasteThemAndForgetThePicturesOwnVoid) {
  const TemporaryFolder folder;
  writeNegative(folder.path(), "a", 64);
  const testing::TinyPictures pictures(4, {64, 32});
  TrainingOptions options = testing::tinyTraining();
  options.augmentation = {};
  options.augmentation.pasted = 1.0;
  options.negatives = folder.path();
  options.negativeRectangles = 1.0;
  options.ignoresOwnVoid = true;
  options.batch = 4;
  Batches batches(options, pictures, 2, 0);
  const Batch batch = batches.take(0);
  EXPECT_EQ(batch.targets.eq(2).sum().item<std::int64_t>(), 4 * 16 * 16) << "the windows alone are void";
  EXPECT_GT(batch.targets.eq(-100).sum().item<std::int64_t>(), 0) << "the pictures' own void is left out";
}

}  // namespace
}  // namespace oodscope
