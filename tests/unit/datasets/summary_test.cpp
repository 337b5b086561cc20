// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/dataset_summary.h"
#include "tests/unit/datasets/made_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;
using testing::writeImage;
using testing::writeLabel;

TEST(Summary, CountsFramesSizesAndLabels) {
  const TemporaryFolder folder;
  for (const std::string name : {"0", "1", "2", "3"}) writeImage(folder, "set/images/" + name + ".png", 3, 2);
  writeImage(folder, "set/images/4.png", 5, 1);
  writeLabel(folder, "set/labels_masks/0.png", {0, 1, 1, 255, 0, 0}, 3);
  writeLabel(folder, "set/labels_masks/1.png", {0, 0, 0, 0, 0, 255}, 3);
  writeLabel(folder, "set/labels_masks/2.png", 255, 3, 2);
  folder.write("set/labels_masks/4.png", "broken");
  writeLabel(folder, "set/class_labels/0.png", 0, 3, 2);
  const auto set = openDataSet(folder.path() / "set");

  const auto quick = summarise(set);
  EXPECT_EQ(quick.frames, 5U);
  EXPECT_EQ(quick.withLabel, 4U);
  EXPECT_EQ(quick.withClassLabel, 1U);
  EXPECT_EQ(quick.withDistance, 0U);
  EXPECT_EQ(quick.pixels, 4U * 6U + 5U);
  ASSERT_EQ(quick.sizes.size(), 2U);
  EXPECT_EQ(quick.sizes[0].size, (Size{3, 2}));
  EXPECT_EQ(quick.sizes[0].frames, 4U);
  EXPECT_FALSE(quick.labels.has_value());

  const auto full = summarise(set, CountLabels::Yes);
  ASSERT_TRUE(full.labels.has_value());
  EXPECT_EQ(full.labels->normal, 3U + 5U);
  EXPECT_EQ(full.labels->anomaly, 2U);
  EXPECT_EQ(full.labels->ignored, 1U + 1U + 6U);
  EXPECT_THAT(full.labels->framesWithoutAnomaly, ElementsAre("1"));
  EXPECT_THAT(full.labels->framesAllVoid, ElementsAre("2"));
  ASSERT_EQ(full.failed.size(), 1U);
  EXPECT_THAT(full.failed[0].reason, HasSubstr("label is of a kind that is not read"));

  const auto text = summaryText(set, full);
  EXPECT_THAT(text, HasSubstr("set: Course bundle, 5 frames\n"));
  EXPECT_THAT(text, HasSubstr("labels: 4 of 5 (0 normal, 1 anomaly, 255 void)"));
  EXPECT_THAT(text, HasSubstr("3x2: 4 frames"));
  EXPECT_THAT(text, HasSubstr("void everywhere: 2"));
}

TEST(DataSet, FindsAFrameByItsWholeName) {
  DataSet set;
  for (const char* name : {"a", "street/a", "b"}) set.frames.emplace_back().name = name;
  EXPECT_EQ(set.find("street/a"), 1U);
  EXPECT_EQ(set.find("a"), 0U);
  EXPECT_EQ(set.find(""), std::nullopt);
  EXPECT_EQ(set.find("c"), std::nullopt);
  EXPECT_EQ(DataSet().find("a"), std::nullopt);
}

}  // namespace
}  // namespace oodscope
