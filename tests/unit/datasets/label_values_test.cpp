// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/label_census.h"
#include "analysis/datasets/label_encoding.h"
#include "tests/unit/datasets/made_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::errorOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::labelValues;
using ::testing::Not;
using testing::TemporaryFolder;
using testing::writeImage;
using testing::writeLabel;
using testing::writePicture;
using Masks = std::vector<std::vector<std::uint8_t>>;

/// images/ and labels/ (no layout's own name) of one row each, opened as a plain folder or by the given table.
void writeFolder(const TemporaryFolder& folder, const Masks& masks, const std::string& name = "labels") {
  for (std::size_t i = 0; i < masks.size(); ++i) {
    const auto width = static_cast<int>(masks[i].size());
    writeImage(folder, "images/" + std::to_string(i) + ".png", width, 1);
    writeLabel(folder, name + "/" + std::to_string(i) + ".png", masks[i], width);
  }
}
DataSet bundleOf(const TemporaryFolder& folder, const Masks& masks) {
  writeFolder(folder, masks, "labels_masks");
  return openDataSet(folder.path());
}
GenericLayout tableOf(std::map<int, std::uint8_t> meaning) {
  return {.images = "images/*",
          .masks = "labels/*",
          .encoding = {.meaning = std::move(meaning), .otherwise = kVoid, .description = "the user's table"}};
}

TEST(LabelValues, BlackAndWhiteMasksHaveTheAnomalyInWhiteAndItIsSaid) {
  const TemporaryFolder folder;
  const auto set = bundleOf(folder, {{0, 255, 0}, {255, 0, 0}});
  EXPECT_THAT(labelValues(set, 0), ElementsAre(0, 1, 0));
  EXPECT_THAT(set.warnings,
              Contains(HasSubstr("assumed: the masks hold 0 and 255 alone: 255 is taken as the anomaly")));
  EXPECT_EQ(set.encoding.description, "0 normal, 255 anomaly");
}

TEST(LabelValues, WhiteStaysVoidWhereOneOfManyMasksHasAnotherValue) {
  const TemporaryFolder folder;
  Masks masks(40, {0, 255, 255});
  masks[17] = {0, 1, 255};
  const auto set = bundleOf(folder, masks);
  EXPECT_THAT(labelValues(set, 0), ElementsAre(0, 255, 255));
  EXPECT_THAT(labelValues(set, 17), ElementsAre(0, 1, 255));
  EXPECT_THAT(set.warnings, Not(Contains(HasSubstr("assumed"))));
}

TEST(LabelValues, WhiteStaysVoidInATrackThatSaysSoAndTheDoubtIsSaid) {
  const TemporaryFolder folder;
  writeImage(folder, "dataset_AnomalyTrack/images/a.jpg", 2, 1);
  writeLabel(folder, "dataset_AnomalyTrack/labels_masks/a_labels_semantic.png", {0, 255}, 2);
  const auto set = openDataSet(folder.path() / "dataset_AnomalyTrack");
  EXPECT_THAT(labelValues(set, 0), ElementsAre(0, 255));
  EXPECT_THAT(set.warnings, Contains(HasSubstr("255 is void in this layout; where it is the anomaly, say so with")));
}

