// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/result_table.h"

#include "analysis/core/numbers.h"
#include "analysis/tables/table_writers.h"

#include <algorithm>

namespace oodscope {
namespace {

Value orNull(const std::optional<double>& value) { return value ? Value(*value) : Value(); }

Value orNull(const std::string& text) { return text.empty() ? Value() : Value(text); }

Value textsOf(const std::vector<std::string>& texts) {
  Value::Array out;
  for (const std::string& text : texts) out.emplace_back(text);
  return out;
}

Value documentOf(const std::vector<DistanceColumns>& bins) {
  if (bins.empty()) return {};
  Value::Array out;
  for (const DistanceColumns& bin : bins)
    out.push_back(Value::Object{{"from", bin.from},
                                {"to", bin.to},
                                {"ap", orNull(bin.ap)},
                                {"fpr95", orNull(bin.fpr95)},
                                {"positives", bin.positives},
                                {"negatives", bin.negatives},
                                {"frames", bin.frames}});
  return out;
}

Value documentOf(const std::vector<SizeColumns>& groups) {
  Value::Array out;
  for (const SizeColumns& group : groups)
    out.push_back(Value::Object{{"least", group.least},
                                {"below", group.below ? Value(*group.below) : Value()},
                                {"ap", orNull(group.ap)},
                                {"fpr95", orNull(group.fpr95)},
                                {"objects", group.objects},
                                {"positives", group.positives},
                                {"negatives", group.negatives},
                                {"frames", group.frames}});
  return out;
}

/// Each variant by its name.
Value documentOf(const std::vector<OpenIouColumns>& oious) {
  Value::Object out;
  for (const OpenIouColumns& each : oious)
    out.push_back({each.at, Value::Object{{"oiou", orNull(each.oiou)}, {"threshold", orNull(each.threshold)}}});
  return out;
}

Value documentOf(const OpenSetColumns& openSet) {
  if (openSet.folds.empty()) return {};
  Value::Array thresholds, calibratedOn, folds;
  for (const OpenSetFoldColumns& fold : openSet.folds) {
    thresholds.push_back(orNull(fold.threshold));
    calibratedOn.emplace_back(fold.calibratedOn);
    folds.push_back(Value::Object{{"name", fold.name},
                                  {"frames", fold.frames},
                                  {"threshold", orNull(fold.threshold)},
                                  {"calibrated_on", fold.calibratedOn},
                                  {"open_miou", orNull(fold.openMiou)},
                                  {"closed_miou", orNull(fold.closedMiou)}});
  }
  return Value::Object{{"open_miou", orNull(openSet.openMiou)},
                       {"closed_miou", orNull(openSet.closedMiou)},
                       {"gap", orNull(openSet.gap)},
                       {"threshold", std::move(thresholds)},
                       {"calibrated_on", std::move(calibratedOn)},
                       {"convention", openSet.convention},
                       {"open_miou_defined", orNull(openSet.openMiouDefined)},
                       {"open_miou_all", orNull(openSet.openMiouAll)},
                       {"folds", std::move(folds)},
                       {"oiou", documentOf(openSet.oious)},
                       {"oiou_convention", openSet.oiouConvention}};
}

Value documentOf(const ResultRow& row) {
  Value::Object out{{"set", row.set},
                    {"model", orNull(row.model)},
                    {"method", row.method},
                    {"temperature", orNull(row.temperature)},
                    {"protocol", row.protocol},
                    {"frames", row.frames},
                    {"skipped", row.skipped},
                    {"frames_total", row.framesTotal},
                    {"without_anomaly", row.withoutAnomaly},
                    {"failed", row.failed},
                    {"unread", row.unread},
                    {"unlabelled", row.unlabelled},
                    {"complete", row.complete},
                    {"precision", orNull(row.precision)},
                    {"positives", row.positives},
                    {"negatives", row.negatives},
                    {"ap", orNull(row.ap)},
                    {"fpr95", orNull(row.fpr95)},
                    {"auroc", orNull(row.auroc)},
                    {"best_f1", orNull(row.bestF1)},
                    {"best_f1_threshold", orNull(row.bestF1Threshold)}};
  if (row.nll) out.push_back({"nll", orNull(row.nll)});
  if (!row.polarity.empty()) out.push_back({"polarity", row.polarity});
  if (!row.normalisation.empty()) out.push_back({"normalisation", row.normalisation});
  out.push_back({"exact", row.exact});
  Value components;
  if (const auto& c = row.components)
    components = Value::Object{{"threshold", c->threshold},    {"siou", orNull(c->siou)},   {"ppv", orNull(c->ppv)},
                               {"f1_star", orNull(c->f1Star)}, {"track", orNull(c->track)}, {"frames", c->frames}};
  out.push_back({"components", std::move(components)});
  if (row.distanceBins) out.push_back({"distance_bins", documentOf(*row.distanceBins)});
  if (row.sizeGroups) out.push_back({"size_groups", documentOf(*row.sizeGroups)});
  if (row.openSet) {
    out.push_back({"open_set", documentOf(*row.openSet)});
    out.push_back({"tpr_at_fpr05", orNull(row.openSet->tprAtFpr05)});
  }
  if (const auto& i = row.instances)
    out.push_back({"instances", Value::Object{{"threshold", orNull(i->threshold)},
                                              {"ap", orNull(i->ap)},
                                              {"ap50", orNull(i->ap50)},
                                              {"truths", i->truths},
                                              {"predicted", i->predicted}}});
  if (const auto& p = row.published)
    out.push_back({"published", p->source.empty() ? Value()
                                                  : Value(Value::Object{{"ap", orNull(p->ap)},
                                                                        {"fpr95", orNull(p->fpr95)},
                                                                        {"source", p->source},
                                                                        {"note", orNull(p->note)}})});
  return out;
}

/// Columns that a table has where some row has something for them.
struct RareColumns {
  bool components = false, nll = false, polarity = false, normalisation = false;
};

/// CSV has all of these in this order, and people see those with a title.
std::vector<Table::Column> columnsOf(const RareColumns& any) {
  using Kind = Table::Kind;
  const auto ofComponents = [&](const char* title) { return std::string(any.components ? title : ""); };
  std::vector<Table::Column> out{{"Set", "set"},
                                 {"Model", "model"},
                                 {"Method", {}},
                                 {{}, "method"},
                                 {"T", "temperature", Kind::Score},
                                 {"Protocol", "protocol"},
                                 {"Frames", {}, Kind::Count},
                                 {{}, "frames", Kind::Count},
                                 {{}, "skipped", Kind::Count},
                                 {{}, "positives", Kind::Count},
                                 {{}, "negatives", Kind::Count},
                                 {"AP", "ap", Kind::Percent},
                                 {"FPR95", "fpr95", Kind::Percent},
                                 {"AUROC", "auroc", Kind::Percent},
                                 {"Best F1", "best_f1", Kind::Percent},
                                 {"at δ", "best_f1_threshold", Kind::Score},
                                 {{}, "exact"},
                                 {ofComponents("Components at δ"), "component_threshold", Kind::Score},
                                 {ofComponents("sIoU"), "siou", Kind::Percent},
                                 {ofComponents("PPV"), "ppv", Kind::Percent},
                                 {ofComponents("F1*"), "f1_star", Kind::Percent},
                                 {{}, "frames_total", Kind::Count},
                                 {{}, "without_anomaly", Kind::Count},
                                 {{}, "failed", Kind::Count},
                                 {{}, "unread", Kind::Count},
                                 {{}, "unlabelled", Kind::Count},
                                 {{}, "complete"},
                                 {{}, "precision"}};
  if (any.nll) out.push_back({"NLL, nats", "nll", Kind::Score});
  if (any.polarity) out.push_back({"Polarity", "polarity"});
  if (any.normalisation) out.push_back({"Normalisation", "normalisation"});
  return out;
}

Value::Array valuesOf(const ResultRow& row, const RareColumns& any) {
  const auto& c = row.components;
  Value::Array out{row.set,
                   orNull(row.model),
                   methodText(row),
                   row.method,
                   orNull(row.temperature),
                   row.protocol,
                   framesText(row),
                   row.frames,
                   row.skipped,
                   row.positives,
                   row.negatives,
                   orNull(row.ap),
                   orNull(row.fpr95),
                   orNull(row.auroc),
                   orNull(row.bestF1),
                   orNull(row.bestF1Threshold),
                   row.exact,
                   c ? Value(c->threshold) : Value(),
                   c ? orNull(c->siou) : Value(),
                   c ? orNull(c->ppv) : Value(),
                   c ? orNull(c->f1Star) : Value(),
                   row.framesTotal,
                   row.withoutAnomaly,
                   row.failed,
                   row.unread,
                   row.unlabelled,
                   row.complete,
                   row.precision};
  if (any.nll) out.push_back(orNull(row.nll));
  if (any.polarity) out.push_back(orNull(row.polarity));
  if (any.normalisation) out.push_back(orNull(row.normalisation));
  return out;
}

/// "5–10 m" of a bin, and its part of a key: "5_10".
std::string boundsText(const DistanceColumns& bin, const char* between) {
  return generalText(bin.from, 6) + between + generalText(bin.to, 6);
}

/// The bins of the rows that have most of them: one evaluation asks for the same ones everywhere.
std::vector<DistanceColumns> binsOf(const std::vector<ResultRow>& rows) {
  std::vector<DistanceColumns> out;
  for (const ResultRow& row : rows)
    if (row.distanceBins && row.distanceBins->size() > out.size()) out = *row.distanceBins;
  return out;
}

/// The variants of oIoU of the row that has most of them.
std::vector<OpenIouColumns> oiousOf(const std::vector<ResultRow>& rows) {
  std::vector<OpenIouColumns> out;
  for (const ResultRow& row : rows)
    if (row.openSet && row.openSet->oious.size() > out.size()) out = row.openSet->oious;
  return out;
}

void addBins(const std::vector<ResultRow>& rows, Table& table) {
  const std::vector<DistanceColumns> bins = binsOf(rows);
  for (const DistanceColumns& bin : bins) {
    table.columns.push_back({"AP " + boundsText(bin, "–") + " m", "ap_" + boundsText(bin, "_"), Table::Kind::Percent});
    table.columns.push_back(
        {"FPR95 " + boundsText(bin, "–") + " m", "fpr95_" + boundsText(bin, "_"), Table::Kind::Percent});
  }
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t b = 0; b < bins.size(); ++b) {
      const bool known = rows[r].distanceBins && b < rows[r].distanceBins->size();
      table.rows[r].push_back(known ? orNull((*rows[r].distanceBins)[b].ap) : Value());
      table.rows[r].push_back(known ? orNull((*rows[r].distanceBins)[b].fpr95) : Value());
    }
}

void addSizeGroups(const std::vector<ResultRow>& rows, Table& table) {
  std::vector<SizeColumns> groups;
  for (const ResultRow& row : rows)
    if (row.sizeGroups && row.sizeGroups->size() > groups.size()) groups = *row.sizeGroups;
  for (const SizeColumns& group : groups) {
    const std::string least = std::to_string(group.least);
    const std::string people = group.below ? least + "–" + std::to_string(*group.below) : "≥ " + least;
    const std::string key = group.below ? least + "_" + std::to_string(*group.below) : least;
    table.columns.push_back({"AP " + people + " px", "ap_px_" + key, Table::Kind::Percent});
    table.columns.push_back({"FPR95 " + people + " px", "fpr95_px_" + key, Table::Kind::Percent});
  }
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const bool known = rows[r].sizeGroups && g < rows[r].sizeGroups->size();
      table.rows[r].push_back(known ? orNull((*rows[r].sizeGroups)[g].ap) : Value());
      table.rows[r].push_back(known ? orNull((*rows[r].sizeGroups)[g].fpr95) : Value());
    }
}

