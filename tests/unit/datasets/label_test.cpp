// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/data_set.h"
#include "analysis/datasets/picture_structure.h"
#include "tests/unit/datasets/made_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <array>

namespace oodscope {
namespace {

using ::testing::ElementsAre;
using testing::errorOf;
using ::testing::HasSubstr;
using testing::TemporaryFolder;
using testing::writeImage;
using testing::writeLabel;
using testing::writePicture;

/// A PNG of one row made by hand, for kinds that OpenCV does not write. extra: chunks between IHDR and IDAT.
std::string rowPng(int width, int bitDepth, int colourType, const std::string& row, const std::string& extra = {}) {
  const auto number = [](std::uint32_t value) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFFU);
    return out;
  };
  const auto chunk = [&](const std::string& type, const std::string& data) {
    const std::string body = type + data;
    const auto sum = crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
    return number(static_cast<std::uint32_t>(data.size())) + body + number(static_cast<std::uint32_t>(sum));
  };
  const std::string raw = std::string(1, '\0') + row;
  std::string packed(compressBound(raw.size()), '\0');
  uLongf length = packed.size();
  compress(reinterpret_cast<Bytef*>(packed.data()), &length, reinterpret_cast<const Bytef*>(raw.data()), raw.size());
  packed.resize(length);
  std::string header = number(static_cast<std::uint32_t>(width)) + number(1);
  header += static_cast<char>(bitDepth);
  header += static_cast<char>(colourType);
  header += std::string(3, '\0');
  std::string out = std::string("\x89PNG\r\n\x1A\n") + chunk("IHDR", header);
  if (!extra.empty()) out += chunk(extra.substr(0, 4), extra.substr(4));
  return out + chunk("IDAT", packed) + chunk("IEND", "");
}

/// A set of one frame whose label is the given bytes.
DataSet setWithLabel(const TemporaryFolder& folder, const std::string& png, int width) {
  writeImage(folder, "images/0.png", width, 1);
  folder.write("labels_masks/0.png", png);
  return openDataSet(folder.path());
}
std::vector<std::uint8_t> labelOf(const DataSet& set) {
  const auto label = readLabel(set, set.frames.at(0));
  return {label.values().begin(), label.values().end()};
}

TEST(Label, PaletteIsReadByIndexWhateverItsColours) {
  const TemporaryFolder folder;
  const std::string palette = std::string("PLTE") + std::string("\x80\x40\x80\xFF\x00\x00", 6);
  EXPECT_THAT(labelOf(setWithLabel(folder, rowPng(3, 8, 3, std::string("\0\1\0", 3), palette), 3)),
              ElementsAre(0, 1, 0));
}

TEST(Label, BlackAndWhitePaletteIsReadByIndexAsPilDoes) {
  const TemporaryFolder folder;
  const std::string palette = std::string("PLTE") + std::string("\0\0\0\xFF\xFF\xFF", 6);
  EXPECT_THAT(labelOf(setWithLabel(folder, rowPng(3, 8, 3, std::string("\0\1\0", 3), palette), 3)),
              ElementsAre(0, 1, 0));
}

TEST(Label, PaletteOfGreysThatSpellTheValuesIsReadByColour) {
  // What a PNG optimiser makes of the grey values 0, 1 and 255, here with two bits per pixel: indices 0 1 2 0.
  const TemporaryFolder folder;
  const std::string palette = std::string("PLTE") + std::string("\0\0\0\1\1\1\xFF\xFF\xFF", 9);
  EXPECT_THAT(labelOf(setWithLabel(folder, rowPng(4, 2, 3, std::string(1, '\x18'), palette), 4)),
              ElementsAre(0, 1, 255, 0));
}

TEST(Label, OneBitMasksAreZeroAndOne) {
  const TemporaryFolder folder;
  EXPECT_THAT(labelOf(setWithLabel(folder, rowPng(4, 1, 0, std::string(1, '\x60')), 4)), ElementsAre(0, 1, 1, 0));
}

TEST(Label, SixteenBitGreyKeepsItsValues) {
  const TemporaryFolder folder;
  EXPECT_THAT(labelOf(setWithLabel(folder, rowPng(3, 16, 0, std::string("\0\0\0\1\0\xFF", 6)), 3)),
              ElementsAre(0, 1, 255));
}

