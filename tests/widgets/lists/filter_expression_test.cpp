// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/lists/filter_expression.h"
#include "widgets/lists/failure_view.h"
#include "widgets/lists/filter_edit.h"
#include "widgets/lists/frame_list.h"

#include <gtest/gtest.h>

#include <QLabel>
#include <QMainWindow>
#include <QMenu>
#include <QShortcut>
#include <QTest>
#include <QTreeView>
#include <QWindow>

#include <memory>

namespace oodscope {
namespace {

const std::vector<FilterField> kFields{{QStringLiteral("ap"), QStringLiteral("average precision")},
                                       {QStringLiteral("fpr95"), QStringLiteral("false positive rate")}};

FilterExpression::Subject dog() {
  return {QStringLiteral("dog_7"),
          {QStringLiteral("night"), QStringLiteral("wet road")},
          [](const QString& key) -> std::optional<std::optional<double>> {
            if (key == QLatin1String("ap")) return std::optional(12.5);
            if (key == QLatin1String("fpr95")) return std::optional<double>();
            return std::nullopt;
          },
          QStringLiteral("traffic sign")};
}

bool holds(const char* text) {
  const FilterExpression expression(QString::fromUtf8(text), kFields);
  EXPECT_EQ(expression.error(), QString()) << text;
  return expression.matches(dog());
}

QString errorOf(const char* text) { return FilterExpression(QString::fromUtf8(text), kFields).error(); }

TEST(FilterExpression, AndBindsBeforeOrAndBracketsBindBeforeBoth) {
  EXPECT_TRUE(holds("dog and ap < 20"));
  EXPECT_FALSE(holds("dog and ap > 20"));
  EXPECT_TRUE(holds("cat or ap < 20"));
  EXPECT_TRUE(holds("dog or cat and mouse"));
  EXPECT_FALSE(holds("(dog or cat) and mouse"));
  EXPECT_TRUE(holds("dog (cat or night)")) << "beside each other both must hold";
  EXPECT_FALSE(holds("dog, cat")) << "so do they behind a comma";
  EXPECT_TRUE(holds("DOG AND NOT cat"));
  EXPECT_FALSE(holds("not (dog or cat)"));
  EXPECT_TRUE(holds("android or dog")) << "a word that begins like one of the grammar's";
}

TEST(FilterExpression, EveryComparisonHoldsWhereItShould) {
  EXPECT_TRUE(holds("ap<=12.5"));
  EXPECT_TRUE(holds("ap ≥ 12.5"));
  EXPECT_TRUE(holds("ap == 12.5 and ap = 12.5"));
  EXPECT_TRUE(holds("ap != 12"));
  EXPECT_TRUE(holds("AP < 1_000"));
  EXPECT_TRUE(holds("ap > −3 and ap < 13%"));
  EXPECT_FALSE(holds("fpr95 < 100")) << "what is not defined holds nowhere";
  EXPECT_FALSE(holds("fpr95 != 1"));
}

TEST(FilterExpression, TagsClassesAndTextsInQuotes) {
  EXPECT_TRUE(holds("tag:nig"));
  EXPECT_TRUE(holds("tag:\"wet road\""));
  EXPECT_TRUE(holds("\"wet road\""));
  EXPECT_TRUE(holds("class:traffic_sign"));
  EXPECT_FALSE(holds("class:traffic"));
  EXPECT_TRUE(holds("\"and\" or dog")) << "quoted it is a text";
}

TEST(FilterExpression, WhatCannotBeReadIsNamedWithItsPlace) {
  EXPECT_EQ(errorOf("zzz > 3"), QStringLiteral("no field zzz; fields: ap, fpr95"));
  EXPECT_EQ(errorOf("fpr95 >> 60"),
            QStringLiteral("expected <, <=, >, >=, = or != and a number after fpr95, found >>"));
  EXPECT_EQ(errorOf("fpr95 >"), QStringLiteral("expected a number after fpr95 >"));
  EXPECT_EQ(errorOf("fpr95 > high"), QStringLiteral("expected a number after fpr95 >, found high"));
  EXPECT_EQ(errorOf("(dog or ap > 3"), QStringLiteral("this bracket is never closed"));
  EXPECT_EQ(errorOf("dog and"), QStringLiteral("expected a condition after “and”"));
  EXPECT_EQ(errorOf("or dog"), QStringLiteral("expected a condition"));
  EXPECT_EQ(errorOf("> 3"), QStringLiteral("expected a field before >; fields: ap, fpr95"));
  EXPECT_EQ(errorOf("tag:"), QStringLiteral("expected a tag after tag:"));
  EXPECT_EQ(errorOf("\"dog"), QStringLiteral("this quote is never closed"));
  EXPECT_EQ(FilterExpression(QStringLiteral("dog and zzz > 3"), kFields).errorAt(), 8);
  EXPECT_TRUE(FilterExpression(QStringLiteral("zzz > 3"), kFields).matches(dog())) << "then nothing is hidden";
  EXPECT_TRUE(FilterExpression(QStringLiteral("  "), kFields).isEmpty());
}

struct FilterEditTest : testing::Test {
  FilterEdit edit{kFields};
};

TEST_F(FilterEditTest, SaysBelowItselfWhatCannotBeRead) {
  int changes = 0;
  QObject::connect(&edit, &FilterEdit::expressionChanged, [&] { ++changes; });
  edit.setText(QStringLiteral("zzz > 3"));
  EXPECT_FALSE(edit.note()->isHidden());
  EXPECT_TRUE(edit.note()->text().contains(QStringLiteral("no field zzz; fields: ap, fpr95")));
  edit.setText(QStringLiteral("ap > 3"));
  EXPECT_TRUE(edit.note()->isHidden());
  EXPECT_EQ(changes, 2);
}

TEST_F(FilterEditTest, ProposesWhatBeginsAsTheWordAtTheCursor) {
  edit.show();
  QTest::keyClicks(&edit, QStringLiteral("dog and f"));
  EXPECT_EQ(edit.proposals(), QStringList{QStringLiteral("fpr95")});
  edit.setText(QStringLiteral("fpr95"));
  EXPECT_TRUE(edit.proposals().isEmpty()) << "it is written out";
  edit.setText(QStringLiteral("ap > 3"));
  EXPECT_TRUE(edit.proposals().isEmpty());
}

TEST_F(FilterEditTest, ItsMenuListsFieldsAndExamplesAndWritesThem) {
  edit.setExamples({QStringLiteral("ap < 20 or dog")});
  const std::unique_ptr<QMenu> menu(edit.makeMenu());
  QStringList texts;
  for (const QAction* action : menu->actions()) texts << action->text();
  EXPECT_TRUE(texts.contains(QStringLiteral("fpr95 – false positive rate")));
  edit.setText(QStringLiteral("dog"));
  menu->actions().front()->trigger();
  EXPECT_EQ(edit.text(), QStringLiteral("dog ap > "));
  menu->actions().back()->trigger();
  EXPECT_EQ(edit.text(), QStringLiteral("ap < 20 or dog"));
  EXPECT_TRUE(edit.toolTip().contains(QStringLiteral("ap, fpr95")));
}

TEST_F(FilterEditTest, EscapeEmptiesItBeforeItIsTheWindows) {
  QMainWindow window;
  auto* field = new FilterEdit(kFields);
  window.setCentralWidget(field);
  int taken = 0;
  auto* shortcut = new QShortcut(QKeySequence(Qt::Key_Escape), &window);
  QObject::connect(shortcut, &QShortcut::activated, [&] { ++taken; });
  window.show();
  window.activateWindow();
  ASSERT_TRUE(QTest::qWaitForWindowActive(&window));
  field->setFocus();
  field->setText(QStringLiteral("zzz > 3"));
  QTest::keyClick(window.windowHandle(), Qt::Key_Escape);
  EXPECT_EQ(field->text(), QString());
  EXPECT_TRUE(field->note()->isHidden());
  EXPECT_EQ(taken, 0);
  QTest::keyClick(window.windowHandle(), Qt::Key_Escape);
  EXPECT_EQ(taken, 1);
}

TEST(FilterFields, AllOfFramesAndFailuresAreExplained) {
  for (const auto* fields : {&frameFilterFields(), &failureFilterFields()}) {
    EXPECT_GE(fields->size(), 8U);
    for (const FilterField& field : *fields) EXPECT_FALSE(field.meaning.isEmpty()) << field.name.toStdString();
  }
}

TEST(FrameFilter, OrderOfConditionsAndErrorsReachTheList) {
  FrameListView view;
  FrameRow easy{.name = QStringLiteral("0"), .label = FrameLabel::Anomaly, .ap = 90.0, .fpr95 = 3.0};
  FrameRow hard{.name = QStringLiteral("1"), .label = FrameLabel::Anomaly, .ap = 10.0, .fpr95 = 80.0};
  FrameRow waiting{.name = QStringLiteral("2"), .label = FrameLabel::Unread};
  view.model()->setSets({{QStringLiteral("set"), {easy, hard, waiting}}});
  const auto shown = [&] { return view.shown()->rowCount(view.shown()->index(0, 0)); };
  view.setFilter(QStringLiteral("fpr95 > 60 and ap < 20"));
  EXPECT_EQ(shown(), 1);
  view.setFilter(QStringLiteral("fpr95 > 60 or ap > 80"));
  EXPECT_EQ(shown(), 2);
  view.setFilter(QStringLiteral("objects = 0"));
  EXPECT_EQ(shown(), 2) << "how many the third holds is not known";
  view.setFilter(QStringLiteral("fpr95 >> 60"));
  EXPECT_EQ(shown(), 3) << "what cannot be read hides nothing";
}

TEST(FailureList, SmallScoresAreReadWhole) {
  FailureView view(FailureKind::FalsePositive);
  view.resize(900, 300);
  view.show();
  view.model()->setRows(
      {{.id = 1, .frameName = QStringLiteral("a"), .peak = 4.38e-5, .mean = 1.2e-5, .margin = 3.3e-5}});
  auto* table = view.findChild<QTreeView*>();
  using Column = FailureModel::Column;
  for (const Column column : {Column::Peak, Column::Mean, Column::Margin}) {
    const int section = view.model()->sectionOf(column);
    const QString text = view.model()->index(0, section).data().toString();
    EXPECT_FALSE(table->isColumnHidden(section)) << text.toStdString();
    EXPECT_GE(table->columnWidth(section), QFontMetrics(table->font()).horizontalAdvance(text)) << text.toStdString();
  }
}

TEST(FailureList, OneClickJumps) {
  FailureView view(FailureKind::FalsePositive);
  view.resize(640, 300);
  FailureRow first{.id = 1, .frameName = QStringLiteral("a"), .area = 900};
  FailureRow second{.id = 2, .frameName = QStringLiteral("b"), .area = 100};
  view.model()->setRows({first, second});
  QList<int> jumped;
  QObject::connect(&view, &FailureView::failureActivated, [&](int row) { jumped << row; });
  view.show();
  auto* table = view.findChild<QTreeView*>();
  const QRect row = table->visualRect(table->model()->index(1, 2));
  QTest::mouseClick(table->viewport(), Qt::LeftButton, Qt::NoModifier, row.center());
  EXPECT_EQ(jumped, QList<int>{1});
}

}  // namespace
}  // namespace oodscope