void addOpenSet(const std::vector<ResultRow>& rows, Table& table) {
  if (std::none_of(rows.begin(), rows.end(), [](const ResultRow& row) { return row.openSet; })) return;
  const std::vector<OpenIouColumns> oious = oiousOf(rows);
  const auto add = [&](const std::string& title, const std::string& key) {
    table.columns.push_back({title, key, Table::Kind::Percent});
  };
  add("Open mIoU", "open_set_open_miou");
  add("Closed mIoU", "open_set_closed_miou");
  add("Gap", "open_set_gap");
  for (const OpenIouColumns& each : oious) add("oIoU " + each.at, "oiou_" + each.at);
  add("TPR at FPR 5 %", "tpr_at_fpr05");
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const OpenSetColumns openSet = rows[r].openSet.value_or(OpenSetColumns{});
    for (const auto& value : {openSet.openMiou, openSet.closedMiou, openSet.gap})
      table.rows[r].push_back(orNull(value));
    for (std::size_t i = 0; i < oious.size(); ++i)
      table.rows[r].push_back(i < openSet.oious.size() ? orNull(openSet.oious[i].oiou) : Value());
    table.rows[r].push_back(orNull(openSet.tprAtFpr05));
  }
}

void addInstances(const std::vector<ResultRow>& rows, Table& table) {
  if (std::none_of(rows.begin(), rows.end(), [](const ResultRow& row) { return row.instances; })) return;
  table.columns.push_back({"Instance AP", "instance_ap", Table::Kind::Percent});
  table.columns.push_back({"AP50", "instance_ap50", Table::Kind::Percent});
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const InstanceColumns instances = rows[r].instances.value_or(InstanceColumns{});
    for (const auto& value : {instances.ap, instances.ap50}) table.rows[r].push_back(orNull(value));
  }
}

