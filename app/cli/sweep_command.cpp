// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/tables/number_text.h"
#include "app/cli/command.h"
#include "app/cli/request_options.h"
#include "app/documents/open_live_sets.h"
#include "app/documents/polarity.h"
#include "app/documents/provenance.h"
#include "app/documents/result_row.h"
#include "app/options/ranges.h"
#include "app/studies/sweep.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

namespace oodscope {
namespace {

struct SweepCommandOptions {
  RequestOptions request;
  SweepOptions sweep;
  std::string rule = "ap-fpr95", format = "markdown", output;
};

/// What is said of one method of one source besides its rows.
class Sweeps {
public:
  Sweeps(const EvaluationRequest& request, const SweepOptions& options, const ProgressSink& progress,
         std::stop_token stop)
      : m_options(options),
        m_progress(progress),
        m_stop(std::move(stop)),
        m_protocol(request.protocols.empty() ? Protocol() : request.protocols.front()),
        m_complete(!m_stop.stop_requested()) {
    for (const auto& [key, value] : environmentFacts(request.threads))
      m_table.provenance.push_back({key, Value(value)});
    if (request.asSubmitted) m_table.provenance.push_back({"scores", Value(std::string(kAsSubmitted))});
  }

  void run(const std::string& model, const std::vector<std::shared_ptr<LiveSet>>& sets, const FilteredMethod& method) {
    const std::string subject = model + ", " + method.name();
    const SweepResult result = sweep(sets, method, m_protocol, m_options, telling(subject, sets.size()), m_stop);
    for (std::size_t s = 0; s < sets.size(); ++s) take(sweepRows(result.curves[s], *sets[s], method, m_protocol));
    finish(subject, result);
  }

  /// Of an ensemble, which is made anew at each temperature.
  void run(const OpenSource& ensemble) {
    const auto& sets = ensemble.sets;
    const auto exactAt = [&](std::size_t set, double temperature) -> std::shared_ptr<const ExactRun> {
      const auto live = ensemble.retempered(*sets[set], temperature);
      if (m_stop.stop_requested()) return nullptr;
      return live->exact({}, m_protocol, std::nullopt, m_stop);
    };
    const SweepResult result = sweep(sets, exactAt, m_options, telling(ensemble.label, sets.size()), m_stop);
    for (std::size_t s = 0; s < sets.size(); ++s) take(sweepRows(result.curves[s], *sets[s], m_protocol));
    finish(ensemble.label, result);
  }

  void warn(const std::string& text) {
    std::vector<std::string>& known = m_table.warnings;
    if (std::find(known.begin(), known.end(), text) == known.end()) known.push_back(text);
  }
  [[nodiscard]] const ResultTable& table() const { return m_table; }
  [[nodiscard]] bool isComplete() const { return m_complete; }

private:
  SweepSink telling(const std::string& subject, std::size_t sets) {
    return [this, subject, done = std::size_t{0}, total = sets * sweepTemperatures(m_options).size()](
               std::size_t, const SweepPoint&) mutable {
      m_progress({"sweep", subject, std::min(++done, total), total});
    };
  }

  void take(std::vector<ResultRow> rows) {
    warnOfPolarity(rows);
    for (ResultRow& row : rows) m_table.rows.push_back(std::move(row));
  }

  void finish(const std::string& subject, const SweepResult& result) {
    m_complete = m_complete && result.complete;
    nameBestOf(subject, result);
  }

  /// Once a set, at the temperature nearest to 1, instead of once a row.
  void warnOfPolarity(const std::vector<ResultRow>& rows) {
    const auto plain = std::min_element(rows.begin(), rows.end(), [](const ResultRow& a, const ResultRow& b) {
      return std::abs(std::log(*a.temperature)) < std::abs(std::log(*b.temperature));
    });
    if (plain == rows.end()) return;
    if (const auto hint = polarityHint(*plain)) warn(*hint);
  }

  void nameBestOf(const std::string& subject, const SweepResult& result) {
    const std::string key = "best temperature, " + subject;
    if (!result.bestTemperature) {
      if (const std::size_t missing = result.missingFrames(); missing > 0)
        warn(subject + ": no best temperature is named, because " + std::to_string(missing) +
             (missing == 1 ? " frame is missing" : " frames are missing"));
      else if (!result.complete)
        warn(subject + ": no best temperature is named, because the sweep was stopped before its end");
      return;
    }
    m_table.provenance.push_back({key, Value(*result.bestTemperature)});
    m_table.provenance.push_back({key + ", rule", Value(sweepRuleText(result.rule))});
    if (result.bestValue) m_table.provenance.push_back({key + ", value", Value(*result.bestValue)});
    m_table.provenance.push_back({key + ", at end of range", Value(result.bestAtEnd.has_value())});
    if (const auto text = rangeEndWarning(result)) warn(subject + ": " + *text);
  }

