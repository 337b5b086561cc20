// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/map_facts.h"
#include "analysis/core/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace oodscope {
namespace {

TEST(MapFacts, ShapesAreToldFromTheFramesSize) {
  const Size frame{1280, 720};
  EXPECT_EQ(shapeFit({1280, 720}, frame), ShapeFit::Same);
  EXPECT_EQ(shapeFit({160, 90}, frame), ShapeFit::Scaled);
  EXPECT_EQ(shapeFit({100, 56}, frame), ShapeFit::Scaled) << "56.25, to the pixel";
  EXPECT_EQ(shapeFit({1024, 512}, frame), ShapeFit::NetworkInput);
  EXPECT_EQ(shapeFit({128, 64}, frame), ShapeFit::NetworkInput);
  EXPECT_EQ(shapeFit({77, 100}, frame), ShapeFit::OtherAspect);
  EXPECT_EQ(shapeFit({512, 1024}, frame), ShapeFit::OtherAspect);
  EXPECT_EQ(shapeFit({720, 1280}, frame), ShapeFit::Transposed);
  EXPECT_EQ(shapeFit({90, 160}, frame), ShapeFit::Transposed);
  EXPECT_EQ(shapeFit({512, 1024}, {2048, 1024}), ShapeFit::Transposed);
  EXPECT_EQ(shapeFit({700, 700}, {500, 500}), ShapeFit::Scaled) << "a square has no transpose";
}

TEST(MapFacts, TheAxisOfTheChannelsIsToldFromTheOthers) {
  using Shape = std::vector<std::size_t>;
  const Size frame{96, 48};
  EXPECT_EQ(axisOrder(Shape{19, 48, 96}, frame), AxisOrder::ChannelsFirst);
  EXPECT_EQ(axisOrder(Shape{48, 96, 19}, frame), AxisOrder::ChannelsLast);
  EXPECT_EQ(axisOrder(Shape{24, 48, 19}, frame), AxisOrder::ChannelsLast) << "half the size";
  EXPECT_EQ(axisOrder(Shape{2, 48, 96}, frame), AxisOrder::ChannelsFirst);
  EXPECT_EQ(axisOrder(Shape{512, 1024, 20}, {1280, 720}), AxisOrder::ChannelsLast) << "the network's own size";
  EXPECT_EQ(axisOrder(Shape{300, 400, 19}, {1280, 720}), AxisOrder::ChannelsLast) << "one small axis, the last";
  EXPECT_EQ(axisOrder(Shape{19, 300, 400}, {1280, 720}), AxisOrder::ChannelsFirst);
  EXPECT_EQ(axisOrder(Shape{48, 96, 96}, frame), AxisOrder::ChannelsFirst)
      << "as many channels as columns: nothing tells";
}

TEST(MapFacts, ValuesThatAreNoScoresAreKnown) {
  const auto kind = [](const std::vector<float>& values) { return valueFacts(std::span(values)).kind; };
  EXPECT_EQ(kind({0.25F, 0.25F, NAN, 0.25F}), ValueKind::Constant);
  EXPECT_EQ(kind({NAN, INFINITY}), ValueKind::None);
  EXPECT_EQ(kind({}), ValueKind::None);
  EXPECT_EQ(kind({0, 1, 1, 0}), ValueKind::TwoValues);
  EXPECT_EQ(kind({0, 13, 18, 255, 0}), ValueKind::ClassIds);
  EXPECT_EQ(kind({0, 13, 18.5F}), ValueKind::Scores);
  EXPECT_EQ(kind({-1, 0, 5}), ValueKind::Scores);
  std::vector<float> steps;
  for (int i = 0; i < 200; ++i) steps.push_back(static_cast<float>(i));
  EXPECT_EQ(kind(steps), ValueKind::Scores) << "8-bit scores have many steps";
}

TEST(MapFacts, DoublesThatDifferWithinAFloatAreNoConstant) {
  const std::vector<double> values = {-1.0 + 1e-12, -1.0 + 2e-12, -1.0 + 3e-12};
  const auto facts = valueFacts(std::span(values));
  EXPECT_EQ(facts.kind, ValueKind::Scores);
  EXPECT_FALSE(facts.fitFloat);
  EXPECT_TRUE(valueFacts(std::span<const double>(std::vector<double>{0.5, 0.25, 3.0})).fitFloat);
}

TEST(MapFacts, ProbabilitiesAreTakenForWhatTheyAre) {
  const std::vector<float> probabilities = {0.2F, 0.9F, 0.8F, 0.1F}, logits = {0.2F, 0.9F, 0.9F, 0.1F},
                           logs = {std::log(0.2F), std::log(0.9F), std::log(0.8F), std::log(0.1F)};
  const auto are = [](const std::vector<float>& values) {
    return areProbabilities({.single = values.data(), .channels = 2, .height = 1, .width = 2});
  };
  EXPECT_TRUE(are(probabilities));
  EXPECT_FALSE(are(logits));
  EXPECT_FALSE(are(logs));
  std::vector<std::uint16_t> halves;
  for (const float value : probabilities) halves.push_back(halfFromFloat(value));
  EXPECT_TRUE(areProbabilities({.half = halves.data(), .channels = 2, .height = 1, .width = 2}));
  EXPECT_FALSE(areProbabilities({.single = probabilities.data(), .channels = 1, .height = 1, .width = 2}));
}

}  // namespace
}  // namespace oodscope
