// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/augmentation.h"

#include "inference/training/batches.inl.h"
#include "inference/training/loss.inl.h"
#include "tests/unit/training/tiny_pictures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <set>
#include <utility>

namespace oodscope {
namespace {

/// Each pixel's class tells where it was: 8 x 4 pixels, class y * 8 + x, colour (class, 0, 0).
Sample numbered() {
  Sample sample{RgbImage({8, 4}), ClassMap({8, 4}), LabelMap({8, 4})};
  for (std::size_t i = 0; i < 32; ++i) {
    sample.image.values()[i] = {static_cast<std::uint8_t>(i), 0, 0};
    sample.classes.values()[i] = static_cast<std::uint8_t>(i);
    sample.label.values()[i] = i % 2 == 0 ? kNormal : kAnomaly;
  }
  return sample;
}

TEST(Augmentation, FlipsAboutHalfOfTheTimeAndAllPartsTogether) {
  int flips = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SplitMix random(seed);
    const Sample out = augmented(numbered(), {}, random);
    const bool flipped = out.classes.at(0, 0) == 7;
    flips += flipped ? 1 : 0;
    for (int x = 0; x < 8; ++x) {
      const int from = flipped ? 7 - x : x;
      EXPECT_EQ(out.classes.at(x, 2), 16 + from);
      EXPECT_EQ(out.image.at(x, 2).r, 16 + from);
      EXPECT_EQ(out.label.at(x, 2), from % 2 == 0 ? kNormal : kAnomaly);
    }
  }
  EXPECT_GT(flips, 30);
  EXPECT_LT(flips, 70);
}

TEST(Augmentation, ChannelsAreEachMultipliedByAFactorOfTheirOwn) {
  Sample grey{RgbImage({4, 2}, Rgb{100, 100, 100}), ClassMap({4, 2}), LabelMap({4, 2})};
  int apart = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SplitMix random(seed);
    const Rgb c = augmented(grey, {.flip = false, .channels = 0.2}, random).image.at(0, 0);
    for (const std::uint8_t value : {c.r, c.g, c.b}) {
      EXPECT_GE(value, 80);
      EXPECT_LE(value, 120);
    }
    apart += c.r != c.g && c.g != c.b ? 1 : 0;
  }
  EXPECT_GE(apart, 15);
}

TEST(Augmentation, ScalesAreThoseOfTheListAndNoOthers) {
  std::map<int, int> widths;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SplitMix random(seed);
    ++widths[augmented(numbered(), {.flip = false, .scales = {0.5, 1.0, 2.0}}, random).image.width()];
  }
  ASSERT_EQ(widths.size(), 3U);
  for (const int width : {4, 8, 16}) EXPECT_GT(widths[width], 60) << width;
}

TEST(Augmentation, ShiftMovesAllPartsByWholePixelsAndLearnsNothingFromTheMargin) {
  std::set<std::pair<int, int>> moves;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    SplitMix random(seed);
    const Sample out = augmented(numbered(), {.flip = false, .shift = 2}, random);
    ASSERT_EQ(out.image.size(), (Size{8, 4}));
    // Any pixel that is learned tells the move.
    const auto learned = std::ranges::find_if(out.classes.values(), [](int value) { return value != kUnlearned; });
    ASSERT_NE(learned, out.classes.values().end());
    const int place = static_cast<int>(learned - out.classes.values().begin());
    const int right = place % 8 - *learned % 8, down = place / 8 - *learned / 8;
    ASSERT_LE(std::max(std::abs(right), std::abs(down)), 2);
    moves.insert({right, down});
    for (int y = 0; y < 4; ++y) {
      for (int x = 0; x < 8; ++x) {
        const int ownX = x - right, ownY = y - down;
        const bool isInside = ownX >= 0 && ownX < 8 && ownY >= 0 && ownY < 4;
        ASSERT_EQ(out.classes.at(x, y), isInside ? ownY * 8 + ownX : kUnlearned);
        ASSERT_EQ(out.image.at(x, y).r, isInside ? ownY * 8 + ownX : 0);
      }
    }
  }
  EXPECT_EQ(moves.size(), 25U);
}

TEST(Augmentation, CropIsAWindowOfThePictureAndReachesAllOfIt) {
  bool reachedFirst = false, reachedLast = false;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SplitMix random(seed);
    const Sample out = augmented(numbered(), {.flip = false, .crop = {3, 2}}, random);
    ASSERT_EQ(out.image.size(), (Size{3, 2}));
    const int first = out.classes.at(0, 0);
    EXPECT_LE(first % 8, 5);
    EXPECT_EQ(out.classes.at(2, 1), first + 8 + 2);
    EXPECT_EQ(out.image.at(2, 1).r, first + 8 + 2);
    reachedFirst = reachedFirst || first == 0;
    reachedLast = reachedLast || out.classes.at(2, 1) == 31;
  }
  EXPECT_TRUE(reachedFirst);
  EXPECT_TRUE(reachedLast);
}

