// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/plain_table.h"

#include "analysis/core/error.h"

#include <gtest/gtest.h>

namespace oodscope {
namespace {

PlainTable made() {
  using Kind = PlainTable::Kind;
  PlainTable table;
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

TEST(PlainTable, CsvKeepsAllDigitsAndQuotesSeparators) {
  EXPECT_EQ(writeTable(made(), TableFormat::Csv),
            "set,area,fpr,threshold\n\"a,b|c_d\",1234,0.28999,0.0379123\nplain,,,\n");
}

TEST(PlainTable, MarkdownShowsPercentAndDashes) {
  const std::string text = writeTable(made(), TableFormat::Markdown);
  EXPECT_NE(text.find("| a,b\\|c_d | 1234 | 29.00 | 0.03791 |"), std::string::npos) << text;
  EXPECT_NE(text.find("| plain | – | – | – |"), std::string::npos) << text;
  EXPECT_NE(text.find("- program: oodscope\n"), std::string::npos) << text;
}

TEST(PlainTable, LatexEscapesAndClosesWhatItOpens) {
  const std::string text = writeTable(made(), TableFormat::Latex);
  EXPECT_NE(text.find("\\caption{Rules \\& results}"), std::string::npos) << text;
  EXPECT_NE(text.find("c\\_d & 1234 & 29.00 & 0.03791 \\\\"), std::string::npos) << text;
  EXPECT_NE(text.find("plain & -- & -- & -- \\\\"), std::string::npos) << text;
  for (const char* environment : {"document", "table", "tabular"}) {
    EXPECT_NE(text.find(std::string("\\begin{") + environment), std::string::npos);
    EXPECT_NE(text.find(std::string("\\end{") + environment), std::string::npos);
  }
}

TEST(PlainTable, JsonSaysNullForWhatIsNotDefined) {
  const std::string text = writeTable(made(), TableFormat::Json);
  EXPECT_NE(text.find("\"fpr\":0.28999"), std::string::npos) << text;
  EXPECT_NE(text.find("\"fpr\":null"), std::string::npos) << text;
}

TEST(PlainTable, RowOfAnotherLengthIsTheCallersFault) {
  PlainTable table = made();
  table.rows.push_back({Value("short")});
  EXPECT_THROW(static_cast<void>(writeTable(table, TableFormat::Csv)), ContractViolation);
}

}  // namespace
}  // namespace oodscope
