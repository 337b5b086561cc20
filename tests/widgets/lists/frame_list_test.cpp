// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/lists/frame_list.h"

#include "tests/widgets/support/recorder.h"

#include <gtest/gtest.h>

#include <QTest>
#include <QTreeView>

#include <set>

namespace oodscope {
namespace {

FrameRow frame(const char* name, std::optional<double> fpr95, std::optional<double> ap, const QStringList& tags = {}) {
  FrameRow row;
  row.name = QString::fromLatin1(name);
  row.label = FrameLabel::Anomaly;
  row.fpr95 = fpr95;
  row.ap = ap;
  row.tags = tags;
  return row;
}

struct Frames : testing::Test {
  Frames() {
    view.resize(240, 400);
    view.model()->setSets({{QStringLiteral("RA21"),
                            {frame("0", 54.8, 4.1), frame("1", 88.5, 7.3, {QStringLiteral("night")}),
                             frame("2", {}, {}), frame("3", 50.7, 19.6)}}});
    recorder.watch(&view, &FrameListView::currentFrameChanged, QStringLiteral("current"));
    recorder.watch(&view, &FrameListView::frameActivated, QStringLiteral("activated"));
    recorder.watch(&view, &FrameListView::tagRequested, QStringLiteral("tag"));
  }
  QStringList shown() {
    QStringList names;
    const QModelIndex set = view.shown()->index(0, 0);
    for (int row = 0; row < view.shown()->rowCount(set); ++row)
      names << view.shown()->index(row, 0, set).data().toString();
    return names;
  }
  FrameListView view;
  Recorder recorder;
};

TEST_F(Frames, SeveralAreSelectedAndTaggedTogether) {
  using Place = FrameListView::Place;
  view.show();
  Recorder several;
  several.watch(&view, &FrameListView::tagSelectionRequested, QStringLiteral("tags"));
  view.selectFrames({Place{0, 0}, Place{0, 3}});
  EXPECT_EQ(view.selectedFrames(), (std::vector{Place{0, 0}, Place{0, 3}})) << "as they are shown";
  EXPECT_EQ(view.shownFrames(), (std::vector{Place{0, 1}, Place{0, 0}, Place{0, 3}, Place{0, 2}}));
  static_cast<void>(recorder.take());
  auto* tree = view.findChild<QTreeView*>();
  QTest::keyClick(tree, Qt::Key_T);
  EXPECT_EQ(several.take(), QStringList({"tags"}));
  EXPECT_TRUE(recorder.take().isEmpty()) << "not of one of them";
  QTest::keyClick(tree, Qt::Key_A, Qt::ControlModifier);
  EXPECT_EQ(view.selectedFrames().size(), 4U);
  view.setSelectionNote(QStringLiteral("4 frames"));
  EXPECT_EQ(view.selectionNote(), QStringLiteral("4 frames"));
}

TEST_F(Frames, WorstComesFirstAndUndefinedLast) {
  EXPECT_EQ(shown(), QStringList({"1", "0", "3", "2"}));
  view.setSortMetric(FrameMetric::Ap);  // a low AP is bad
  EXPECT_EQ(shown(), QStringList({"0", "1", "3", "2"}));
  view.setSortMetric(std::nullopt);
  EXPECT_EQ(shown(), QStringList({"0", "1", "2", "3"}));
}

TEST_F(Frames, FilterTakesTextTagsAndComparisons) {
  view.setFilter(QStringLiteral("fpr95 > 54"));
  EXPECT_EQ(shown(), QStringList({"1", "0"}));
  view.setFilter(QStringLiteral("fpr95>54, tag:nig"));
  EXPECT_EQ(shown(), QStringList({"1"}));
  view.setFilter(QStringLiteral("3"));
  EXPECT_EQ(shown(), QStringList({"3"}));
  view.setFilter({});
  EXPECT_EQ(shown().size(), 4);
}

TEST_F(Frames, ArrowsAndEndsMoveInTheShownOrder) {
  view.show();
  auto* tree = view.findChild<QTreeView*>();
  view.setCurrentFrame(0, 1);
  EXPECT_TRUE(recorder.take().isEmpty());
  QTest::keyClick(tree, Qt::Key_Down);
  QTest::keyClick(tree, Qt::Key_End);
  QTest::keyClick(tree, Qt::Key_Home);
  EXPECT_EQ(recorder.take(), QStringList({"current 0 0", "current 0 2", "current 0 1"}));
  QTest::keyClick(tree, Qt::Key_T);
  QTest::keyClick(tree, Qt::Key_Return);
  EXPECT_EQ(recorder.take(), QStringList({"tag 0 1", "activated 0 1"}));
}

TEST_F(Frames, NewValuesSortAgain) {
  view.model()->updateFrame(0, 3, frame("3", 99.0, 1.0));
  EXPECT_EQ(shown().first(), QStringLiteral("3"));
}

TEST_F(Frames, StepSkipsNothingAndStopsAtTheEnd) {
  view.setCurrentFrame(0, 1);
  view.step(1);
  view.step(10);
  EXPECT_EQ(recorder.take(), QStringList({"current 0 0", "current 0 2"}));
}

TEST(FrameList, AsksOnlyForThumbnailsInViewAndOnce) {
  FrameListView view;
  view.resize(240, 400);
  std::vector<FrameRow> rows;
  for (int i = 0; i < 10000; ++i) rows.push_back(frame(qPrintable(QString::number(i)), i / 100.0, 1.0));
  view.model()->setSets({{QStringLiteral("large"), rows}});
  std::multiset<int> asked;
  QObject::connect(&view, &FrameListView::thumbnailNeeded, [&](int, int row) { asked.insert(row); });
  view.show();
  view.grab();
  view.grab();
  EXPECT_GE(asked.size(), 4U);
  EXPECT_LE(asked.size(), 20U);
  EXPECT_EQ(std::set<int>(asked.begin(), asked.end()).size(), asked.size());
  EXPECT_TRUE(asked.count(9999) == 1);  // the worst is on top
}

TEST(FrameList, SeveralSetsAreATree) {
  FrameListView view;
  view.model()->setSets({{QStringLiteral("a"), {frame("0", 1.0, 1.0)}}, {QStringLiteral("b"), {frame("1", 2.0, 1.0)}}});
  EXPECT_EQ(view.shown()->rowCount(), 2);
  view.setFilter(QStringLiteral("fpr95 > 1.5"));
  ASSERT_EQ(view.shown()->rowCount(), 1);
  EXPECT_EQ(view.shown()->index(0, 0).data().toString(), QStringLiteral("b"));
}

TEST(FilterExpression, ConditionsAllHoldAndUndefinedNeverDoes) {
  const FilterExpression::Subject subject{QStringLiteral("dog_7"),
                                          {QStringLiteral("night")},
                                          [](const QString& key) -> std::optional<std::optional<double>> {
                                            if (key == QLatin1String("ap")) return std::optional(12.5);
                                            if (key == QLatin1String("f1")) return std::optional<double>();
                                            return std::nullopt;
                                          }};
  EXPECT_TRUE(FilterExpression(QStringLiteral("DOG ap<=12.5")).matches(subject));
  EXPECT_TRUE(FilterExpression(QStringLiteral("night")).matches(subject));
  EXPECT_FALSE(FilterExpression(QStringLiteral("ap > 12.5")).matches(subject));
  EXPECT_FALSE(FilterExpression(QStringLiteral("f1 < 100")).matches(subject));
  EXPECT_FALSE(FilterExpression(QStringLiteral("nothing > 0")).matches(subject));
  EXPECT_TRUE(FilterExpression(QString()).matches(subject));
}

}  // namespace
}  // namespace oodscope
