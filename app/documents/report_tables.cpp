// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/report_tables.h"

#include "analysis/formats/atomic_file.h"
#include "analysis/regions/decision.h"
#include "analysis/tables/number_text.h"
#include "analysis/tables/table_writers.h"
#include "app/documents/provenance.h"
#include "app/documents/published_numbers.h"
#include "app/documents/report_plan.h"
#include "app/documents/result_row.h"
#include "app/studies/component_track.h"

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

void addFact(Value::Object& facts, const std::string& key, const std::string& value) {
  const bool known = std::any_of(facts.begin(), facts.end(), [&](const Member& fact) { return fact.key == key; });
  if (!known) facts.push_back({key, Value(value)});
}

/// As menus and plots say it.
std::string titleOf(const Configuration& configuration) {
  if (!configuration.method) return configuration.name;
  return titleWithFilters(configuration.method->title(), configuration.filters);
}

/// What was printed of runs, where that can be read.
std::optional<PublishedValues> publishedValues() {
  try {
    return PublishedValues::read(publishedValuesFile());
  } catch (const Error&) {
    return std::nullopt;
  }
}

ResultRow rowOf(const RunSpec& run, const LiveSet& live, const SetNumbers& numbers,
                const std::optional<PublishedValues>& printed) {
  const Configuration configuration = live.configurationOf(run);
  const std::string& set = live.dataSet().name;
  ResultRow row = resultRow(set, live.source(), configuration, run.protocol, numbers.metrics, numbers.account);
  row.exact = row.exact && numbers.exact;
  row.methodTitle = titleOf(configuration);
  if (printed && live.resolution() == defaultResolution(run.protocol)) {
    row.published = publishedColumns(*printed, set, live.source(), configuration, run.protocol);
    if (row.published->source.empty()) row.published.reset();  // columns only where something is known
  }
  return row;
}

template <class T>
Value valueOf(const std::optional<T>& value) {
  return value ? Value(static_cast<double>(*value)) : Value();
}

Value temperatureOf(const Configuration& configuration) {
  return configuration.temperature ? Value(shortestDecimal(*configuration.temperature)) : Value();
}

Table thresholdTable(SessionResults& results, const std::vector<RunSpec>& runs) {
  using Kind = Table::Kind;
  Table table;
  table.caption = "Thresholds by rule and what they do, exactly counted. Precision, recall, FPR and F1 in percent.";
  table.columns = {{"Set", "set", Kind::Text},
                   {"Model", "model", Kind::Text},
                   {"Method", {}, Kind::Text},
                   {{}, "method", Kind::Text},
                   {"T", "temperature", Kind::Score},
                   {"Rule", "rule", Kind::Text},
                   {"Threshold", "threshold", Kind::Score},
                   {"Precision", "precision", Kind::Percent},
                   {"Recall", "recall", Kind::Percent},
                   {"FPR", "fpr", Kind::Percent},
                   {"F1", "f1", Kind::Percent}};
  for (const RunSpec& run : runs) {
    const std::string set = results.setName(run), source = results.sourceName(run);
    const Configuration configuration = results.configuration(run);
    for (const ThresholdEffect& effect : results.thresholds(run)) {
      const bool known = effect.threshold.has_value();
      table.rows.push_back(
          {Value(set), Value(source), Value(titleOf(configuration)), Value(configuration.name),
           temperatureOf(configuration), Value(effect.rule), valueOf(effect.threshold),
           known ? valueOf(effect.counts.precision()) : Value(), known ? valueOf(effect.counts.recall()) : Value(),
           known ? valueOf(effect.counts.fpr()) : Value(), known ? valueOf(effect.counts.f1()) : Value()});
    }
  }
  return table;
}

ResultTable sweepTable(SessionResults& results, const std::vector<std::string>& sources) {
  ResultTable table;
  for (const std::string& source : sources) {
    const auto sweep = results.sweepOf(source);
    const Configuration view = results.viewConfiguration();
    for (const SweepCurve& curve : sweep->curves)
      for (ResultRow& row :
           sweepRows(curve, *results.liveSet(curve.set, source), {view.method.value_or(Method()), view.filters},
                     results.session().view.protocol)) {
        row.methodTitle = titleOf(view);
        table.rows.push_back(std::move(row));
      }
    if (sweep->bestTemperature) {
      table.provenance.push_back({"best temperature, " + source, Value(*sweep->bestTemperature)});
      table.provenance.push_back({"best temperature, rule", Value(sweepRuleText(sweep->rule))});
    }
    if (const auto warning = rangeEndWarning(*sweep)) table.warnings.push_back(source + ": " + *warning);
  }
  return table;
}

}  // namespace

