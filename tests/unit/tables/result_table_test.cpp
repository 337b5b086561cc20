// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/result_table.h"

#include "analysis/core/error.h"
#include "analysis/tables/latex.h"
#include "analysis/tables/number_text.h"
#include "analysis/tables/table_writers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ResultRow row(const std::string& set, const std::string& method, double ap, double fpr95) {
  ResultRow r;
  r.set = set;
  r.model = "erfnet_20.pth";
  r.method = method;
  r.temperature = 1.6;
  r.protocol = "course";
  r.frames = r.framesTotal = 10;
  r.precision = "float16";
  r.positives = 3739;
  r.negatives = 60673;
  r.ap = ap;
  r.fpr95 = fpr95;
  r.auroc = 0.1 + 0.2;
  return r;
}

ResultTable twoSets() {
  ResultTable table;
  table.rows = {row("Road_A", "msp", 0.28999, 0.62172), row("Road_A", "max-logit", 0.38161, 0.59234),
                row("Road_A", "energy", 0.10, 0.70), row("B&C", "msp", 0.5, 0.2), row("B&C", "energy", 0.6, 0.3)};
  table.provenance = {{"program", "oodscope-cli 0.1.0"}, {"threads", 2}, {"exact", true}};
  return table;
}

TEST(ResultTableJson, HasExactlyTheFieldsOfTheSchemaInOrder) {
  ResultTable table;
  table.rows.push_back(row("S", "msp", 0.25, 0.5));
  table.provenance = {{"threads", 2}};
  EXPECT_EQ(writeTable(table, "json"), R"({
  "rows": [
    {
      "set": "S",
      "model": "erfnet_20.pth",
      "method": "msp",
      "temperature": 1.6,
      "protocol": "course",
      "frames": 10,
      "skipped": 0,
      "frames_total": 10,
      "without_anomaly": 0,
      "failed": 0,
      "unread": 0,
      "unlabelled": 0,
      "complete": true,
      "precision": "float16",
      "positives": 3739,
      "negatives": 60673,
      "ap": 0.25,
      "fpr95": 0.5,
      "auroc": 0.30000000000000004,
      "best_f1": null,
      "best_f1_threshold": null,
      "exact": true,
      "components": null
    }
  ],
  "complete": true,
  "unfinished": [],
  "warnings": [],
  "provenance": {
    "threads": 2
  }
}
)");
}

TEST(ResultTableJson, ReadsBackEveryValue) {
  ResultTable table = twoSets();
  table.rows[0].components = ComponentColumns{.threshold = 1.0 / 3.0, .siou = 0.1, .ppv = {}, .f1Star = 0.0};
  table.rows[1].temperature = {};
  table.rows[1].model = "";
  table.rows[2].exact = false;
  table.rows[3].skipped = table.rows[3].failed = 4;
  table.rows[3].complete = table.rows[3].exact = false;
  table.rows[4].precision = "";
  table.warnings = {"one", "two"};
  table.unfinished = {"Road_A: stopped"};
  table.provenance.push_back(
      {"sets", Value::Array{Value::Object{{"name", "x"}, {"bytes", std::int64_t{1} << 40}}, 0.1, {}}});
  EXPECT_EQ(tableFromJson(writeTable(table, "json")), table);
}

TEST(ResultTableJson, ReadsATableOfTheFirstVersion) {
  const ResultTable table = tableFromJson(
      R"({"rows":[{"set":"S","model":null,"method":"m","temperature":null,"protocol":"course","frames":8,"skipped":2,)"
      R"("positives":1,"negatives":2,"ap":0.5,"fpr95":0.5,"auroc":null,"best_f1":null,"best_f1_threshold":null,)"
      R"("exact":true,"components":null}],"provenance":{}})");
  EXPECT_EQ(table.rows.at(0).framesTotal, 10);
  EXPECT_TRUE(table.rows.at(0).complete) << "nothing says otherwise";
  EXPECT_EQ(table.rows.at(0).precision, "");
  EXPECT_TRUE(table.warnings.empty());
}

TEST(ResultTableJson, IsCompleteOnlyWithAllRowsAndAllTheirFrames) {
  ResultTable table = twoSets();
  EXPECT_THAT(writeTable(table, "json"), HasSubstr("\n  \"complete\": true"));
  table.unfinished = {"B&C: stopped"};
  EXPECT_THAT(writeTable(table, "json"), HasSubstr("\n  \"complete\": false"));
  table = twoSets();
  table.rows[1].complete = false;
  EXPECT_THAT(writeTable(table, "json"), HasSubstr("\n  \"complete\": false"));
}

TEST(ResultTableJson, KeepsTheOrderOfProvenance) {
  ResultTable table;
  table.provenance = {{"z", 1}, {"a", 2}};
  const std::string json = writeTable(table, "json");
  EXPECT_LT(json.find("\"z\""), json.find("\"a\""));
}

