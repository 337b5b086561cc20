// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/result_file.h"

#include "analysis/core/error.h"
#include "analysis/tables/table_writers.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace oodscope {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// What a StreetHazards project leaves behind, and one run twice.
constexpr const char* kTuning =
    "mIoU,msp,entropy,loss,gamma_focal,head\n"
    "60.5,12.1,14.0,ce,0,linear\n"
    "61.5,12.3,14.4,ce,0,linear\n"
    "64.0,,17.0,\"fl, h\",10,distance\n"
    "65.1,13.5,17.3,\"fl, h\",2,distance\n";

std::string messageOf(const std::string& text) {
  try {
    static_cast<void>(parseResultFile(text, "t.csv"));
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(ResultFile, IsReadAsAnybodyWritesCsv) {
  const ResultFile file = parseResultFile(kTuning, "t.csv");
  EXPECT_THAT(file.columns, ElementsAre("mIoU", "msp", "entropy", "loss", "gamma_focal", "head"));
  ASSERT_EQ(file.rows.size(), 4U);
  EXPECT_EQ(file.rows[2][3], "fl, h");
  EXPECT_EQ(file.rows[2][1], "");
  EXPECT_EQ(file.column("miou"), 0U);
  const ResultFile other = parseResultFile("\xEF\xBB\xBF# by me\r\n\r\n;a b;c\r\n0;\"x \"\"y\"\"\nz\";2\r\n", "t.csv");
  EXPECT_THAT(other.columns, ElementsAre("index", "a b", "c"));
  EXPECT_THAT(other.rows, ElementsAre(ElementsAre("0", "x \"y\"\nz", "2")));
}

TEST(ResultFile, WhatIsNoneIsRefusedWithTheLine) {
  EXPECT_THAT(messageOf("a,b\n1,2\n3\n"),
              HasSubstr("expected 2 values as its first line has names, found 1 in line 3"));
  EXPECT_THAT(messageOf("a,b\n"), HasSubstr("found names alone"));
  EXPECT_THAT(messageOf("just words\n1\n"), HasSubstr("a first line of two column names or more"));
  EXPECT_THAT(messageOf("a,a\n1,2\n"), HasSubstr("two columns of one name"));
  EXPECT_THAT(messageOf("a,,b\n1,2,3\n"), HasSubstr("a column without a name"));
  EXPECT_THAT(messageOf("a,b\n1,\"2\n"), HasSubstr("a quote that is never closed"));
  EXPECT_THAT(messageOf(""), HasSubstr("found nothing"));
  const testing::TemporaryFolder folder;
  try {
    static_cast<void>(readResultFile(folder.write("t.csv", std::string("PK\x03\x04", 4))));
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("expected comma-separated text (CSV)"));
  }
}

TEST(ResultFile, AMetricAgainstAColumnInGroups) {
  const ResultFile file = parseResultFile(kTuning, "t.csv");
  const auto series = resultSeries(file, {.metric = "mIoU", .against = "gamma_focal", .groups = {"loss", "head"}});
  ASSERT_EQ(series.size(), 2U);
  EXPECT_TRUE(hasNumbers(series));
  EXPECT_EQ(series[0].label, "ce, linear");
  ASSERT_EQ(series[0].points.size(), 1U);
  const ResultPoint& twice = series[0].points[0];
  EXPECT_EQ(twice.runs, 2U);
  EXPECT_DOUBLE_EQ(*twice.mean, 61.0);
  EXPECT_DOUBLE_EQ(*twice.deviation, std::sqrt(0.5));  // ((0.5)^2 + (0.5)^2) / (2 - 1)
  EXPECT_EQ(meanText(twice), "61 ± 0.7071 (2)");
  EXPECT_EQ(series[1].label, "fl, h, distance");
  ASSERT_EQ(series[1].points.size(), 2U);
  EXPECT_EQ(series[1].points[0].place, "2") << "by number: 2 before 10";
  EXPECT_EQ(series[1].points[1].number, 10.0);
  EXPECT_FALSE(series[1].points[0].deviation.has_value()) << "one run has none";
}

TEST(ResultFile, WhatIsNotDefinedStaysSo) {
  const ResultFile file = parseResultFile(kTuning, "t.csv");
  const auto series = resultSeries(file, {.metric = "msp", .against = "head", .groups = {}});
  EXPECT_FALSE(hasNumbers(series));
  ASSERT_EQ(series.at(0).points.size(), 2U);
  EXPECT_EQ(series[0].label, "msp");
  EXPECT_EQ(series[0].points[1].place, "distance");
  EXPECT_EQ(series[0].points[1].runs, 1U);
  EXPECT_EQ(series[0].points[1].without, 1U);
  const auto none = resultSeries(file, {.metric = "msp", .against = "head", .filters = {{"mIoU", {"64.0"}}}});
  EXPECT_FALSE(none[0].points[0].mean.has_value());
  EXPECT_THAT(writeTable(tableOf(none, {.metric = "msp", .against = "head"}), "csv"),
              HasSubstr("msp,distance,,,,,0,1"));
}

TEST(ResultFile, FiltersNameRunsAndErrorsNamePlaces) {
  const ResultFile file = parseResultFile(kTuning, "t.csv");
  const ResultQuery query{.metric = "entropy", .against = "loss", .filters = {{"mIoU", {"60.5", "65.1"}}}};
  const auto series = resultSeries(file, query);
  ASSERT_EQ(series.at(0).points.size(), 2U);
  EXPECT_EQ(series[0].points[0].mean, 14.0);
  const auto message = [&](const ResultQuery& asked) -> std::string {
    try {
      static_cast<void>(resultSeries(file, asked));
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(message({.metric = "AP", .against = "loss"}),
              HasSubstr("expected one of mIoU, msp, entropy, loss, gamma_focal, head, found AP"));
  EXPECT_THAT(message({.metric = "loss", .against = "head"}), HasSubstr("found \"ce\" in column loss, row 1"));
  EXPECT_THAT(message({.metric = "msp", .against = "head", .filters = {{"loss", {"x"}}}}), HasSubstr("none of 4"));
}

TEST(ResultFile, NumbersAreReadAsTheyArePrinted) {
  EXPECT_EQ(numberIn(" 65.1 % ", ""), 65.1);
  EXPECT_EQ(numberIn("+1e-3", ""), 1e-3);
  EXPECT_EQ(numberIn("NaN", ""), std::nullopt);
  EXPECT_EQ(numberIn("–", ""), std::nullopt);
  EXPECT_THROW(static_cast<void>(numberIn("1,5", "")), Error);
}

}  // namespace
}  // namespace oodscope
