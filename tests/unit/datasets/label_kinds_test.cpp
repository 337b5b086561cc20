// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/datasets/made_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::errorOf;
using ::testing::HasSubstr;
using testing::labelValues;
using ::testing::Not;
using testing::TemporaryFolder;
using testing::writeArray;
using testing::writeImage;
using testing::writePicture;

/// The message for the first frame's label.
std::string refusalOf(const TemporaryFolder& folder) {
  const auto set = openDataSet(folder.path());
  if (!set.frames.at(0).label) return "no label";
  return errorOf([&] { return readLabel(set, set.frames.at(0)); });
}
TemporaryFolder& withImage(TemporaryFolder& folder, int width = 3) {
  writeImage(folder, "images/0.png", width, 1);
  return folder;
}

TEST(LabelKinds, ArraysAreReadWhateverTheirTypeAndMinusOneIsVoid) {
  const auto read = [](const std::string& descr, const auto& values, const std::string& shape = "1, 3") {
    TemporaryFolder folder;
    withImage(folder);
    writeArray(folder, "labels_masks/0.npy", descr, shape, values);
    return labelValues(openDataSet(folder.path()), 0);
  };
  EXPECT_THAT(read("|u1", std::vector<std::uint8_t>{0, 1, 255}), ElementsAre(0, 1, 255));
  EXPECT_THAT(read("|i1", std::vector<std::int8_t>{0, 1, -1}), ElementsAre(0, 1, 255));
  EXPECT_THAT(read("<i8", std::vector<std::int64_t>{0, 1, -1}, "1, 1, 3"), ElementsAre(0, 1, 255));
  EXPECT_THAT(read("<f4", std::vector<float>{0.0F, 1.0F, 255.0F}, "1, 3, 1"), ElementsAre(0, 1, 255));
  EXPECT_THAT(read("<f8", std::vector<double>{1.0, 0.0, -1.0}), ElementsAre(1, 0, 255));
  EXPECT_THAT(read("|b1", std::vector<std::uint8_t>{0, 1, 1}), ElementsAre(0, 1, 1));
}

TEST(LabelKinds, ArraysThatAreNoMapOrNoWholeNumbersAreRefused) {
  TemporaryFolder logits;
  writeArray(withImage(logits), "labels_masks/0.npy", "<f4", "2, 1, 3", std::vector<float>(6, 0.0F));
  EXPECT_THAT(refusalOf(logits), HasSubstr("expected height x width class numbers, found float32 2x1x3"));
  TemporaryFolder half;
  writeArray(withImage(half), "labels_masks/0.npy", "<f4", "1, 3", std::vector<float>{0.0F, 0.5F, 1.0F});
  EXPECT_THAT(refusalOf(half), HasSubstr("expected whole numbers of 0 to 65535, or -1 for void, found 0.5"));
  TemporaryFolder nan;
  writeArray(withImage(nan), "labels_masks/0.npy", "<f4", "1, 3", std::vector<float>{0.0F, std::nanf(""), 1.0F});
  EXPECT_THAT(refusalOf(nan), HasSubstr("found not a number (NaN)"));
  TemporaryFolder large;
  writeArray(withImage(large), "labels_masks/0.npy", "<i4", "1, 3", std::vector<std::int32_t>{0, 70000, 1});
  EXPECT_THAT(refusalOf(large), HasSubstr("found 70000"));
  TemporaryFolder size;
  writeArray(withImage(size), "labels_masks/0.npy", "|u1", "3, 1", std::vector<std::uint8_t>{0, 1, 1});
  EXPECT_THAT(refusalOf(size), HasSubstr("expected the image's 3x1, found label of 1x3"));
}