  SweepOptions m_options;
  const ProgressSink& m_progress;
  std::stop_token m_stop;
  Protocol m_protocol;
  ResultTable m_table;
  bool m_complete;
};

/// Whether a temperature can be chosen for the method, of what the source gives.
bool isTempered(const OpenSource& source, Method method) {
  if (source.sets.empty()) return false;
  const ScoreSource& scores = source.sets.front()->source();
  return servesAsOpened(scores, method) && method.usesTemperature(scores.inputs());
}

bool isEnsembleSource(const OpenSource& source) {
  return !source.sets.empty() && source.sets.front()->source().weightedTerms() != nullptr;
}

void sweepEnsembles(const OpenLiveSets& open, Sweeps& sweeps) {
  for (const OpenSource* source : open.byLabel()) {
    if (source->retempered)
      sweeps.run(*source);
    else if (isEnsembleSource(*source))
      std::fprintf(stderr, "note: temperature has no effect on the ranking of %s\n", source->label.c_str());
  }
}

int runSweepCommand(SweepCommandOptions options) {
  EvaluationRequest request = requestFrom(options.request);
  options.sweep.rule = sweepRuleFromName(options.rule).value();
  if (isOfEnsemblesAlone(request) && options.sweep.rule == SweepRule::Nll)
    throw CLI::ValidationError("--rule",
                               "nll is of one network's logits: ensembles are swept by ap-fpr95, ap or fpr95");
  if (options.sweep.rule == SweepRule::Nll) request.ensembles.clear();
  request.temperatures = {1.0F};
  const Verbosity verbosity = options.request.verbosity();
  const ProgressSink progress = terminalProgress(verbosity);
  const std::stop_token stop = stopOnInterrupt();
  OpenLiveSets open = openLiveSets(request, progress, stop);
  Sweeps sweeps(request, options.sweep, progress, stop);
  for (const std::string& text : open.warnings) sweeps.warn(text);
  std::vector<FilteredMethod> methods = request.methods;
  const bool hasMethods = !isOfEnsemblesAlone(request);
  if (methods.empty() && hasMethods) methods.emplace_back();
  if (request.everyMethod) methods.assign(allMethods().begin(), allMethods().end());
  for (const FilteredMethod& method : methods) {
    if (!method.method.usesTemperature()) {
      std::fprintf(stderr, "note: temperature has no effect on the ranking of %s\n", method.name().c_str());
      continue;
    }
    for (const OpenSource* source : open.byLabel())
      if (!isEnsembleSource(*source) && (!request.everyMethod || isTempered(*source, method.method)))
        sweeps.run(source->label, source->sets, method);
  }
  sweepEnsembles(open, sweeps);
  for (const OpenSource* source : open.byLabel())
    for (const auto& set : source->sets)
      for (const std::string& text : set->source().warnings())
        sweeps.warn(std::string(set->dataSet().name).append(": ").append(text));
  endProgressLine();
  const ResultTable& table = sweeps.table();
  if (verbosity != Verbosity::Quiet)
    for (const std::string& text : table.warnings) std::fprintf(stderr, "warning: %s\n", text.c_str());
  for (const std::string& problem : open.problems) std::fprintf(stderr, "failed: %s\n", problem.c_str());
  if (table.rows.empty()) return kNothingDone;
  writeOutput(writeTable(table, options.format), options.output);
  if (!sweeps.isComplete()) std::fprintf(stderr, "stopped: %zu points are complete\n", table.rows.size());
  return sweeps.isComplete() && open.problems.empty() ? kDone : kSomeFailed;
}

Command addSweepOptions(CLI::App& app) {
  auto options = std::make_shared<SweepCommandOptions>();
  options->request.addTo(app);
  app.add_option("--from", options->sweep.low, "Lowest temperature")->check(numberFrom(1e-6, 1e6));
  app.add_option("--to", options->sweep.high, "Highest temperature")->check(numberFrom(1e-6, 1e6));
  app.add_option("--steps", options->sweep.values, "Number of temperatures, logarithmically spaced")
      ->check(wholeFrom(1, 10'000));
  app.add_option("--refine", options->sweep.refinements, "Further temperatures around the best")
      ->check(wholeFrom(0, 1000));
  app.add_option("--rule", options->rule,
                 "What makes a temperature the best, as a mean over the sets: ap-fpr95 (highest AP minus FPR95), ap "
                 "(highest), fpr95 (lowest) or nll (lowest NLL of the true class; sets with class labels only)")
      ->check(CLI::IsMember({"ap-fpr95", "ap", "fpr95", "nll"}));
  addFormatOptions(app, options->format, options->output);
  return [options] {
    if (options->sweep.high < options->sweep.low) throw CLI::ValidationError("--to", "is below --from");
    return runSweepCommand(*options);
  };
}

}  // namespace

extern const CommandKind kSweepCommand;
const CommandKind kSweepCommand{"sweep", "AP and FPR95 against temperature, with the best trade-off", addSweepOptions};

}  // namespace oodscope
