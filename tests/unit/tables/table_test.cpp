// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/table_writers.h"

#include "analysis/core/error.h"

#include <gtest/gtest.h>

#include <set>

namespace oodscope {
namespace {

Table made() {
  using Kind = Table::Kind;
  Table table;
  table.caption = "Rules & results";
  table.columns = {{"Set", "set", Kind::Text},
                   {"Area", "area", Kind::Count},
                   {"FPR", "fpr", Kind::Percent},
                   {"Threshold", "threshold", Kind::Score}};
  table.rows = {{Value("a,b|c_d"), Value(1234), Value(0.28999), Value(0.0379123)},
                {Value("plain"), Value(), Value(), Value()}};
  table.provenance = {{"program", Value("oodscope")}};
  return table;
}

TEST(Table, CsvKeepsAllDigitsAndQuotesSeparators) {
  EXPECT_EQ(writeTable(made(), "csv"), "set,area,fpr,threshold\n\"a,b|c_d\",1234,0.28999,0.0379123\nplain,,,\n");
}

TEST(Table, MarkdownShowsPercentAndDashes) {
  const std::string text = writeTable(made(), "markdown");
  EXPECT_NE(text.find("| a,b\\|c_d | 1234 | 29.00 | 0.03791 |"), std::string::npos) << text;
  EXPECT_NE(text.find("| plain | – | – | – |"), std::string::npos) << text;
  EXPECT_NE(text.find("- program: oodscope\n"), std::string::npos) << text;
}

TEST(Table, LatexEscapesAndClosesWhatItOpens) {
  const std::string text = writeTable(made(), "latex");
  EXPECT_NE(text.find("\\caption{Rules \\& results}"), std::string::npos) << text;
  EXPECT_NE(text.find("c\\_d & 1234 & 29.00 & 0.03791 \\\\"), std::string::npos) << text;
  EXPECT_NE(text.find("plain & -- & -- & -- \\\\"), std::string::npos) << text;
  for (const char* environment : {"document", "table", "tabular"}) {
    EXPECT_NE(text.find(std::string("\\begin{") + environment), std::string::npos);
    EXPECT_NE(text.find(std::string("\\end{") + environment), std::string::npos);
  }
}

TEST(Table, NumbersAreTypesetForPeopleAndPlainForPrograms) {
  Table table;
  table.columns = {{"Margin", "margin", Table::Kind::Score}, {"Change", "change", Table::Kind::Percent}};
  table.rows = {{-0.5, -0.0125}, {5e-05, 0.0}};
  EXPECT_NE(writeTable(table, "markdown").find("| −0.5 | −1.25 |\n| 5·10⁻⁵ | 0.00 |"), std::string::npos);
  for (const char* latex : {"latex", "latex-fragment"}) {
    const std::string text = writeTable(table, latex);
    EXPECT_NE(text.find("$-$0.5 & $-$1.25 \\\\\n    5$\\cdot10^{-5}$ & 0.00 \\\\"), std::string::npos) << text;
  }
  EXPECT_EQ(writeTable(table, "csv"), "margin,change\n-0.5,-0.0125\n5e-05,0\n");
}

TEST(Table, JsonSaysNullForWhatIsNotDefined) {
  const std::string text = writeTable(made(), "json");
  EXPECT_NE(text.find("\"fpr\": 0.28999"), std::string::npos) << text;
  EXPECT_NE(text.find("\"fpr\": null"), std::string::npos) << text;
}

TEST(Table, ColumnsAreForPeopleOrForProgramsOrForBoth) {
  Table table;
  table.columns = {
      {"Frames", {}, Table::Kind::Count}, {{}, "frames", Table::Kind::Count}, {"AP", "ap", Table::Kind::Percent}};
  table.rows = {{"5 of 10", 5, 0.25}, {"10", 10, 0.5}};
  table.exactness = {Table::Exactness::Part, Table::Exactness::Estimated};
  table.remarks = {"warning: a|b"};
  EXPECT_EQ(writeTable(table, "csv"), "frames,ap\n5,0.25\n10,0.5\n");
  EXPECT_EQ(writeTable(table, "markdown"),
            "| Frames | AP |\n| ---: | ---: |\n| 5 of 10 | †25.00 |\n| 10 | ≈50.00 |\n\n"
            "- † of a part of the frames: not the set's number\n- warning: a\\|b\n");
  EXPECT_EQ(writeTable(table, "json"),
            "{\n  \"rows\": [\n    {\n      \"frames\": 5,\n      \"ap\": 0.25\n    },\n    {\n"
            "      \"frames\": 10,\n      \"ap\": 0.5\n    }\n  ],\n  \"provenance\": {}\n}\n");
}

TEST(TableWriters, HaveANameOfTheirOwnAndEndWithALine) {
  std::set<std::string_view> names;
  std::set<std::string> endings;
  for (const TableWriter* writer : tableWriters()) {
    EXPECT_TRUE(names.insert(writer->name).second) << writer->name;
    EXPECT_EQ(tableWriter(writer->name), writer);
    EXPECT_EQ(writer->ending.front(), '.');
    const std::string text = writeTable(made(), writer->name);
    EXPECT_NE(text.find("plain"), std::string::npos) << writer->name;
    EXPECT_EQ(text.back(), '\n') << writer->name;
    EXPECT_EQ(text, writeTable(made(), writer->name)) << writer->name;
  }
  for (const TableWriter* writer : reportTableWriters())
    EXPECT_TRUE(endings.insert(std::string(writer->suffix).append(writer->ending)).second)
        << "a report's files would be one: " << writer->name;
  EXPECT_EQ(tableWriter("xlsx"), nullptr);
  EXPECT_THROW(static_cast<void>(writeTable(made(), "xlsx")), ContractViolation);
}

TEST(Table, RowOfAnotherLengthIsTheCallersFault) {
  Table table = made();
  table.rows.push_back({Value("short")});
  EXPECT_THROW(static_cast<void>(writeTable(table, "csv")), ContractViolation);
}

}  // namespace
}  // namespace oodscope