Value::Object provenanceOf(SessionResults& results, int threads) {
  Value::Object facts;
  for (const auto& [key, value] : environmentFacts(threads)) addFact(facts, key, value);
  const Protocol protocol = results.session().view.protocol;
  addFact(facts, "protocol", std::string(protocol.name()));
  addFact(facts, "protocol rule", std::string(protocol.description()));
  for (const std::string& source : results.sources())
    for (const std::string& set : results.sets())
      if (results.isOpen(set, source)) {
        const auto live = results.liveSet(set, source);
        addFact(facts, "resolution", std::string(resolutionName(live->resolution())));
        for (const auto& [key, value] : live->source().provenance())
          addFact(facts, std::string(source).append(" ").append(key), value);
      }
  for (const std::string& set : results.sets())
    for (const std::string& source : results.sources())
      if (results.isOpen(set, source)) {
        const DataSet& data = results.liveSet(set, source)->dataSet();
        addFact(facts, "data " + set, dataFingerprint(data));
        const TrackOfSet track = objectTrackOf(data);
        addFact(facts, "components " + set, componentRule(componentTrack(track.track), track.reason));
        break;
      }
  return facts;
}

ReportTables makeReportTables(SessionResults& results, const Value::Object& provenance, const ProgressSink& progress) {
  ReportTables tables;
  const ReportPlan plan = planReport(results);
  const std::optional<PublishedValues> printed = publishedValues();
  const std::size_t total = plan.main.size() + plan.ablation.size() + 3;
  std::size_t done = 0;
  const auto subject = [&](const RunSpec& run) {
    return results.setName(run) + ", " + results.configuration(run).name;
  };
  for (const RunSpec& run : plan.main) {
    progress({"tables", subject(run), done++, total});
    const auto live = results.liveSet(run);
    const auto numbers = results.numbers(run);
    ResultRow row = rowOf(run, *live, *numbers, printed);
    if (const auto best = numbers->metrics.bestF1Threshold) {
      const ComponentMetrics components = results.components(run, *best);
      row.components = ComponentColumns{.threshold = live->source().exactScore(strictlyBelow(*best)),
                                        .siou = components.siou,
                                        .ppv = components.ppv,
                                        .f1Star = components.f1Star,
                                        .track = std::string(componentTrackName(componentTrack(live->objectTrack()))),
                                        .frames = static_cast<std::int64_t>(live->labelledFrames().size())};
    }
    tables.main.rows.push_back(std::move(row));
  }
  for (const RunSpec& run : plan.ablation) {
    progress({"tables", subject(run), done++, total});
    tables.ablation.rows.push_back(rowOf(run, *results.liveSet(run), *results.numbers(run), printed));
  }
  progress({"tables", "temperature sweep", done++, total});
  tables.sweep = sweepTable(results, plan.sweeps);
  progress({"tables", "thresholds", done++, total});
  tables.thresholds = thresholdTable(results, plan.thresholds);
  progress({"tables", "classes and distances", done++, total});
  tables.field = makeFieldTables(results, plan.thresholds);
  for (Table* table :
       {&tables.field.openSet, &tables.field.openIou, &tables.field.issu, &tables.field.sizes, &tables.field.distances})
    table->provenance = provenance;
  tables.main.unfinished = tables.ablation.unfinished = results.problems();
  for (const std::string& problem : results.problems()) tables.sweep.unfinished.push_back(problem);
  tables.main.provenance = tables.ablation.provenance = tables.thresholds.provenance = provenance;
  tables.sweep.provenance.insert(tables.sweep.provenance.begin(), provenance.begin(), provenance.end());
  return tables;
}

std::span<const ReportTableKind> reportTableKinds() {
  static constexpr std::array<ReportTableKind, 9> kKinds{
      {{"results", "Main results", [](const ReportTables& tables) { return tableOf(tables.main); }},
       {"ablation", "Methods × temperatures", [](const ReportTables& tables) { return tableOf(tables.ablation); }},
       {"sweep", "Temperature sweep", [](const ReportTables& tables) { return tableOf(tables.sweep); }},
       {"thresholds", "Thresholds", [](const ReportTables& tables) { return tables.thresholds; }},
       {"open-set", "Open-set recognition", [](const ReportTables& tables) { return tables.field.openSet; }},
       {"open-iou", "IoU by class, closed and open", [](const ReportTables& tables) { return tables.field.openIou; }},
       {"issu", "Open IoU as ISSU's", [](const ReportTables& tables) { return tables.field.issu; }},
       {"sizes", "AP and FPR95 by size", [](const ReportTables& tables) { return tables.field.sizes; }},
       {"distances", "AP and FPR95 by distance", [](const ReportTables& tables) { return tables.field.distances; }}}};
  return kKinds;
}

std::vector<std::filesystem::path> writeReportTables(const ReportTables& tables, const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const ReportTableKind& kind : reportTableKinds()) {
    const Table table = kind.of(tables);
    if (table.rows.empty()) continue;
    for (const TableWriter* writer : reportTableWriters()) {
      files.push_back(folder / std::string(kind.name).append(writer->suffix).append(writer->ending));
      writeFileAtomically(files.back(), writeTable(table, writer->name));
    }
  }
  return files;
}

}  // namespace oodscope
