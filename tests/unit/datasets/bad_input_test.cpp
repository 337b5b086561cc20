// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/data_set.h"
#include "tests/unit/datasets/made_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace oodscope {
namespace {

using ::testing::AllOf;
using testing::errorOf;
using ::testing::HasSubstr;
using testing::TemporaryFolder;
using testing::writeImage;
using testing::writeLabel;

std::string contentOf(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

TEST(BadSet, MissingFolderAndFileInstead) {
  const TemporaryFolder folder;
  EXPECT_THAT(errorOf([&] { return openDataSet(folder.path() / "none"); }),
              AllOf(HasSubstr("folder does not exist"), HasSubstr("none")));
  const auto file = folder.write("a.txt", "x");
  EXPECT_THAT(errorOf([&] { return openDataSet(file); }), HasSubstr("not a set: expected a folder, found a file"));
  EXPECT_THAT(errorOf([&] { return findDataSets(file); }), HasSubstr("expected a folder, found a file"));
}

TEST(BadSet, UnknownLayoutSaysWhatWasLookedForAndWhatWasFound) {
  const TemporaryFolder folder;
  folder.write("notes.txt", "x");
  folder.write("data/x.bin", "x");
  EXPECT_THAT(errorOf([&] { return openDataSet(folder.path()); }),
              AllOf(HasSubstr("no known layout fits the folder"), HasSubstr("images/ with labels_masks/"),
                    HasSubstr("found data/, notes.txt"), HasSubstr(folder.path().string())));
  const TemporaryFolder empty;
  EXPECT_THAT(errorOf([&] { return openDataSet(empty.path()); }), HasSubstr("found an empty folder"));
}

TEST(BadSet, NoFramesIsAnErrorWithTheFirstReason) {
  const TemporaryFolder folder;
  folder.write("images/notes.txt", "x");
  folder.write("labels_masks/notes.txt", "x");
  EXPECT_THAT(errorOf([&] { return openDataSet(folder.path()); }),
              AllOf(HasSubstr("set has no frames"), HasSubstr("notes.txt: not a picture")));
}

TEST(BadSet, BrokenFrameListIsRefused) {
  const auto message = [](const std::string& json) {
    const TemporaryFolder folder;
    folder.write("frame_list.json", json);
    writeImage(folder, "frames/a.jpg");
    return errorOf([&] { return openDataSet(folder.path()); });
  };
  EXPECT_THAT(message("{"), HasSubstr("The frame list cannot be read: expected JSON"));
  EXPECT_THAT(message("{}"), HasSubstr("expected a list of at most 100000 entries, found an empty object"));
  EXPECT_THAT(message("[1]"), HasSubstr("at \"[0]\": expected a text"));
  EXPECT_THAT(message(R"(["../a.jpg"])"), HasSubstr("expected a file name in frames/, found \"../a.jpg\""));
  EXPECT_THAT(message(R"([""])"), HasSubstr("at \"[0]\""));
  EXPECT_THAT(message(std::string(200'000, '[') + std::string(200'000, ']')), HasSubstr("nested at most"));
}

/// As editors on Windows save it.
TEST(BadSet, AFrameListWithByteOrderMarkAndCrlfIsRead) {
  const TemporaryFolder folder;
  writeImage(folder, "frames/a.jpg");
  writeImage(folder, "frames/b.jpg");
  folder.write("frame_list.json", "\xEF\xBB\xBF[\r\n \"a.jpg\"\r\n]\r\n");
  const auto set = openDataSet(folder.path());
  ASSERT_EQ(set.frames.size(), 1U);
  EXPECT_EQ(set.frames[0].name, "a");
}

TEST(BadPicture, EachKindOfDamageIsNamed) {
  const TemporaryFolder folder;
  EXPECT_THAT(errorOf([&] { return readPicture(folder.path() / "none.png"); }),
              AllOf(HasSubstr("file does not exist"), HasSubstr("none.png")));
  EXPECT_THAT(errorOf([&] { return readPicture(folder.path()); }), HasSubstr("expected a file, found a folder"));
  EXPECT_THAT(errorOf([&] { return readPicture(folder.write("empty.png", "")); }),
              AllOf(HasSubstr("file is empty"), HasSubstr("empty.png")));
  EXPECT_THAT(errorOf([&] { return readPicture(folder.write("page.png", "<html></html>")); }),
              HasSubstr("file is not a picture: expected JPEG, PNG, WebP, TIFF or BMP, found a web page (HTML)"));
}

TEST(BadPicture, TruncationIsFoundAtAnyLength) {
  const TemporaryFolder folder;
  cv::Mat noise(40, 60, CV_8UC3);
  cv::randu(noise, 0, 255);
  for (const std::string name : {"a.png", "a.jpg", "a.webp"}) {
    const auto whole = contentOf(testing::writePicture(folder, name, noise));
    for (const std::size_t left : {whole.size() - 1, whole.size() / 2, std::size_t{40}}) {
      const auto cut = folder.write("cut_" + name, whole.substr(0, left));
      const auto message = errorOf([&] { return readPicture(cut); });
      EXPECT_THAT(message, AllOf(HasSubstr("truncated"), HasSubstr("cut_" + name))) << left << " of " << whole.size();
    }
  }
}

TEST(BadPicture, DamagedContentOfAPngIsRefused) {
  const TemporaryFolder folder;
  cv::Mat noise(40, 60, CV_8UC3);
  cv::randu(noise, 0, 255);
  auto bytes = contentOf(testing::writePicture(folder, "a.png", noise));
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x55);
  EXPECT_THAT(errorOf([&] { return readPicture(folder.write("b.png", bytes)); }),
              HasSubstr("picture cannot be decoded: expected an intact PNG"));
}

TEST(BadPicture, AbsurdSizeIsRefusedBeforeMemoryIsTaken) {
  const TemporaryFolder folder;
  auto bytes = contentOf(writeImage(folder, "a.bmp"));
  auto png = contentOf(writeImage(folder, "a.png"));
  png[16] = 0x7F;  // width, most significant byte
  EXPECT_THAT(errorOf([&] { return readPicture(folder.write("b.png", png)); }), HasSubstr("picture is too large"));
  bytes[21] = 0x7F;
  EXPECT_NE(errorOf([&] { return readPicture(folder.write("b.bmp", bytes)); }), "no error");
}

TEST(BadPicture, UnreadableFileSaysWhy) {
  if (geteuid() == 0) GTEST_SKIP() << "root reads everything";
  const TemporaryFolder folder;
  const auto file = writeImage(folder, "a.png");
  std::filesystem::permissions(file, std::filesystem::perms::none);
  EXPECT_THAT(errorOf([&] { return readPicture(file); }), HasSubstr("Permission denied"));
}

TEST(BadPicture, DamagedImagesStayFramesSoThatTheyFailAloud) {
  const TemporaryFolder folder;
  folder.write("images/0.png", "");
  writeImage(folder, "images/1.png");
  writeLabel(folder, "labels_masks/0.png");
  writeLabel(folder, "labels_masks/1.png");
  const auto set = openDataSet(folder.path());
  ASSERT_EQ(set.frames.size(), 2U);
  EXPECT_THAT(set.remarks, ::testing::Contains(HasSubstr("1 file named .png holds no picture: an empty file")));
  EXPECT_THAT(errorOf([&] { return readImage(set.frames[0]); }), HasSubstr("file is empty"));
  EXPECT_EQ(errorOf([&] { return readImage(set.frames[1]); }), "no error");
}

}  // namespace
}  // namespace oodscope
