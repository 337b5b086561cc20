// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/report_tables.h"

#include "analysis/formats/atomic_file.h"
#include "analysis/regions/decision.h"
#include "analysis/tables/number_text.h"
#include "app/documents/provenance.h"
#include "app/documents/result_row.h"
#include "app/studies/component_track.h"

#include <algorithm>

namespace oodscope {
namespace {

void addFact(Value::Object& facts, const std::string& key, const std::string& value) {
  const bool known = std::any_of(facts.begin(), facts.end(), [&](const Member& fact) { return fact.key == key; });
  if (!known) facts.push_back({key, Value(value)});
}

ResultRow rowOf(const RunKey& run, const LiveSet& live, const SetNumbers& numbers) {
  ResultRow row =
      resultRow(run.set, live.source(), run.configuration, numbers.protocol, numbers.metrics, numbers.account);
  row.exact = row.exact && numbers.exact;
  return row;
}

/// Sets vary fastest, so that a source's maps of one set are not made again for the next column.
std::vector<RunKey> runsAt(const SessionResults& results, const std::vector<float>& temperatures) {
  std::vector<RunKey> out;
  for (const std::string& source : results.sources())
    for (const Configuration& configuration : results.configurations(source, temperatures))
      for (const std::string& set : results.sets())
        if (results.isOpen(set, source) && !results.liveSet(set, source)->labelledFrames().empty())
          out.push_back({set, source, configuration});
  return out;
}

template <class T>
Value valueOf(const std::optional<T>& value) {
  return value ? Value(static_cast<double>(*value)) : Value();
}

Value temperatureOf(const Configuration& configuration) {
  return configuration.temperature ? Value(shortestDecimal(*configuration.temperature)) : Value();
}

PlainTable thresholdTable(SessionResults& results) {
  using Kind = PlainTable::Kind;
  PlainTable table;
  table.caption = "Thresholds by rule and what they do, exactly counted. Precision, recall, FPR and F1 in percent.";
  table.columns = {{"Set", "set", Kind::Text},
                   {"Model", "model", Kind::Text},
                   {"Method", "method", Kind::Text},
                   {"T", "temperature", Kind::Score},
                   {"Rule", "rule", Kind::Text},
                   {"Threshold", "threshold", Kind::Score},
                   {"Precision", "precision", Kind::Percent},
                   {"Recall", "recall", Kind::Percent},
                   {"FPR", "fpr", Kind::Percent},
                   {"F1", "f1", Kind::Percent}};
  const Configuration configuration = results.viewConfiguration();
  const std::string source = results.viewSource();
  for (const std::string& set : results.sets()) {
    if (!results.isOpen(set, source) || results.liveSet(set, source)->labelledFrames().empty()) continue;
    for (const ThresholdEffect& effect : results.thresholds({set, source, configuration})) {
      const bool known = effect.threshold.has_value();
      table.rows.push_back(
          {Value(set), Value(source), Value(configuration.name), temperatureOf(configuration), Value(effect.rule),
           valueOf(effect.threshold), known ? valueOf(effect.counts.precision()) : Value(),
           known ? valueOf(effect.counts.recall()) : Value(), known ? valueOf(effect.counts.fpr()) : Value(),
           known ? valueOf(effect.counts.f1()) : Value()});
    }
  }
  return table;
}

ResultTable sweepTable(SessionResults& results) {
  ResultTable table;
  for (const std::string& source : results.sources()) {
    const auto sweep = results.sweepOf(source);
    for (const SweepCurve& curve : sweep->curves)
      for (ResultRow& row :
           sweepRows(curve, *results.liveSet(curve.set, source),
                     results.viewConfiguration().method.value_or(Method::Msp), results.session().view.protocol))
        table.rows.push_back(std::move(row));
    if (sweep->bestTemperature) {
      table.provenance.push_back({"best temperature, " + source, Value(*sweep->bestTemperature)});
      table.provenance.push_back({"best temperature, rule", Value(sweepRuleText(sweep->rule))});
    }
    if (const auto warning = rangeEndWarning(*sweep)) table.warnings.push_back(source + ": " + *warning);
  }
  return table;
}

}  // namespace

std::vector<float> ablationTemperatures(const Session& session) {
  std::vector<float> out;
  for (const double temperature : session.temperatures) out.push_back(static_cast<float>(temperature));
  if (out.size() < 2) out = {0.5F, 1.0F, 2.0F, 4.0F};
  return out;
}

Value::Object provenanceOf(SessionResults& results, int threads) {
  Value::Object facts;
  for (const auto& [key, value] : environmentFacts(threads)) addFact(facts, key, value);
  const Protocol protocol = results.session().view.protocol;
  addFact(facts, "protocol", std::string(protocolName(protocol)));
  addFact(facts, "protocol rule", std::string(protocolDescription(protocol)));
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
  const std::vector<RunKey> main = runsAt(results, {results.session().view.score.temperature});
  const std::vector<RunKey> ablation = runsAt(results, ablationTemperatures(results.session()));
  const std::size_t total = main.size() + ablation.size() + 2;
  std::size_t done = 0;
  for (const RunKey& run : main) {
    progress({"tables", run.set + ", " + run.configuration.name, done++, total});
    const auto live = results.liveSet(run.set, run.source);
    const auto numbers = results.numbers(run);
    ResultRow row = rowOf(run, *live, *numbers);
    if (const auto best = numbers->metrics.bestF1Threshold) {
      const ComponentMetrics components = results.components(run, *best);
      row.components = ComponentColumns{.threshold = live->source().exactScore(strictlyBelow(*best)),
                                        .siou = components.siou,
                                        .ppv = components.ppv,
                                        .f1Star = components.f1Star,
                                        .track = std::string(componentTrackName(componentTrack(live->dataSet()))),
                                        .frames = static_cast<std::int64_t>(live->labelledFrames().size())};
    }
    tables.main.rows.push_back(std::move(row));
  }
  for (const RunKey& run : ablation) {
    progress({"tables", run.set + ", " + run.configuration.name, done++, total});
    tables.ablation.rows.push_back(rowOf(run, *results.liveSet(run.set, run.source), *results.numbers(run)));
  }
  progress({"tables", "temperature sweep", done++, total});
  tables.sweep = sweepTable(results);
  progress({"tables", "thresholds", done++, total});
  tables.thresholds = thresholdTable(results);
  tables.main.unfinished = tables.ablation.unfinished = results.problems();
  for (const std::string& problem : results.problems()) tables.sweep.unfinished.push_back(problem);
  tables.main.provenance = tables.ablation.provenance = tables.thresholds.provenance = provenance;
  tables.sweep.provenance.insert(tables.sweep.provenance.begin(), provenance.begin(), provenance.end());
  return tables;
}

std::vector<std::filesystem::path> writeReportTables(const ReportTables& tables, const std::filesystem::path& folder) {
  struct Ending {
    TableFormat format;
    const char* ending;
  };
  std::vector<std::filesystem::path> files;
  const auto write = [&](const char* name, const auto& table) {
    if (table.rows.empty()) return;
    for (const Ending& ending : {Ending{TableFormat::Latex, ".tex"}, Ending{TableFormat::Markdown, ".md"},
                                 Ending{TableFormat::Csv, ".csv"}, Ending{TableFormat::Json, ".json"}}) {
      const std::filesystem::path file = folder / (std::string(name) + ending.ending);
      writeFileAtomically(file, writeTable(table, ending.format));
      files.push_back(file);
    }
  };
  write("results", tables.main);
  write("ablation", tables.ablation);
  write("sweep", tables.sweep);
  write("thresholds", tables.thresholds);
  return files;
}

}  // namespace oodscope