TEST(Augmentation, BeyondAShrunkPictureIsUnlearnedAndNoLabel) {
  SplitMix random(1);
  const Sample out = augmented(numbered(), {.flip = false, .smallest = 0.5, .largest = 0.5, .crop = {8, 4}}, random);
  EXPECT_EQ(out.classes.at(3, 1), 8 * 3 + 7);  // nearest: the pixel that holds the target's centre
  EXPECT_EQ(out.classes.at(4, 1), kUnlearned);
  EXPECT_EQ(out.classes.at(3, 2), kUnlearned);
  EXPECT_EQ(out.label.at(4, 1), kVoid);
  EXPECT_EQ(out.image.at(4, 1), Rgb{});
}

TEST(Augmentation, ColourLeavesLabelsAndStaysInRange) {
  const Augmentation how{.flip = false, .brightness = 0.5, .contrast = 0.5, .saturation = 0.5};
  const testing::TinyPictures pictures;
  const Sample sample = pictures.read(0);
  SplitMix random(3), same(3);
  const Sample out = augmented(sample, how, random);
  EXPECT_EQ(out.classes, sample.classes);
  EXPECT_NE(out.image, sample.image);
  EXPECT_EQ(out.image, augmented(sample, how, same).image);
}

TEST(Augmentation, GreyStaysGreyUnderSaturation) {
  Sample grey{RgbImage({4, 4}, Rgb{90, 90, 90}), ClassMap({4, 4}), {}};
  SplitMix random(9);
  const Sample out = augmented(grey, {.saturation = 0.9}, random);
  EXPECT_EQ(out.image, grey.image);
}

TEST(Batches, TargetsSayVoidAndWhatIsNotLearned) {
  Sample sample = numbered();
  sample.classes = ClassMap({8, 4}, 3);
  sample.classes.at(0, 0) = kVoid;
  sample.classes.at(1, 0) = kUnlearned;
  const std::array samples{sample};
  const Batch with = stack(samples, 19), without = stack(samples, -1);
  const auto* a = with.targets.data_ptr<std::int64_t>();
  const auto* b = without.targets.data_ptr<std::int64_t>();
  EXPECT_EQ(a[0], 19);
  EXPECT_EQ(b[0], kIgnoredTarget);
  EXPECT_EQ(a[1], kIgnoredTarget);
  EXPECT_EQ(b[1], kIgnoredTarget);
  EXPECT_EQ(a[2], 3);
}

TEST(Batches, ImagesAreDividedBy255AndInOrder) {
  const std::array samples{numbered()};
  const at::Tensor images = stack(samples, 19).images;
  ASSERT_EQ(images.sizes(), (std::vector<std::int64_t>{1, 3, 4, 8}));
  EXPECT_EQ(images[0][0][2][5].item<float>(), 21.0F / 255.0F);
  EXPECT_EQ(images[0][1][2][5].item<float>(), 0.0F);
}

TEST(Batches, ImagesAreNormalisedAsTheNetworkIs) {
  const std::array samples{numbered()};
  const at::Tensor images = stack(samples, 19, kImageNet).images;
  EXPECT_FLOAT_EQ(images[0][0][2][5].item<float>(), (21.0F / 255.0F - 0.485F) / 0.229F);
  EXPECT_FLOAT_EQ(images[0][2][2][5].item<float>(), imageTensor(samples[0].image, kImageNet)[0][2][2][5].item<float>());
}

TEST(Batches, AreTheSameWhereverOneBegins) {
  const testing::TinyPictures pictures;
  const TrainingOptions options = testing::tinyTraining();
  Batches all(options, pictures, 2, 1), later(options, pictures, 2, 1);
  ASSERT_EQ(all.steps(), 3);
  static_cast<void>(all.take(0));
  static_cast<void>(all.take(1));
  const Batch a = all.take(2), b = later.take(2);
  EXPECT_TRUE(a.images.equal(b.images));
  EXPECT_TRUE(a.targets.equal(b.targets));
}

TEST(Batches, OrderHoldsEachPictureOnceAndFollowsTheSeed) {
  auto order = shuffled(100, 4);
  EXPECT_EQ(order, shuffled(100, 4));
  EXPECT_NE(order, shuffled(100, 5));
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(order[i], i);
}

}  // namespace
}  // namespace oodscope
