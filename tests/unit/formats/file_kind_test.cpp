// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/file_kind.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/formats/made_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

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
  EXPECT_EQ(kindOf("{not json"), FileKind::Unknown);
  EXPECT_EQ(kindOf("hello"), FileKind::Unknown);
  EXPECT_EQ(kindOf(""), FileKind::Empty);
}

TEST(FileKind, MissingFileIsAnError) {
  EXPECT_THAT(testing::errorOf([] { return sniffFile("/nowhere/at/all.npy"); }),
              ::testing::HasSubstr("does not exist"));
}

}  // namespace
}  // namespace oodscope
