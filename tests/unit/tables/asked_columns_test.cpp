// SPDX-License-Identifier: GPL-3.0-or-later
// Columns that rows have only where they were asked for: distances and open-set recognition.
#include "analysis/tables/result_table.h"
#include "analysis/tables/table_writers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ResultTable twoRows() {
  ResultTable table;
  for (const char* set : {"S", "Without"}) {
    ResultRow& row = table.rows.emplace_back();
    row.set = set;
    row.method = "msp";
    row.protocol = "course";
  }
  return table;
}

TEST(AskedColumns, AreAbsentUnlessAskedFor) {
  for (const char* format : {"json", "csv", "markdown"}) {
    EXPECT_THAT(writeTable(twoRows(), format), Not(HasSubstr("distance_bins")));
    EXPECT_THAT(writeTable(twoRows(), format), Not(HasSubstr("open_set")));
  }
}

TEST(AskedColumns, GiveEachBinItsColumns) {
  ResultTable table = twoRows();
  table.rows[0].distanceBins = {
      {.from = 5, .to = 10, .ap = 0.5, .fpr95 = {}, .positives = 3, .negatives = 4, .frames = 2},
      {.from = 10, .to = 12.5, .ap = 0.25, .fpr95 = 0.75, .positives = 1, .negatives = 2}};
  table.rows[1].distanceBins.emplace();
  const std::string json = writeTable(table, "json");
  EXPECT_THAT(json, HasSubstr("\"distance_bins\": null"));
  EXPECT_EQ(tableFromJson(json), table);
  EXPECT_THAT(writeTable(table, "csv"), HasSubstr("ap_5_10,fpr95_5_10,ap_10_12.5,fpr95_10_12.5\n"));
  EXPECT_THAT(writeTable(table, "csv"), HasSubstr("0.5,,0.25,0.75\n"));
  EXPECT_THAT(writeTable(table, "markdown"), HasSubstr("| AP 5–10 m | FPR95 5–10 m |"));
}

TEST(AskedColumns, GiveEachSizeItsColumns) {
  ResultTable table = twoRows();
  table.rows[0].sizeGroups = {{.least = 49,
                               .below = 256,
                               .ap = 0.5,
                               .fpr95 = 0.25,
                               .objects = 2,
                               .positives = 130,
                               .negatives = 4000,
                               .frames = 3},
                              {.least = 256, .negatives = 4000}};
  const std::string json = writeTable(table, "json");
  EXPECT_THAT(json, HasSubstr("\"size_groups\""));
  EXPECT_THAT(json, HasSubstr("\"below\": null"));
  EXPECT_EQ(tableFromJson(json), table);
  EXPECT_THAT(writeTable(table, "csv"), HasSubstr("ap_px_49_256,fpr95_px_49_256,ap_px_256,fpr95_px_256\n"));
  EXPECT_THAT(writeTable(table, "csv"), HasSubstr("0.5,0.25,,\n"));
  EXPECT_THAT(writeTable(table, "markdown"), HasSubstr("| AP 49–256 px | FPR95 49–256 px | AP ≥ 256 px |"));
}

TEST(AskedColumns, PutPublishedValuesBesideMeasuredOnes) {
  ResultTable table = twoRows();
  table.rows[0].ap = 0.5;
  table.rows[0].fpr95 = 0.25;
  table.rows[0].published = PublishedColumns{.ap = 0.375, .source = "A paper, table 2, T 1", .note = "doubtful"};
  table.rows[1].published.emplace();
  const std::string json = writeTable(table, "json");
  EXPECT_THAT(json, HasSubstr("\"published\": null"));
  EXPECT_EQ(tableFromJson(json), table);
  const std::string csv = writeTable(table, "csv");
  EXPECT_THAT(
      csv,
      HasSubstr("published_ap,published_ap_difference,published_fpr95,published_fpr95_difference,published_source\n"));
  EXPECT_THAT(csv, HasSubstr("0.375,0.125,,,\"A paper, table 2, T 1\"\n"));
  const std::string markdown = writeTable(table, "markdown");
  EXPECT_THAT(markdown, HasSubstr("| AP published | Δ AP | FPR95 published | Δ FPR95 |"));
  EXPECT_THAT(markdown, HasSubstr("37.50 | 12.50"));
  EXPECT_THAT(markdown, HasSubstr("published: A paper, table 2, T 1 (doubtful)"));
  EXPECT_THAT(writeTable(twoRows(), "json"), Not(HasSubstr("published")));
}

TEST(AskedColumns, SayWhatOpenSetRecognitionDid) {
  ResultTable table = twoRows();
  table.rows[0].openSet =
      OpenSetColumns{.openMiou = 0.25,
                     .closedMiou = 0.75,
                     .gap = 0.5,
                     .openMiouDefined = 0.2,
                     .openMiouAll = 0.1,
                     .convention = "c",
                     .folds = {{.name = "t5", .calibratedOn = "t6", .threshold = -1.5, .frames = 3}},
                     .oious = {{.at = "tpr95", .threshold = 0.5, .oiou = 0.125}, {.at = "fpr05"}},
                     .oiouConvention = "o",
                     .tprAtFpr05 = 0.875};
  table.rows[1].openSet.emplace();
  const std::string json = writeTable(table, "json");
  for (const char* part : {"\"open_miou\": 0.25", "\"gap\": 0.5", "\"convention\": \"c\"", "\"open_set\": null"})
    EXPECT_THAT(json, HasSubstr(part));
  EXPECT_EQ(tableFromJson(json), table);
  EXPECT_THAT(json, HasSubstr("\"tpr_at_fpr05\": 0.875"));
  EXPECT_THAT(writeTable(table, "csv"), HasSubstr("open_set_open_miou,open_set_closed_miou,open_set_gap,oiou_tpr95,"
                                                  "oiou_fpr05,tpr_at_fpr05\n"));
  EXPECT_THAT(writeTable(table, "csv"), HasSubstr("0.25,0.75,0.5,0.125,,0.875\n"));
  EXPECT_THAT(writeTable(table, "csv"), HasSubstr(",,,,,\n")) << "asked for and not to be had";
  EXPECT_THAT(writeTable(table, "markdown"), HasSubstr("| 25.00 | 75.00 | 50.00 | 12.50 | – | 87.50 |"));
}

TEST(AskedColumns, GiveInstances) {
  ResultTable table = twoRows();
  table.rows[0].instances = InstanceColumns{.threshold = 0.5, .ap = 0.25, .ap50 = 0.5, .truths = 4, .predicted = 9};
  const std::string json = writeTable(table, "json");
  EXPECT_THAT(json, HasSubstr("\"ap50\": 0.5"));
  EXPECT_EQ(tableFromJson(json), table);
  EXPECT_THAT(writeTable(table, "csv"), HasSubstr(",instance_ap,instance_ap50\n"));
  EXPECT_THAT(writeTable(table, "csv"), HasSubstr(",0.25,0.5\n"));
  EXPECT_THAT(writeTable(table, "markdown"), HasSubstr("| Instance AP | AP50 |"));
  EXPECT_THAT(writeTable(twoRows(), "csv"), Not(HasSubstr("instance_ap")));
}

}  // namespace
}  // namespace oodscope
