// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/core/numbers.h"
#include "analysis/tables/table_writers.h"
#include "app/cli/command.h"
#include "app/cli/request_options.h"
#include "app/documents/open_live_sets.h"
#include "app/documents/provenance.h"
#include "app/options/ranges.h"
#include "app/studies/ensemble_study.h"

#include <array>
#include <cstdio>
#include <memory>

namespace oodscope {
namespace {

struct EnsembleCommandOptions {
  RequestOptions request;
  std::string action = "search", criterion = "ap-fpr95", format = "markdown", output;
  int grid = 3;
};

/// A table under way and what it is made with.
struct EnsembleWork {
  WeightQuestion question;
  std::string criterion;
  int grid;
  const ProgressSink& progress;
  const std::stop_token& stop;
  Table table;
  bool isComplete = true;
};

Value ensembleNumber(const std::optional<double>& value) { return value ? Value(*value) : Value(); }

Value textOfWeights(const LiveSet& live, const TermWeights& weights) {
  const WeightedTerms* terms = live.source().weightedTerms();
  return Value(live.source().rowNames(terms->configuration(weights)).method);
}

Value::Array startOfRow(const LiveSet& live, const TermWeights& weights) {
  const RowNames names = live.source().rowNames({});
  return {Value(live.dataSet().name), names.model.empty() ? Value() : Value(names.model), textOfWeights(live, weights),
          Value(names.normalisation)};
}

void endRow(Value::Array row, const std::optional<PixelMetrics>& metrics, EnsembleWork& work) {
  row.push_back(ensembleNumber(metrics ? metrics->ap : std::nullopt));
  row.push_back(ensembleNumber(metrics ? metrics->fpr95 : std::nullopt));
  row.push_back(ensembleNumber(metrics ? criterionOf(work.question.criterion, *metrics) : std::nullopt));
  work.table.rows.push_back(std::move(row));
}

using EnsembleColumns = std::vector<Table::Column>;

EnsembleColumns firstColumns() {
  return {{"Set", "set"}, {"Model", "model"}, {"Ensemble", "method"}, {"Normalisation", "normalisation"}};
}

void addNumberColumns(EnsembleColumns& columns) {
  columns.push_back({"AP", "ap", Table::Kind::Percent});
  columns.push_back({"FPR95", "fpr95", Table::Kind::Percent});
  columns.push_back({"Criterion", "criterion", Table::Kind::Percent});
}

void addWeightFact(const std::string& what, const OpenSource& source, const TermWeights& weights, EnsembleWork& work) {
  std::string text;
  for (const double weight : weights) text.append(text.empty() ? "" : ", ").append(roundTripText(weight));
  work.table.provenance.push_back({what + ", " + source.label, Value(text)});
}

void searchEach(const OpenSource& source, EnsembleWork& work) {
  for (const auto& live : source.sets) {
    const EnsembleSet set = ensembleSetOf(live);
    work.question.choices = weightGrid(set.terms, work.grid);
    work.progress({"weights", live->dataSet().name, 0, work.question.choices.size()});
    const auto found =
        searchWeights(set, work.question.choices, work.question.criterion, work.question.protocol, work.stop);
    if (!found) {
      work.isComplete = false;
      return;
    }
    for (std::size_t t = 0; t < found->trials.size(); ++t) {
      Value::Array row = startOfRow(*live, found->trials[t].weights);
      row.push_back(Value(found->best == t));
      endRow(std::move(row), found->trials[t].metrics, work);
    }
    if (found->best)
      addWeightFact("best weights on " + live->dataSet().name, source, found->trials[*found->best].weights, work);
  }
}

void crossAll(const OpenSource& source, EnsembleWork& work) {
  work.question.choices = weightGrid(source.sets.front()->source().weightedTerms()->texts().size(), work.grid);
  work.progress({"weights", source.label, 0, source.sets.size()});
  const auto crossed = crossedWeights(source.sets, work.question, work.stop);
  if (!crossed) {
    work.isComplete = false;
    return;
  }
  for (std::size_t from = 0; from < source.sets.size(); ++from) {
    if (!crossed->found[from]) continue;
    addWeightFact("weights found on " + source.sets[from]->dataSet().name, source, *crossed->found[from], work);
    for (std::size_t on = 0; on < source.sets.size(); ++on) {
      Value::Array row = startOfRow(*source.sets[on], *crossed->found[from]);
      row.emplace_back(source.sets[from]->dataSet().name);
      endRow(std::move(row), crossed->metrics[from][on], work);
    }
  }
}

void ablateEach(const OpenSource& source, EnsembleWork& work) {
  for (const auto& live : source.sets) {
    if (work.stop.stop_requested()) {
      work.isComplete = false;
      return;
    }
    const WeightedTerms* terms = live->source().weightedTerms();
    work.progress({"ablation", live->dataSet().name, 0, terms->texts().size() + 1});
    for (const Ablation& one : leaveOneOut(ensembleSetOf(live), terms->weights({}), work.question.protocol)) {
      Value::Array row = startOfRow(*live, one.weights);
      row.emplace_back(ablationName(one, terms->texts()));
      endRow(std::move(row), one.metrics, work);
    }
  }
}

/// What the command can do, its table's own column and what is said below it.
struct EnsembleAction {
  const char* name;
  Table::Column own;
  const char* remark;
  void (*run)(const OpenSource& source, EnsembleWork& work);
};

const std::array<EnsembleAction, 3>& ensembleActions() {
  static const std::array<EnsembleAction, 3> kActions{
      {{"search", {"Best", "best"}, "", searchEach},
       {"cross", {"TermWeights of", "weights_of"}, "weights are chosen on one set and measured on all", crossAll},
       {"ablate", {"Terms", "terms"}, kAblationRemark, ablateEach}}};
  return kActions;
}

const EnsembleAction& ensembleAction(const std::string& name) {
  for (const EnsembleAction& action : ensembleActions())
    if (name == action.name) return action;
  throw CLI::ValidationError("action", "'" + name + "' is none of search, cross, ablate");
}

int runEnsembleCommand(const EnsembleCommandOptions& options) {
  const EnsembleAction& action = ensembleAction(options.action);
  EvaluationRequest request = requestFrom(options.request);
  if (request.ensembles.empty())
    throw CLI::ValidationError("--method", "an ensemble is needed, as \"0.5*msp+0.5*max-logit\"");
  if (request.asSubmitted) throw CLI::ValidationError("--as-submitted", "says nothing of weights");
  request.methods.clear();
  request.everyMethod = false;
  const Verbosity verbosity = options.request.verbosity();
  const ProgressSink progress = terminalProgress(verbosity);
  const std::stop_token stop = stopOnInterrupt();
  OpenLiveSets open = openLiveSets(request, progress, stop);
  EnsembleWork work{.question = {.choices = {},
                                 .criterion = parseWeightCriterion(options.criterion),
                                 .protocol = request.protocols.empty() ? Protocol() : request.protocols.front()},
                    .criterion = options.criterion,
                    .grid = options.grid,
                    .progress = progress,
                    .stop = stop,
                    .table = {}};
  work.table.columns = firstColumns();
  work.table.columns.push_back(action.own);
  addNumberColumns(work.table.columns);
  for (const auto& [key, value] : environmentFacts(request.threads))
    work.table.provenance.push_back({key, Value(value)});
  work.table.provenance.push_back({"protocol", Value(std::string(work.question.protocol.name()))});
  work.table.provenance.push_back({"criterion", Value(work.criterion)});
  if (*action.remark != '\0') work.table.provenance.push_back({"action", Value(std::string(action.remark))});
  try {
    for (const OpenSource* source : open.byLabel()) action.run(*source, work);
  } catch (const Error& error) {
    open.problems.emplace_back(error.what());
  }
  endProgressLine();
  if (verbosity != Verbosity::Quiet)
    for (const std::string& text : open.warnings) std::fprintf(stderr, "warning: %s\n", text.c_str());
  for (const std::string& problem : open.problems) std::fprintf(stderr, "failed: %s\n", problem.c_str());
  if (work.table.rows.empty()) return kNothingDone;
  writeOutput(writeTable(work.table, options.format), options.output);
  return work.isComplete && open.problems.empty() ? kDone : kSomeFailed;
}

Command addEnsembleOptions(CLI::App& app) {
  auto options = std::make_shared<EnsembleCommandOptions>();
  app.add_option("action", options->action,
                 "search: every choice of weights and its numbers; cross: weights found on each set, measured on all; "
                 "ablate: the ensemble without each of its terms, nothing trained anew (default search)")
      ->check(CLI::IsMember({"search", "cross", "ablate"}));
  options->request.addTo(app);
  app.add_option("--criterion", options->criterion,
                 "What makes weights the best: ap-fpr95 (highest AP minus FPR95), ap (highest) or fpr95 (lowest)")
      ->check(CLI::IsMember({"ap-fpr95", "ap", "fpr95"}));
  app.add_option("--grid", options->grid, "TermWeights are tried from 0 to N, brought to a sum of 1 (default 3)")
      ->type_name("N")
      ->check(wholeFrom(1, 10));
  addFormatOptions(app, options->format, options->output);
  return [options] { return runEnsembleCommand(*options); };
}

}  // namespace

extern const CommandKind kEnsembleCommand;
const CommandKind kEnsembleCommand{
    "ensemble", "TermWeights of an ensemble: searched, crossed over sets, left out in turn", addEnsembleOptions};

}  // namespace oodscope
