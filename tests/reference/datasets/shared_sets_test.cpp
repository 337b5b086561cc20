// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/sha256.h"
#include "analysis/datasets/data_set.h"
#include "analysis/datasets/layout_kinds.h"
#include "tests/support/shared_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

std::size_t countOf(const LabelMap& label, std::uint8_t value) {
  return static_cast<std::size_t>(std::count(label.values().begin(), label.values().end(), value));
}

const Frame& frameNamed(const DataSet& set, const std::string& name) {
  const auto found =
      std::find_if(set.frames.begin(), set.frames.end(), [&](const Frame& frame) { return frame.name == name; });
  if (found == set.frames.end()) throw Error("no frame " + name, set.root);
  return *found;
}

TEST(SharedSets, DecodeExactlyAsPil) {
  OODSCOPE_SHARED_OR_SKIP(base, "data/course_sets");
  std::ifstream stream(OODSCOPE_SOURCE_DIR "/tests/reference/datasets/pil_digests.json");
  const auto records = nlohmann::json::parse(stream);
  ASSERT_EQ(records.size(), 8U);
  for (const auto& record : records) {
    const auto set = openDataSet(base / record["set"].get<std::string>());
    const auto& frame = frameNamed(set, record["frame"]);
    SCOPED_TRACE(frame.image.string());
    const auto image = readImage(frame);
    EXPECT_EQ(image.size(), (Size{record["width"], record["height"]}));
    EXPECT_EQ(readPictureSize(frame.image), image.size());
    EXPECT_EQ(Sha256().add(std::as_bytes(image.values())).hex(), record["rgb_sha256"]);
    const auto label = readLabel(set, frame);
    EXPECT_EQ(Sha256().add(std::as_bytes(label.values())).hex(), record["label_sha256"]);
    EXPECT_EQ(countOf(label, kAnomaly), record["anomaly"].get<std::size_t>());
    EXPECT_EQ(countOf(label, kVoid), record["void"].get<std::size_t>());
  }
}

TEST(SharedSets, FiveCourseSetsAreFoundInNaturalOrderWithAllTheirFrames) {
  OODSCOPE_SHARED_OR_SKIP(base, "data/course_sets");
  const auto found = findDataSets(base);
  ASSERT_EQ(found.size(), 5U);
  const std::map<std::string, std::size_t> expected = {
      {"FS_LostFound_full", 30}, {"RoadAnomaly", 60}, {"RoadAnomaly21", 10}, {"RoadObsticle21", 30}, {"fs_static", 30}};
  for (const auto& path : found) {
    const auto set = openDataSet(path);
    EXPECT_EQ(set.layout, layouts::kCourseBundle);
    EXPECT_EQ(set.frames.size(), expected.at(set.name)) << set.name;
    EXPECT_TRUE(set.skipped.empty()) << set.name;
    EXPECT_TRUE(std::all_of(set.frames.begin(), set.frames.end(), [](const Frame& f) { return f.label.has_value(); }));
  }
  const auto set = openDataSet(base / "RoadAnomaly21");
  EXPECT_EQ(set.frames[2].name, "2");
  EXPECT_THAT(set.remarks, Contains(HasSubstr("10 files named .png hold JPEG data")));
  EXPECT_THAT(set.remarks, Contains(HasSubstr("label value 2 is read as anomaly")));
}

TEST(SharedSets, ParentOfSeveralSetsIsRefusedWithTheirNames) {
  OODSCOPE_SHARED_OR_SKIP(base, "data/course_sets");
  try {
    static_cast<void>(openDataSet(base));
    FAIL() << "opened five sets as one";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("5 sets"));
    EXPECT_THAT(error.what(), HasSubstr("RoadObsticle21"));
  }
}

TEST(SharedSets, CityscapesFramesCarryClassLabelsAndNoAnomalyLabels) {
  OODSCOPE_SHARED_OR_SKIP(base, "data/cityscapes_val10");
  const auto set = openDataSet(base);
  EXPECT_EQ(set.layout, layouts::kCityscapes);
  ASSERT_EQ(set.frames.size(), 10U);
  EXPECT_EQ(set.frames[0].name, "frankfurt_000000_000294");
  EXPECT_FALSE(set.frames[0].label.has_value());
  ASSERT_TRUE(set.frames[0].classLabel.has_value());
  const auto classes = readClassLabel(set, set.frames[0]);
  EXPECT_EQ(classes.size(), (Size{2048, 1024}));
  const auto road = std::count(classes.values().begin(), classes.values().end(), std::uint8_t{0});
  EXPECT_GT(road, 2048 * 1024 / 10);
  EXPECT_EQ(openDataSet(base / "leftImg8bit" / "val").frames.size(), 10U);
}

}  // namespace
}  // namespace oodscope
