// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/model_panel.h"

#include <QComboBox>
#include <QPushButton>
#include <QSpinBox>

#include <gtest/gtest.h>

namespace oodscope {
namespace {

ModelCard card(const QString& name, int width) {
  ModelCard out;
  out.name = name;
  out.title = QStringLiteral("ERFNet 20");
  out.channels = 20;
  out.facts = {{QStringLiteral("parameters"), QStringLiteral("2.06 M")}};
  out.assumptions.width = width;
  out.assumptions.channelNames = {QStringLiteral("road"), QStringLiteral("sidewalk")};
  return out;
}

QPushButton* button(const ModelPanel& panel, const QString& text) {
  for (auto* candidate : panel.findChildren<QPushButton*>())
    if (candidate->text() == text) return candidate;
  return nullptr;
}

QSpinBox* spin(const ModelPanel& panel, const QString& name) {
  for (auto* candidate : panel.findChildren<QSpinBox*>())
    if (candidate->accessibleName() == name) return candidate;
  return nullptr;
}

TEST(ModelPanel, ShowsTheCurrentModelsAssumptionsUnchanged) {
  ModelPanel panel;
  panel.setModels({card(QStringLiteral("a.pth"), 1024), card(QStringLiteral("b.pth"), 512)}, QStringLiteral("b.pth"));
  EXPECT_EQ(panel.edited(), card(QStringLiteral("b.pth"), 512).assumptions);
  EXPECT_FALSE(button(panel, QStringLiteral("Apply"))->isEnabled());
}

TEST(ModelPanel, EditsApplyTogetherAndOnlyWhenAsked) {
  ModelPanel panel;
  panel.setModels({card(QStringLiteral("a.pth"), 1024)}, QStringLiteral("a.pth"));
  std::vector<ModelAssumptions> said;
  QObject::connect(&panel, &ModelPanel::assumptionsEdited, &panel, [&](const QString& name, const ModelAssumptions& a) {
    EXPECT_EQ(name, QStringLiteral("a.pth"));
    said.push_back(a);
  });
  spin(panel, QStringLiteral("Input width"))->setValue(640);
  spin(panel, QStringLiteral("Trained void channel"))->setValue(19);
  EXPECT_TRUE(said.empty());
  button(panel, QStringLiteral("Apply"))->click();
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said.front().width, 640);
  EXPECT_EQ(said.front().voidChannel, 19);
  EXPECT_DOUBLE_EQ(said.front().scale, 1.0 / 255.0) << "a field that was not touched keeps all its digits";
}

TEST(ModelPanel, WhatIsBeingEditedSurvivesNewsOfOtherThings) {
  ModelPanel panel;
  panel.setModels({card(QStringLiteral("a.pth"), 1024)}, QStringLiteral("a.pth"));
  spin(panel, QStringLiteral("Input width"))->setValue(640);
  panel.setModels({card(QStringLiteral("a.pth"), 1024), card(QStringLiteral("b.pth"), 512)}, QStringLiteral("a.pth"));
  EXPECT_EQ(panel.edited().width, 640);
  button(panel, QStringLiteral("Revert"))->click();
  EXPECT_EQ(panel.edited().width, 1024);
}

TEST(ModelPanel, AnotherModelBringsItsFields) {
  ModelPanel panel;
  const std::vector<ModelCard> cards{card(QStringLiteral("a.pth"), 1024), card(QStringLiteral("b.pth"), 512)};
  panel.setModels(cards, QStringLiteral("a.pth"));
  QObject::connect(&panel, &ModelPanel::currentEdited, &panel,
                   [&](const QString& name) { panel.setModels(cards, name); });
  panel.choice()->setCurrentIndex(1);
  Q_EMIT panel.choice()->activated(1);
  EXPECT_EQ(panel.edited().width, 512);
}

TEST(ModelPanel, WhatIsMissingIsListedAndLocatedFromTheBox) {
  ModelPanel panel;
  QComboBox& box = *panel.choice();
  panel.setMissing({{QStringLiteral("gone.pth"), QStringLiteral("/far/gone.pth"), QStringLiteral("is not there")}});
  ASSERT_EQ(box.count(), 1);
  EXPECT_TRUE(box.isVisibleTo(&panel)) << "no model is open, and one can be located";
  EXPECT_EQ(box.currentIndex(), -1);
  panel.setModels({card(QStringLiteral("a.pth"), 1024)}, QStringLiteral("a.pth"));
  ASSERT_EQ(box.count(), 2);
  EXPECT_EQ(box.itemText(1), QStringLiteral("gone.pth · missing · Locate…"));
  EXPECT_EQ(box.itemData(1, Qt::ToolTipRole).toString(), QStringLiteral("/far/gone.pth is not there"));
  QStringList located, chosen;
  QObject::connect(&panel, &ModelPanel::locateRequested, &panel, [&](const QString& path) { located << path; });
  QObject::connect(&panel, &ModelPanel::currentEdited, &panel, [&](const QString& name) { chosen << name; });
  box.setCurrentIndex(1);
  Q_EMIT box.activated(1);
  EXPECT_EQ(located, QStringList{QStringLiteral("/far/gone.pth")});
  EXPECT_TRUE(chosen.isEmpty());
  EXPECT_EQ(box.currentIndex(), 0) << "what is scored with stays shown";
  EXPECT_EQ(panel.edited().width, 1024);
  panel.setMissing({});
  EXPECT_EQ(box.count(), 1);
}

}  // namespace
}  // namespace oodscope
