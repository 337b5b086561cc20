// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/random.h"

#include <gtest/gtest.h>

#include <array>

namespace oodscope {
namespace {

/// The sequence that other programs' SplitMix64 draws from this seed (Rosetta Code, "Pseudo-random
/// numbers/Splitmix64").
TEST(SplitMix, DrawsThePublishedSequence) {
  SplitMix random(1234567);
  for (const std::uint64_t drawn :
       {6457827717110365317U, 3203168211198807973U, 9817491932198370423U, 4593380528125082431U, 16408922859458223821U})
    EXPECT_EQ(random.next(), drawn);
}

/// What trainings, samples and bootstraps of every version drew: other numbers would change what is resumed or
/// compared.
TEST(SplitMix, DrawsWhatItDrewInEveryVersion) {
  SplitMix remainders(9), fractions(9), scaled = randomStream(7, 3), stream = randomStream(7, 3);
  for (const std::uint64_t drawn : {2U, 2U, 6U, 0U, 5U, 1U}) EXPECT_EQ(remainders.below(7), drawn);
  EXPECT_EQ(fractions.uniform(), 0.6823627349789958);
  EXPECT_EQ(mixSeeds(1, 2, 3), 15020427595393229491U);
  EXPECT_EQ(mixSeeds(5, 6), 13942901723064559826U);
  for (const std::uint64_t drawn : {14882949364334836721U, 17720120906839798206U, 14470591532540942179U})
    EXPECT_EQ(stream.next(), drawn);
  for (const std::uint32_t drawn : {806U, 960U, 784U, 160U, 123U}) EXPECT_EQ(scaled.scaledBelow(1000), drawn);
}

TEST(SplitMix, DrawsEachNumberOfEachStreamAboutEquallyOften) {
  std::array<int, 7> hits{};
  for (std::uint64_t stream = 0; stream < 100; ++stream) {
    SplitMix random = randomStream(1, stream);
    for (int i = 0; i < 700; ++i) ++hits[random.scaledBelow(7)];
  }
  for (const int n : hits) EXPECT_NEAR(n, 10000, 400);  // four standard deviations
}

}  // namespace
}  // namespace oodscope
