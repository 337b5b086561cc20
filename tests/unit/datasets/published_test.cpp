// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/published.h"
#include "analysis/metrics/protocol_rules.h"
#include "tests/unit/datasets/made_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <map>

namespace oodscope {
namespace {

using testing::errorOf;
using ::testing::HasSubstr;

const PublishedValues& published() {
  static const auto values = PublishedValues::read(OODSCOPE_SOURCE_DIR "/resources/published.json");
  return values;
}

TEST(Published, AnswersToSetModelMethodAndTemperature) {
  const auto scaled = published().find("RoadAnomaly21", "erfnet", "msp", 1.6);
  ASSERT_EQ(scaled.size(), 1U);
  EXPECT_EQ(scaled[0].ap, 30.373);
  EXPECT_EQ(scaled[0].fpr95, 63.623);
  EXPECT_EQ(scaled[0].protocol, "course");
  EXPECT_EQ(scaled[0].source(), "Real-Time Anomaly Segmentation for Road Scenes, table 2, MSP (T = 1.6)");
  EXPECT_EQ(published().find("RoadObstacle21", "ERF-Net", "max-logit", 3.0).at(0).fpr95, 48.454);
  EXPECT_EQ(published().find("FS_LostFound_full", "ERFNet with void class", "void").at(0).ap, 8.263);
  EXPECT_EQ(published().find("RoadAnomaly", "ERFNet, 100 epochs, IsoMax + FL", "max-entropy").at(0).ap, 18.732);
  EXPECT_EQ(published().find("dataset_ObstacleTrack", "", "DenseHybrid").at(0).fpr95, 0.2);
  EXPECT_EQ(published().find("FishyscapesLostAndFound-test", "", "msp").at(0).ap, 1.77);
  EXPECT_EQ(published().find("StreetHazards", "", "DenseHybrid").at(0).other.at("open_miou"), 45.8);
  EXPECT_EQ(published().find("FishyscapesStatic-val", "SynBoost", "SynBoost end to end ensemble").at(0).fpr95, 37.3);
  const auto far = published().find("LostAndFound 45-50 m", "", "DenseHybrid").at(0);
  EXPECT_EQ(far.ap, 82.1);
  EXPECT_EQ(far.fpr95, 6.3);
  const auto part = published().find("FishyscapesStatic-val", "DeepLabV3+ WRN38", "densehybrid-generative").at(0);
  EXPECT_EQ(part.ap, 54.2);
  EXPECT_EQ(part.other.at("fpr95_deviation"), 0.7);
  EXPECT_EQ(published().find("FishyscapesLostAndFound-test", "", "sml").at(0).ap, 31.1);
  EXPECT_EQ(published().find("StreetHazards", "DeepLabV3+", "max-entropy").at(0).protocol, "streethazards-pooled");
  EXPECT_TRUE(published().find("RoadAnomaly21", "erfnet", "msp", 1.7).empty());
  EXPECT_TRUE(published().find("RoadAnomaly21", "enet", "msp", 1.0).empty());
}

TEST(Published, HoldsEveryRowOfTheTranscribedTables) {
  std::map<std::string, int> counts;
  for (const auto& value : published().all()) {
    ++counts[value.title.substr(0, 11) + " " + value.table];
    EXPECT_TRUE(!value.ap || (*value.ap > 0 && *value.ap <= 100)) << value.source();
    EXPECT_TRUE(!value.fpr95 || (*value.fpr95 > 0 && *value.fpr95 <= 100)) << value.source();
  }
  EXPECT_EQ(counts["Real-Time A 1"], 3 * 5);
  EXPECT_EQ(counts["Real-Time A 2"], 5 * 5);
  EXPECT_EQ(counts["Real-Time A 3"], 3 * 5);
  EXPECT_EQ(counts["Real-Time A 4"], 15 * 5);
  EXPECT_EQ(counts["DenseHybrid 1"], 11 * 3 - 1);  // Road Inpainting has no value on the Anomaly track
  EXPECT_EQ(counts["DenseHybrid 2"], 10 * 2);
  EXPECT_EQ(counts["DenseHybrid 4"], 15);
  EXPECT_EQ(counts["Reproducibi 3"], 3);
  EXPECT_EQ(counts["Reproducibi 4"], 8 * 2);
  EXPECT_EQ(counts["Reproducibi 5"], 3 * 2);
  EXPECT_EQ(counts["Reproducibi 6"], 4 * 2);
  EXPECT_EQ(counts["Reproducibi 7"], 4 * 2);
  EXPECT_EQ(counts["DenseHybrid 3"], 4 * 9);
  EXPECT_EQ(counts["DenseHybrid 5"], 5);
  EXPECT_EQ(counts["DenseHybrid 6"], 3 * 2);
  EXPECT_EQ(counts["DenseHybrid 7"], 2);
  EXPECT_EQ(counts["DenseHybrid 8"], 3);
  EXPECT_EQ(counts["Reproducibi 2"], 1);
  EXPECT_EQ(counts["Reproducibi 8"], 2 * 2);
  EXPECT_EQ(counts["Semantic Se README"], 1);
  EXPECT_EQ(counts["RbA: Segmen best"], 4);
  EXPECT_EQ(counts["On Advantag best"], 3);
  EXPECT_EQ(counts["Unmasking A best"], 5);
}

TEST(Published, EachValueIsFoundByWhatItIsOf) {
  for (const PublishedValue& value : published().all()) {
    const auto found = published().find(value.set, value.model, value.method, value.temperature);
    const bool isThere = std::ranges::any_of(found, [&](const PublishedValue& other) {
      return other.source() == value.source() && other.ap == value.ap && other.fpr95 == value.fpr95;
    });
    EXPECT_TRUE(isThere) << value.source() << ", " << value.set;
    EXPECT_TRUE(value.protocol.empty() || Protocol::named(value.protocol)) << value.source() << ": " << value.protocol;
    EXPECT_TRUE(value.ap || value.fpr95 || !value.other.empty()) << value.source() << " says nothing";
  }
  EXPECT_EQ(published().find("RoadAnomaly", "Mask2Former", "rba").at(0).fpr95, 6.92);
}

TEST(Published, BrokenFilesAreRefused) {
  const testing::TemporaryFolder folder;
  const auto message = [&](const std::string& json) {
    return errorOf([&] { return PublishedValues::read(folder.write("p.json", json)); });
  };
  EXPECT_THAT(message("["), HasSubstr("expected JSON"));
  EXPECT_THAT(message(R"({"sources": {}, "values": [{"source": "x"}]})"),
              HasSubstr("at \"values[0].source\": expected the name of one of the sources, found \"x\""));
  EXPECT_THAT(message(R"({"sources": {"x": {"title": "t"}}, "values": [{"source": "x", "table": 1}]})"),
              HasSubstr("at \"values[0].table\": expected a text"));
  EXPECT_THAT(message(R"({"sources": {"x": {"title": "t"}}, "values": [{"source": "x", "table": "1", "row": "r",
                         "set": "s", "model": "m", "method": "msp", "ap": 101}]})"),
              HasSubstr("at \"values[0].ap\": expected a number from 0 to 100, found 101"));
  EXPECT_THAT(message(std::string(200'000, '[')), HasSubstr("nested at most"));
}

}  // namespace
}  // namespace oodscope
