// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/file_kind.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/formats/made_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace oodscope {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

FileKind kindOf(const std::string& content) {
  const testing::TemporaryFolder folder;
  return sniffFile(folder.write("file.png", content));
}
std::string zipStart(const std::string& member) {
  std::string out("PK\x03\x04", 4);
  out += std::string(22, '\0');
  out += static_cast<char>(member.size());
  out += std::string(3, '\0');
  return out + member + "content";
}

TEST(FileKind, IsToldByContentWhateverTheName) {
  EXPECT_EQ(kindOf("\xFF\xD8\xFF\xE0 JFIF"), FileKind::Jpeg);
  EXPECT_EQ(kindOf("\x89PNG\r\n\x1A\n...."), FileKind::Png);
  EXPECT_EQ(kindOf("RIFF1234WEBPVP8X"), FileKind::Webp);
  EXPECT_EQ(kindOf(std::string("II*\0....", 8)), FileKind::Tiff);
  EXPECT_EQ(kindOf("\x93NUMPY\x01"), FileKind::Npy);
  EXPECT_EQ(kindOf("\x89HDF\r\n\x1A\n"), FileKind::Hdf5);
  EXPECT_EQ(kindOf(zipStart("score.npy")), FileKind::Zip);
  EXPECT_EQ(kindOf(zipStart("archive/data.pkl")), FileKind::TorchZip);
  EXPECT_EQ(kindOf(zipStart("net/version")), FileKind::TorchZip);
  EXPECT_EQ(kindOf(std::string("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15)),
            FileKind::TorchLegacy);
  EXPECT_EQ(kindOf(" {\"a\": 1}"), FileKind::Json);
  EXPECT_EQ(kindOf("[1, 2]"), FileKind::Json);
  EXPECT_EQ(kindOf("{not json"), FileKind::Text);
  EXPECT_EQ(kindOf("hello"), FileKind::Text);
  EXPECT_EQ(kindOf(std::string("\1\2\3\4", 4)), FileKind::Unknown);
  EXPECT_EQ(kindOf(""), FileKind::Empty);
}

std::string longText(std::size_t bytes) { return std::string(bytes, ' '); }

TEST(FileKind, ForeignKindsAreNamedWithWhatToDo) {
  const auto described = [](const std::string& content) {
    const testing::TemporaryFolder folder;
    return describeFile(folder.write("weights.pth", content));
  };
  EXPECT_THAT(described(std::string("\x40\0\0\0\0\0\0\0", 8) + R"({"a":{"dtype":"F32"}})"),
              StartsWith("a safetensors file (in Python: torch.save("));
  EXPECT_THAT(described(std::string("\x08\x07\x12\x07pytorch\x1a\x05"
                                    "2.1.0:\x90\x01",
                                    21)),
              StartsWith("an ONNX model (save the network"));
  EXPECT_THAT(described("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"),
              HasSubstr("git lfs pull"));
  EXPECT_THAT(described("\xEF\xBB\xBF\n<!DOCTYPE HTML><html>"), StartsWith("a web page (HTML)"));
  EXPECT_THAT(described("<?xml version='1.0'?><HTML>"), StartsWith("a web page (HTML)"));
  EXPECT_THAT(described(std::string("a").append(longText(256)).append("ustar")), StartsWith("a tar archive"));
  EXPECT_THAT(described("\x1F\x8B\x08...."), StartsWith("a gzip file"));
  EXPECT_THAT(described("MATLAB 5.0 MAT-file, Platform"), StartsWith("a MATLAB file of version 5"));
  EXPECT_THAT(described("\x80\x04\x95\x10"), StartsWith("a Python pickle"));
  EXPECT_THAT(described("GIF89a"), StartsWith("a GIF picture"));
  EXPECT_THAT(described(std::string("RIFF1234WEBPVP8X\x0A\0\0\0\x02", 21)), "an animated WebP");
  EXPECT_THAT(described(std::string("RIFF1234WEBPVP8X\x0A\0\0\0\x10", 21)), "a WebP picture");
  EXPECT_THAT(described(zipStart("score.npy")), "a NumPy archive (.npz)");
  EXPECT_THAT(described("%PDF-1.7"), "a PDF document");
  EXPECT_THAT(described(std::string("\0\x05\x16\x07\0\x02", 6)), StartsWith("a leftover of macOS"));
  EXPECT_THAT(described("a,b\n1,2\n"), "plain text");
  EXPECT_THAT(described(""), StartsWith("an empty file"));
}

TEST(FileKind, Hdf5BehindAUserBlockIsFoundAtEveryOffset) {
  for (std::size_t block = 512; block <= std::size_t{1} << 16; block *= 2) {
    EXPECT_EQ(kindOf(longText(block) + "\x89HDF\r\n\x1A\n"), FileKind::Hdf5) << block;
  }
  EXPECT_EQ(kindOf(longText(700) + "\x89HDF\r\n\x1A\n"), FileKind::Unknown);
  const testing::TemporaryFolder folder;
  EXPECT_EQ(describeFile(folder.write("a.mat", "MATLAB 7.3 MAT-file" + longText(493) + "\x89HDF\r\n\x1A\n")),
            "a MATLAB file of version 7.3 (HDF5)");
}

TEST(FileKind, WhatIsNoFileIsSaid) {
  const testing::TemporaryFolder folder;
  EXPECT_EQ(describeFile(folder.path()), "a folder");
  EXPECT_EQ(describeFile(folder.path() / "none"), "nothing of that name");
  std::filesystem::create_symlink("nowhere", folder.path() / "link");
  EXPECT_EQ(describeFile(folder.path() / "link"), "a link that leads nowhere");
  ASSERT_EQ(mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(describeFile(folder.path() / "pipe"), "a named pipe");
  EXPECT_EQ(describeFile("/dev/null"), "a device");
}

TEST(FileKind, MissingFileIsAnError) {
  EXPECT_THAT(testing::errorOf([] { return sniffFile("/nowhere/at/all.npy"); }),
              ::testing::HasSubstr("does not exist"));
}

}  // namespace
}  // namespace oodscope
