// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/pixel_colouring.h"
#include "analysis/core/grid.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace oodscope {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

ColourTable ramp() {
  ColourTable table;
  for (int i = 0; i < 256; ++i) table[static_cast<std::size_t>(i)] = qRgb(i, 0, 0);
  return table;
}

TEST(ColourScores, EndsAreClampedAndTheRestIsLinear) {
  const std::vector<float> scores = {-5, 0, 0.5F, 0.999F, 1, 7};
  std::vector<QRgb> out(scores.size());
  colourScores(scores, 0, 1, ramp(), 0, out);
  EXPECT_EQ(out, (std::vector<QRgb>{qRgb(0, 0, 0), qRgb(0, 0, 0), qRgb(128, 0, 0), qRgb(255, 0, 0), qRgb(255, 0, 0),
                                    qRgb(255, 0, 0)}));
}

TEST(ColourScores, NotFiniteHasItsOwnColour) {
  const std::vector<float> scores = {kNan, kInf, -kInf, 0.25F};
  std::vector<QRgb> out(scores.size());
  colourScores(scores, 0, 1, ramp(), 0xff00ff00, out);
  EXPECT_EQ(out, (std::vector<QRgb>{0xff00ff00, 0xff00ff00, 0xff00ff00, qRgb(64, 0, 0)}));
}

TEST(ColourScores, CollapsedScaleIsAStep) {
  const std::vector<float> scores = {1.9F, 2.0F, 2.1F};
  std::vector<QRgb> out(scores.size());
  colourScores(scores, 2, 2, ramp(), 0, out);
  EXPECT_EQ(out, (std::vector<QRgb>{qRgb(0, 0, 0), qRgb(255, 0, 0), qRgb(255, 0, 0)}));
}

TEST(ColourScores, RowsLongerThanABlockAreColouredWhole) {
  std::vector<float> scores(1000, 1.0F);
  std::vector<QRgb> out(scores.size());
  colourScores(scores, 0, 1, ramp(), 0, out);
  EXPECT_EQ(out, std::vector<QRgb>(1000, qRgb(255, 0, 0)));
}

TEST(ColourDecisions, AgreeWithDecisionOfForEveryCase) {
  const DecisionColours colours{10, 11, 12, 13, 14};
  const std::vector<QRgb> byDecision = {10, 11, 12, 13, 14};
  for (const float score : {-1.0F, 0.5F, 0.4999F, 2.0F, kNan, kInf, -kInf}) {
    for (const std::uint8_t label : {kNormal, kAnomaly, kVoid}) {
      std::vector<QRgb> out(1);
      colourDecisions(std::vector<float>{score}, std::vector<std::uint8_t>{label}, 0.5F, colours, out);
      EXPECT_EQ(out[0], byDecision[decisionOf(score, 0.5F, label)]) << score << " " << int{label};
    }
  }
}

TEST(ColourDecisions, ScoreAtTheThresholdIsFlagged) {
  EXPECT_EQ(decisionOf(0.5F, 0.5F, kNormal), kFp);
  EXPECT_EQ(decisionOf(0.5F, 0.5F, kAnomaly), kTp);
  EXPECT_EQ(decisionOf(std::nextafter(0.5F, 0.0F), 0.5F, kAnomaly), kFn);
}

TEST(ColourComparison, FourOutcomes) {
  const std::vector<float> a = {0, 1, 0, 1}, b = {0, 0, 1, 1};
  std::vector<QRgb> out(4);
  colourComparison(a, 0.5F, b, 0.5F, {1, 2, 3, 4}, out);
  EXPECT_EQ(out, (std::vector<QRgb>{1, 2, 3, 4}));
}

TEST(HalveRows, EachChannelIsTheMean) {
  const std::vector<QRgb> upper = {0xff000000, 0xff0000ff, 0x00000000, 0xffffffff};
  const std::vector<QRgb> lower = {0xff00ff00, 0xffff0000, 0x00000000, 0xffffffff};
  std::vector<QRgb> out(2);
  halveRows(upper, lower, out);
  EXPECT_EQ(out[0], 0xff404040);  // 255 / 4 = 63.75, rounded
  EXPECT_EQ(out[1], 0x80808080);  // 127.5, half up
}

TEST(Premultiplied, OpacityScalesTheColour) { EXPECT_EQ(premultiplied(Qt::white, 0.5), 0x80808080U); }

}  // namespace
}  // namespace oodscope
