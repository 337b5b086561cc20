// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/field_tables.h"

#include "analysis/core/error.h"
#include "analysis/datasets/layout_kinds.h"
#include "analysis/tables/number_text.h"
#include "app/documents/result_row.h"
#include "app/studies/component_track.h"
#include "app/studies/size_metrics.h"

#include <array>
#include <optional>
#include <string>

namespace oodscope {
namespace {

using ColumnKind = Table::Kind;

constexpr std::uint64_t kDistanceBudget = std::uint64_t{512} << 20U;  // bytes of pixels held at once

template <class T>
Value cellOf(const std::optional<T>& value) {
  return value ? Value(static_cast<double>(*value)) : Value();
}

/// Columns that say whose numbers a row has.
std::vector<Table::Column> runColumns() {
  return {{"Set", "set", ColumnKind::Text},
          {"Model", "model", ColumnKind::Text},
          {"Method", {}, ColumnKind::Text},
          {{}, "method", ColumnKind::Text},
          {"T", "temperature", ColumnKind::Score}};
}

Value::Array runCells(SessionResults& results, const RunSpec& run) {
  const Configuration configuration = results.configuration(run);
  const std::string title = configuration.method ? std::string(configuration.method->title()) : configuration.name;
  return {Value(results.setName(run)), Value(results.sourceName(run)), Value(title), Value(configuration.name),
          configuration.temperature ? Value(shortestDecimal(*configuration.temperature)) : Value()};
}

Table opened(const std::string& caption, std::initializer_list<Table::Column> columns) {
  Table table;
  table.caption = caption;
  table.columns = runColumns();
  table.columns.insert(table.columns.end(), columns);
  return table;
}

void addRow(Table& table, Value::Array lead, std::initializer_list<Value> cells) {
  lead.insert(lead.end(), cells);
  table.rows.push_back(std::move(lead));
}

FieldTables emptyTables() {
  FieldTables out;
  out.openSet = opened(std::string("Open-set recognition in percent: the threshold of each group is calibrated on the "
                                   "others (first TPR above 95 %). Mean IoU: ")
                           .append(kOccurringClasses.text)
                           .append("; the other conventions as named."),
                       {{"Frames of", "group", ColumnKind::Text},
                        {"Calibrated on", "calibrated_on", ColumnKind::Text},
                        {"Frames", "frames", ColumnKind::Count},
                        {"δ", "threshold", ColumnKind::Score},
                        {"Open mIoU", "open_miou", ColumnKind::Percent},
                        {"Closed mIoU", "closed_miou", ColumnKind::Percent},
                        {"Gap", "gap", ColumnKind::Percent},
                        {"Open, defined", "open_miou_defined", ColumnKind::Percent},
                        {"Open, all", "open_miou_all", ColumnKind::Percent}});
  out.openIou = opened("IoU of each known class in percent, closed and with the anomalies that the score predicts.",
                       {{"Class", "class", ColumnKind::Text},
                        {"Closed IoU", "closed_iou", ColumnKind::Percent},
                        {"Open IoU", "open_iou", ColumnKind::Percent}});
  out.issu = opened(std::string("ISSU's oIoU in percent at thresholds of all frames: ").append(kAllClasses.text) + ".",
                    {{"oIoU at TPR 95 %", "oiou_tpr95", ColumnKind::Percent},
                     {"oIoU at FPR 5 %", "oiou_fpr05", ColumnKind::Percent},
                     {"oIoU at best F1", "oiou_best_f1", ColumnKind::Percent},
                     {"TPR at FPR 5 %", "tpr_at_fpr05", ColumnKind::Percent}});
  out.sizes = opened(
      std::string("AP and FPR95 in percent by size of the anomaly, exact. Groups are ").append(kSizeGroupRule) + ".",
      {{"From, px", "least", ColumnKind::Count},
       {"Below, px", "below", ColumnKind::Count},
       {"AP", "ap", ColumnKind::Percent},
       {"FPR95", "fpr95", ColumnKind::Percent},
       {"Anomalies", "objects", ColumnKind::Count},
       {"Anomalous px", "positives", ColumnKind::Count},
       {"Normal px", "negatives", ColumnKind::Count},
       {"Frames", "frames", ColumnKind::Count}});
  out.distances = opened("AP and FPR95 in percent of the pixels at each distance, exact.",
                         {{"From, m", "from", ColumnKind::Score},
                          {"To, m", "to", ColumnKind::Score},
                          {"AP", "ap", ColumnKind::Percent},
                          {"FPR95", "fpr95", ColumnKind::Percent},
                          {"Anomalous px", "positives", ColumnKind::Count},
                          {"Normal px", "negatives", ColumnKind::Count},
                          {"Frames", "frames", ColumnKind::Count}});
  return out;
}

void addFolds(Table& table, const Value::Array& lead, const OpenSetReport& report, const ScoreSource& source) {
  const auto difference = [](const std::optional<double>& a, const std::optional<double>& b) {
    return a && b ? Value(*a - *b) : Value();
  };
  std::uint64_t frames = 0;
  for (const OpenSetFold& fold : report.folds) {
    const MeanIous open = fold.confusion.openMiou(), closed = fold.confusion.closedMiou();
    addRow(table, lead,
           {Value(fold.name), Value(fold.calibratedOn), Value(static_cast<std::int64_t>(fold.confusion.frames())),
            fold.threshold ? Value(source.exactScore(*fold.threshold)) : Value(), cellOf(open.occurring),
            cellOf(closed.occurring), difference(closed.occurring, open.occurring), cellOf(open.defined),
            cellOf(open.all)});
    frames += fold.confusion.frames();
  }
  addRow(table, lead,
         {Value("mean by frames"), Value(), Value(static_cast<std::int64_t>(frames)), Value(),
          cellOf(report.means.open.occurring), cellOf(report.means.closed.occurring), cellOf(report.means.gap()),
          cellOf(report.means.open.defined), cellOf(report.means.open.all)});
}

[[noreturn]] void stoppedHere() { throw Error(ErrorParts{.what = "stopped"}); }

void addOpenSet(FieldTables& tables, SessionResults& results, const RunSpec& run) {
  const auto live = results.liveSet(run);
  const Configuration configuration = results.configuration(run);
  std::optional<OpenSetClasses> classes;
  try {
    classes = openSetClassesOf(*live, configuration);
  } catch (const Error&) {
    return;  // the set has no class labels, the source no classes: there is nothing to say
  }
  const auto report = openSetRecognition(*live, configuration, *classes, results.stopToken());
  const auto issu =
      report ? issuNumbers(*live, configuration, &*classes, results.stopToken()) : std::optional<IssuNumbers>();
  if (!report || !issu) stoppedHere();
  const Value::Array lead = runCells(results, run);
  addFolds(tables.openSet, lead, *report, live->source());
  const OpenSetConfusion whole = pooledFolds(*report, classes->known);
  const auto open = whole.openIou(), closed = whole.closedIou();
  const std::vector<std::string> names = knownClassNames(*live->dataSet().layout.kind().classes, classes->known);
  for (std::size_t i = 0; i < open.size(); ++i)
    addRow(tables.openIou, lead, {Value(names[i]), cellOf(closed[i]), cellOf(open[i])});
  addRow(tables.issu, lead,
         {cellOf(issu->tpr95.all), cellOf(issu->fpr05.all), cellOf(issu->bestF1.all), cellOf(issu->tprAtFpr05)});
}

void addSizes(FieldTables& tables, SessionResults& results, const RunSpec& run) {
  const auto live = results.liveSet(run);
  if (componentTrack(live->objectTrack()) != kIssuTrack) return;
  const std::array protocols{run.protocol};
  const auto report = sizeMetrics(*live, results.configuration(run), protocols, issuSizeGroups(), results.stopToken());
  if (!report) stoppedHere();
  const Value::Array lead = runCells(results, run);
  for (const SizeColumns& group : sizeColumns(*report, 0))
    addRow(tables.sizes, lead,
           {Value(group.least), group.below ? Value(*group.below) : Value(), cellOf(group.ap), cellOf(group.fpr95),
            Value(group.objects), Value(group.positives), Value(group.negatives), Value(group.frames)});
}

void addDistances(FieldTables& tables, SessionResults& results, const RunSpec& run) {
  const auto live = results.liveSet(run);
  if (!hasDistances(live->dataSet())) return;
  const std::array protocols{run.protocol};
  const auto report = distanceMetrics(*live, results.configuration(run), protocols, DistanceBins{}, kDistanceBudget,
                                      results.stopToken());
  if (!report) stoppedHere();
  const Value::Array lead = runCells(results, run);
  for (const DistanceColumns& bin : distanceColumns(*report, 0))
    addRow(tables.distances, lead,
           {Value(bin.from), Value(bin.to), cellOf(bin.ap), cellOf(bin.fpr95), Value(bin.positives),
            Value(bin.negatives), Value(bin.frames)});
}

}  // namespace

FieldTables makeFieldTables(SessionResults& results, const std::vector<RunSpec>& runs) {
  FieldTables out = emptyTables();
  for (const RunSpec& run : runs) {
    addOpenSet(out, results, run);
    addSizes(out, results, run);
    addDistances(out, results, run);
  }
  return out;
}

}  // namespace oodscope
