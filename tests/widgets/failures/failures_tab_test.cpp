// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/failures/failures_tab.h"

#include "app/window/failures/classes_tab.h"
#include "widgets/lists/failure_view.h"
#include "widgets/panels/region_panel.h"

#include <gtest/gtest.h>

#include <QComboBox>
#include <QLineEdit>
#include <QTest>
#include <QTreeView>
#include <QTreeWidget>

namespace oodscope {
namespace {

FailureRow row(int id, int frame, qint64 area, const char* predicted) {
  FailureRow out;
  out.id = id;
  out.frame = frame;
  out.frameName = QString::number(frame);
  out.area = area;
  out.peak = 0.7;
  out.mean = 0.4;
  out.margin = 0.2;
  out.predictedClass = QString::fromLatin1(predicted);
  out.classShare = 60.0;
  return out;
}

struct Tab : testing::Test {
  Tab() {
    tab.resize(1400, 320);
    FailuresTabView view;
    view.falsePositives = {row(1, 3, 9000, "building"), row(2, 0, 8000, "traffic light"), row(3, 3, 700, "building")};
    FailureRow missed = row(1, 2, 1200, "building");
    missed.recall = 30.0;
    view.missed = {missed};
    view.bars = {{QStringLiteral("building"), Qt::gray, 0.6, QStringLiteral("60.0 %")},
                 {QStringLiteral("traffic light"), Qt::gray, 0.4, QStringLiteral("40.0 %")}};
    view.exact = true;
    view.state = QStringLiteral("= exact");
    tab.setView(view);
    QObject::connect(&tab, &FailuresTab::activated, [this](FailureKind kind, int index) {
      lines << QStringLiteral("activated %1 %2").arg(kind == FailureKind::Missed ? "missed" : "fp").arg(index);
    });
    QObject::connect(&tab, &FailuresTab::tagRequested,
                     [this](FailureKind, int index) { lines << QStringLiteral("tag %1").arg(index); });
  }
  QTreeView* table(FailureKind kind) { return tab.view(kind)->findChild<QTreeView*>(); }
  FailuresTab tab;
  QStringList lines;
};

TEST_F(Tab, SteppingWalksTheListThatWasUsedLast) {
  tab.step(1);
  tab.step(1);
  EXPECT_EQ(lines, QStringList({QStringLiteral("activated fp 0"), QStringLiteral("activated fp 1")}));
  lines.clear();
  tab.view(FailureKind::Missed)->step(1);
  tab.step(1);
  EXPECT_EQ(lines, QStringList({QStringLiteral("activated missed 0"), QStringLiteral("activated missed 0")}));
}

TEST_F(Tab, ABarFiltersBothListsAndGivesThemBackOnTheSecondClick) {
  tab.show();
  QTest::mouseClick(tab.bars(), Qt::LeftButton, {}, tab.bars()->rowRect(1).center());
  EXPECT_EQ(tab.view(FailureKind::FalsePositive)->shownRows(), std::vector<int>{1});
  EXPECT_TRUE(tab.view(FailureKind::Missed)->shownRows().empty());
  QTest::mouseClick(tab.bars(), Qt::LeftButton, {}, tab.bars()->rowRect(1).center());
  EXPECT_EQ(tab.view(FailureKind::FalsePositive)->shownRows().size(), 3U);
  EXPECT_EQ(tab.view(FailureKind::Missed)->shownRows().size(), 1U);
}

TEST_F(Tab, BrushingAddsAConditionAndTakesOnlyItsOwnAway) {
  tab.view(FailureKind::FalsePositive)->setFilter(QStringLiteral("area > 1000"));
  tab.setBrushed(true);
  EXPECT_TRUE(tab.view(FailureKind::FalsePositive)->shownRows().empty());  // nothing is counted as brushed
  tab.setBrushed(false);
  EXPECT_EQ(tab.view(FailureKind::FalsePositive)->filter(), QStringLiteral("area > 1000"));
  EXPECT_EQ(tab.view(FailureKind::FalsePositive)->shownRows().size(), 2U);
}

TEST_F(Tab, ATagsFilterShowsWhatBearsItAloneInBothLists) {
  FailuresTabView view;
  view.falsePositives = {row(1, 3, 9000, "building"), row(2, 0, 8000, "road"), row(3, 3, 700, "building")};
  view.falsePositives[1].tags = QStringList{QStringLiteral("asphalt"), QStringLiteral("seen")};
  view.falsePositives[2].tags = QStringList{QStringLiteral("edge-web")};
  FailureRow missed = row(1, 2, 1200, "building");
  missed.recall = 30.0;
  missed.tags = QStringList{QStringLiteral("absorbed")};
  view.missed = {missed};
  tab.setView(view);
  const auto shown = [this](FailureKind kind, const char* filter) {
    tab.view(kind)->setFilter(QString::fromLatin1(filter));
    return tab.view(kind)->shownRows();
  };
  EXPECT_EQ(shown(FailureKind::FalsePositive, "tag:asphalt"), std::vector<int>{1});
  EXPECT_EQ(shown(FailureKind::FalsePositive, "tag:edge-web"), std::vector<int>{2});
  EXPECT_EQ(shown(FailureKind::FalsePositive, "tag:seen area > 8500"), std::vector<int>{});
  EXPECT_EQ(shown(FailureKind::Missed, "tag:absorbed"), std::vector<int>{0});
  EXPECT_TRUE(shown(FailureKind::Missed, "tag:asphalt").empty());
  EXPECT_EQ(shown(FailureKind::FalsePositive, "").size(), 3U);
}

TEST_F(Tab, GroupsKeepTheSortInsideThem) {
  tab.view(FailureKind::FalsePositive)->setGroup(FailureGroup::Frame);
  EXPECT_EQ(tab.view(FailureKind::FalsePositive)->shownRows(), (std::vector<int>{1, 0, 2}));
  table(FailureKind::FalsePositive)->sortByColumn(3, Qt::AscendingOrder);
  EXPECT_EQ(tab.view(FailureKind::FalsePositive)->shownRows(), (std::vector<int>{1, 2, 0}));
}

TEST_F(Tab, EnterJumpsAndTTags) {
  tab.show();
  tab.setCurrent(FailureKind::FalsePositive, 1);
  table(FailureKind::FalsePositive)->setFocus();
  QTest::keyClick(table(FailureKind::FalsePositive), Qt::Key_T);
  QTest::keyClick(table(FailureKind::FalsePositive), Qt::Key_Return);
  EXPECT_EQ(lines, QStringList({QStringLiteral("tag 1"), QStringLiteral("activated fp 1")}));
}

TEST(RegionPanel, SaysTagsAndNotesOnceWhenTheyChanged) {
  RegionPanel panel;
  QStringList lines;
  QObject::connect(&panel, &RegionPanel::tagsEdited, [&](const QStringList& tags) { lines << tags.join('|'); });
  QObject::connect(&panel, &RegionPanel::noteEdited, [&](const QString& note) { lines << note; });
  RegionView view;
  view.tags = {QStringLiteral("kerb")};
  panel.setView(view);
  auto fields = panel.findChildren<QLineEdit*>();
  ASSERT_EQ(fields.size(), 2);
  Q_EMIT fields[0]->editingFinished();  // nothing changed
  fields[0]->setText(QStringLiteral(" kerb , night,kerb"));
  Q_EMIT fields[0]->editingFinished();
  fields[1]->setText(QStringLiteral("bright"));
  Q_EMIT fields[1]->editingFinished();
  EXPECT_EQ(lines, QStringList({QStringLiteral("kerb|night"), QStringLiteral("bright")}));
}

TEST(ClassesTab, ByTrueClassShowsTheTrueClassesAndNoOffsets) {
  ClassesTab tab;
  ClassesView view;
  ConfusionCounts sky;
  sky.fp = 1234;
  view.predicted = {{2, QStringLiteral("building"), Qt::gray, {}, 60.0, 0.0}};
  view.truth = {{10, QStringLiteral("sky"), Qt::blue, sky, 12.0, 0.0},
                {0, QStringLiteral("road"), Qt::gray, {}, 3.0, 0.0}};
  tab.setView(view);
  auto* by = tab.findChild<QComboBox*>();
  auto* table = tab.findChild<QTreeWidget*>();
  ASSERT_TRUE(by && table && by->isEnabled());
  ASSERT_EQ(table->topLevelItemCount(), 1);
  by->setCurrentIndex(1);
  Q_EMIT by->activated(1);
  ASSERT_EQ(table->topLevelItemCount(), 2);
  QStringList texts;
  for (int column = 0; column < table->columnCount(); ++column) texts << table->topLevelItem(0)->text(column);
  EXPECT_TRUE(texts.contains(QStringLiteral("sky"))) << texts.join('|').toStdString();
  EXPECT_TRUE(texts.contains(QStringLiteral("1,234"))) << texts.join('|').toStdString();
  view.truth.clear();
  view.truthReason = QStringLiteral("no class labels");
  tab.setView(view);
  EXPECT_FALSE(by->isEnabled());
  EXPECT_EQ(by->toolTip(), QStringLiteral("no class labels"));
  EXPECT_EQ(table->topLevelItemCount(), 1) << "back to predicted classes";
}

TEST(ClassesTab, OffsetsAreByClassIndexAndNoneWhereAllAreZero) {
  ClassesTab tab;
  ClassesView view;
  view.predicted = {{2, QStringLiteral("building"), Qt::gray, {}, 60.0, 0.0}};
  tab.setView(view);
  EXPECT_TRUE(tab.offsets().empty());
  tab.setOffset(2, 0.25);
  EXPECT_EQ(tab.offsets(), (std::vector<float>{0.0F, 0.0F, 0.25F}));
  tab.setOffset(2, 0.0);
  EXPECT_TRUE(tab.offsets().empty());
}

}  // namespace
}  // namespace oodscope
