// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/failures/region_notes.h"

#include <gtest/gtest.h>

namespace oodscope {
namespace {

const NotePlace kFrame{"RA21", "3", std::nullopt};
const NotePlace kRegion{"RA21", "3", Box{10, 10, 20, 20}};

TEST(RegionNotes, ATagOfARegionIsNotOneOfItsFrame) {
  const auto notes = withTags({}, kRegion, {"kerb"});
  EXPECT_EQ(findNote(notes, kFrame), nullptr);
  ASSERT_NE(findNote(notes, kRegion), nullptr);
  EXPECT_EQ(findNote(notes, kRegion)->tags, std::vector<std::string>{"kerb"});
}

TEST(RegionNotes, ARegionThatGrewKeepsItsNoteAndOneElsewhereHasNone) {
  const auto notes = withTags({}, kRegion, {"kerb"});
  EXPECT_NE(findNote(notes, {"RA21", "3", Box{8, 8, 24, 24}}), nullptr);
  EXPECT_EQ(findNote(notes, {"RA21", "3", Box{60, 8, 20, 20}}), nullptr);
  EXPECT_EQ(findNote(notes, {"RA21", "4", Box{10, 10, 20, 20}}), nullptr);
}

TEST(RegionNotes, OfTwoThatFitTheBetterOneIsMeant) {
  auto notes = withTags({}, {"RA21", "3", Box{10, 10, 20, 12}}, {"first"});
  notes.push_back(
      {.set = "RA21", .frame = "3", .tags = {"second"}, .text = {}, .region = FrameRectangle{10, 10, 20, 19}});
  EXPECT_EQ(findNote(notes, kRegion)->tags.front(), "second");
}

TEST(RegionNotes, ChangingKeepsOneNoteAndEmptyingDropsIt) {
  auto notes = withTags({}, kRegion, {"kerb"});
  notes = withText(std::move(notes), kRegion, "too bright");
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes.front().text, "too bright");
  notes = withTags(std::move(notes), kRegion, {});
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_TRUE(withText(std::move(notes), kRegion, "").empty());
}

}  // namespace
}  // namespace oodscope