TEST(ResultTableJson, SaysWhichFieldIsMissingOrWrong) {
  const auto message = [](const std::string& json) -> std::string {
    try {
      (void)tableFromJson(json);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(message("not json"), HasSubstr("expected JSON"));
  EXPECT_THAT(message("{}"), HasSubstr("\"rows\""));
  EXPECT_THAT(message(R"({"rows":[{"set":1}],"provenance":{}})"), HasSubstr("rows[0].set\""));
  EXPECT_THAT(message(R"({"rows":[],"provenance":[]})"), HasSubstr("\"provenance\""));
  std::string json = writeTable(twoSets(), "json");
  json.replace(json.find("\"frames\": 10"), 12, "\"frames\": \"\"");
  EXPECT_THAT(message(json), HasSubstr("at \"rows[0].frames\": expected a whole number"));
  json = writeTable(twoSets(), "json");
  json.replace(json.find("\"frames\": 10"), 12, "\"frames\": -1");
  EXPECT_THAT(message(json), HasSubstr("at \"rows[0].frames\""));
  json = writeTable(twoSets(), "json");
  const auto ap = json.find("\"ap\": ");
  json.replace(ap, json.find(',', ap) - ap, "\"ap\": 29.0");
  EXPECT_THAT(message(json), HasSubstr("at \"rows[0].ap\": expected a number from 0 to 1, found 29"));
  EXPECT_THAT(message(R"({"rows":[],"provenance":{"a":)" + std::string(200'000, '[') + "}}"), HasSubstr("nested"));
  EXPECT_THAT(message(R"({"rows":[],"rows":[],"provenance":{}})"), HasSubstr("\"rows\" twice"));
}

TEST(ResultTableJson, ReplacesBytesThatAreNotUtf8) {
  ResultTable table;
  table.rows.push_back(row("bad\xff", "msp", 0.25, 0.5));
  EXPECT_THAT(writeTable(table, "json"), HasSubstr("bad\xEF\xBF\xBD"));
}

TEST(ResultTableCsv, QuotesSeparatorsAndLeavesNotDefinedEmpty) {
  ResultTable table;
  table.rows.push_back(row("a,\"b\"", "msp", 0.25, 0.5));
  table.rows[0].ap = {};
  table.rows[0].components = ComponentColumns{.threshold = 0.3, .siou = 0.5, .ppv = {}, .f1Star = 0.0};
  const std::string csv = writeTable(table, "csv");
  EXPECT_EQ(csv.substr(csv.find('\n') + 1),
            "\"a,\"\"b\"\"\",erfnet_20.pth,msp,1.6,course,10,0,3739,60673,,0.5,0.30000000000000004,,,true,0.3,0.5,,0,"
            "10,0,0,0,0,true,float16\n");
}

TEST(ResultTableMarkdown, GivesPercentWithTwoDecimalsAndADashForNotDefined) {
  ResultTable table = twoSets();
  table.rows.resize(2);
  table.rows[1].exact = false;
  table.rows[1].temperature = {};
  EXPECT_EQ(writeTable(table, "markdown"),
            "| Set | Model | Method | T | Protocol | Frames | AP | FPR95 | AUROC | Best F1 | at δ |\n"
            "| --- | --- | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
            "| Road_A | erfnet_20.pth | msp | 1.6 | course | 10 | 29.00 | 62.17 | 30.00 | – | – |\n"
            "| Road_A | erfnet_20.pth | max-logit | – | course | 10 | ≈38.16 | ≈59.23 | ≈30.00 | – | – |\n"
            "\n- program: oodscope-cli 0.1.0\n- threads: 2\n- exact: true\n");
}

TEST(ResultTable, FramesAreSaidByKindAndAPartAsAPart) {
  ResultRow some = row("S", "msp", 0.25, 0.5);
  EXPECT_EQ(framesText(some), "10");
  some.frames = 8;
  some.withoutAnomaly = some.skipped = 2;
  EXPECT_EQ(framesText(some), "8 (2 without anomaly)");
  some.frames = 5;
  some.failed = 2;
  some.unread = 1;
  some.complete = false;
  EXPECT_EQ(framesText(some), "5 of 8 (2 failed, 1 not read, 2 without anomaly)");
}

TEST(ResultTableMarkdown, MarksTheNumbersOfAPartAndSaysWhatIsMissing) {
  ResultTable table = twoSets();
  table.rows.resize(1);
  table.rows[0].frames = 6;
  table.rows[0].failed = table.rows[0].skipped = 4;
  table.rows[0].complete = table.rows[0].exact = false;
  table.unfinished = {"Road_B: stopped"};
  table.warnings = {"Road_A: a | warning"};
  const std::string text = writeTable(table, "markdown");
  EXPECT_THAT(text, HasSubstr("| 6 of 10 (4 failed) | †29.00 | †62.17 |"));
  EXPECT_THAT(text, HasSubstr("\n- † of a part of the frames: not the set's number\n"
                              "- partial, not done: Road_B: stopped\n- warning: Road_A: a \\| warning\n"));
}

TEST(ResultTableLatex, APartOfTheFramesHasNoRank) {
  ResultTable table = twoSets();
  table.rows[1].complete = table.rows[1].exact = false;  // the best of its column
  const std::string latex = writeTable(table, "latex");
  EXPECT_THAT(latex, HasSubstr("    max-logit & 1.6 & 38.16$^\\dagger$ & 59.23$^\\dagger$ & -- & -- \\\\"));
  EXPECT_THAT(latex, HasSubstr("    msp & 1.6 & \\textbf{29.00} & \\textbf{62.17}"));
  EXPECT_THAT(latex, HasSubstr("Marked with a dagger: of a part of the frames."));
}

TEST(ResultTableMarkdown, EscapesThePipe) {
  ResultTable table;
  table.rows.push_back(row("a|b", "msp", 0.25, 0.5));
  EXPECT_THAT(writeTable(table, "markdown"), HasSubstr("| a\\|b |"));
}

TEST(ResultTableLatex, MarksBestBoldAndSecondUnderlined) {
  const std::string latex = writeTable(twoSets(), "latex");
  EXPECT_THAT(latex, HasSubstr("\\multicolumn{2}{c}{Road\\_A} & \\multicolumn{2}{c}{B\\&C} \\\\"));
  EXPECT_THAT(latex, HasSubstr("\\cmidrule(lr){3-4} \\cmidrule(lr){5-6}"));
  EXPECT_THAT(
      latex,
      HasSubstr("    msp & 1.6 & \\underline{29.00} & \\underline{62.17} & \\underline{50.00} & \\textbf{20.00} \\\\"));
  EXPECT_THAT(latex, HasSubstr("    max-logit & 1.6 & \\textbf{38.16} & \\textbf{59.23} & -- & -- \\\\"));
  EXPECT_THAT(latex, HasSubstr("    energy & 1.6 & 10.00 & 70.00 & \\textbf{60.00} & \\underline{30.00} \\\\"));
}

TEST(ResultTableLatex, EqualPrintsShareAPlace) {
  ResultTable table;
  table.rows = {row("S", "a", 0.500001, 0.1), row("S", "b", 0.500002, 0.2), row("S", "c", 0.4, 0.3)};
  const std::string latex = writeTable(table, "latex");
  EXPECT_THAT(latex, HasSubstr("    a & 1.6 & \\textbf{50.00}"));
  EXPECT_THAT(latex, HasSubstr("    b & 1.6 & \\textbf{50.00}"));
  EXPECT_THAT(latex, HasSubstr("    c & 1.6 & \\underline{40.00}"));
}

TEST(ResultTableLatex, NamesTheProtocolOnceOrInAColumn) {
  ResultTable table = twoSets();
  EXPECT_THAT(writeTable(table, "latex"), HasSubstr("protocol course"));
  table.rows[1].protocol = "smiyc2023";
  const std::string latex = writeTable(table, "latex");
  EXPECT_THAT(latex, HasSubstr("Method & Protocol & $T$"));
  EXPECT_THAT(latex, Not(HasSubstr("protocol course")));
}

TEST(ResultTableLatex, IsADocumentOrTheTableAlone) {
  EXPECT_THAT(writeTable(twoSets(), "latex"), HasSubstr("\\usepackage{booktabs}"));
  Table table = tableOf(twoSets());
  table.caption = "50 % off";
  const std::string fragment = writeTable(table, "latex-fragment");
  EXPECT_THAT(fragment, Not(HasSubstr("\\documentclass")));
  EXPECT_THAT(fragment, HasSubstr("\\caption{50 \\% off}"));
}

TEST(ResultTableLatex, EscapesEverySpecialCharacter) {
  EXPECT_EQ(latexEscaped("a_b%c&d#e$f{g}h~i^j\\k"),
            "a\\_b\\%c\\&d\\#e\\$f\\{g\\}h\\textasciitilde{}i\\textasciicircum{}j\\textbackslash{}k");
}

TEST(NumberText, IsShortestThatReadsBack) {
  EXPECT_EQ(roundTripText(0.1), "0.1");
  EXPECT_EQ(roundTripText(1.0 / 3.0), "0.3333333333333333");
  EXPECT_EQ(percentText(0.28999), "29.00");
  EXPECT_EQ(percentText(1.0), "100.00");
  EXPECT_EQ(shortText(0.21875), "0.2188");
}

}  // namespace
}  // namespace oodscope
