// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/distance_bins.h"

#include "analysis/core/error.h"

#include <gtest/gtest.h>

#include <limits>

namespace oodscope {
namespace {

TEST(DistanceBins, AreReadFromText) {
  const DistanceBins bins = parseDistanceBins("5:50:5");
  EXPECT_EQ(bins, DistanceBins{});
  EXPECT_EQ(bins.count(), 9U);
  EXPECT_EQ(bins.from(8), 45.0);
  EXPECT_EQ(parseDistanceBins("0:1:0.1").count(), 10U);
  for (const char* text : {"", "5", "5:50", "5:50:5:1", "50:5:5", "5:50:7", "-5:50:5", "5:50:0", "a:50:5", "5::5",
                           "5:50:100", "0:100:0.1", "nan:50:5"})
    EXPECT_THROW(static_cast<void>(parseDistanceBins(text)), Error) << text;
}

TEST(DistanceBins, AreClosedBelowAndOpenAbove) {
  const DistanceBins bins{};
  EXPECT_EQ(bins.binOf(4.99F), std::nullopt);
  EXPECT_EQ(bins.binOf(5.0F), 0U);
  EXPECT_EQ(bins.binOf(9.99F), 0U);
  EXPECT_EQ(bins.binOf(10.0F), 1U);
  EXPECT_EQ(bins.binOf(49.99F), 8U);
  EXPECT_EQ(bins.binOf(50.0F), std::nullopt);
  for (const float unknown :
       {0.0F, -1.0F, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    EXPECT_EQ(DistanceBins({0, 10, 5}).binOf(unknown), std::nullopt);
}

/// Bounds that no float is decide as they are written: 0.3F is above 0.3.
TEST(DistanceBins, EveryDistanceLiesWithinItsBounds) {
  const DistanceBins bins = parseDistanceBins("0.1:3.1:0.1");
  for (int i = 1; i < 400; ++i) {
    const float metres = static_cast<float>(i) / 100.0F;
    const auto bin = bins.binOf(metres);
    const auto distance = static_cast<double>(metres);
    if (!bin) {
      EXPECT_TRUE(distance < bins.first || distance >= bins.to(bins.count() - 1) || distance >= bins.last) << metres;
      continue;
    }
    EXPECT_TRUE(bins.from(*bin) <= distance && distance < bins.to(*bin)) << metres;
  }
}

TEST(DistanceBins, TakeLabelledPixelsApart) {
  const std::vector<float> scores{1, 2, 3, 4, 5, 6};
  const LabelMap labels({6, 1}, {0, 1, 255, 1, 0, 1});
  const Grid<float> distance({6, 1}, {7, 12, 7, 8, 0, 60});
  const auto found = pixelsByDistance(scores, labels, distance, {}, 0, 9);
  EXPECT_EQ(found[0].scores, (std::vector<float>{1, 4}));
  EXPECT_EQ(found[0].labels, (std::vector<std::uint8_t>{0, 1}));
  EXPECT_EQ(found[1].scores, std::vector<float>{2});
  const auto second = pixelsByDistance(scores, labels, distance, {}, 1, 1);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].scores, std::vector<float>{2});
}

}  // namespace
}  // namespace oodscope