TEST(LabelValues, TrainIdsWith254AreReadAndSaid) {
  const TemporaryFolder folder;
  const auto set = bundleOf(folder, {{0, 18, 254, 255}, {3, 7, 7, 7}});
  EXPECT_THAT(labelValues(set, 0), ElementsAre(0, 0, 1, 255));
  EXPECT_THAT(labelValues(set, 1), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(set.warnings, Contains(HasSubstr("254 is taken as the anomaly")));
}

TEST(LabelValues, ValuesOfNoTableAreCountedAtOpeningAndExactlyWhenAllAreRead) {
  const TemporaryFolder folder;
  Masks masks(20, {0, 1, 0, 0});
  masks[0] = {0, 3, 3, 100};
  masks[8] = {0, 3, 7, 1};  // not among those that are looked at when the set is opened
  writeFolder(folder, masks);
  const auto set = openDataSet(folder.path(), tableOf({{0, kNormal}, {1, kAnomaly}}));
  EXPECT_THAT(set.warnings, Contains("mask values 3 (2 pixels of 1 mask), 100 (1 pixel of 1 mask) in the 6 of 20 masks "
                                     "looked at so far mean nothing in \"the user's table\": read as void; --images, "
                                     "--masks and --values say what values mean"));
  LabelCensus census;
  for (const auto& frame : set.frames) static_cast<void>(readLabel(set, frame, &census));
  for (const auto& frame : set.frames) static_cast<void>(readLabel(set, frame, &census));  // counted once all the same
  EXPECT_THAT(
      labelFindings(set, census),
      ElementsAre("mask values 3 (3 pixels of 2 masks), 7 (1 pixel of 1 mask), 100 (1 pixel of 1 mask) in all 20 "
                  "masks mean nothing in \"the user's table\": read as void; --images, --masks and --values say "
                  "what values mean"));
}

TEST(LabelValues, ValuesThatAStrictLayoutRefusesAreSaidAtOpening) {
  const TemporaryFolder folder;
  const auto set = bundleOf(folder, {{0, 1, 3}, {0, 1, 255}});
  EXPECT_THAT(set.warnings, Contains(HasSubstr("mask value 3 (1 pixel of 1 mask) in all 2 masks means nothing in")));
  EXPECT_THAT(set.warnings, Contains(HasSubstr("those frames are refused")));
  EXPECT_THAT(errorOf([&] { return readLabel(set, set.frames[0]); }), HasSubstr("found 3 in 1 pixels"));
}

TEST(LabelValues, VoidEverywhereAndNoAnomalyAreToldApart) {
  const TemporaryFolder first;
  const auto voids = bundleOf(first, {{255, 255}, {255, 255}, {0, 1}});
  EXPECT_THAT(voids.warnings, ElementsAre(HasSubstr("every pixel is void in 2 of 3 masks: nothing is known")));
  const TemporaryFolder second;
  const auto normal = bundleOf(second, {{0, 0}, {0, 0}});
  EXPECT_THAT(normal.warnings, ElementsAre(HasSubstr("no mask holds an anomaly")));
  EXPECT_THAT(labelValues(normal, 0), ElementsAre(0, 0));
}

TEST(LabelValues, MinusOneWithoutASignIsVoidAndSaid) {
  const TemporaryFolder folder;
  writeImage(folder, "images/0.png", 3, 1);
  std::vector<std::uint16_t> values = {0, 1, 65535};
  writePicture(folder, "labels_masks/0.png", cv::Mat(1, 3, CV_16UC1, values.data()));
  const auto set = openDataSet(folder.path());
  EXPECT_THAT(labelValues(set, 0), ElementsAre(0, 1, 255));
  EXPECT_THAT(set.warnings,
              ElementsAre(HasSubstr("mask value 65535 or -1 (1 pixel of 1 mask) in the only mask is read as void")));
}

TEST(LabelValues, SixteenBitBlackAndWhiteHasTheAnomalyInWhite) {
  const TemporaryFolder folder;
  writeImage(folder, "images/0.png", 2, 1);
  std::vector<std::uint16_t> values = {0, 65535};
  writePicture(folder, "labels_masks/0.png", cv::Mat(1, 2, CV_16UC1, values.data()));
  const auto set = openDataSet(folder.path());
  EXPECT_THAT(labelValues(set, 0), ElementsAre(0, 1));
  EXPECT_THAT(set.warnings, Contains(HasSubstr("65535 is taken as the anomaly")));
}

TEST(LabelValues, AValueThatComesAfterAnAssumptionIsRefusedAndNotGuessedAt) {
  const auto inferred = inferredEncoding({0, 255});
  ASSERT_TRUE(inferred.has_value());
  EXPECT_TRUE(inferred->encoding.strict);
  EXPECT_FALSE(inferred->encoding.meaning.contains(1));
  EXPECT_FALSE(inferredEncoding({0, 3, 7, 100}).has_value());
  EXPECT_FALSE(inferredEncoding({0, 1, 2}).has_value());
  EXPECT_FALSE(inferredEncoding({0, 128, 255}).has_value());
  EXPECT_FALSE(inferredEncoding({}).has_value());
}

/// A disc of white on black as JPEG at quality 90, whose edges ring.
cv::Mat disc(int level) {
  cv::Mat mask(48, 96, CV_8UC1, cv::Scalar(0));
  for (int y = 0; y < mask.rows; ++y) {
    for (int x = 0; x < mask.cols; ++x) {
      if ((y - 24) * (y - 24) + (x - 40) * (x - 40) < 200)
        mask.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(level);
    }
  }
  return mask;
}

TEST(LossyLabels, BlackAndWhiteByTheUsersTableTakeTheNearestValueAndItIsSaid) {
  const TemporaryFolder folder;
  writeImage(folder, "images/0.png", 96, 48);
  writePicture(folder, "labels/0.jpg", disc(255));
  const auto set = openDataSet(folder.path(), tableOf({{0, kNormal}, {255, kAnomaly}}));
  const auto label = labelValues(set, 0);
  const auto truth = disc(1);
  EXPECT_EQ(label, std::vector<std::uint8_t>(truth.begin<std::uint8_t>(), truth.end<std::uint8_t>()));
  ASSERT_THAT(set.warnings, ElementsAre(HasSubstr("1 of 1 mask is JPEG or lossy WebP, which changes values")));
  EXPECT_THAT(set.warnings[0], HasSubstr("take the meaning of the nearest value; save masks as PNG"));
}

TEST(LossyLabels, ValuesTooNearToEachOtherAreRefusedInWords) {
  const TemporaryFolder folder;
  writeImage(folder, "images/0.png", 96, 48);
  writeImage(folder, "images/1.png", 96, 48);
  auto mask = disc(1);
  mask.rowRange(0, 4).setTo(255);
  writePicture(folder, "labels_masks/0.jpg", mask);
  writePicture(folder, "labels_masks/1.jpg", cv::Mat(48, 96, CV_8UC1, cv::Scalar(0)));
  const auto set = openDataSet(folder.path());
  EXPECT_THAT(
      errorOf([&] { return readLabel(set, set.frames[0]); }),
      HasSubstr("label is stored with lossy compression, which changes its values: expected 0 normal, 1 anomaly, "
                "255 void as PNG"));
  EXPECT_EQ(labelValues(set, 1), std::vector<std::uint8_t>(std::size_t{96} * 48, kNormal)) << "one value stays";
  EXPECT_THAT(set.warnings, Contains("2 of 2 masks are JPEG or lossy WebP, which changes values: 1 frame "
                                     "refused; save masks as PNG"));
}

TEST(LossyLabels, APlainFolderOfThemIsNotGuessedAtAndTheOptionsAreNamed) {
  const TemporaryFolder folder;
  writeImage(folder, "images/0.png", 96, 48);
  writePicture(folder, "masks/0.jpg", disc(255));
  EXPECT_THAT(errorOf([&] { return openDataSet(folder.path()); }),
              HasSubstr("--images 'images/*' --masks 'masks/*' --values 0=normal,255=anomaly"));
}

}  // namespace
}  // namespace oodscope
