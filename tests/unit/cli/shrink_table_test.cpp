// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/shrink_table.h"

#include "analysis/tables/result_chart.h"
#include "analysis/tables/table_writers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<ShrunkRow> madeRows() {
  ShrunkRow whole{.model = "whole.pth",
                  .set = "demo",
                  .method = "msp",
                  .miou = {},
                  .multiplyAdds = 27'700'000'000,
                  .parameters = 2'063'000,
                  .nonZero = 2'062'999,
                  .bytes = 8'400'123,
                  .seconds = 0.125,
                  .ap = 0.5,
                  .fpr95 = 0.25};
  ShrunkRow pruned = whole;
  pruned.model = "pruned.pth";
  pruned.nonZero = 1'031'000;
  pruned.ap = {};
  return {whole, pruned};
}

TEST(ShrinkTable, HoldsCostsAndWhatWasFoundInTheirUnits) {
  const std::string csv = writeTable(tableOf(madeRows()), "csv");
  EXPECT_THAT(csv, HasSubstr("model,set,method,giga_multiply_adds,parameters,nonzero_parameters,bytes,latency_ms,ap,"
                             "fpr95"));
  EXPECT_THAT(csv, HasSubstr("whole.pth,demo,msp,27.7,2063000,2062999,8400123,125,0.5,0.25"));
  const std::string markdown = writeTable(tableOf(madeRows()), "markdown");
  EXPECT_THAT(markdown, AllOf(HasSubstr("50.00"), HasSubstr("25.00"), HasSubstr("–"), Not(HasSubstr("mIoU"))));
}

TEST(ShrinkTable, HasAColumnOfMiouWhereOneIsKnown) {
  std::vector<ShrunkRow> rows = madeRows();
  rows.front().miou = 0.722;
  EXPECT_THAT(writeTable(tableOf(rows), "markdown"), AllOf(HasSubstr("mIoU"), HasSubstr("72.20")));
}

TEST(ShrinkTable, ScattersApAgainstCostAndLeavesOutWhatIsNotDefined) {
  const auto series = scatterOf(madeRows(), ShrunkCost::Parameters);
  ASSERT_EQ(series.size(), 2U);
  EXPECT_EQ(series[0].label, "whole.pth");
  EXPECT_NEAR(*series[0].points.front().number, 2.062999, 1e-9);
  EXPECT_NEAR(*series[0].points.front().mean, 50.0, 1e-9);
  EXPECT_FALSE(series[1].points.front().mean);
  EXPECT_NEAR(*scatterOf(madeRows(), ShrunkCost::Latency)[0].points.front().number, 125.0, 1e-9);
  const std::string svg = chartSvg(series, {.metric = "AP", .against = std::string(costTitle(ShrunkCost::Parameters))});
  EXPECT_THAT(svg, AllOf(HasSubstr("<circle"), HasSubstr("Non-zero parameters [M]"), HasSubstr("pruned.pth")));
}

TEST(ShrinkTable, NamesSetAndMethodWhereTheyDiffer) {
  std::vector<ShrunkRow> rows = madeRows();
  rows.back().method = "max-logit";
  EXPECT_EQ(scatterOf(rows, ShrunkCost::Latency).back().label, "pruned.pth, max-logit");
}

}  // namespace
}  // namespace oodscope
