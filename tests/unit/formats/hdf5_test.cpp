// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/array_file.h"
#include "analysis/formats/hdf5_file.h"
#include "analysis/formats/hdf5_lzf.h"
#include "analysis/formats/score_map_file.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/formats/made_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace oodscope {
namespace {

using ::testing::AllOf;
using testing::contentOf;
using testing::errorOf;
using ::testing::HasSubstr;
using testing::recorded;

/// What record_files.py wrote: 20 high, 30 wide, eighths.
ScoreMap recordedScores() {
  ScoreMap out(Size{30, 20});
  for (std::size_t i = 0; i < out.values().size(); ++i) out.values()[i] = static_cast<float>(i % 37) / 8.0F;
  return out;
}

TEST(Hdf5, TheOnlyMapIsReadWhateverItsName) { EXPECT_EQ(readScoreMap(recorded("other_name.h5")), recordedScores()); }

TEST(Hdf5, LzfAndTheStandardFiltersAreUndone) {
  EXPECT_EQ(readScoreMap(recorded("lzf.h5")), recordedScores());
  EXPECT_EQ(readScoreMap(recorded("filters.h5")), recordedScores()) << "gzip, shuffle, checksum, big-endian";
}

TEST(Hdf5, MatlabsAxesAreTurnedRound) {
  const auto map = readStoredMap(recorded("matlab.mat"));
  EXPECT_TRUE(map.isMatlab);
  EXPECT_EQ(map.asFloat(), recordedScores());
}

TEST(Hdf5, SeveralMapsAreListedAndOneIsChosen) {
  EXPECT_THAT(
      errorOf([] { return readScoreMap(recorded("several.h5")); }),
      AllOf(HasSubstr("file holds several arrays"), HasSubstr("--score-name NAME"), HasSubstr("first (float32 20x30)"),
            HasSubstr("second (float64 20x30)"), HasSubstr("ids (uint8"), HasSubstr("yes (bool 20x30)")));
  EXPECT_EQ(readScoreMap(recorded("several.h5"), "first"), recordedScores());
  EXPECT_EQ(readStoredMap(recorded("several.h5"), "second").asDouble().at(1, 0), 1.125);
  EXPECT_EQ(readStoredMap(recorded("several.h5"), "yes").type(), NpyType::Bool);
  EXPECT_EQ(readScoreMap(recorded("several.h5"), "yes").at(17, 0), 1.0F);
  EXPECT_THAT(errorOf([] { return readScoreMap(recorded("several.h5"), "third"); }),
              AllOf(HasSubstr("an array named third"), HasSubstr("first (float32 20x30)")));
}

TEST(Hdf5, TypesAreKept) {
  const Hdf5File file(recorded("lzf.h5"));
  ASSERT_EQ(file.datasets().size(), 1U);
  EXPECT_EQ(file.datasets().front().type, NpyType::Float16);
  EXPECT_EQ(file.read("value").header.type, NpyType::Float16);
}

TEST(Hdf5, TwoFilesAtOnceKeepTheirOwnContent) {
  const Hdf5File first(recorded("lzf.h5")), second(recorded("filters.h5"));
  EXPECT_EQ(first.read("value").header.type, NpyType::Float16);
  EXPECT_EQ(second.read("value").header.type, NpyType::Float32);
}

TEST(Hdf5, DamageIsAnErrorAndNoCrash) {
  const testing::TemporaryFolder folder;
  const std::string whole = contentOf(recorded("filters.h5"));
  EXPECT_THAT(errorOf([&] { return readScoreMap(folder.write("a.h5", whole.substr(0, whole.size() / 2))); }),
              HasSubstr("a damaged or cut one of"));
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x5A);
    static_cast<void>(errorOf([&] { return readScoreMap(folder.write("b.h5", flipped)); }));
  }
}

std::vector<std::uint8_t> bytes(const std::string& text) { return {text.begin(), text.end()}; }

TEST(Lzf, CopiesMayRunIntoWhatTheyWrite) {
  const std::string packed(
      "\x02"
      "abc"
      "\x20\x02"
      "\xE0\x01\x00",
      9);  // abc, 3 from 3 back, 10 from 1 back
  EXPECT_EQ(unpackLzf(bytes(packed), 100), bytes("abcabc" + std::string(10, 'c')));
}

TEST(Lzf, WhatReachesBeforeTheStartOrBeyondTheEndIsDamage) {
  EXPECT_FALSE(unpackLzf(bytes(std::string("\x20\x00", 2)), 100));
  EXPECT_FALSE(unpackLzf(bytes("\x05"
                               "ab"),
                         100));
  EXPECT_FALSE(unpackLzf(bytes("\x02"
                               "abc"),
                         2))
      << "more than is asked for";
}

}  // namespace
}  // namespace oodscope
