// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/controls_panel.h"

#include "tests/widgets/support/recorder.h"
#include "widgets/controls/colour_map_combo.h"
#include "widgets/controls/number_field.h"
#include "widgets/controls/opacity_slider.h"
#include "widgets/controls/parameter_fields.h"

#include <gtest/gtest.h>

#include <QComboBox>
#include <QSlider>
#include <QTest>
#include <QToolButton>

namespace oodscope {
namespace {

TEST(ControlsPanel, SettersAreSilent) {
  ControlsPanel panel;
  Recorder recorder;
  recorder.watch(&panel, &ControlsPanel::opacityEdited, QStringLiteral("opacity"));
  recorder.watch(&panel, &ControlsPanel::colourMapEdited, QStringLiteral("map"));
  recorder.watch(&panel, &ControlsPanel::resolutionEdited, QStringLiteral("resolution"));
  recorder.watch(&panel, &ControlsPanel::heatScaleEdited, QStringLiteral("scale"));
  panel.setOpacity(0.3);
  panel.setColourMap(ColourMap::Cividis, true);
  panel.setResolutions({QStringLiteral("a"), QStringLiteral("b")}, 1);
  panel.heatScale()->setHeatScale({.mode = HeatScale::Mode::Manual, .low = 0.1, .high = 0.7});
  EXPECT_TRUE(recorder.take().isEmpty());
}

TEST(ControlsPanel, OpacityKeyIsOneEdit) {
  ControlsPanel panel;
  panel.show();
  panel.setOpacity(0.5);
  Recorder recorder;
  recorder.watch(&panel, &ControlsPanel::editBegan, QStringLiteral("began"));
  recorder.watch(&panel, &ControlsPanel::opacityEdited, QStringLiteral("opacity"));
  recorder.watch(&panel, &ControlsPanel::editEnded, QStringLiteral("ended"));
  QTest::keyClick(panel.findChild<OpacitySlider*>()->findChild<QSlider*>(), Qt::Key_Right);
  EXPECT_EQ(recorder.take(), QStringList({"began", "opacity 0.51", "ended"}));
}

TEST(ParameterFields, AreThereOnlyWhereThereAreParametersAndSayWhatTheUserEdits) {
  ControlsPanel panel;
  panel.show();
  ParameterFields& fields = *panel.parameters();
  EXPECT_FALSE(fields.isVisible());
  QStringList edits;
  QObject::connect(&panel, &ControlsPanel::parameterEdited, [&](const QString& name, double value) {
    edits << name + QLatin1Char(' ') + QString::number(value);
  });
  const ParameterField passes{
      .name = QStringLiteral("passes"), .explanation = QStringLiteral("how often"), .value = 8, .low = 1, .high = 200};
  ParameterField epsilon{.name = QStringLiteral("epsilon"),
                         .explanation = QStringLiteral("how far"),
                         .value = 1e-4,
                         .low = 0,
                         .high = 1,
                         .step = 1e-4,
                         .decimals = 7};
  fields.setFields({passes, epsilon});
  ASSERT_TRUE(fields.isVisible());
  EXPECT_TRUE(edits.isEmpty());
  NumberField* field = fields.field(QStringLiteral("epsilon"));
  ASSERT_TRUE(field && fields.field(QStringLiteral("passes")));
  EXPECT_EQ(field->accessibleName(), QStringLiteral("epsilon"));
  QTest::keyClick(field, Qt::Key_Up);
  EXPECT_EQ(edits, QStringList({QStringLiteral("epsilon 0.0002")}));
  epsilon.value = 0.5;
  fields.setFields({passes, epsilon});
  EXPECT_EQ(fields.field(QStringLiteral("epsilon")), field) << "the field at hand stays";
  EXPECT_EQ(field->value(), 0.5);
  EXPECT_EQ(edits.size(), 1) << "what is shown is no edit";
  fields.setFields({});
  EXPECT_FALSE(fields.isVisible());
  EXPECT_EQ(fields.field(QStringLiteral("epsilon")), nullptr);
}

TEST(HeatScaleControl, GoingManualKeepsTheLimitsInUse) {
  HeatScaleControl control;
  control.show();
  control.setCurrentLimits(0.02, 0.82);
  std::vector<HeatScale> edits;
  QObject::connect(&control, &HeatScaleControl::heatScaleEdited, [&](const HeatScale& s) { edits.push_back(s); });
  auto* combo = control.findChild<QComboBox*>();
  combo->setFocus();
  QTest::keyClick(combo, Qt::Key_End);
  ASSERT_EQ(edits.size(), 1U);
  EXPECT_EQ(edits[0], (HeatScale{HeatScale::Mode::Manual, 0.02, 0.82, true}));
  QTest::mouseClick(control.findChild<QToolButton*>(), Qt::LeftButton);
  ASSERT_EQ(edits.size(), 2U);
  EXPECT_FALSE(edits[1].locked);
}

TEST(HeatScaleControl, ManualLimitsAreNotTakenOverAsPercentiles) {
  HeatScaleControl control;
  control.show();
  control.setHeatScale({.mode = HeatScale::Mode::Manual, .low = 0.0, .high = 0.748});
  std::vector<HeatScale> edits;
  QObject::connect(&control, &HeatScaleControl::heatScaleEdited, [&](const HeatScale& s) { edits.push_back(s); });
  auto* combo = control.findChild<QComboBox*>();
  combo->setFocus();
  QTest::keyClick(combo, Qt::Key_Up);
  ASSERT_EQ(edits.size(), 1U) << "the fields' new unit is no edit of theirs";
  EXPECT_EQ(edits[0].mode, HeatScale::Mode::Percentile);
  EXPECT_DOUBLE_EQ(edits[0].low, 0.0);
  EXPECT_DOUBLE_EQ(edits[0].high, 99.0);
}

TEST(ColourMapCombo, ReversingSaysMapAndDirection) {
  ColourMapCombo combo;
  combo.show();
  combo.setColourMap(ColourMap::Viridis, false);
  Recorder recorder;
  QStringList maps;
  QObject::connect(&combo, &ColourMapCombo::colourMapEdited,
                   [&](ColourMap map, bool reversed) { maps << colourMapName(map) + (reversed ? "-" : "+"); });
  QTest::mouseClick(combo.findChild<QToolButton*>(), Qt::LeftButton);
  EXPECT_EQ(maps, QStringList({"viridis-"}));
}

TEST(ControlsPanel, EveryInteractiveControlHasAnAccessibleName) {
  ControlsPanel panel;
  for (QWidget* child : panel.findChildren<QWidget*>()) {
    if (child->focusPolicy() == Qt::NoFocus || child->inherits("QAbstractItemView") ||
        child->objectName().startsWith(QLatin1String("qt_")))
      continue;
    EXPECT_FALSE(child->accessibleName().isEmpty()) << child->metaObject()->className();
  }
}

}  // namespace
}  // namespace oodscope