/// Printed values, and how far the measured ones lie above or below them; people read the source below the table.
void addPublished(const std::vector<ResultRow>& rows, Table& table) {
  if (std::none_of(rows.begin(), rows.end(), [](const ResultRow& row) { return row.published; })) return;
  table.columns.push_back({"AP published", "published_ap", Table::Kind::Percent});
  table.columns.push_back({"Δ AP", "published_ap_difference", Table::Kind::Percent});
  table.columns.push_back({"FPR95 published", "published_fpr95", Table::Kind::Percent});
  table.columns.push_back({"Δ FPR95", "published_fpr95_difference", Table::Kind::Percent});
  table.columns.push_back({{}, "published_source", Table::Kind::Text});
  std::vector<std::string> remarks;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const PublishedColumns published = rows[r].published.value_or(PublishedColumns{});
    const auto add = [&](const std::optional<double>& printed, const std::optional<double>& measured) {
      table.rows[r].push_back(orNull(printed));
      table.rows[r].push_back(printed && measured ? Value(*measured - *printed) : Value());
    };
    add(published.ap, rows[r].ap);
    add(published.fpr95, rows[r].fpr95);
    table.rows[r].push_back(orNull(published.source));
    if (published.source.empty()) continue;
    const std::string remark =
        "published: " + published.source + (published.note.empty() ? "" : " (" + published.note + ")");
    if (std::find(remarks.begin(), remarks.end(), remark) == remarks.end()) remarks.push_back(remark);
  }
  table.remarks.insert(table.remarks.end(), remarks.begin(), remarks.end());
}

