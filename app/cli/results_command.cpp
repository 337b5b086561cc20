// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/core/sha256.h"
#include "analysis/tables/result_chart.h"
#include "analysis/tables/result_file.h"
#include "analysis/tables/table_writers.h"
#include "app/cli/command.h"
#include "app/cli/request_options.h"

#include <memory>

namespace oodscope {
namespace {

struct ResultsCommandOptions {
  std::string file, format = "markdown", output, figure, scale = "linear";
  ResultQuery query;
  std::vector<std::string> where;
};

std::vector<std::string> partsOf(const std::string& text, char separator) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

/// "loss=ce|fl+h" as a filter.
ResultQuery::Filter filterFrom(const std::string& text) {
  const auto at = text.find('=');
  if (at == std::string::npos || at == 0)
    throw CLI::ValidationError("--where", "'" + text + "' is not COLUMN=VALUE or COLUMN=VALUE|VALUE");
  return {text.substr(0, at), partsOf(text.substr(at + 1), '|')};
}

int runResultsCommand(ResultsCommandOptions options) {
  const ResultFile file = readResultFile(options.file);
  if (options.query.metric.empty()) {
    std::string text = file.file.string() + ": " + std::to_string(file.rows.size()) + " rows\n";
    for (const std::string& name : file.columns) text += name + "\n";
    writeOutput(text, options.output);
    return kDone;
  }
  if (options.query.against.empty()) throw CLI::ValidationError("--against", "name the column to show it against");
  for (const std::string& text : options.where) options.query.filters.push_back(filterFrom(text));
  const std::vector<ResultSeries> series = resultSeries(file, options.query);
  Table table = tableOf(series, options.query);
  table.provenance.push_back({"file", file.file.filename().string()});
  table.provenance.push_back({"file_sha256", sha256OfFile(file.file)});
  if (!options.figure.empty()) {
    const ResultChart chart{.metric = options.query.metric,
                            .against = options.query.against,
                            .scale = options.scale == "symlog" ? ChartScale::Symlog : ChartScale::Linear};
    writeOutput(chartSvg(series, chart), options.figure);
  }
  writeOutput(writeTable(table, options.format), options.output);
  return kDone;
}

Command addResultsOptions(CLI::App& app) {
  auto options = std::make_shared<ResultsCommandOptions>();
  app.add_option("file", options->file, "A CSV file of results, a line a run: tuning.csv, or what evaluate wrote")
      ->required()
      ->type_name("FILE");
  app.add_option("--metric", options->query.metric, "The column to show (default: the columns are listed)")
      ->type_name("COLUMN");
  app.add_option("--against", options->query.against, "The column to show it against")->type_name("COLUMN");
  app.add_option("--group", options->query.groups,
                 "A series for each value of these columns, separated by commas; runs that share group and place are "
                 "shown as mean ± deviation")
      ->delimiter(',')
      ->type_name("LIST");
  app.add_option("--where", options->where,
                 "Take rows with COLUMN=VALUE alone, or one of COLUMN=VALUE|VALUE (named runs, say); may be given "
                 "several times")
      ->type_name("FILTER");
  app.add_option("--figure", options->figure, "Draw it, too: an SVG of lines, or of bars where places are words")
      ->type_name("FILE");
  app.add_option("--scale", options->scale, "Of the figure's numbered axis: linear or symlog")
      ->check(CLI::IsMember({"linear", "symlog"}));
  addFormatOptions(app, options->format, options->output);
  return [options] { return runResultsCommand(*options); };
}

}  // namespace

extern const CommandKind kResultsCommand;
const CommandKind kResultsCommand{"results", "A metric of a result file against a column, mean and deviation over runs",
                                  addResultsOptions};

}  // namespace oodscope
