// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/json_text.h"
#include "analysis/tables/result_table.h"

#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

using Json = nlohmann::ordered_json;

Json asJson(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return *value;
}

Json asJson(const Value& value);

Json asJson(const Value::Object& object) {
  Json out = Json::object();
  for (const Member& member : object) out[member.key] = asJson(member.value);
  return out;
}

Json asJson(const Value& value) {
  struct Visitor {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(bool b) const { return b; }
    Json operator()(std::int64_t i) const { return i; }
    Json operator()(double d) const { return asJson(std::optional(d)); }
    Json operator()(const std::string& s) const { return s; }
    Json operator()(const Value::Array& array) const {
      Json out = Json::array();
      for (const Value& item : array) out.push_back(asJson(item));
      return out;
    }
    Json operator()(const Value::Object& object) const { return asJson(object); }
  };
  return std::visit(Visitor{}, value.data());
}

Json asJson(const ResultRow& row) {
  Json out = Json::object();
  out["set"] = row.set;
  out["model"] = row.model.empty() ? Json(nullptr) : Json(row.model);
  out["method"] = row.method;
  out["temperature"] = asJson(row.temperature);
  out["protocol"] = row.protocol;
  out["frames"] = row.frames;
  out["skipped"] = row.skipped;
  out["frames_total"] = row.framesTotal;
  out["without_anomaly"] = row.withoutAnomaly;
  out["failed"] = row.failed;
  out["unread"] = row.unread;
  out["unlabelled"] = row.unlabelled;
  out["complete"] = row.complete;
  out["precision"] = row.precision.empty() ? Json(nullptr) : Json(row.precision);
  out["positives"] = row.positives;
  out["negatives"] = row.negatives;
  out["ap"] = asJson(row.ap);
  out["fpr95"] = asJson(row.fpr95);
  out["auroc"] = asJson(row.auroc);
  out["best_f1"] = asJson(row.bestF1);
  out["best_f1_threshold"] = asJson(row.bestF1Threshold);
  if (row.nll) out["nll"] = asJson(row.nll);
  out["exact"] = row.exact;
  out["components"] = nullptr;
  if (row.components) {
    Json components = Json::object();
    components["threshold"] = asJson(std::optional(row.components->threshold));
    components["siou"] = asJson(row.components->siou);
    components["ppv"] = asJson(row.components->ppv);
    components["f1_star"] = asJson(row.components->f1Star);
    components["track"] = row.components->track.empty() ? Json(nullptr) : Json(row.components->track);
    components["frames"] = row.components->frames;
    out["components"] = std::move(components);
  }
  return out;
}

/// Foreign text must not end a long evaluation: bytes that are not UTF-8 are replaced.
std::string dumped(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

constexpr Range<std::size_t> kText{0, 100'000};
constexpr Range<std::int64_t> kCount{0, std::numeric_limits<std::int64_t>::max()};
constexpr Range<double> kFraction{0.0, 1.0}, kTemperature{1e-45, 3.5e38};  // of single precision
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
  return row;
}

}  // namespace

std::string Value::json() const { return dumped(asJson(*this), -1); }

std::string tableAsJson(const ResultTable& table) {
  Json out = Json::object();
  out["rows"] = Json::array();
  for (const ResultRow& row : table.rows) out["rows"].push_back(asJson(row));
  out["complete"] = table.isComplete();
  out["unfinished"] = table.unfinished;
  out["warnings"] = table.warnings;
  out["provenance"] = asJson(table.provenance);
  return dumped(out, 2) + '\n';
}

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