/// Columns that rows have only where they were asked for, behind all others.
void addAskedFor(const std::vector<ResultRow>& rows, Table& table) {
  addBins(rows, table);
  addOpenSet(rows, table);
  addInstances(rows, table);
  addSizeGroups(rows, table);
  addPublished(rows, table);
}

std::size_t columnOf(const Table& table, std::string_view key) {
  const auto found =
      std::find_if(table.columns.begin(), table.columns.end(), [&](const auto& column) { return column.key == key; });
  return static_cast<std::size_t>(found - table.columns.begin());
}

bool differ(const std::vector<ResultRow>& rows, std::string ResultRow::*part) {
  return std::any_of(rows.begin(), rows.end(), [&](const ResultRow& r) { return r.*part != rows.front().*part; });
}

std::string captionOf(const std::vector<ResultRow>& rows) {
  std::string out = "AP (higher is better) and FPR95 (lower is better) in percent";
  if (rows.empty()) return out + ".";
  if (!differ(rows, &ResultRow::model) && !rows.front().model.empty()) out += ", model " + rows.front().model;
  if (!differ(rows, &ResultRow::protocol)) out += ", protocol " + rows.front().protocol;
  out += ". Best bold, second underlined.";
  if (std::any_of(rows.begin(), rows.end(), [](const ResultRow& row) { return !row.complete; }))
    out += " Marked with a dagger: of a part of the frames.";
  return out;
}

