// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/result_chart.h"

#include "analysis/core/error.h"
#include "analysis/core/numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::size_t countOf(const std::string& text, const std::string& part) {
  std::size_t out = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++out;
  return out;
}

/// The number that an attribute's quotes hold, whatever the locale.
double numberAt(const std::string& text, std::size_t first) {
  return numberFromText(std::string_view(text).substr(first, text.find('"', first) - first)).value();
}

std::vector<ResultSeries> seriesFrom(const std::string& csv, const ResultQuery& query) {
  return resultSeries(parseResultFile(csv, "t.csv"), query);
}

TEST(ResultChart, NumbersBecomeLinesWithWhiskers) {
  const auto series =
      seriesFrom("g,m,s\n1,10,a\n1,12,a\n2,20,a\n1,5,b\n2,,b\n", {.metric = "m", .against = "g", .groups = {"s"}});
  const std::string svg = chartSvg(series, {.metric = "m", .against = "g"});
  EXPECT_THAT(svg, ::testing::StartsWith("<svg xmlns"));
  EXPECT_EQ(countOf(svg, "<circle"), 3U) << "the run without a value is not drawn";
  EXPECT_EQ(countOf(svg, "<path"), 2U);
  EXPECT_THAT(svg, HasSubstr(">a</text>"));
  EXPECT_EQ(svg, chartSvg(series, {.metric = "m", .against = "g"}));
  // Linear: the mean of 1 is at the axis' start, that of 2 at its end.
  EXPECT_THAT(svg, HasSubstr("cx=\"44\""));
  EXPECT_THAT(svg, HasSubstr("cx=\"244\""));
}

TEST(ResultChart, WordsBecomeBarsThatBeginAtZero) {
  const auto series = seriesFrom("l,m\nce <x>,4\nfl & h,8\n", {.metric = "m", .against = "l"});
  const std::string svg = chartSvg(series, {.metric = "m", .against = "l"});
  EXPECT_THAT(svg, HasSubstr("ce &lt;x&gt;"));
  EXPECT_THAT(svg, HasSubstr("fl &amp; h"));
  EXPECT_THAT(svg, Not(HasSubstr("<circle")));
  // Ground, two bars and the legend's chip; one bar is twice as high as the other.
  EXPECT_EQ(countOf(svg, "<rect"), 4U);
  std::vector<double> heights;
  for (auto at = svg.find("<rect x="); at != std::string::npos; at = svg.find("<rect x=", at + 1))
    heights.push_back(numberAt(svg, svg.find("height=\"", at) + 8));
  ASSERT_EQ(heights.size(), 3U);
  EXPECT_NEAR(heights[1], 2 * heights[0], 0.03);
}

TEST(ResultChart, SymlogSpreadsSmallNumbersAndKeepsZero) {
  // 0, 0.01, 0.1, 1 lie at 0, 1, 2, 3 of 3.
  for (const auto& [number, place] : std::vector<std::pair<double, double>>{{0, 0}, {0.01, 1}, {0.1, 2}, {1, 3}})
    EXPECT_NEAR(chartPosition(number, 0, 1, ChartScale::Symlog, 0.01), place / 3.0, 1e-12);
  EXPECT_NEAR(chartPosition(-1, -1, 1, ChartScale::Symlog, 0.01), 0.0, 1e-12);
  EXPECT_NEAR(chartPosition(0, -1, 1, ChartScale::Symlog, 0.01), 0.5, 1e-12);
  EXPECT_EQ(chartPosition(3, 2, 4, ChartScale::Linear, 0.0), 0.5);
}

TEST(ResultChart, TicksAreRoundAndSpanTheRange) {
  const auto ticks = chartTicks(11.3, 17.9);
  EXPECT_LE(ticks.front(), 11.3);
  EXPECT_GE(ticks.back(), 17.9);
  EXPECT_GE(ticks.size(), 4U);
  EXPECT_LE(ticks.size(), 9U);
  for (const double tick : ticks) EXPECT_EQ(tick, std::round(tick));
}

TEST(ResultChart, NothingDefinedIsSaid) {
  const auto series = seriesFrom("l,m\na,\n", {.metric = "m", .against = "l"});
  EXPECT_THROW(static_cast<void>(chartSvg(series, {})), Error);
}

}  // namespace
}  // namespace oodscope
