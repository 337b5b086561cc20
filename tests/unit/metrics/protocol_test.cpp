// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/protocol_rules.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

namespace oodscope {
namespace {

TEST(Protocol, NamesGoThereAndBack) {
  std::set<std::string_view> names;
  for (const Protocol protocol : allProtocols()) {
    EXPECT_EQ(Protocol::named(protocol.name()), protocol);
    EXPECT_TRUE(names.insert(protocol.name()).second) << protocol << " stands twice";
  }
  for (const char* name : {"course", "fishyscapes", "smiyc2023", "smiyc2021", "densehybrid", "streethazards"})
    EXPECT_TRUE(names.contains(name)) << name;
  EXPECT_EQ(Protocol::named("Course"), std::nullopt);
}

TEST(Protocol, TheFirstStandsWhereNothingWasChosen) {
  EXPECT_EQ(Protocol(), allProtocols().front());
  EXPECT_EQ(Protocol().name(), "course");
}

TEST(Protocol, RulesSayAllThatMenusAndPagesShow) {
  for (const Protocol protocol : allProtocols()) {
    EXPECT_FALSE(protocol.title().empty() || protocol.rule().reference.empty()) << protocol;
    EXPECT_TRUE(protocol.description().ends_with('.')) << protocol;
  }
}

TEST(Protocol, RulesAreAmongThoseThatTheEngineHas) {
  for (const Protocol protocol : allProtocols()) {
    const ProtocolRule& rule = protocol.rule();
    const bool isBinned = rule.pooling == Pooling::FrameBins;
    EXPECT_EQ(rule.area != PrecisionArea::Exact, isBinned) << protocol << ": bins have an area of their own";
    EXPECT_TRUE(!isBinned || rule.crossing == CrossingRule::FirstReaching) << protocol;
    EXPECT_TRUE(rule.pooling != Pooling::FrameMean || rule.skipsFramesWithoutAnomaly)
        << protocol << ": a frame without anomaly has no AP";
  }
}

TEST(Protocol, OnlyTheCourseRanksAtTheNetworksResolutionUnasked) {
  EXPECT_TRUE(protocols::kCourse.rule().isAtNetworkResolution);
  for (const Protocol protocol : {protocols::kFishyscapes, protocols::kSmiyc2023, protocols::kSmiyc2021,
                                  protocols::kDenseHybrid, protocols::kStreetHazards})
    EXPECT_FALSE(protocol.rule().isAtNetworkResolution) << protocol;
}

TEST(Protocol, IsPrintedByItsName) {
  std::ostringstream out;
  out << protocols::kSmiyc2023;
  EXPECT_EQ(out.str(), "smiyc2023");
}

}  // namespace
}  // namespace oodscope