Table::Exactness exactnessOf(const ResultRow& row) {
  if (!row.complete) return Table::Exactness::Part;
  return row.exact ? Table::Exactness::Exact : Table::Exactness::Estimated;
}

}  // namespace

bool ResultTable::isComplete() const {
  return unfinished.empty() && std::all_of(rows.begin(), rows.end(), [](const ResultRow& row) { return row.complete; });
}

const std::string& methodText(const ResultRow& row) { return row.methodTitle.empty() ? row.method : row.methodTitle; }

std::string framesText(const ResultRow& row) {
  std::string out = std::to_string(row.frames);
  if (!row.complete) out += " of " + std::to_string(row.framesTotal - row.withoutAnomaly - row.unlabelled);
  std::string apart;
  const auto add = [&apart](std::int64_t count, const char* what) {
    if (count > 0) apart += (apart.empty() ? "" : ", ") + std::to_string(count) + what;
  };
  add(row.failed, " failed");
  add(row.unread, " not read");
  add(row.withoutAnomaly, " without anomaly");
  add(row.unlabelled, " without ground truth");
  return apart.empty() ? out : out + " (" + apart + ")";
}

Table tableOf(const ResultTable& results) {
  const auto& rows = results.rows;
  const auto hasAny = [&](const auto& has) { return std::any_of(rows.begin(), rows.end(), has); };
  const RareColumns any{.components = hasAny([](const ResultRow& r) { return r.components.has_value(); }),
                        .nll = hasAny([](const ResultRow& r) { return r.nll.has_value(); }),
                        .polarity = hasAny([](const ResultRow& r) { return !r.polarity.empty(); }),
                        .normalisation = hasAny([](const ResultRow& r) { return !r.normalisation.empty(); })};
  Table table;
  table.caption = captionOf(rows);
  table.columns = columnsOf(any);
  Value::Array documents;
  for (const ResultRow& row : rows) {
    table.rows.push_back(valuesOf(row, any));
    table.exactness.push_back(exactnessOf(row));
    documents.push_back(documentOf(row));
  }
  addAskedFor(rows, table);
  for (const std::string& text : results.unfinished) table.remarks.push_back("partial, not done: " + text);
  for (const std::string& text : results.warnings) table.remarks.push_back("warning: " + text);
  table.provenance = results.provenance;
  table.document = {{"rows", std::move(documents)},
                    {"complete", results.isComplete()},
                    {"unfinished", textsOf(results.unfinished)},
                    {"warnings", textsOf(results.warnings)},
                    {"provenance", results.provenance}};
  const auto column = [&](std::string_view key) { return columnOf(table, key); };
  table.crossing = Table::Crossing{.across = column("set"),
                                   .keys = {{column("model"), "Model"},
                                            {column("method") - 1, "Method", true},  // for people
                                            {column("protocol"), "Protocol"},
                                            {column("temperature"), "$T$", true}},
                                   .metrics = {{column("ap"), true}, {column("fpr95"), false}}};
  return table;
}

std::string writeTable(const ResultTable& results, std::string_view format) {
  return writeTable(tableOf(results), format);
}

}  // namespace oodscope
