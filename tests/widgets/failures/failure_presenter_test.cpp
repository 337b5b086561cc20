// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/failures/failure_presenter.h"

#include <gtest/gtest.h>

namespace oodscope {
namespace {

FailureRegion region(FailureKind kind, std::uint64_t area, Box box) {
  FailureRegion out;
  out.kind = kind;
  out.area = area;
  out.box = box;
  for (int y = box.y; y < box.y + box.height; ++y) out.runs.push_back({y, box.x, box.x + box.width});
  out.peakAt = {box.x, box.y};
  out.peakScore = 0.75;
  out.meanScore = 0.5;
  out.margin = 0.25;
  out.majorityClass = 2;
  out.classShare = 0.6;
  out.recall = kind == FailureKind::Missed ? 0.4 : 0.0;
  return out;
}

struct Made {
  Made() {
    data.name = "made";
    data.frames.resize(2);
    data.frames[0].name = "a";
    data.frames[1].name = "b";
    study.frames = {0, 1};
    study.sizes = {{10, 10}, {10, 10}};
    study.pictures = {{20, 20}, {20, 20}};
    study.options.threshold = 0.5;
    study.options.minArea = 4;
    study.failures.falsePositives = {{1, region(FailureKind::FalsePositive, 16, {2, 2, 4, 4})},
                                     {0, region(FailureKind::FalsePositive, 4, {6, 6, 2, 2})}};
    study.failures.missed = {{0, region(FailureKind::Missed, 9, {0, 0, 3, 3})}};
    study.failures.counts = {.tp = 10, .fp = 23, .fn = 7, .tn = 160};
    study.failures.smallPixels = 3;
    study.attribution.byPredictedClass[2] = {.tp = 6, .fp = 20, .fn = 1, .tn = 100};
    study.attribution.byPredictedClass[8] = {.tp = 4, .fp = 3, .fn = 6, .tn = 60};
    study.hasClasses = true;
    context.data = &data;
    context.notes = &notes;
    context.classes = {"road", "sidewalk", "building"};
  }
  DataSet data;
  SetStudy study;
  std::vector<Note> notes;
  ListContext context;
};

TEST(FailurePresenter, RowsCarryTheListsValuesAndNames) {
  Made made;
  made.notes = {{.set = "made", .frame = "b", .tags = {"kerb"}, .text = {}, .region = FrameRectangle{4, 4, 8, 8}}};
  const auto rows = failureRows(made.study.failures.falsePositives, made.study, made.context);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].id, 1);
  EXPECT_EQ(rows[0].frameName, QStringLiteral("b"));
  EXPECT_EQ(rows[0].predictedClass, QStringLiteral("building"));
  EXPECT_DOUBLE_EQ(rows[0].classShare, 60.0);
  EXPECT_EQ(rows[0].tags, QStringList{QStringLiteral("kerb")});
  EXPECT_TRUE(rows[1].tags.isEmpty());
  EXPECT_FALSE(rows[0].recall);
  EXPECT_FALSE(rows[0].distance);
  EXPECT_FALSE(rows[0].brushed);
  EXPECT_DOUBLE_EQ(*failureRows(made.study.failures.missed, made.study, made.context)[0].recall, 40.0);
}

TEST(FailurePresenter, BrushedPixelsGoToTheRegionsTheyWereCountedIn) {
  Made made;
  BrushedSet brushed;
  brushed.falsePositives = {5, 0};
  brushed.missed = {2};
  made.context.brushed = &brushed;
  const auto rows = failureRows(made.study.failures.falsePositives, made.study, made.context);
  EXPECT_EQ(*rows[0].brushed, 5.0);
  EXPECT_EQ(*rows[1].brushed, 0.0);
  EXPECT_EQ(*failureRows(made.study.failures.missed, made.study, made.context)[0].brushed, 2.0);
}

TEST(FailurePresenter, BarsShareOutAllFalsePositives) {
  const Made made;
  const ClassBarsView bars = falsePositiveBars(made.study, made.context.classes, 10);
  ASSERT_EQ(bars.rows.size(), 2U);
  EXPECT_EQ(bars.rows[0].name, QStringLiteral("building"));
  EXPECT_EQ(bars.rows[0].value, QStringLiteral("87.0 %"));
  EXPECT_EQ(bars.rows[1].name, QStringLiteral("class 8"));
  EXPECT_EQ(falsePositiveBars(made.study, made.context.classes, 1).rows.size(), 1U);
}