TEST(Label, RgbWithEqualChannelsIsOneValueAndAlphaIsDropped) {
  const TemporaryFolder folder;
  writeImage(folder, "images/0.png", 2, 1);
  cv::Mat label(1, 2, CV_8UC4, cv::Scalar(1, 1, 1, 77));
  writePicture(folder, "labels_masks/0.png", label);
  EXPECT_THAT(labelOf(openDataSet(folder.path())), ElementsAre(1, 1));
}

TEST(Label, ColourPictureIsRefusedWithTheFirstPixelThatDiffers) {
  const TemporaryFolder folder;
  writeImage(folder, "images/0.png", 2, 1);
  cv::Mat label(1, 2, CV_8UC3, cv::Scalar(1, 1, 1));
  label.at<cv::Vec3b>(0, 1) = cv::Vec3b(3, 2, 1);
  writePicture(folder, "labels_masks/0.png", label);
  const auto set = openDataSet(folder.path());
  EXPECT_THAT(
      errorOf([&] { return readLabel(set, set.frames[0]); }),
      HasSubstr(
          "several channels that differ: expected one value per pixel, found red 1, green 2, blue 3 at x 1, y 0"));
}

TEST(Label, SizeThatDiffersFromTheImageNamesBoth) {
  const TemporaryFolder folder;
  writeImage(folder, "images/0.png", 6, 4);
  writeLabel(folder, "labels_masks/0.png", 0, 4, 6);
  const auto set = openDataSet(folder.path());
  EXPECT_THAT(errorOf([&] { return readLabel(set, set.frames[0]); }),
              HasSubstr("differ in size: expected the image's 6x4, found label of 4x6"));
}

TEST(Label, OutsideTheRegionOfInterestIsVoid) {
  const TemporaryFolder folder;
  writeImage(folder, "images/0.png", 3, 1);
  writeLabel(folder, "labels_masks/0.png", {0, 1, 1}, 3);
  writeLabel(folder, "roi/0.png", {1, 0, 255}, 3);
  EXPECT_THAT(labelOf(openDataSet(folder.path())), ElementsAre(0, 255, 1));
}

TEST(Distance, FollowsTheConventionAndUnknownIsZero) {
  const TemporaryFolder folder;
  writeImage(folder, "images/0.png", 3, 1);
  writeLabel(folder, "labels_masks/0.png", 0, 3, 1);
  std::vector<std::uint16_t> disparity = {0, 1, 2561};
  writePicture(folder, "disparity/0.png", cv::Mat(1, 3, CV_16UC1, disparity.data()));
  folder.write("camera/0.json",
               R"({"extrinsic": {"baseline": 0.2}, "intrinsic": {"fx": 2200, "fy": 2300, "u0": 1000, "v0": 500}})");
  const auto set = openDataSet(folder.path());
  const auto camera = readCamera(*set.frames[0].camera);
  EXPECT_EQ(camera.centreX, 1000.0);
  const auto cityscapes = readDistance(set.frames[0], DisparityConvention::Cityscapes);
  EXPECT_THAT(cityscapes.values(), ElementsAre(0.0F, 0.0F, 45.0F));  // 0.2 * 2250 / (2560 / 256)
  const auto lostAndFound = readDistance(set.frames[0], DisparityConvention::LostAndFound);
  EXPECT_EQ(lostAndFound.at(0, 0), 0.0F);
  EXPECT_FLOAT_EQ(lostAndFound.at(1, 0), 450.0F * 256.0F);
  EXPECT_FLOAT_EQ(lostAndFound.at(2, 0), 450.0F * 256.0F / 2561.0F);
}

