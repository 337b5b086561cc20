// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/pasting.h"

#include "analysis/core/error.h"
#include "inference/training/batches.inl.h"
#include "inference/training/loss.inl.h"
#include "tests/unit/training/tiny_pictures.h"

#include <gtest/gtest.h>
#include <torch/types.h>

namespace oodscope {
namespace {

/// A grey picture of road below sky, its last rows not learned from.
Sample street() {
  const Size size{128, 64};
  Sample sample{RgbImage(size, Rgb{120, 120, 120}), ClassMap(size), LabelMap(size)};
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      if (y < 30) sample.classes.at(x, y) = 10;
      if (y >= 60) sample.classes.at(x, y) = kUnlearned;
    }
  }
  return sample;
}

RgbImage stripes() {
  RgbImage out({64, 64});
  for (int y = 0; y < 64; ++y)
    for (int x = 0; x < 64; ++x) out.at(x, y) = x % 4 < 2 ? Rgb{250, 20, 20} : Rgb{20, 20, 250};
  return out;
}

TEST(Pasting, MakesWhatItPaintsVoidAndLeavesTheRest) {
  int changed = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Sample before = street();
    Sample after = street();
    SplitMix random(seed);
    pasteObjects(after, stripes(), random);
    int voids = 0;
    for (std::size_t i = 0; i < before.classes.values().size(); ++i) {
      const std::uint8_t was = before.classes.values()[i], is = after.classes.values()[i];
      EXPECT_TRUE(is == was || is == kVoid);
      EXPECT_TRUE(was != kUnlearned || is == kUnlearned);
      EXPECT_EQ(after.label.values()[i], is == kVoid ? kVoid : kNormal);
      voids += is == kVoid ? 1 : 0;
    }
    changed += voids > 0 ? 1 : 0;
  }
  EXPECT_GE(changed, 45);
}

TEST(Pasting, IsAFunctionOfTheGeneratorsState) {
  Sample a = street(), b = street(), c = street();
  SplitMix first(7), same(7), other(8);
  pasteObjects(a, stripes(), first);
  pasteObjects(b, stripes(), same);
  pasteObjects(c, stripes(), other);
  EXPECT_EQ(a.image, b.image);
  EXPECT_EQ(a.classes, b.classes);
  EXPECT_NE(a.image, c.image);
}

TEST(Pasting, RefusesPicturesOfNoSize) {
  Sample sample{RgbImage({8, 8}), ClassMap({8, 8}), LabelMap({8, 8})};
  SplitMix random(1);
  EXPECT_THROW(pasteObjects(sample, stripes(), random), ContractViolation);
}

/// Pixels of the void class in the batches of an epoch.
std::int64_t voidPixels(double pasted) {
  const testing::TinyPictures pictures(20);
  TrainingOptions options = testing::tinyTraining();
  options.augmentation = {};
  options.augmentation.pasted = pasted;
  Batches batches(options, pictures, 2, 0);
  std::int64_t count = 0;
  for (int step = 0; step < batches.steps(); ++step)
    count += batches.take(step).targets.eq(2).sum().item<std::int64_t>();
  return count;
}

TEST(Pasting, TheShareDecidesHowManyPicturesAreChanged) {
  const std::int64_t none = voidPixels(0.0), some = voidPixels(0.3), all = voidPixels(1.0);
  EXPECT_GT(some, none);
  EXPECT_GT(all, some);
}

}  // namespace
}  // namespace oodscope
