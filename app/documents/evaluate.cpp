// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/evaluate.h"

#include "analysis/core/failure_text.h"
#include "app/documents/provenance.h"
#include "app/documents/set_rows.h"

#include <algorithm>
#include <functional>

namespace oodscope {
namespace {

std::string about(std::string name, const std::string& text) { return name.append(": ").append(text); }

/// The request with the command line's defaults in place of empty lists.
EvaluationRequest completed(EvaluationRequest request) {
  if (request.methods.empty() && request.ensembles.empty()) request.methods = {Method()};
  if (request.temperatures.empty()) request.temperatures = {1.0F};
  if (request.protocols.empty()) request.protocols = {Protocol()};
  return request;
}

/// The sources that could be opened; what there is to say of the others and of networks goes to the report.
std::vector<SourceItem> usableSources(const EvaluationRequest& request, EvaluationReport& report) {
  std::vector<SourceItem> out;
  std::string problems;
  for (OpenedSource& source : openSourceItems(request)) {
    if (!source.failure.empty()) {
      report.unfinished.push_back(source.failure);
      problems += (problems.empty() ? "" : "; ") + source.failure;
      continue;
    }
    if (source.item.model) {
      const ModelInfo& info = source.item.model->info();
      for (const std::string& text : info.assumptions) report.notes.push_back(about(source.item.label, text));
      for (const std::string& text : info.warnings) report.warn(about(source.item.label, text));
    }
    if (!source.warning.empty()) report.warn(about(source.item.label, source.warning));
    out.push_back(std::move(source.item));
  }
  if (out.empty()) throw Error(problems.empty() ? "no model and no scores given" : problems, {});
  return out;
}

void tellOfSet(const DataSet& set, EvaluationReport& report) {
  for (const Skipped& skipped : set.skipped) report.notes.push_back(skipped.file.string() + ": " + skipped.reason);
  for (const std::string& text : set.warnings) report.warn(about(set.name, text));
  for (const std::string& remark : set.remarks) report.notes.push_back(about(set.name, remark));
  const auto labelled = static_cast<std::size_t>(
      std::count_if(set.frames.begin(), set.frames.end(), [](const Frame& frame) { return frame.label.has_value(); }));
  if (const std::size_t without = set.frames.size() - labelled; without > 0)
    report.warn(set.name + ": " + std::to_string(without) +
                (without == 1 ? " frame has no ground truth and takes no part"
                              : " frames have no ground truth and take no part"));
  if (labelled == 0)
    report.unfinished.push_back(set.name + ": no frame has ground truth (" + set.root.string() + ")");
  else
    report.addFact("data " + set.name, dataFingerprint(set));
}

/// What gives rows of a set: the sources where methods are asked for, and the ensembles.
using RowMaker = std::function<std::shared_ptr<ScoreSource>(const std::shared_ptr<const DataSet>& set)>;

std::vector<RowMaker> rowMakers(const EvaluationRequest& request, const std::vector<SourceItem>& sources,
                                const std::shared_ptr<LogitsStore>& store, EvaluationReport& report) {
  std::vector<RowMaker> out;
  if (!isOfEnsemblesAlone(request))
    for (const SourceItem& item : sources)
      out.emplace_back([&](const auto& set) { return openSource(set, item, request.channels, store); });
  for (EnsemblePlan& plan : ensemblePlans(request, sources, report.unfinished))
    out.emplace_back([plan = std::move(plan), store](const auto& set) { return openSource(set, plan, store); });
  return out;
}

void addRowsOf(const EvaluationWork& work, const std::shared_ptr<const DataSet>& set,
               const std::vector<RowMaker>& makers) {
  tellOfSet(*set, work.report);
  if (std::none_of(set->frames.begin(), set->frames.end(), [](const Frame& frame) { return frame.label.has_value(); }))
    return;
  SetRows rows(work, set);
  for (const RowMaker& maker : makers) {
    if (work.stop.stop_requested()) break;
    std::string name;
    try {
      const auto source = maker(set);
      name = source->name();
      rows.add(source);
    } catch (const std::exception& failure) {
      // Lack of memory, say: the rows of the sources that are done are not lost with this one.
      work.report.unfinished.push_back(set->name + (name.empty() ? "" : ", " + name) + ": " + failureText(failure));
    }
  }
  rows.finish();
}

}  // namespace

void EvaluationReport::warn(const std::string& text) {
  if (std::find(warnings.begin(), warnings.end(), text) == warnings.end()) warnings.push_back(text);
}

void EvaluationReport::fail(const FailedFrame& failure) {
  const bool known = std::any_of(failures.begin(), failures.end(), [&](const FailedFrame& other) {
    return other.set == failure.set && other.frame == failure.frame && other.message == failure.message;
  });
  if (!known) failures.push_back(failure);
}

void EvaluationReport::addFact(const std::string& key, const std::string& value) {
  Value::Object& facts = table.provenance;
  const bool known = std::any_of(facts.begin(), facts.end(), [&](const Member& fact) { return fact.key == key; });
  if (!known) facts.push_back({key, Value(value)});
}

EvaluationReport evaluate(const EvaluationRequest& asked, const ProgressSink& progress, const std::stop_token& stop) {
  EvaluationReport report;
  const EvaluationRequest request = completed(asked);
  for (auto& [key, value] : environmentFacts(request.threads)) report.addFact(key, value);
  if (request.asSubmitted) report.addFact("scores", std::string(kAsSubmitted));
  const auto store = std::make_shared<LogitsStore>(request.store);
  const std::vector<SourceItem> sources = usableSources(request, report);
  if (request.sets.empty()) throw Error("no set is given: name at least one", {});
  const std::vector<RowMaker> makers = rowMakers(request, sources, store, report);
  if (makers.empty()) throw Error(report.unfinished.back(), {});
  std::size_t opened = 0;
  for (const OpenedSet& open : openSets(request.sets)) {
    if (stop.stop_requested()) break;
    if (!open.set) {
      report.unfinished.push_back(open.failure);
      continue;
    }
    ++opened;
    addRowsOf({request, progress, stop, report}, open.set, makers);
  }
  if (opened == 0 && !stop.stop_requested())
    throw Error("none of the sets could be opened: " + report.unfinished.back(), {});
  report.cancelled = stop.stop_requested();
  report.table.warnings = report.warnings;
  report.table.unfinished = report.unfinished;
  return report;
}

}  // namespace oodscope
