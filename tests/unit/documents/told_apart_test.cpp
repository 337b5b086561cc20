// SPDX-License-Identifier: GPL-3.0-or-later
// Two folders named "s", two sets of one name: rows, tables and provenance tell them apart, and each has its own
// numbers.
#include "analysis/metrics/protocol_rules.h"
#include "app/documents/evaluate.h"
#include "app/documents/report_plan.h"
#include "app/documents/report_tables.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include <set>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

constexpr int kFrames = 3;

/// Two sets "Set" in x and y, two folders "s" in a and b that score both.
class Twins : public ::testing::Test {
protected:
  Twins() {
    cv::theRNG().state = 11;
    for (const char* parent : {"x", "y"})
      for (int frame = 0; frame < kFrames; ++frame) {
        cv::Mat image(32, 64, CV_8UC3), label(32, 64, CV_8UC1, cv::Scalar(0));
        cv::randu(image, 0, 255);
        label(cv::Rect(10, 10, parent[0] == 'x' ? 12 : 6, 8)) = 1;
        picture(fs::path(parent) / "Set/images", frame, image);
        picture(fs::path(parent) / "Set/labels_masks", frame, label);
      }
    for (const char* parent : {"a", "b"})
      for (int frame = 0; frame < kFrames; ++frame) {
        cv::Mat scores(32, 64, CV_16UC1);
        cv::randu(scores, 0, 60000);
        picture(fs::path(parent) / "s", frame, scores);
      }
    request.sets = {{.path = m_folder.path() / "x/Set"}, {.path = m_folder.path() / "y/Set"}};
    request.scores = {m_folder.path() / "a/s", m_folder.path() / "b/s"};
    request.store.temporary = true;
    request.protocols = {protocols::kFishyscapes};
  }
  EvaluationRequest request;

private:
  void picture(const fs::path& below, int frame, const cv::Mat& pixels) {
    fs::create_directories(m_folder.path() / below);
    cv::imwrite((m_folder.path() / below / (std::to_string(frame) + ".png")).string(), pixels);
  }
  testing::TemporaryFolder m_folder;
};

const ProgressSink kSilent = [](const Progress&) {};

std::vector<std::string> rowNames(const ResultTable& table) {
  std::vector<std::string> out;
  for (const ResultRow& row : table.rows) out.push_back(row.set + " | " + row.method);
  return out;
}

TEST_F(Twins, AreToldApartByEvaluate) {
  const EvaluationReport report = evaluate(request, kSilent, {});
  EXPECT_TRUE(report.unfinished.empty());
  EXPECT_THAT(rowNames(report.table), ElementsAre("x/Set | a/s", "x/Set | b/s", "y/Set | a/s", "y/Set | b/s"));
  std::set<RunSpec> runs(report.runs.begin(), report.runs.end());
  EXPECT_EQ(runs.size(), 4U);
  std::set<double> values;
  for (const ResultRow& row : report.table.rows) values.insert(row.ap.value());
  EXPECT_EQ(values.size(), 4U) << "each its own numbers";
  std::set<std::string> keys;
  for (const Member& fact : report.table.provenance) EXPECT_TRUE(keys.insert(fact.key).second) << fact.key;
  for (const char* key : {"a/s scores_sha256", "b/s scores_sha256", "data x/Set", "data y/Set"})
    EXPECT_TRUE(keys.contains(key)) << key;
}

TEST_F(Twins, AreToldApartInAReport) {
  Session session;
  session.sets = request.sets;
  session.scores = request.scores;
  session.view.score.imported = "b/s";
  session.view.set = "y/Set";
  session.view.protocol = protocols::kFishyscapes;
  OpeningOptions options;
  options.store.temporary = true;
  const auto results = openSessionResults(session, options, kSilent, {});
  EXPECT_EQ(results->viewSource(), "b/s");
  EXPECT_EQ(results->viewSet(), "y/Set");
  const ReportPlan plan = planReport(*results);
  EXPECT_EQ(std::set<RunSpec>(plan.main.begin(), plan.main.end()).size(), 4U);
  EXPECT_EQ(plan.thresholds.size(), 2U);
  EXPECT_THAT(plan.sweeps, ElementsAre("a/s", "b/s"));
  const ReportTables tables = makeReportTables(*results, provenanceOf(*results, 0), kSilent);
  EXPECT_THAT(rowNames(tables.main), ElementsAre("x/Set | a/s", "y/Set | a/s", "x/Set | b/s", "y/Set | b/s"));
  const EvaluationReport report = evaluate(request, kSilent, {});
  for (const ResultRow& row : tables.main.rows)
    for (const ResultRow& other : report.table.rows) {
      if (row.set == other.set && row.method == other.method) {
        EXPECT_EQ(row.ap, other.ap) << "one way to numbers";
      }
    }
}

TEST_F(Twins, ALabelOfTodayIsTheNameWhereThereIsNoTwin) {
  request.sets.pop_back();
  request.scores.pop_back();
  EXPECT_THAT(rowNames(evaluate(request, kSilent, {}).table), ElementsAre("Set | s"));
}

TEST_F(Twins, TheSameFolderTwiceIsOpenedOnce) {
  request.scores.back() = request.scores.front();
  request.sets.back() = request.sets.front();
  const OpenLiveSets open = openLiveSets(request, kSilent, {});
  ASSERT_EQ(open.sources.size(), 1U);
  EXPECT_EQ(open.sources.front().label, "s");
  EXPECT_EQ(open.sources.front().sets.size(), 1U);
}

}  // namespace
}  // namespace oodscope
