// SPDX-License-Identifier: GPL-3.0-or-later
// The list of thresholds that a report offers: exact counts, every rule's threshold in it, levels that decide alike.
#include "app/documents/threshold_list.h"
#include "analysis/metrics/protocol_rules.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include <cmath>
#include <limits>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr int kListFrames = 3;
constexpr int kListWidth = 96, kListHeight = 64;

/// A set whose maps have thousands of different scores, higher on its anomalies; the last frame has none.
class ThresholdLists : public ::testing::Test {
protected:
  ThresholdLists() {
    cv::theRNG().state = 5;
    for (int frame = 0; frame < kListFrames; ++frame) {
      cv::Mat image(kListHeight, kListWidth, CV_8UC3), label(kListHeight, kListWidth, CV_8UC1, cv::Scalar(0));
      cv::Mat scores(kListHeight, kListWidth, CV_16UC1);
      cv::randu(image, 0, 255);
      cv::randu(scores, 0, 40000);
      if (frame + 1 < kListFrames) {
        const cv::Rect box(10 + frame, 10, 20, 16);
        label(box) = 1;
        scores(box) += 18000;
      }
      label.row(kListHeight - 1) = 255;
      picture("Set/images", frame, image);
      picture("Set/labels_masks", frame, label);
      picture("s", frame, scores);
    }
    m_session.sets = {{.path = m_folder.path() / "Set"}};
    m_session.scores = {m_folder.path() / "s"};
    m_session.view.score.imported = "s";
    m_session.view.set = "Set";
    m_session.view.protocol = protocols::kFishyscapes;
  }
  std::unique_ptr<SessionResults> open() {
    OpeningOptions options;
    options.store.temporary = true;
    return openSessionResults(m_session, options, [](const Progress&) {}, {});
  }
  Session m_session;

private:
  void picture(const fs::path& below, int frame, const cv::Mat& pixels) {
    fs::create_directories(m_folder.path() / below);
    cv::imwrite((m_folder.path() / below / (std::to_string(frame) + ".png")).string(), pixels);
  }
  testing::TemporaryFolder m_folder;
};

/// Counts pixel by pixel from the definition.
ConfusionCounts countedByHand(LiveSet& live, const Configuration& configuration, float threshold,
                              const std::vector<std::size_t>& frames) {
  ConfusionCounts out;
  for (const std::size_t frame : frames) {
    const auto scores = live.scores(frame, configuration);
    const auto label = live.label(frame);
    for (std::size_t i = 0; i < label->values().size(); ++i) {
      if (label->values()[i] == kVoid) continue;
      const bool flagged = scores->values()[i] >= threshold;
      const bool anomaly = label->values()[i] == kAnomaly;
      ++(anomaly ? (flagged ? out.tp : out.fn) : (flagged ? out.fp : out.tn));
    }
  }
  return out;
}

TEST_F(ThresholdLists, HaveTheCountsOfEveryPixelAtEachThreshold) {
  const auto results = open();
  const RunSpec run = results->viewRun();
  const ThresholdList list = thresholdList(*results, run, {0, 2});
  ASSERT_EQ(list.points.size(), kListedThresholds) << "thousands of scores fill the list";
  EXPECT_EQ(list.points.front().threshold, std::numeric_limits<float>::infinity());
  const auto live = results->liveSet(run);
  const Configuration configuration = results->configuration(run);
  for (std::size_t i = 0; i < list.points.size(); ++i) {
    if (i > 0) {
      EXPECT_LT(list.points[i].threshold, list.points[i - 1].threshold) << "strictest first";
    }
    const float threshold = list.points[i].threshold;
    ASSERT_EQ(list.points[i].counts, countedByHand(*live, configuration, threshold, live->labelledFrames())) << i;
    ASSERT_EQ(list.frames.size(), 2U);
    for (const FrameDecisions& frame : list.frames) {
      const ConfusionCounts own = countedByHand(*live, configuration, threshold, {frame.frame});
      ASSERT_EQ(frame.tp[i], own.tp) << i;
      ASSERT_EQ(frame.fp[i], own.fp) << i;
      ASSERT_EQ(frame.positives, own.tp + own.fn);
      ASSERT_EQ(frame.negatives, own.fp + own.tn);
    }
  }
  EXPECT_EQ(list.points.front().counts.tp + list.points.front().counts.fp, 0U);
  EXPECT_EQ(list.points.back().counts.fn, 0U) << "the loosest finds all";
}

