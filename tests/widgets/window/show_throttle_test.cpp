// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/show_throttle.h"
#include "app/window/knobs.h"

#include <QTest>

#include <gtest/gtest.h>

#include <vector>

namespace oodscope {
namespace {

constexpr int kLongestMs = 10'000;

}  // namespace

TEST(ShowThrottle, ShowsTogetherWhatIsNotedTogether) {
  QObject context;
  std::vector<unsigned> shown;
  ShowThrottle pace(&context, 5, [&](unsigned due) { shown.push_back(due); });
  EXPECT_FALSE(pace.isDue());
  pace.note(1U);
  pace.note(0U);
  pace.note(4U);
  pace.note(1U);
  EXPECT_TRUE(pace.isDue());
  EXPECT_TRUE(shown.empty()) << "never from within note()";
  ASSERT_TRUE(QTest::qWaitFor([&] { return !shown.empty(); }, kLongestMs));
  EXPECT_EQ(shown, std::vector<unsigned>{5U});
  EXPECT_FALSE(pace.isDue());
}

TEST(ShowThrottle, ShowsAgainWhatIsNotedWhileShowing) {
  QObject context;
  std::vector<unsigned> shown;
  ShowThrottle* again = nullptr;
  ShowThrottle pace(&context, 1, [&](unsigned due) {
    shown.push_back(due);
    if (shown.size() == 1) again->note(2U);
  });
  again = &pace;
  pace.note(1U);
  ASSERT_TRUE(QTest::qWaitFor([&] { return shown.size() == 2; }, kLongestMs));
  EXPECT_EQ(shown, (std::vector<unsigned>{1U, 2U}));
}

TEST(Knobs, PinsComeBackAsTheyWere) {
  for (const PinRule rule : {PinRule::None, PinRule::TruePositiveRate, PinRule::BestF1, PinRule::FalsePositiveRate,
                             PinRule::CostRatio, PinRule::FlaggedShare}) {
    ViewState back;
    editOf(pinOf(rule, 0.25), std::nullopt).change(back);
    EXPECT_EQ(back.pin, rule);
    EXPECT_DOUBLE_EQ(back.pinValue, 0.25);
  }
  EXPECT_DOUBLE_EQ(pinOf(PinRule::TruePositiveRate, 0.95).value, 95.0) << "a rate is in percent";
  EXPECT_DOUBLE_EQ(pinOf(PinRule::CostRatio, 3.0).value, 3.0) << "a ratio is none";
}

TEST(Knobs, StylesAndResolutionsComeBackAsTheyWere) {
  for (const CompareStyle style : {CompareStyle::Wipe, CompareStyle::Blink, CompareStyle::SideBySide})
    EXPECT_EQ(compareStyleOf(styleOf(style)), style);
  EXPECT_EQ(styleOf(CompareStyle::SideBySide), ComparePanel::Style::SideBySide);
  const Resolution menu[] = {Resolution::ByProtocol, Resolution::Network, Resolution::Label};
  for (int index = 0; index < 3; ++index) {
    EXPECT_EQ(resolutionAt(index), menu[index]);
    EXPECT_EQ(resolutionIndex(menu[index]), index);
  }
}

TEST(Knobs, HeatScalesComeBackAsTheyWere) {
  for (const ScaleMode mode :
       {ScaleMode::Image, ScaleMode::Set, ScaleMode::SetTrimmed, ScaleMode::Percentile, ScaleMode::Manual}) {
    ViewState view, back;
    view.scale = mode;
    view.scaleLow = 2.5;
    view.scaleHigh = 97.0;
    view.scaleLocked = false;
    editOf(heatScaleOf(view)).change(back);
    EXPECT_EQ(back, view);
  }
}

}  // namespace oodscope