TEST(LabelKinds, FloatPicturesAreReadWhereTheyHoldWholeNumbers) {
  TemporaryFolder folder;
  std::vector<float> values = {0.0F, 1.0F, 255.0F};
  writePicture(withImage(folder), "labels_masks/0.tif", cv::Mat(1, 3, CV_32FC1, values.data()));
  EXPECT_THAT(labelValues(openDataSet(folder.path()), 0), ElementsAre(0, 1, 255));
  TemporaryFolder other;
  values[1] = 0.25F;
  writePicture(withImage(other), "labels_masks/0.tif", cv::Mat(1, 3, CV_32FC1, values.data()));
  EXPECT_THAT(refusalOf(other), AllOf(HasSubstr("found 0.25"), Not(HasSubstr("CV_")), Not(HasSubstr("32F"))));
}

TEST(LabelKinds, EachForeignKindIsNamedAndWhatToDo) {
  const std::map<std::string, std::pair<std::string, std::string>> kinds = {
      {"0.gif", {std::string("GIF89a\3\0\1\0", 10), "found a GIF"}},
      {"0.mat", {"MATLAB 5.0 MAT-file, Platform: GLNXA64", "found a MATLAB file"}},
      {"0.npz", {std::string("PK\3\4", 4) + std::string(60, '\0'), "found a zip archive"}},
      {"0.jp2", {std::string("\0\0\0\x0CjP  \r\n\x87\n", 12), "JPEG 2000"}},
      {"0.png", {"version https://git-lfs.github.com/spec/v1\n", "found a Git LFS pointer"}},
      {"0.pgm", {"P5 3 1 255\n", "PGM"}}};
  for (const auto& [name, content] : kinds) {
    TemporaryFolder folder;
    withImage(folder).write("labels_masks/" + name, content.first);
    EXPECT_THAT(refusalOf(folder), AllOf(HasSubstr("label is of a kind that is not read"), HasSubstr(content.second),
                                         HasSubstr("save the labels as 8-bit grey PNG"), HasSubstr(name)));
  }
}

TEST(LabelKinds, SeveralPagesOfATiffAreRefusedWithTheirNumber) {
  TemporaryFolder folder;
  withImage(folder);
  const std::vector<cv::Mat> pages(3, cv::Mat(1, 3, CV_8UC1, cv::Scalar(1)));
  std::filesystem::create_directories(folder.path() / "labels_masks");
  ASSERT_TRUE(cv::imwritemulti((folder.path() / "labels_masks/0.tif").string(), pages));
  EXPECT_THAT(refusalOf(folder), HasSubstr("label has several pages: expected one picture a file, found 3 pages"));
}

TEST(LabelKinds, TruncatedTiffAndBmpAreRefused) {
  for (const std::string name : {"0.tif", "0.bmp"}) {
    TemporaryFolder folder;
    withImage(folder, 60);
    cv::Mat mask(1, 60, CV_8UC1);
    cv::randu(mask, 0, 2);
    const auto file = writePicture(folder, "labels_masks/" + name, mask);
    std::ifstream stream(file, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    folder.write("labels_masks/" + name, bytes.substr(0, bytes.size() / 2));
    EXPECT_THAT(refusalOf(folder), HasSubstr("truncated")) << name;
  }
}

TEST(LabelKinds, PolygonsBesideImagesAreSaidToBeNoMasks) {
  TemporaryFolder folder;
  withImage(folder).write("labels_masks/0.json", R"({"shapes": []})");
  const auto set = openDataSet(folder.path());
  EXPECT_FALSE(set.frames[0].label.has_value());
  EXPECT_THAT(set.warnings, Contains(HasSubstr("1 file beside the masks is no picture; polygons are not read")));
}

TEST(LabelKinds, AMaskThatIsThereTwiceIsTakenFromTheFileThatKeepsValues) {
  TemporaryFolder folder;
  std::vector<std::uint8_t> values = {0, 1, 255};
  writePicture(withImage(folder), "labels_masks/0.jpg", cv::Mat(1, 3, CV_8UC1, values.data()));
  writePicture(folder, "labels_masks/0.png", cv::Mat(1, 3, CV_8UC1, values.data()));
  const auto set = openDataSet(folder.path());
  EXPECT_THAT(labelValues(set, 0), ElementsAre(0, 1, 255));
  EXPECT_THAT(set.warnings, Contains("1 mask not used, another has the same name: 0.jpg"));
}

}  // namespace
}  // namespace oodscope
