// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/name_forms.h"

#include "tests/unit/datasets/made_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TemporaryFolder;
using testing::writeImage;
using testing::writeLabel;

TEST(ComposedName, MarksJoinTheirLetters) {
  EXPECT_EQ(composedName("u\xCC\x88"), "\xC3\xBC");  // u, diaeresis -> ü
  EXPECT_EQ(composedName("stra\xC3\x9F"
                         "e u\xCC\x88"
                         "ber"),
            "stra\xC3\x9F"
            "e \xC3\xBC"
            "ber");
  EXPECT_EQ(composedName("e\xCC\xA3\xCC\x82"), "\xE1\xBB\x87");                     // e, dot below, circumflex -> ệ
  EXPECT_EQ(composedName("\xE1\xBA\xB9\xCC\x82"), "\xE1\xBB\x87");                  // ẹ, circumflex -> ệ
  EXPECT_EQ(composedName("\xE3\x81\x8B\xE3\x82\x99"), "\xE3\x81\x8C");              // か with a voice mark -> が
  EXPECT_EQ(composedName("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB"), "\xED\x95\x9C");  // three jamo -> 한
}

TEST(ComposedName, MarksOfDifferentClassesAreOrderedBeforeTheyJoin) {
  // c with acute and dot below, in either order: ć with dot below.
  EXPECT_EQ(composedName("c\xCC\x81\xCC\xA3"), "\xC4\x87\xCC\xA3");
  EXPECT_EQ(composedName("c\xCC\xA3\xCC\x81"), "\xC4\x87\xCC\xA3");
}

TEST(ComposedName, OtherTextStaysAsItIs) {
  for (const std::string text : {"plain_0", "\xC3\xBC",
                                 "a\xFF"
                                 "b",
                                 "cut \xE3\x81", "\xF0\x9F\x9A\x97"}) {
    EXPECT_EQ(composedName(text), text);
  }
}

TEST(NameAffixes, UsualOnesAreTakenOffAndANameNeverIsLeftEmpty) {
  EXPECT_EQ(withoutMaskAffix("gt_0"), "0");
  EXPECT_EQ(withoutMaskAffix("0001TP_006690_L"), "0001TP_006690");
  EXPECT_EQ(withoutMaskAffix("a_gtFine_labelIds"), "a");
  EXPECT_EQ(withoutMaskAffix("7-MASK"), "7");
  EXPECT_EQ(withoutMaskAffix("_gt"), "_gt");
  EXPECT_EQ(withoutImageAffix("img_12"), "12");
  EXPECT_EQ(withoutImageAffix("x_leftImg8bit"), "x");
  EXPECT_EQ(withoutImageAffix("frankfurt_000000"), "frankfurt_000000");
}

TEST(NameAffixes, CommonOnesStopAtDigits) {
  const auto affixes = commonAffixes({"scene_10_colour", "scene_11_colour", "scene_12_colour"});
  EXPECT_EQ(affixes.prefix, "scene_");
  EXPECT_EQ(affixes.suffix, "_colour");
  EXPECT_EQ(commonAffixes({"alone"}).prefix, "");
}

TEST(NameForms, DecomposedImagesAndComposedMasksBelongTogether) {
  const TemporaryFolder folder;
  writeImage(folder,
             "images/u\xCC\x88"
             "ber.png",
             2, 1);
  writeLabel(folder,
             "labels_masks/\xC3\xBC"
             "ber.Png",
             {0, 1}, 2);
  writeImage(folder, "images/a#b%20c & d.PNG", 2, 1);
  writeLabel(folder, "labels_masks/a#b%20c & d.png", {1, 0}, 2);
  const auto set = openDataSet(folder.path());
  ASSERT_THAT(testing::frameNames(set), ElementsAre("a#b%20c & d",
                                                    "\xC3\xBC"
                                                    "ber"));
  EXPECT_THAT(testing::labelValues(set, 1), ElementsAre(0, 1));
  EXPECT_THAT(set.warnings, IsEmpty());
  EXPECT_THAT(set.remarks, Contains(HasSubstr("1 file matched although upper and lower case or the Unicode form")));
}

}  // namespace
}  // namespace oodscope
