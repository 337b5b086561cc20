// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/imaging/resize.h"

#include <gtest/gtest.h>
#include <oneapi/tbb/global_control.h>

#include <random>

namespace oodscope {
namespace {

RgbImage noise(Size size) {
  std::mt19937 random(5);
  RgbImage image(size);
  for (Rgb& pixel : image.values())
    pixel = {static_cast<std::uint8_t>(random()), static_cast<std::uint8_t>(random()),
             static_cast<std::uint8_t>(random())};
  return image;
}

TEST(ResizePilBilinear, HalvingWeighsTheFourNeighboursOneThreeThreeOne) {
  RgbImage image(Size{8, 1});
  for (int x = 0; x < 8; ++x) image.at(x, 0) = {static_cast<std::uint8_t>(16 * x), 0, 255};
  const RgbImage out = resizePilBilinear(image, {4, 1});
  // Inside: (16 (2x - 1) + 3 * 16 * 2x + 3 * 16 (2x + 1) + 16 (2x + 2)) / 8 = 32 x + 8.
  EXPECT_EQ(out.at(1, 0), (Rgb{40, 0, 255}));
  EXPECT_EQ(out.at(2, 0), (Rgb{72, 0, 255}));
  // At the border the pixel outside has no weight: (3 * 0 + 3 * 16 + 32) / 7 = 11.43.
  EXPECT_EQ(out.at(0, 0), (Rgb{11, 0, 255}));
}

TEST(ResizePilBilinear, AConstantImageStaysConstant) {
  const RgbImage image(Size{37, 23}, Rgb{1, 128, 255});
  for (const Size size : {Size{10, 7}, Size{80, 50}, Size{37, 5}, Size{4, 23}, Size{1, 1}})
    EXPECT_EQ(resizePilBilinear(image, size), RgbImage(size, Rgb{1, 128, 255}));
}

TEST(ResizePilBilinear, TheSameSizeIsTheSameImage) {
  const RgbImage image = noise({13, 7});
  EXPECT_EQ(resizePilBilinear(image, {13, 7}), image);
}

TEST(ResizePilBilinear, ThreadsDoNotChangeAByte) {
  const RgbImage image = noise({500, 400});
  std::vector<RgbImage> results;
  for (const std::size_t threads : {1U, 2U, 3U}) {
    const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism, threads);
    results.push_back(resizePilBilinear(image, {211, 173}));
  }
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

TEST(ResizePilNearest, TakesPixelCentres) {
  const Grid<std::uint8_t> values({8, 1}, {0, 1, 2, 3, 4, 5, 6, 7});
  // Halving: the centre of target x is source coordinate 2x + 1, which pixel 2x + 1 begins at.
  EXPECT_EQ(resizePilNearest(values, {4, 1}), (Grid<std::uint8_t>({4, 1}, {1, 3, 5, 7})));
  EXPECT_EQ(resizePilNearest(values, {2, 1}), (Grid<std::uint8_t>({2, 1}, {2, 6})));
}

TEST(ResizePilNearest, InventsNoValue) {
  Grid<std::uint8_t> labels(Size{64, 48}, 0);
  for (int y = 0; y < 48; ++y)
    for (int x = 0; x < 64; ++x) labels.at(x, y) = x < 20 ? kVoid : y < 9 ? kAnomaly : kNormal;
  const Grid<std::uint8_t> out = resizePilNearest(labels, {37, 101});
  for (const std::uint8_t value : out.values()) EXPECT_TRUE(value == kVoid || value == kAnomaly || value == kNormal);
}

TEST(ResizeBilinear, DoublingPutsValuesAtQuarters) {
  const ScoreMap scores({2, 1}, {0.0F, 4.0F});
  EXPECT_EQ(resizeBilinear(scores, {4, 1}), (ScoreMap({4, 1}, {0.0F, 1.0F, 3.0F, 4.0F})));
  const RgbImage image({2, 1}, {{0, 0, 0}, {4, 2, 255}});
  EXPECT_EQ(resizeBilinear(image, {4, 1}),
            (RgbImage({4, 1}, {{0, 0, 0}, {1, 1 /* 0.5 rounded up */, 64}, {3, 2, 191}, {4, 2, 255}})));
}

TEST(ResizeBilinear, WithoutAntialiasingAThirdSizeIsEveryThirdPixel) {
  const RgbImage image = noise({30, 21});
  const RgbImage out = resizeBilinear(image, {10, 7});
  for (int y = 0; y < 7; ++y)
    for (int x = 0; x < 10; ++x) EXPECT_EQ(out.at(x, y), image.at(3 * x + 1, 3 * y + 1));
}

TEST(Resize, EmptySizesAreContractViolations) {
  EXPECT_THROW((void)resizePilBilinear(RgbImage(), {4, 4}), ContractViolation);
  EXPECT_THROW((void)resizePilBilinear(noise({3, 3}), {0, 4}), ContractViolation);
  EXPECT_THROW((void)resizePilNearest(Grid<std::uint8_t>(Size{2, 2}), {1, 0}), ContractViolation);
  EXPECT_THROW((void)resizeBilinear(ScoreMap(Size{2, 2}), {-1, 4}), ContractViolation);
}

TEST(ResizeBilinear, DoublesKeepDigitsThatFloatHasNot) {
  Grid<double> scores(Size{3, 2});
  for (std::size_t i = 0; i < 6; ++i) scores.values()[i] = 1.0 + static_cast<double>(i * i) * 1e-12;
  EXPECT_EQ(resizeBilinear(scores, {3, 2}), scores);
  const Grid<double> out = resizeBilinear(scores, {5, 3});
  // Column 1 of 5: (1 + 0.5) * 3 / 5 - 0.5 = 0.4; row 1 of 3: halfway.
  const double upper = 0.6 * scores.at(0, 0) + 0.4 * scores.at(1, 0),
               lower = 0.6 * scores.at(0, 1) + 0.4 * scores.at(1, 1);
  EXPECT_NEAR(out.at(1, 1), 0.5 * (upper + lower), 1e-15);
  EXPECT_EQ(out.at(0, 0), scores.at(0, 0)) << "borders are repeated";
  EXPECT_EQ(out.at(4, 2), scores.at(2, 1));
}

}  // namespace
}  // namespace oodscope