TEST(Distance, EightBitDisparityAndBrokenCamerasAreRefused) {
  const TemporaryFolder folder;
  writeImage(folder, "images/0.png");
  writeLabel(folder, "disparity/0.png");
  folder.write("camera/0.json",
               R"({"extrinsic": {"baseline": 0.2}, "intrinsic": {"fx": 1, "fy": 1, "u0": 0, "v0": 0}})");
  const auto set = openDataSet(folder.path());
  EXPECT_THAT(errorOf([&] { return readDistance(set.frames[0], DisparityConvention::LostAndFound); }),
              HasSubstr("expected 16 bits per pixel, found 8"));
  const auto camera = [&](const std::string& json) {
    return errorOf([&] { return readCamera(folder.write("broken.json", json)); });
  };
  const auto windows = readCamera(folder.write("windows.json",
                                               "\xEF\xBB\xBF{\"extrinsic\": {\"baseline\": 0.2},\r\n\"intrinsic\": "
                                               "{\"fx\": 1, \"fy\": 2, \"u0\": 3, \"v0\": 4}}\r\n"));
  EXPECT_EQ(windows.focalY, 2.0);
  EXPECT_THAT(camera("{}"), HasSubstr("expected an object with \"extrinsic\""));
  EXPECT_THAT(camera(R"({"extrinsic": {"baseline": "0.2"}, "intrinsic": {}})"),
              HasSubstr("at \"extrinsic.baseline\": expected a number from 1e-06 to 1000, found \"0.2\""));
  for (const char* value : {"0", "-1", "1e9", "1e999", "null", "[0.2]"})
    EXPECT_THAT(camera(R"({"extrinsic": {"baseline": )" + std::string(value) + R"(}, "intrinsic": {}})"),
                HasSubstr("camera file"));
  EXPECT_THAT(camera(R"({"extrinsic": {"baseline": 0.2}, "intrinsic": {"fx": 0, "fy": 1, "u0": 0, "v0": 0}})"),
              HasSubstr("at \"intrinsic.fx\""));
  EXPECT_THAT(camera("{\"extr"), HasSubstr("expected JSON"));
  EXPECT_THAT(camera(std::string(200'000, '[')), HasSubstr("nested at most"));
}

TEST(Picture, GammaAndOrientationAreIgnoredAndAlphaIsDropped) {
  const TemporaryFolder folder;
  const std::string row("\x0A\x14\x1E\x00\xC8\x64\x32\xFF", 8);
  const auto plain = folder.write("plain.png", rowPng(2, 8, 6, row));
  // gAMA 1.0, which would brighten a decoder that honours it.
  const auto gamma =
      folder.write("gamma.png", rowPng(2, 8, 6, row, std::string("gAMA") + std::string("\0\1\x86\xA0", 4)));
  const auto image = readPicture(plain);
  EXPECT_EQ(image.at(0, 0), (Rgb{10, 20, 30}));
  EXPECT_EQ(image.at(1, 0), (Rgb{200, 100, 50}));
  EXPECT_EQ(readPicture(gamma), image);
}

TEST(Picture, JpegIsNotTurnedByItsExifOrientation) {
  const TemporaryFolder folder;
  const auto upright = writeImage(folder, "upright.jpg", 6, 4);
  std::ifstream stream(upright, std::ios::binary);
  const std::string jpeg((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  // APP1 with one IFD entry: orientation (0x0112), SHORT, 1, value 6 (turn by 90 degrees).
  const std::string exif(
      "\xFF\xE1\0\x22"
      "Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0",
      36);
  const auto turned = folder.write("turned.jpg", jpeg.substr(0, 2) + exif + jpeg.substr(2));
  EXPECT_EQ(readPicture(turned).size(), (Size{6, 4}));
  EXPECT_EQ(readPicture(turned), readPicture(upright));
  EXPECT_EQ(readPictureSize(turned), (Size{6, 4}));
}

TEST(Picture, GreyPaletteAndSixteenBitBecomeRgb) {
  const TemporaryFolder folder;
  EXPECT_EQ(readPicture(folder.write("g.png", rowPng(1, 8, 0, "\x40"))).at(0, 0), (Rgb{64, 64, 64}));
  const std::string palette = std::string("PLTE") + std::string("\1\2\3\x80\x40\x20", 6);
  EXPECT_EQ(readPicture(folder.write("p.png", rowPng(1, 8, 3, "\x01", palette))).at(0, 0), (Rgb{128, 64, 32}));
  EXPECT_EQ(readPicture(folder.write("w.png", rowPng(1, 16, 2, "\x12\xFF\x34\xFF\x56\xFF"))).at(0, 0),
            (Rgb{0x12, 0x34, 0x56}));
}

TEST(Picture, SizeComesFromTheHeaderOfEveryFormat) {
  const TemporaryFolder folder;
  for (const std::string name : {"a.png", "a.jpg", "a.webp", "a.bmp", "a.tif"}) {
    EXPECT_EQ(readPictureSize(writeImage(folder, name, 37, 21)), (Size{37, 21})) << name;
  }
}

}  // namespace
}  // namespace oodscope
