// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/support/recorder.h"
#include "widgets/controls/number_field.h"
#include "widgets/controls/scale_slider.h"
#include "widgets/controls/temperature_slider.h"
#include "widgets/controls/threshold_slider.h"

#include <gtest/gtest.h>

#include <QComboBox>
#include <QLabel>
#include <QMouseEvent>
#include <QTest>
#include <QToolButton>

#include <cmath>

namespace oodscope {
namespace {

struct Temperature : testing::Test {
  Temperature() {
    slider.resize(400, 80);
    slider.show();
    recorder.watch(&slider, &TemperatureSlider::editBegan, QStringLiteral("began"));
    recorder.watch(&slider, &TemperatureSlider::temperatureEdited, QStringLiteral("T"));
    recorder.watch(&slider, &TemperatureSlider::editEnded, QStringLiteral("ended"));
    QTest::qWait(0);
  }
  ScaleSlider* bar() { return slider.findChild<ScaleSlider*>(); }
  QPoint at(double position) { return {static_cast<int>(std::lround(bar()->pixelOf(position))), 20}; }
  void drag(const QPoint& to, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QMouseEvent move(QEvent::MouseMove, to, bar()->mapToGlobal(to), Qt::NoButton, Qt::LeftButton, modifiers);
    QApplication::sendEvent(bar(), &move);
  }
  TemperatureSlider slider;
  Recorder recorder;
};

TEST_F(Temperature, SettingItSaysNothing) {
  slider.setTemperature(2.5);
  EXPECT_TRUE(recorder.take().isEmpty());
  EXPECT_DOUBLE_EQ(slider.findChild<NumberField*>()->value(), 2.5);
  EXPECT_DOUBLE_EQ(bar()->position(), temperaturePosition(2.5));
}

TEST_F(Temperature, OneDragIsOneBeginningAndOneEnd) {
  QTest::mousePress(bar(), Qt::LeftButton, {}, at(0.5));
  drag(at(0.6));
  drag(at(0.7));
  QTest::mouseRelease(bar(), Qt::LeftButton, {}, at(0.7));
  const QStringList lines = recorder.take();
  ASSERT_EQ(lines.size(), 4);
  EXPECT_EQ(lines.front(), QStringLiteral("began"));
  EXPECT_EQ(lines.back(), QStringLiteral("ended"));
  EXPECT_NEAR(slider.temperature(), temperatureAt(0.7), 0.05);
}

TEST_F(Temperature, SnapsToTheBestMarkExactly) {
  slider.setBest(2.5);
  QTest::mousePress(bar(), Qt::LeftButton, {}, at(temperaturePosition(2.5)) + QPoint(3, 0));
  QTest::mouseRelease(bar(), Qt::LeftButton, {}, at(temperaturePosition(2.5)) + QPoint(3, 0));
  EXPECT_EQ(recorder.take(), QStringList({"began", "T 2.5", "ended"}));
}

TEST_F(Temperature, DoesNotSnapFromFartherAway) {
  slider.setBest(2.5);
  QTest::mouseClick(bar(), Qt::LeftButton, {}, at(temperaturePosition(2.5)) + QPoint(6, 0));
  EXPECT_GT(slider.temperature(), 2.55);
}

TEST_F(Temperature, ShiftDragsTenTimesFiner) {
  slider.setTemperature(2.0);
  const QPoint start = at(temperaturePosition(2.0));
  QTest::mousePress(bar(), Qt::LeftButton, {}, start);
  drag(start + QPoint(50, 0), Qt::ShiftModifier);
  const double length = bar()->pixelOf(1.0) - bar()->pixelOf(0.0);
  EXPECT_NEAR(bar()->position(), temperaturePosition(2.0) + 5.0 / length, 1.0 / length);
  QTest::mouseRelease(bar(), Qt::LeftButton, {}, start + QPoint(50, 0));
}

TEST_F(Temperature, KeysStepAndEachIsOneEdit) {
  bar()->setFocus();
  QTest::keyClick(bar(), Qt::Key_Right);
  const QStringList lines = recorder.take();
  EXPECT_EQ(lines.size(), 3);
  EXPECT_NEAR(slider.temperature(), temperatureAt(0.51), 0.001);
  QTest::keyClick(bar(), Qt::Key_Home);
  EXPECT_DOUBLE_EQ(slider.temperature(), 0.05);
}

TEST_F(Temperature, ResetGoesToTheReference) {
  slider.setReference(1.25);
  slider.setTemperature(4.0);
  QTest::mouseClick(slider.findChild<QToolButton*>(), Qt::LeftButton);
  EXPECT_EQ(recorder.take(), QStringList({"began", "T 1.25", "ended"}));
}

TEST_F(Temperature, TypedValueIsOneEdit) {
  auto* field = slider.findChild<NumberField*>();
  field->setFocus();
  field->selectAll();
  QTest::keyClicks(field, QStringLiteral("3.5"));
  EXPECT_TRUE(recorder.lines().isEmpty());
  QTest::keyClick(field, Qt::Key_Return);
  EXPECT_EQ(recorder.take(), QStringList({"began", "T 3.5", "ended"}));
}

TEST_F(Temperature, WithoutEffectStaysInPlaceAndSaysWhy) {
  slider.setNoEffect(QStringLiteral("no effect on max-logit ranking"));
  EXPECT_TRUE(bar()->isVisible());
  EXPECT_FALSE(bar()->isEnabled());
  EXPECT_EQ(slider.accessibleDescription(), QStringLiteral("no effect on max-logit ranking"));
  QTest::mouseClick(bar(), Qt::LeftButton, {}, at(0.9));
  EXPECT_TRUE(recorder.take().isEmpty());
  slider.setNoEffect({});
  EXPECT_TRUE(bar()->isEnabled());
}

struct Threshold : testing::Test {
  Threshold() {
    slider.resize(400, 140);
    slider.setQuantiles({0.0F, 0.0F, 0.25F, 0.5F, 1.0F});
    slider.show();
    recorder.watch(&slider, &ThresholdSlider::editBegan, QStringLiteral("began"));
    recorder.watch(&slider, &ThresholdSlider::thresholdEdited, QStringLiteral("δ"));
    recorder.watch(&slider, &ThresholdSlider::editEnded, QStringLiteral("ended"));
    QObject::connect(&slider, &ThresholdSlider::pinEdited, [this](const Pin& pin) { pins << pinText(pin); });
    QTest::qWait(0);
  }
  ScaleSlider* bar() { return slider.findChild<ScaleSlider*>(); }
  ThresholdSlider slider;
  Recorder recorder;
  QStringList pins;
};

TEST_F(Threshold, RunsOnQuantiles) {
  slider.setThreshold(0.5);
  EXPECT_DOUBLE_EQ(bar()->position(), 0.75);
  EXPECT_TRUE(recorder.take().isEmpty());
  bar()->setFocus();
  QTest::keyClick(bar(), Qt::Key_End);
  EXPECT_EQ(recorder.take(), QStringList({"began", "δ 1", "ended"}));
}

TEST_F(Threshold, DraggingRemovesThePinFirst) {
  slider.setPin({Pin::Rule::BestF1, 0.0});
  EXPECT_TRUE(pins.isEmpty());
  QStringList order;
  QObject::connect(&slider, &ThresholdSlider::pinEdited, [&] { order << QStringLiteral("pin"); });
  QObject::connect(&slider, &ThresholdSlider::thresholdEdited, [&] { order << QStringLiteral("threshold"); });
  bar()->setFocus();
  QTest::keyClick(bar(), Qt::Key_End);
  EXPECT_EQ(order, QStringList({"pin", "threshold"}));
  EXPECT_EQ(slider.pin().rule, Pin::Rule::None);
  EXPECT_EQ(pins, QStringList({"not pinned"}));
}

TEST_F(Threshold, ChoosingAPinSaysItsRuleAndValue) {
  auto* combo = slider.findChild<QComboBox*>();
  combo->setFocus();
  QTest::keyClick(combo, Qt::Key_Down);
  EXPECT_EQ(pins, QStringList({"TPR 95 %"}));
  EXPECT_EQ(slider.pin(), (Pin{Pin::Rule::TruePositiveRate, 95.0}));
  EXPECT_TRUE(recorder.take().isEmpty());
}

TEST_F(Threshold, APinCanChooseOnAnotherSet) {
  QComboBox* sets = nullptr;
  for (QComboBox* combo : slider.findChildren<QComboBox*>())
    if (combo->accessibleName().startsWith(QStringLiteral("Set that the pin"))) sets = combo;
  ASSERT_TRUE(sets);
  EXPECT_FALSE(sets->isVisible()) << "nothing else is open";
  slider.setPinSets({QStringLiteral("RA21")}, QString());
  EXPECT_FALSE(sets->isVisible()) << "nothing is pinned";
  slider.setPin({Pin::Rule::FlaggedShare, 5.0});
  ASSERT_TRUE(sets->isVisible());
  EXPECT_EQ(pinText(slider.pin()), QStringLiteral("5 % of pixels"));
  QStringList chosen;
  QObject::connect(&slider, &ThresholdSlider::pinSetEdited, [&](const QString& set) { chosen << set; });
  sets->setFocus();
  QTest::keyClick(sets, Qt::Key_Down);
  EXPECT_EQ(chosen, QStringList({"RA21"}));
  slider.setPinSets({}, QStringLiteral("closed"));
  EXPECT_EQ(sets->currentText(), QStringLiteral("closed")) << "what the session says is shown";
  EXPECT_EQ(chosen.size(), 1) << "a setter says nothing";
}

TEST_F(Threshold, WithoutScoresIsDisabledAndSaysWhatItNeeds) {
  slider.setQuantiles({});
  EXPECT_FALSE(bar()->isEnabled());
  bool said = false;
  for (const QLabel* label : slider.findChildren<QLabel*>()) said |= label->text().contains(QStringLiteral("open set"));
  EXPECT_TRUE(said);
}

TEST_F(Threshold, LinearScaleMovesTheHandleNotTheThreshold) {
  slider.setThreshold(0.25);
  slider.setScaleKind(ThresholdScale::Kind::Linear);
  EXPECT_DOUBLE_EQ(slider.threshold(), 0.25);
  EXPECT_DOUBLE_EQ(bar()->position(), 0.25);
  EXPECT_TRUE(recorder.take().isEmpty());
}

TEST(NumberField, ReadsBothMinusSigns) {
  NumberField field;
  field.setRange(-100.0, 100.0);
  field.show();
  Recorder recorder;
  recorder.watch(&field, &NumberField::valueEdited, QStringLiteral("value"));
  field.setShown(-3.0);
  EXPECT_EQ(field.text(), QStringLiteral("−3.00"));
  field.selectAll();
  QTest::keyClicks(&field, QStringLiteral("-4.5"));
  QTest::keyClick(&field, Qt::Key_Return);
  field.setShown(-3.0);
  EXPECT_EQ(recorder.take(), QStringList({"value -4.5"}));
}

}  // namespace
}  // namespace oodscope
