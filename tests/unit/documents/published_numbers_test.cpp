// SPDX-License-Identifier: GPL-3.0-or-later
// What was printed of a set, a network, a method and a temperature stands beside what is measured, and nothing else.
#include "app/documents/published_numbers.h"
#include "tests/support/made_live_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

class NamedSource : public testing::MadeSource {
public:
  explicit NamedSource(std::string model) : MadeSource({}, true), m_model(std::move(model)) {}
  [[nodiscard]] std::string publishedModel() const override { return m_model; }

private:
  std::string m_model;
};

class PublishedNumbers : public ::testing::Test {
protected:
  [[nodiscard]] PublishedColumns columns(const std::string& set, const std::string& model,
                                         const Configuration& configuration,
                                         Protocol protocol = protocols::kCourse) const {
    return publishedColumns(m_values, set, NamedSource(model), configuration, protocol);
  }

private:
  PublishedValues m_values = PublishedValues::read(publishedValuesFile());
};

const Configuration kMspAtOne{.name = "msp", .method = methods::kMsp, .temperature = 1.0F};

// Sferrazza and Vitabile, table 2: MSP at T = 1 on RoadAnomaly21, 29.090 and 62.587.
TEST_F(PublishedNumbers, AreThoseOfTheSetTheNetworkTheMethodAndTheTemperature) {
  for (const char* set : {"RoadAnomaly21", "runs/RoadAnomaly21"}) {
    const PublishedColumns found = columns(set, "ERFNet", kMspAtOne);
    ASSERT_TRUE(found.ap && found.fpr95) << set;
    EXPECT_NEAR(*found.ap, 0.2909, 1e-9);
    EXPECT_NEAR(*found.fpr95, 0.62587, 1e-9);
    EXPECT_THAT(found.source, ::testing::HasSubstr("table"));
  }
}

TEST_F(PublishedNumbers, AreNotThereForAnythingElse) {
  const auto none = [](const PublishedColumns& found) { return found == PublishedColumns(); };
  EXPECT_TRUE(none(columns("NoSuchSet", "ERFNet", kMspAtOne)));
  EXPECT_TRUE(none(columns("RoadAnomaly21", "", kMspAtOne))) << "finished maps, other channels";
  EXPECT_TRUE(none(columns("RoadAnomaly21", "NoSuchNet", kMspAtOne)));
  EXPECT_TRUE(none(columns("RoadAnomaly21", "ERFNet", kMspAtOne, protocols::kStreetHazards)));
  EXPECT_TRUE(none(columns("RoadAnomaly21", "ERFNet", {.name = "msp", .method = methods::kMsp, .temperature = 1.7F})));
  EXPECT_TRUE(none(columns("RoadAnomaly21", "ERFNet", configurationOf(FilteredMethod::named("msp+gaussian"), 1.0F))))
      << "filtered scores are other scores";
}

}  // namespace
}  // namespace oodscope