TEST_F(ThresholdLists, HoldWhatTheRulesChooseAndTheMetricsSay) {
  const auto results = open();
  const RunSpec run = results->viewRun();
  const ThresholdList list = thresholdList(*results, run, {});
  const auto numbers = results->numbers(run);
  const std::vector<ThresholdEffect> effects = results->thresholds(run);
  ASSERT_EQ(list.marks.size(), effects.size());
  for (std::size_t i = 0; i < effects.size(); ++i) {
    EXPECT_EQ(list.marks[i].rule, effects[i].rule);
    EXPECT_EQ(list.points[list.marks[i].at].threshold, effects[i].threshold);
    EXPECT_EQ(list.points[list.marks[i].at].counts, effects[i].counts);
  }
  ASSERT_TRUE(list.saved);
  EXPECT_EQ(list.points[*list.saved].threshold, numbers->metrics.bestF1Threshold);
  EXPECT_EQ(list.points[*list.saved].counts.f1(), numbers->metrics.bestF1);
  EXPECT_EQ(list.points[list.marks[1].at].counts.fpr(), numbers->metrics.fpr95) << "where TPR is 95 %";
  EXPECT_EQ(list.points.front().counts.tp + list.points.front().counts.fn, numbers->metrics.positives);
  EXPECT_EQ(list.points.front().counts.fp + list.points.front().counts.tn, numbers->metrics.negatives);
}

TEST_F(ThresholdLists, StandAtAThresholdSetByHand) {
  m_session.view.pin = PinRule::None;
  m_session.view.threshold = 0.31415F;
  const auto results = open();
  const ThresholdList list = thresholdList(*results, results->viewRun(), {});
  ASSERT_TRUE(list.saved);
  EXPECT_EQ(list.points[*list.saved].threshold, 0.31415F);
  EXPECT_EQ(list.marks.back().rule, "by hand");
  EXPECT_EQ(list.marks.back().at, *list.saved);
}

TEST_F(ThresholdLists, LeaveNoGapInTheCurves) {
  const auto results = open();
  const ThresholdList list = thresholdList(*results, results->viewRun(), {});
  for (std::size_t i = 2; i < list.points.size(); ++i) {
    const ConfusionCounts &a = list.points[i - 1].counts, &b = list.points[i].counts;
    EXPECT_LT(std::abs(*a.recall() - *b.recall()), 0.02) << i;
    EXPECT_LT(std::abs(*a.fpr() - *b.fpr()), 0.02) << i;
  }
}

TEST_F(ThresholdLists, AreThereWhereTheProtocolDefinesNoCurve) {
  m_session.view.protocol = protocols::kStreetHazards;
  const auto results = open();
  ASSERT_TRUE(results->numbers(results->viewRun())->curves.points.empty());
  const ThresholdList list = thresholdList(*results, results->viewRun(), {});
  EXPECT_GT(list.points.size(), 100U);
  EXPECT_TRUE(list.saved);
}

TEST_F(ThresholdLists, LevelsDecideAsScoresDo) {
  const auto results = open();
  const RunSpec run = results->viewRun();
  const ThresholdList list = thresholdList(*results, run, {0});
  const auto scores = results->liveSet(run)->scores(0, results->configuration(run));
  const Grid<std::uint8_t> levels = levelsOf(list, *scores, scores->size());
  for (std::size_t i = 0; i < list.points.size(); ++i)
    for (std::size_t p = 0; p < levels.values().size(); ++p)
      ASSERT_EQ(levels.values()[p] >= list.points.size() - i, scores->values()[p] >= list.points[i].threshold) << i;
}

TEST(ThresholdLevels, AreSampledAtTheCentresOfPixels) {
  ThresholdList list;
  list.points = {{std::numeric_limits<float>::infinity(), {}}, {4.0F, {}}, {2.0F, {}}};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const ScoreMap scores(Size{4, 1}, std::vector<float>{1.0F, 2.0F, nan, 9.0F});
  const auto values = [](const Grid<std::uint8_t>& grid) {
    return std::vector<std::uint8_t>(grid.values().begin(), grid.values().end());
  };
  EXPECT_EQ(values(levelsOf(list, scores, {4, 1})), (std::vector<std::uint8_t>{0, 1, 0, 2}));
  EXPECT_EQ(values(levelsOf(list, scores, {2, 1})), (std::vector<std::uint8_t>{1, 2}));
  const LabelMap label(Size{4, 1}, std::vector<std::uint8_t>{0, 1, 255, 0});
  EXPECT_EQ(values(sampledLabel(label, {2, 1})), (std::vector<std::uint8_t>{1, 0}));
}

TEST(ListedThresholds, TakeAllOfAShortCurveAndWhatIsWanted) {
  SetCurves curves;
  for (const float threshold : {INFINITY, 3.0F, 2.0F, 1.0F}) {
    CurvePoint point;
    point.threshold = threshold;
    point.recall = std::isfinite(threshold) ? 1.0 - static_cast<double>(threshold) / 4.0 : 0.0;
    curves.points.push_back(point);
  }
  EXPECT_THAT(listedThresholds(curves, {}, {2.5F, INFINITY}, 255), ::testing::ElementsAre(3.0F, 2.5F, 2.0F, 1.0F));
  EXPECT_THAT(listedThresholds(curves, {}, {2.5F}, 3), ::testing::ElementsAre(3.0F, 2.5F, 1.0F));
}

}  // namespace
}  // namespace oodscope
