// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/known_channels.h"

#include "inference/models/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using ::testing::ElementsAre;

TEST(KnownChannels, AreAllButTheVoidChannelWhereverItIs) {
  EXPECT_THAT(knownChannels(4, 3), ElementsAre(0, 1, 2));
  EXPECT_THAT(knownChannels(4, 0), ElementsAre(1, 2, 3));
  EXPECT_THAT(knownChannels(4, 1), ElementsAre(0, 2, 3));
  EXPECT_THAT(knownChannels(4, -1), ElementsAre(0, 1, 2, 3));
}

TEST(KnownChannels, ACountTakesTheFirstThatAreNotVoid) {
  EXPECT_THAT(knownChannels(5, 0, 2), ElementsAre(1, 2));
  EXPECT_THAT(knownChannels(5, 4, 3), ElementsAre(0, 1, 2));
  EXPECT_THAT(knownChannels(3, 2, 3), ElementsAre(0, 1)) << "void is no known class, however many are asked for";
}

TEST(KnownChannels, AListStandsAsGiven) {
  const OutputMeaning outputs{.channelNames = {}, .knownClasses = 2, .voidChannel = 0, .knownChannels = {3, 1}};
  EXPECT_THAT(knownChannels(outputs, 4), ElementsAre(3, 1));
}

TEST(KnownChannels, VoidIsAssumedLastOfTwentyAlone) {
  EXPECT_EQ(assumedVoidChannel(20), 19);
  EXPECT_EQ(assumedVoidChannel(19), -1);
  EXPECT_EQ(assumedVoidChannel(21), -1);
}

TEST(KnownChannels, TextNamesRunsVoidAndWhatIsAssumed) {
  EXPECT_EQ(channelsText(knownChannels(20, 19), 20, 19, true), "0-18 of 20, void 19 (assumed)");
  EXPECT_EQ(channelsText({0, 1, 3, 7, 8}, 9, -1, false), "0-1,3,7-8 of 9");
}

}  // namespace
}  // namespace oodscope
