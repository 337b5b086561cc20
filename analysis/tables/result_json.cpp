// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/json_text.h"
#include "analysis/tables/result_table.h"

#include <limits>

namespace oodscope {
namespace {

constexpr Range<std::size_t> kText{0, 100'000};
constexpr Range<std::int64_t> kCount{0, std::numeric_limits<std::int64_t>::max()};
constexpr Range<double> kFraction{0.0, 1.0}, kDifference{-1.0, 1.0},
    kTemperature{1e-45, 3.5e38};  // of single precision
constexpr Range<double> kAny{std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max()};

Value asValue(const JsonValue& json) {
  if (json.isBoolean()) return json.boolean();
  if (json.isInteger()) return json.integer({std::numeric_limits<std::int64_t>::min(), kCount.most});
  if (json.isNumber()) return json.number(kAny);
  if (json.isText()) return json.text(kText);
  if (json.isList()) {
    Value::Array array;
    for (const JsonValue& item : json.list()) array.push_back(asValue(item));
    return array;
  }
  if (json.isObject()) {
    Value::Object object;
    for (const auto& [key, item] : json.members()) object.push_back({key, asValue(item)});
    return object;
  }
  return {};
}

std::string readText(const JsonValue& object, const char* key) { return object.at(key).text(kText); }

std::int64_t readCount(const JsonValue& object, const char* key) { return object.at(key).integer(kCount); }

std::optional<double> readNumber(const JsonValue& object, const char* key, Range<double> range) {
  const JsonValue value = object.at(key);
  return value.isNull() ? std::nullopt : std::optional(value.number(range));
}

/// Empty where the member is missing, as in tables of version 0.1.0.
std::vector<std::string> readTexts(const JsonValue& object, const char* key) {
  std::vector<std::string> out;
  if (const auto texts = object.find(key))
    for (const JsonValue& text : texts->list()) out.push_back(text.text(kText));
  return out;
}

/// Members that tables of version 0.1.0 lack.
void readCompleteness(const JsonValue& json, ResultRow& row) {
  const auto count = [&](const char* key, std::int64_t otherwise) {
    const auto member = json.find(key);
    return member ? member->integer(kCount) : otherwise;
  };
  row.framesTotal = count("frames_total", row.frames + row.skipped);
  row.withoutAnomaly = count("without_anomaly", 0);
  row.failed = count("failed", 0);
  row.unread = count("unread", 0);
  row.unlabelled = count("unlabelled", 0);
  const auto complete = json.find("complete");
  row.complete = complete ? complete->boolean() : row.failed == 0 && row.unread == 0;
  if (const auto precision = json.find("precision"); precision && !precision->isNull())
    row.precision = precision->text(kText);
  if (const auto polarity = json.find("polarity")) row.polarity = polarity->text(kText);
  if (const auto normalisation = json.find("normalisation")) row.normalisation = normalisation->text(kText);
}

std::vector<DistanceColumns> readDistanceBins(const JsonValue& json) {
  std::vector<DistanceColumns> out;
  for (const JsonValue& bin : json.list())
    out.push_back({.from = bin.at("from").number(kAny),
                   .to = bin.at("to").number(kAny),
                   .ap = readNumber(bin, "ap", kFraction),
                   .fpr95 = readNumber(bin, "fpr95", kFraction),
                   .positives = readCount(bin, "positives"),
                   .negatives = readCount(bin, "negatives"),
                   .frames = readCount(bin, "frames")});
  return out;
}

std::vector<SizeColumns> readSizeGroups(const JsonValue& json) {
  std::vector<SizeColumns> out;
  for (const JsonValue& group : json.list()) {
    SizeColumns& read = out.emplace_back(SizeColumns{.least = readCount(group, "least"),
                                                     .ap = readNumber(group, "ap", kFraction),
                                                     .fpr95 = readNumber(group, "fpr95", kFraction),
                                                     .objects = readCount(group, "objects"),
                                                     .positives = readCount(group, "positives"),
                                                     .negatives = readCount(group, "negatives"),
                                                     .frames = readCount(group, "frames")});
    if (!group.at("below").isNull()) read.below = readCount(group, "below");
  }
  return out;
}

OpenSetColumns readOpenSet(const JsonValue& json) {
  OpenSetColumns out{.openMiou = readNumber(json, "open_miou", kFraction),
                     .closedMiou = readNumber(json, "closed_miou", kFraction),
                     .gap = readNumber(json, "gap", kDifference),
                     .openMiouDefined = readNumber(json, "open_miou_defined", kFraction),
                     .openMiouAll = readNumber(json, "open_miou_all", kFraction),
                     .convention = readText(json, "convention")};
  for (const JsonValue& fold : json.at("folds").list())
    out.folds.push_back({.name = readText(fold, "name"),
                         .calibratedOn = readText(fold, "calibrated_on"),
                         .threshold = readNumber(fold, "threshold", kAny),
                         .openMiou = readNumber(fold, "open_miou", kFraction),
                         .closedMiou = readNumber(fold, "closed_miou", kFraction),
                         .frames = readCount(fold, "frames")});
  if (const auto oious = json.find("oiou"))
    for (const auto& [at, each] : oious->members())
      out.oious.push_back(
          {.at = at, .threshold = readNumber(each, "threshold", kAny), .oiou = readNumber(each, "oiou", kFraction)});
  if (const auto convention = json.find("oiou_convention")) out.oiouConvention = convention->text(kText);
  return out;
}

PublishedColumns readPublished(const JsonValue& json) {
  PublishedColumns out{.ap = readNumber(json, "ap", kFraction),
                       .fpr95 = readNumber(json, "fpr95", kFraction),
                       .source = readText(json, "source")};
  if (!json.at("note").isNull()) out.note = readText(json, "note");
  return out;
}

/// Members of rows that were asked for; null: asked for and not to be had.
void readAskedFor(const JsonValue& json, ResultRow& row) {
  for (const auto& [key, value] : json.members()) {
    if (key == "distance_bins")
      row.distanceBins = value.isNull() ? std::vector<DistanceColumns>() : readDistanceBins(value);
    if (key == "size_groups") row.sizeGroups = readSizeGroups(value);
    if (key == "published") row.published = value.isNull() ? PublishedColumns() : readPublished(value);
    if (key == "open_set") row.openSet = value.isNull() ? OpenSetColumns() : readOpenSet(value);
  }
  if (const auto instances = json.find("instances"))
    row.instances = InstanceColumns{.threshold = readNumber(*instances, "threshold", kAny),
                                    .ap = readNumber(*instances, "ap", kFraction),
                                    .ap50 = readNumber(*instances, "ap50", kFraction),
                                    .truths = readCount(*instances, "truths"),
                                    .predicted = readCount(*instances, "predicted")};
  if (row.openSet && json.find("tpr_at_fpr05")) row.openSet->tprAtFpr05 = readNumber(json, "tpr_at_fpr05", kFraction);
}

ResultRow readRow(const JsonValue& json) {
  ResultRow row;
  row.set = readText(json, "set");
  if (!json.at("model").isNull()) row.model = readText(json, "model");
  row.method = readText(json, "method");
  row.temperature = readNumber(json, "temperature", kTemperature);
  row.protocol = readText(json, "protocol");
  row.frames = readCount(json, "frames");
  row.skipped = readCount(json, "skipped");
  readCompleteness(json, row);
  row.positives = readCount(json, "positives");
  row.negatives = readCount(json, "negatives");
  row.ap = readNumber(json, "ap", kFraction);
  row.fpr95 = readNumber(json, "fpr95", kFraction);
  row.auroc = readNumber(json, "auroc", kFraction);
  row.bestF1 = readNumber(json, "best_f1", kFraction);
  row.bestF1Threshold = readNumber(json, "best_f1_threshold", kAny);
  if (json.find("nll")) row.nll = readNumber(json, "nll", kAny);
  row.exact = json.at("exact").boolean();
  if (const auto components = json.find("components"); components && !components->isNull()) {
    row.components = ComponentColumns{
        .threshold = readNumber(*components, "threshold", kAny).value_or(std::numeric_limits<double>::quiet_NaN()),
        .siou = readNumber(*components, "siou", kFraction),
        .ppv = readNumber(*components, "ppv", kFraction),
        .f1Star = readNumber(*components, "f1_star", kFraction)};
    if (const auto track = components->find("track"); track && !track->isNull())
      row.components->track = track->text(kText);
    if (const auto frames = components->find("frames"); frames && !frames->isNull())
      row.components->frames = frames->integer(kCount);
  }
  readAskedFor(json, row);
  return row;
}

}  // namespace

ResultTable tableFromJson(std::string_view text) {
  const JsonValue json = parseJson(text, "result table", {}, {.bytes = std::uint64_t{256} << 20});
  ResultTable table;
  for (const JsonValue& row : json.at("rows").list()) table.rows.push_back(readRow(row));
  table.unfinished = readTexts(json, "unfinished");
  table.warnings = readTexts(json, "warnings");
  const JsonValue provenance = json.at("provenance");
  if (!provenance.isObject()) provenance.refuse("an object");
  table.provenance = std::get<Value::Object>(asValue(provenance).data());
  return table;
}

}  // namespace oodscope
