// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/half.h"
#include "analysis/formats/score_map_file.h"
#include "analysis/formats/score_picture.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/formats/made_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace oodscope {
namespace {

using testing::errorOf;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

/// One strip a page, not packed, 3 wide and 2 high.
struct MadeTiff {
  unsigned bits = 32, format = 3, pages = 1, samples = 1;
  bool isBigEndian = false;
  std::string values = {};  ///< of a page, in the byte order of the file

  [[nodiscard]] std::string content() const {
    std::string out = isBigEndian ? std::string("MM\0*", 4) : std::string("II*\0", 4);
    add(out, 8, 4);
    for (unsigned page = 0; page < pages; ++page) {
      const auto directory = out.size();
      constexpr unsigned kEntries = 10;
      const auto data = directory + 2 + 12 * kEntries + 4;
      add(out, kEntries, 2);
      for (const auto& [tag, value] : std::vector<std::pair<unsigned, std::size_t>>{{256, 3},
                                                                                    {257, 2},
                                                                                    {258, bits},
                                                                                    {259, 1},
                                                                                    {262, 1},
                                                                                    {273, data},
                                                                                    {277, samples},
                                                                                    {278, 2},
                                                                                    {279, values.size()},
                                                                                    {339, format}}) {
        add(out, tag, 2);
        add(out, 4, 2);
        add(out, 1, 4);
        add(out, value, 4);
      }
      add(out, page + 1 < pages ? data + values.size() : 0, 4);
      out += values;
    }
    return out;
  }

private:
  void add(std::string& out, std::size_t value, std::size_t count) const {
    for (std::size_t i = 0; i < count; ++i)
      out += static_cast<char>(value >> 8 * (isBigEndian ? count - 1 - i : i) & 0xFFU);
  }
};

template <class T>
std::string raw(const std::vector<T>& values, bool isBigEndian = false) {
  std::string out;
  for (const T value : values) {
    std::string element(sizeof(T), '\0');
    std::memcpy(element.data(), &value, sizeof(T));
    if (isBigEndian) std::reverse(element.begin(), element.end());
    out += element;
  }
  return out;
}

std::vector<double> readAs(const MadeTiff& made, NpyType type) {
  const TemporaryFolder folder;
  const auto map = readStoredMap(folder.write("a.tif", made.content()));
  EXPECT_EQ(map.type(), type);
  EXPECT_EQ(map.size, (Size{3, 2}));
  const auto scores = map.asDouble();
  return {scores.values().begin(), scores.values().end()};
}

TEST(ScoreTiff, EveryNumberTypeIsReadAsItIsMeant) {
  const std::vector<double> expected = {-2.5, -1, 0, 1, 2.5, 7};
  const std::vector<float> floats(expected.begin(), expected.end());
  EXPECT_EQ(readAs({.bits = 32, .format = 3, .values = raw(floats)}, NpyType::Float32), expected);
  EXPECT_EQ(readAs({.bits = 32, .format = 3, .isBigEndian = true, .values = raw(floats, true)}, NpyType::Float32),
            expected);
  EXPECT_EQ(readAs({.bits = 64, .format = 3, .values = raw(expected)}, NpyType::Float64), expected);
  std::vector<std::uint16_t> halves;
  for (const float value : floats) halves.push_back(halfFromFloat(value));
  EXPECT_EQ(readAs({.bits = 16, .format = 3, .values = raw(halves)}, NpyType::Float16), expected);
  const std::vector<double> whole = {-70000, -1, 0, 1, 2, 70000};
  EXPECT_EQ(readAs({.bits = 32, .format = 2, .values = raw(std::vector<std::int32_t>(whole.begin(), whole.end()))},
                   NpyType::Int32),
            whole);
  const std::vector<double> few = {-300, -1, 0, 1, 2, 300};
  EXPECT_EQ(readAs({.bits = 16, .format = 2, .values = raw(std::vector<std::int16_t>(few.begin(), few.end()))},
                   NpyType::Int16),
            few);
}

TEST(ScoreTiff, SeveralPagesChannelsOrEightBitsAreRefusedInWords) {
  const TemporaryFolder folder;
  const auto message = [&](const MadeTiff& made) {
    return errorOf([&] { return readStoredMap(folder.write("a.tif", made.content())); });
  };
  const std::string six = raw(std::vector<float>(6, 1.0F));
  EXPECT_THAT(message({.pages = 2, .values = six}), HasSubstr("a TIFF of one page, one file a frame, found 2 pages"));
  EXPECT_THAT(message({.bits = 8, .format = 1, .values = "abcdef"}),
              HasSubstr("one channel of 8 bits, a picture drawn for looking at"));
  EXPECT_THAT(message({.samples = 3, .values = six + six + six}), HasSubstr("3 channels of 32 bits"));
}

TEST(ScoreTiff, WhetherAPictureMayHoldScoresIsToldByItsHeader) {
  const TemporaryFolder folder;
  const std::string six = raw(std::vector<float>(6, 1.0F));
  EXPECT_TRUE(isScorePicture(folder.write("a.tif", MadeTiff{.values = six}.content())));
  EXPECT_FALSE(isScorePicture(folder.write("b.tif", MadeTiff{.bits = 8, .format = 1, .values = "abcdef"}.content())));
  EXPECT_FALSE(isScorePicture(folder.write("c.png", "\xFF\xD8\xFF\xE0 JFIF")));
  EXPECT_FALSE(isScorePicture(folder.path() / "none.png"));
}

}  // namespace
}  // namespace oodscope
