// SPDX-License-Identifier: GPL-3.0-or-later
// A failure that nobody foresaw (no memory, say) ends one source or set, never the rows of the others.
#include "app/documents/evaluate.h"
#include "app/documents/open_live_sets.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <new>
#include <opencv2/imgcodecs.hpp>

namespace oodscope {
namespace {

constexpr int kFrames = 3;

/// A set of the course's layout and two folders of scores for it, "first" and "second".
class ScoredSet {
public:
  ScoredSet() {
    const auto picture = [&](const char* folder, int frame, const cv::Mat& mat) {
      std::filesystem::create_directories(m_folder.path() / folder);
      cv::imwrite((m_folder.path() / folder / (std::to_string(frame) + ".png")).string(), mat);
    };
    cv::theRNG().state = 7;
    for (int frame = 0; frame < kFrames; ++frame) {
      cv::Mat image(32, 64, CV_8UC3), label(32, 64, CV_8UC1, cv::Scalar(0)), scores(32, 64, CV_16UC1);
      cv::randu(image, 0, 255);
      cv::randu(scores, 0, 60000);
      label(cv::Rect(10, 10, 12, 8)) = 1;
      picture("Set/images", frame, image);
      picture("Set/labels_masks", frame, label);
      picture("first", frame, scores);
      picture("second", frame, scores);
    }
    request.sets = {{.path = m_folder.path() / "Set"}};
    request.scores = {m_folder.path() / "first", m_folder.path() / "second"};
    request.store.temporary = true;
  }
  EvaluationRequest request;

private:
  testing::TemporaryFolder m_folder;
};

/// Fails as an allocator does, as soon as work on `subject` is announced.
ProgressSink noMemoryFor(const std::string& stage, const std::string& subject) {
  return [=](const Progress& progress) {
    if (progress.stage == stage && progress.subject.find(subject) != std::string::npos) throw std::bad_alloc();
  };
}

TEST(Shortage, ASourceWithoutMemoryLeavesTheRowsOfTheOthers) {
  for (const char* stage : {"frames", "metrics"})
    for (const char* starved : {"first", "second"}) {
      const ScoredSet made;
      const EvaluationReport report = evaluate(made.request, noMemoryFor(stage, starved), {});
      ASSERT_EQ(report.table.rows.size(), 1U) << stage << ", " << starved;
      EXPECT_NE(report.table.rows[0].model + report.table.rows[0].method, starved);
      ASSERT_EQ(report.unfinished.size(), 1U);
      EXPECT_NE(report.unfinished[0].find("out of memory"), std::string::npos) << report.unfinished[0];
      EXPECT_NE(report.unfinished[0].find(starved), std::string::npos) << report.unfinished[0];
    }
}

TEST(Shortage, ASourceWithoutMemoryLeavesTheOthersOpen) {
  const ScoredSet made;
  const OpenLiveSets open = openLiveSets(made.request, noMemoryFor("frames", "second"), {});
  ASSERT_EQ(open.sources.size(), 1U);
  EXPECT_EQ(open.sources.front().label, "first");
  ASSERT_EQ(open.problems.size(), 1U);
  EXPECT_NE(open.problems[0].find("second: out of memory"), std::string::npos) << open.problems[0];
}

TEST(Shortage, NothingToOpenIsRefusedInWords) {
  EvaluationRequest nothing;
  nothing.store.temporary = true;
  EXPECT_THROW(static_cast<void>(openLiveSets(nothing, [](const Progress&) {}, {})), Error);
  ScoredSet made;
  made.request.scores.clear();
  EXPECT_THROW(static_cast<void>(openLiveSets(made.request, [](const Progress&) {}, {})), Error);
  made.request.sets.clear();
  EXPECT_THROW(static_cast<void>(evaluate(made.request, [](const Progress&) {}, {})), Error);
}

}  // namespace
}  // namespace oodscope