TEST(FailurePresenter, TheSentenceUnderTheListsAddsUp) {
  const Made made;
  EXPECT_EQ(reconciliationText(made.study),
            QStringLiteral("23 FP px in 2 frames = 20 in 2 regions of 4 px or more + 3 in smaller ones"));
}

TEST(FailurePresenter, ARegionIsFollowedByItsPeak) {
  const Made made;
  const auto& list = made.study.failures.falsePositives;
  EXPECT_EQ(sameRegion(list, {1, region(FailureKind::FalsePositive, 1, {3, 3, 1, 1})}), 0U);
  EXPECT_FALSE(sameRegion(list, {0, region(FailureKind::FalsePositive, 1, {3, 3, 1, 1})}));
  EXPECT_FALSE(sameRegion(list, {1, region(FailureKind::Missed, 1, {3, 3, 1, 1})}));
}

TEST(FailurePresenter, ARegionSaysItsShareAndWhyItHasNoDistance) {
  const Made made;
  RegionInput input;
  input.region = &made.study.failures.falsePositives[0].region;
  input.total = made.study.failures.counts;
  const RegionView view = regionView(input);
  EXPECT_NEAR(*view.shareOfSet, 100.0 * 16 / 23, 1e-9);
  EXPECT_FALSE(view.distance);
  EXPECT_EQ(view.distanceReason, QStringLiteral("the set has no disparity maps"));
  EXPECT_FALSE(view.touchesTruth);  // no labels given
}

TEST(FailurePresenter, BinsAreNamedByTheirEnds) {
  EXPECT_EQ(sizeBinText(9), QStringLiteral("512–1,023 px"));
  EXPECT_EQ(distanceBinText(0), QStringLiteral("below 5 m"));
  EXPECT_EQ(distanceBinText(1), QStringLiteral("5–10 m"));
  EXPECT_EQ(distanceBinText(Attribution::kDistanceBins - 1), QStringLiteral("unknown"));
}

TEST(FailurePresenter, SizeRowsLeaveOutEmptyBinsAndSayNothingWhereNothingIs) {
  Attribution attribution;
  attribution.objectsBySize[9] = {.count = 4, .missed = 1, .pixels = 3000, .missedPixels = 600};
  attribution.falsePositivesBySize[3] = {.count = 2, .missed = 0, .pixels = 20, .missedPixels = 0};
  const auto rows = sizeRows(attribution);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1].cells[1].text, QStringLiteral("0"));
  EXPECT_EQ(rows[1].cells[3].text, QStringLiteral("–"));  // no object, so no rate
  EXPECT_EQ(rows[2].cells[3].text, QStringLiteral("75.0"));
  EXPECT_EQ(rows[2].cells[4].text, QStringLiteral("80.0"));
}

TEST(FailurePresenter, SizeRowsOfIssuAreItsFourGroupsAndWhatIsBelowThem) {
  Attribution attribution;
  attribution.objectsByIssuGroup[2] = {.count = 4, .missed = 1, .pixels = 3000, .missedPixels = 600};
  auto rows = issuSizeRows(attribution);
  ASSERT_EQ(rows.size(), 5U);
  const QStringList names{QStringLiteral("49–255 px"), QStringLiteral("256–2,303 px"),
                          QStringLiteral("2,304–12,543 px"), QStringLiteral("12,544 px and more")};
  for (int i = 0; i < 4; ++i) EXPECT_EQ(rows[static_cast<std::size_t>(i) + 1].cells[0].text, names[i]);
  EXPECT_EQ(rows[2].cells[3].text, QStringLiteral("75.0"));
  EXPECT_EQ(rows[2].cells[4].text, QStringLiteral("80.0"));
  EXPECT_EQ(rows[1].cells[3].text, QStringLiteral("–"));  // no object, so no rate
  attribution.falsePositivesByIssuGroup[0] = {.count = 2, .missed = 0, .pixels = 20, .missedPixels = 0};
  rows = issuSizeRows(attribution);
  ASSERT_EQ(rows.size(), 6U);
  EXPECT_EQ(rows[1].cells[0].text, QStringLiteral("below 49 px"));
  EXPECT_EQ(rows[1].cells[6].text, QStringLiteral("20"));
}

}  // namespace
}  // namespace oodscope
