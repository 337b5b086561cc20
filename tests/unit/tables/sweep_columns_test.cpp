// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/number_text.h"
#include "analysis/tables/result_table.h"
#include "analysis/tables/table_writers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <limits>

namespace oodscope {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ResultTable oneRow() {
  ResultTable table;
  ResultRow& row = table.rows.emplace_back();
  row.set = "S";
  row.method = "msp";
  row.temperature = 1.6;
  row.protocol = "course";
  row.ap = 0.25;
  return table;
}

TEST(ResultTableNll, IsWrittenOnlyWhereARuleAskedForIt) {
  ResultTable table = oneRow();
  for (const char* format : {"json", "csv", "markdown"})
    EXPECT_THAT(writeTable(table, format), Not(HasSubstr("nll"))) << "columns of today, in their places";
  table.rows[0].nll = 0.375;
  EXPECT_THAT(writeTable(table, "json"), HasSubstr("\"nll\": 0.375"));
  EXPECT_THAT(writeTable(table, "csv"), HasSubstr("precision,nll\n"));
  EXPECT_THAT(writeTable(table, "csv"), HasSubstr(",0.375\n"));
  EXPECT_THAT(writeTable(table, "markdown"), HasSubstr("| NLL, nats |"));
  EXPECT_EQ(tableFromJson(writeTable(table, "json")).rows[0].nll, 0.375);
}

TEST(ResultTableComponents, SayTheirTrackAndFrames) {
  ResultTable table = oneRow();
  table.rows[0].components =
      ComponentColumns{.threshold = 0.5, .siou = {}, .ppv = {}, .f1Star = 0.25, .track = "obstacle", .frames = 12};
  const std::string json = writeTable(table, "json");
  EXPECT_THAT(json, HasSubstr("\"track\": \"obstacle\""));
  EXPECT_THAT(json, HasSubstr("\"frames\": 12"));
  EXPECT_EQ(tableFromJson(json).rows[0].components, table.rows[0].components);
}

TEST(LatexFragment, IsTheTableAloneForPlainTablesToo) {
  Table table;
  table.caption = "Thresholds.";
  table.columns = {{"Set", "set", Table::Kind::Text}, {"T", "t", Table::Kind::Score}};
  table.rows = {{Value("A_b"), Value(1.6)}};
  const std::string fragment = writeTable(table, "latex-fragment");
  for (const char* absent : {"documentclass", "\n\\usepackage", "begin{document}", "end{document}", "resizebox"})
    EXPECT_THAT(fragment, Not(HasSubstr(absent)));
  for (const char* present : {"\\caption{Thresholds.}", "A\\_b & 1.6", "\\end{tabular}\n\\end{table}\n"})
    EXPECT_THAT(fragment, HasSubstr(present));
  EXPECT_THAT(writeTable(table, "latex"), HasSubstr("\\documentclass"));
}

TEST(FloatText, IsTheShortestThatReadsBackToTheSameFloat) {
  EXPECT_EQ(roundTripText(1.6F), "1.6");
  EXPECT_EQ(roundTripText(0.05F), "0.05");
  EXPECT_EQ(shortestDecimal(1.6F), 1.6);
  EXPECT_EQ(roundTripText(shortestDecimal(0.1F)), "0.1");
  for (std::uint32_t bits = 1; bits < 0x7f800000U; bits += 0x00012345U) {
    const auto value = std::bit_cast<float>(bits);
    ASSERT_EQ(static_cast<float>(shortestDecimal(value)), value) << bits;
  }
  EXPECT_EQ(shortestDecimal(std::numeric_limits<float>::infinity()), std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace oodscope
