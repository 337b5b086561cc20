// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/compare_panel.h"

#include "widgets/controls/temperature_slider.h"

#include <gtest/gtest.h>

#include <QCheckBox>
#include <QComboBox>
#include <QPushButton>
#include <QTest>
#include <QToolButton>

namespace oodscope {
namespace {

/// What the panel said, in words, in order.
struct Heard {
  explicit Heard(ComparePanel& panel) {
    const auto name = [](RunSide side) { return side == RunSide::A ? QStringLiteral("A") : QStringLiteral("B"); };
    QObject::connect(&panel, &ComparePanel::methodEdited, [this, name](RunSide side, int i) {
      said << QStringLiteral("method %1 %2").arg(name(side)).arg(i);
    });
    QObject::connect(&panel, &ComparePanel::modelEdited, [this, name](RunSide side, int i) {
      said << QStringLiteral("model %1 %2").arg(name(side)).arg(i);
    });
    QObject::connect(&panel, &ComparePanel::temperatureEdited, [this, name](RunSide side, double t) {
      said << QStringLiteral("temperature %1 %2").arg(name(side)).arg(t);
    });
    QObject::connect(&panel, &ComparePanel::thresholdEdited, [this, name](RunSide side, double t) {
      said << QStringLiteral("threshold %1 %2").arg(name(side)).arg(t);
    });
    QObject::connect(&panel, &ComparePanel::styleEdited, [this](ComparePanel::Style style) {
      said << QStringLiteral("style %1").arg(static_cast<int>(style));
    });
    QObject::connect(&panel, &ComparePanel::ranksEdited,
                     [this](bool ranks) { said << QStringLiteral("ranks %1").arg(ranks); });
    QObject::connect(&panel, &ComparePanel::swapRequested, [this] { said << QStringLiteral("swap"); });
    QObject::connect(&panel, &ComparePanel::keepRequested,
                     [this, name](RunSide side) { said << QStringLiteral("keep ") + name(side); });
  }
  QStringList said;
};

template <class T>
T* named(QWidget& parent, const QString& accessibleName) {
  for (T* child : parent.findChildren<T*>())
    if (child->accessibleName() == accessibleName) return child;
  ADD_FAILURE() << "no " << accessibleName.toStdString();
  return nullptr;
}

const QStringList kMethods{QStringLiteral("MSP"), QStringLiteral("Max-logit"), QStringLiteral("Energy")};

TEST(ComparePanel, SettersAreSilent) {
  ComparePanel panel;
  Heard heard(panel);
  for (const RunSide side : {RunSide::A, RunSide::B}) {
    panel.setMethods(side, kMethods, 1);
    panel.setModels(side, {QStringLiteral("one"), QStringLiteral("two")}, 1);
    panel.temperature(side)->setTemperature(2.0);
    panel.threshold(side)->setQuantiles({0.0F, 0.5F, 1.0F});
    panel.threshold(side)->setThreshold(0.25);
  }
  panel.setStyle(ComparePanel::Style::SideBySide);
  panel.setRanks(false);
  EXPECT_TRUE(heard.said.isEmpty()) << heard.said.join(", ").toStdString();
}

TEST(ComparePanel, EachRunSpeaksForItself) {
  ComparePanel panel;
  for (const RunSide side : {RunSide::A, RunSide::B}) {
    panel.setMethods(side, kMethods, 0);
    panel.setModels(side, {QStringLiteral("one"), QStringLiteral("two")}, 0);
  }
  panel.show();
  Heard heard(panel);
  for (const char* control : {"Method of run A", "Method of run B", "Model of run B"}) {
    auto* combo = named<QComboBox>(panel, QString::fromLatin1(control));
    ASSERT_NE(combo, nullptr);
    combo->setFocus();
    QTest::keyClick(combo, Qt::Key_Down);
  }
  QTest::mouseClick(named<QToolButton>(panel, QStringLiteral("Keep run B in the table of runs")), Qt::LeftButton);
  EXPECT_EQ(heard.said, QStringList({"method A 1", "method B 1", "model B 1", "keep B"}));
}

TEST(ComparePanel, StyleRanksAndSwapAreToldByClicks) {
  ComparePanel panel;
  panel.show();
  Heard heard(panel);
  QTest::mouseClick(named<QToolButton>(panel, QStringLiteral("Side by side")), Qt::LeftButton);
  QTest::mouseClick(named<QToolButton>(panel, QStringLiteral("Blink")), Qt::LeftButton);
  auto* ranks = panel.findChild<QCheckBox*>();
  QTest::mouseClick(ranks, Qt::LeftButton, Qt::NoModifier, QPoint(8, ranks->height() / 2));
  QTest::mouseClick(named<QToolButton>(panel, QStringLiteral("Swap: A becomes B and B becomes A")), Qt::LeftButton);
  EXPECT_EQ(heard.said, QStringList({"style 2", "style 1", "ranks 0", "swap"}));
}

TEST(ComparePanel, ATemperatureWithoutEffectKeepsItsRowAndSaysWhy) {
  ComparePanel panel;
  panel.show();
  panel.temperature(RunSide::B)->setNoEffect(QStringLiteral("no effect on max-logit ranking"));
  EXPECT_LT(panel.temperature(RunSide::B)->sizeHint().height(), panel.temperature(RunSide::A)->sizeHint().height());
  EXPECT_TRUE(panel.temperature(RunSide::B)->isVisible());
  EXPECT_EQ(panel.temperature(RunSide::B)->accessibleDescription(), "no effect on max-logit ranking");
}

}  // namespace
}  // namespace oodscope
